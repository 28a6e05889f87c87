"""VAR003."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.regions import Region
from promptops.lint.rule import Rule

_PLACEHOLDER = re.compile(
    r"\$\{(?P<dollar>[A-Za-z_][\w .-]{0,60})(?::[^{}\n]{0,120})?\}"
    r"|(?<![{$\w\\^_])\{(?P<brace>[A-Za-z_][A-Za-z0-9_]{2,60})\}(?!\})"
)


class ForeignPlaceholder(Rule):
    """A placeholder of another template language, which nothing fills in.

    What it does:
        Flags `${name}` and `{name}` in running text. Code, and names that are declared variables
        (VAR001), are left alone. Each name is reported once in a message.

    Why is this bad?
        The model reads the placeholder itself; imported prompts are full of them.

    Example:
        Write a slogan for ${product}.

    Use instead:
        Write a slogan for {{ product }}.

    What to do:
        Declare a variable and write it as {{ name }}; put it in code marks if it is meant
        literally.

    Source:
        Measured on awesome-chatgpt-prompts: 447 of 1,529 prompts hold `${…}`.
    """

    code = "VAR003"
    name = "foreign-placeholder"
    severity = Severity.WARNING
    regions = frozenset({Region.INSTRUCTION, Region.EXAMPLE, Region.QUOTE})
    triggers = ("{",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first placeholder of each name in each message."""
        declared = prompt.prompt.declared if prompt.prompt is not None else frozenset()
        for message in prompt.messages:
            seen: set[str] = set()
            for match in message.find(_PLACEHOLDER, self.regions, cased=True):
                name = (match["dollar"] or match["brace"]).strip()
                if name in declared or name in seen:
                    continue
                seen.add(name)
                text = f'nothing fills in "{match.group()}"'
                yield self.found(prompt, message, match.span(), text)
