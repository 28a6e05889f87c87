"""REG007."""

import datetime as dt
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule
from promptops.prompts.model import Waiver


class UnsoundWaiver(Rule):
    """A control is waived without an approver, without an end, or beyond it.

    What it does:
        Flags entries of `compliance.waivers` that lack `approved_by` or `until`, whose date does
        not exist, or whose date has passed.

    Why is this bad?
        A waiver that nobody approved, or that never ends, is a control that is off.

    Example:
        messages: [{role: user, content: Name the capital of France.}]
        compliance:
          waivers: [{control: pii-review, reason: pilot with made-up data}]

    Use instead:
        messages: [{role: user, content: Name the capital of France.}]
        compliance:
          waivers:
            - control: pii-review
              reason: pilot with made-up data
              approved_by: dpo@example.com
              until: "2999-12-31"

    What to do:
        Have it approved with a date, or meet the control.

    Source:
        NIST AI RMF, GOVERN 1.4 and MANAGE 1.3; ISO/IEC 42001 clause 8.3.
    """

    code = "REG007"
    name = "unsound-waiver"
    severity = Severity.WARNING
    needs_file = True
    tags = ("nist-rmf-govern", "nist-rmf-manage")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each waiver at fault, with what is wrong with it."""
        compliance = prompt.prompt.compliance if prompt.prompt is not None else None
        for number, waiver in enumerate(compliance.waivers if compliance else ()):
            fault = self._fault(waiver)
            if fault:
                text = f'the waiver of "{waiver.control}" {fault}'
                yield self.found_at_key(prompt, f"/compliance/waivers/{number}", text)

    def _fault(self, waiver: Waiver) -> str:
        missing = [
            name
            for name, value in (("approver", waiver.approved_by), ("end date", waiver.until))
            if value is None
        ]
        if missing:
            return f"has no {' and no '.join(missing)}"
        try:
            until = dt.date.fromisoformat(waiver.until or "")
        except ValueError:
            return f'ends on "{waiver.until}", which is no date'
        return f"ended on {waiver.until}" if self.today is not None and until < self.today else ""
