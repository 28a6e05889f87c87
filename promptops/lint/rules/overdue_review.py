"""REG016."""

import datetime as dt
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule

_KEYS = ("x-review-by", "x-next-review")


class OverdueReview(Rule):
    """The review of the prompt is overdue.

    What it does:
        Compares `x-review-by` (or `x-next-review`) with today's date, and flags a value that is no
        date (`"2027-03-31"`).

    Why is this bad?
        The prompt was approved up to that day: law, policy or the model may have changed since.

    Example:
        messages: [{role: user, content: Name the capital of France.}]
        x-review-by: next spring

    Use instead:
        messages: [{role: user, content: Name the capital of France.}]
        x-review-by: "2999-12-31"

    What to do:
        Review the prompt, then set the next date.

    Source:
        NIST AI RMF, GOVERN 1.5 (ongoing monitoring and periodic review).
    """

    code = "REG016"
    name = "overdue-review"
    severity = Severity.WARNING
    needs_file = True
    tags = ("nist-rmf-govern",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each date at fault."""
        extra = prompt.prompt.extra if prompt.prompt is not None else {}
        for key in _KEYS:
            if key not in extra:
                continue
            given = extra[key]
            try:
                due = dt.date.fromisoformat(given if isinstance(given, str) else "")
            except ValueError:
                yield self.found_at_key(prompt, f"/{key}", f"{given!r} is no date")
                continue
            if self.today is not None and due < self.today:
                text = f"the review was due on {due.isoformat()}"
                yield self.found_at_key(prompt, f"/{key}", text)
