"""VAR003."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.regions import Region
from promptops.lint.rule import Rule

_PLACEHOLDER = re.compile(
    r"\$\{(?P<dollar>[A-Za-z_][\w .-]{0,60})(?::[^{}\n]{0,120})?\}"
    r"|\{(?<![{$\w\\^_]\{)(?P<brace>[A-Za-z_][A-Za-z0-9_]{2,60})\}(?!\})"
)
_MUSTACHE = re.compile(
    r"\{\{(?<![{$\\]\{\{)\s{0,4}(?P<mustache>[A-Za-z_][\w.]{1,60})\s{0,4}\}\}(?!\})"
)
_TO_INSERT = re.compile(
    r"\[(?P<square>(?i:insert|your|enter|paste|fill in|specify) [^\]\n]{1,80})\](?!\()"
)
_SPOKEN_OF = re.compile(
    r"\b(?:placeholders?|template|syntax|variables?|interpolat\w{0,8}|curly|brac(?:e|es|ket|kets)"
    r"|merge tags?|format string|f-strings?|render\w{0,4}|json|css|jsx|react|latex|regex)\b",
    re.IGNORECASE,
)


class ForeignPlaceholder(Rule):
    """A placeholder of another template language, which nothing fills in.

    What it does:
        In a prompt file, flags `${name}` and `{name}` in running text, each name once in a
        message; names of declared variables are VAR001's. A bare text may be a template of any
        language, so there only a mixture is flagged, once: placeholders of two languages, such as
        `${name}` and `{{name}}` or `[INSERT NAME]`. Code is left alone, and so is a bare text that
        speaks of templates or of a language that writes braces.

    Why is this bad?
        The model reads the placeholder itself. Whoever fills in a text with two kinds of
        placeholders fills in one kind.

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
    tags = ("pd-input",)
    version = 2
    regions = frozenset({Region.INSTRUCTION, Region.EXAMPLE, Region.QUOTE})
    shapes = (r"\$\{[a-z_]", r"[^{$\w\\^_]\{[a-z_][a-z0-9_]{2,60}\}", r"^\{[a-z_][a-z0-9_]{2,60}\}")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first placeholder of each name in each message; of a bare text, one at most."""
        if prompt.prompt is None:
            for message in prompt.messages:
                yield from self._mixture(prompt, message)
            return
        declared = prompt.prompt.declared
        for message in prompt.messages:
            seen: set[str] = set()
            for match in message.find(_PLACEHOLDER, self.regions, cased=True):
                name = (match["dollar"] or match["brace"]).strip()
                if name in declared or name in seen:
                    continue
                seen.add(name)
                text = f'nothing fills in "{match.group()}"'
                yield self.found(prompt, message, match.span(), text)

    def _mixture(self, prompt: ParsedPrompt, message: ParsedMessage) -> Iterator[Finding]:
        kinds: dict[str, re.Match[str]] = {}
        for pattern in (_PLACEHOLDER, _MUSTACHE, _TO_INSERT):
            for match in pattern.finditer(message.text):
                kinds.setdefault(match.lastgroup or "", match)
        # Regions are costly to work out, and few texts have two kinds at all.
        if len(kinds) < 2 or _SPOKEN_OF.search(message.text):
            return
        kinds.clear()
        for pattern in (_PLACEHOLDER, _MUSTACHE, _TO_INSERT):
            for match in message.find(pattern, self.regions, cased=True):
                kinds.setdefault(match.lastgroup or "", match)
        if len(kinds) < 2:
            return
        first, second = sorted(kinds.values(), key=lambda match: match.start())[:2]
        text = f'placeholders of two kinds: "{first.group()}" and "{second.group()}"'
        yield self.found(prompt, message, second.span(), text)
