"""FMT008."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import headings
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule

_HEADING = re.compile(r"^(#{1,6})[ \t]{1,8}\S[^\n]{0,200}$", re.MULTILINE)


class HeadingSkip(Rule):
    """A heading is nested deeper than the one above it allows.

    What it does:
        Flags a Markdown heading that is two or more levels below the heading before it.

    Why is this bad?
        Models use heading levels to tell which rule belongs to which section.

    Example:
        # Task

        ### Tone
        Write plainly.

    Use instead:
        # Task

        ## Tone
        Write plainly.

    What to do:
        Use the next level down.

    Source:
        OpenAI GPT-4.1 prompting guide, delimiters; WCAG technique H42.
    """

    tags = ("pd-structure",)
    code = "FMT008"
    name = "heading-skip"
    severity = Severity.INFO
    triggers = ("###",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each heading that skips a level."""
        for message in prompt.messages:
            level = 0
            for at in headings(message):
                match = _HEADING.match(message.text, at)
                if match is None or message.region(at) not in self.regions:
                    continue
                depth = len(match.group(1))
                if level and depth > level + 1:
                    text = f"a level {depth} heading right below level {level}"
                    yield self.found(prompt, message, match.span(), text)
                level = depth
