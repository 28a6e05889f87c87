"""ECO006."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule

_RULER = re.compile(r"^[ \t]{0,8}([=*#~_━═─▬■●•+-])\1{19,400}[ \t]{0,8}$", re.MULTILINE)


class Decoration(Rule):
    """A line of decoration.

    What it does:
        Flags lines of twenty or more equal signs, stars, box characters and their like.

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
    triggers = ("====", "****", "####", "~~~~", "____", "━", "═", "─", "▬", "■", "●", "----",
                "++++", "••••")  # fmt: skip

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first such line of each message, with their number."""
        for message in prompt.messages:
            lines = list(message.find(_RULER, self.regions, cased=True))
            if lines:
                text = f"{len(lines)} lines of decoration"
                start = lines[0].start(1)
                yield self.found(prompt, message, (start, lines[0].end()), text)
