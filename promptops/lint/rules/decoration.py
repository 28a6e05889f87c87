"""ECO006."""

import re
from collections.abc import Iterator

from promptops.lint.edits import with_fix
from promptops.lint.finding import Applicability, Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule

_RULER = re.compile(r"^[ \t]{0,8}([=*#~_━═─▬■●•+-])\1{19,400}[ \t]{0,8}$", re.MULTILINE)


class Decoration(Rule):
    """A line of decoration.

    What it does:
        Flags lines of twenty or more equal signs, stars, box characters and their like. The fix
        deletes them; it is unsafe where such a line underlines a heading.

    Why is this bad?
        Box characters cost up to a token each, on every call, and structure nothing that a
        heading would not.

    Example:
        ==============================
        Rules
        ==============================
        Answer in English.

    Use instead:
        ## Rules
        Answer in English.

    What to do:
        Use a heading or a blank line.

    Source:
        OpenAI GPT-4.1 prompting guide, delimiters.
    """

    code = "ECO006"
    name = "decoration"
    severity = Severity.INFO
    tags = ("pd-efficiency", "pd-structure")
    version = 2
    triggers = tuple(mark * 20 for mark in "=*#~_━═─▬■●•+-")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first such line of each message, with their number; the fix takes them all."""
        for message in prompt.messages:
            lines = list(message.find(_RULER, self.regions, cased=True))
            if lines:
                text = "a line" if len(lines) == 1 else f"{len(lines)} lines"
                start = lines[0].start(1)
                found = self.found(
                    prompt, message, (start, lines[0].end()), f"{text} of decoration"
                )
                # Under a line of text, equal signs and dashes make a heading of it.
                alone = all(_stands_alone(message.text, line.start()) for line in lines)
                changes = [((line.start(1), line.end()), "") for line in lines]
                applicability: Applicability = "safe" if alone else "unsafe"
                yield with_fix(found, message, "delete the lines", changes, applicability)


def _stands_alone(text: str, start: int) -> bool:
    above = text[:start].rsplit("\n", 2)
    return len(above) < 2 or not above[-2].strip()
