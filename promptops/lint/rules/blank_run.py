"""ECO009."""

import re
from collections.abc import Iterator

from promptops.lint.edits import with_fix
from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule

_BLANKS = re.compile(r"(?<=\n)(?:[ \t]{0,40}\r?\n){2,200}(?=[ \t]{0,40}\r?\n)")


class BlankRun(Rule):
    r"""Three or more blank lines in a row.

    What it does:
        Flags runs of blank lines in running text, once a message; the fix keeps one of each run.

    Why is this bad?
        Each run costs a token or more on every call and separates nothing that one blank line
        would not; it is what deleted paragraphs and joined templates leave behind.

    Example:
        messages: [{role: user, content: "Sort the ticket.\n\n\n\n\nAnswer with one label."}]

    Use instead:
        messages: [{role: user, content: "Sort the ticket.\n\nAnswer with one label."}]

    What to do:
        Keep one blank line.

    Source:
        Taxonomy of Prompt Defects (arXiv 2509.14404), efficiency.
    """

    code = "ECO009"
    name = "blank-run"
    severity = Severity.INFO
    version = 2
    tags = ("pd-efficiency",)
    shapes = (r"\n(?:[ \t]{0,40}\r?\n){3}",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first run of each message, with their number; the fix takes them all."""
        for message in prompt.messages:
            runs = list(message.find(_BLANKS, self.regions, cased=True))
            if runs:
                text = (
                    f"{len(runs)} runs of blank lines" if len(runs) > 1 else "a run of blank lines"
                )
                found = self.found(prompt, message, (runs[0].start(), runs[0].start() + 1), text)
                changes = [(run.span(), "") for run in runs]
                yield with_fix(found, message, "keep one blank line of each", changes, "safe")
