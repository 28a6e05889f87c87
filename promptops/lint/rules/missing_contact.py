"""REG004."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule

_NOBODY = re.compile(
    r"(?:todo|tbd|tba|unknown|none|n/?a|nobody|someone|me|test|xxx|fixme|-{1,9}|\?{1,9})\.?"
)


class MissingContact(Rule):
    """The owner of the prompt cannot be reached.

    What it does:
        Flags an `owner` without `contact`, and one whose team or contact is a filler such as
        "TBD".

    Why is this bad?
        When the prompt breaks at night, or a provider retires its model, there is a name and
        nobody to call.

    Example:
        owner: {team: TBD}
        messages: [{role: user, content: Name the capital of France.}]

    Use instead:
        owner: {team: support, contact: support@example.com}
        messages: [{role: user, content: Name the capital of France.}]

    What to do:
        Name a team and an address or channel that it reads.

    Source:
        NIST AI RMF, GOVERN 2.1 (roles and responsibilities); ISO/IEC 42001 clause 5.3.
    """

    code = "REG004"
    name = "missing-contact"
    severity = Severity.INFO
    needs_file = True
    tags = ("nist-rmf-govern",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding at most."""
        owner = prompt.prompt.owner if prompt.prompt is not None else None
        if owner is None:
            return
        for key, value in (("team", owner.team), ("contact", owner.contact)):
            if value is not None and _NOBODY.fullmatch(value.strip().lower()[:40]):
                text = f'"{value}" answers for nothing'
                yield self.found_at_key(prompt, f"/owner/{key}", text, severity=Severity.WARNING)
                return
        if owner.contact is None:
            yield self.found_at_key(prompt, "/owner", f'"{owner.team}" has no contact')
