"""REG001."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule


class MissingOwner(Rule):
    """Nobody answers for the prompt.

    What it does:
        Flags a prompt file without `owner`.

    Why is this bad?
        Nobody is asked when it changes, and nobody is told when it breaks.

    Example:
        owner: null
        messages: [{role: user, content: Name the capital of France.}]

    Use instead:
        owner: {team: support, contact: support@example.com}
        messages: [{role: user, content: Name the capital of France.}]

    What to do:
        Add `owner: {team: …, contact: …}`.

    Source:
        NIST AI RMF, GOVERN 2.1 (roles and responsibilities); ISO/IEC 42001 clause 5.3.
    """

    code = "REG001"
    name = "missing-owner"
    severity = Severity.WARNING
    needs_file = True
    tags = ("nist-rmf-govern",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding at most."""
        if prompt.prompt is not None and prompt.prompt.owner is None:
            yield self.found_at_key(prompt, "/id", "the prompt has no owner")
