"""PRI003."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.personal.national import GATES
from promptops.lint.personal.numbers import ACCOUNT, identity_numbers, is_published
from promptops.lint.regions import WRITTEN
from promptops.lint.rule import Rule


class IdentityNumber(Rule):
    """A bank account, social security or national identity number stands in the prompt.

    What it does:
        Flags IBANs that pass their check digits, United States social security numbers that can
        have been issued, and the identity, tax and health numbers of 25 countries whose check
        digits hold (NHS, Steuer-ID, INSEE, DNI, codice fiscale, Aadhaar, CPF, SIN, TFN, PESEL, BSN
        and others), next to a word for them where the number alone could be chance. Published
        examples are left alone; those of the IBAN registry are a remark.

    Why is this bad?
        It is personal data without a purpose, in a text that is copied and logged.

    Example:
        The employee's SSN is 536-22-8741.

    Use instead:
        The employee's number is {{ employee_reference }}.

    What to do:
        Delete it; pass a reference and look the number up in code.

    Source:
        GDPR articles 5(1)(c) and 87; HIPAA 45 CFR 164.514(b); ISO 13616; SSA randomization rules.
    """

    code = "PRI003"
    name = "identity-number"
    severity = Severity.ERROR
    version = 3
    regions = WRITTEN
    shapes = (
        r"[a-z]{2}[0-9]{2}(?:[ -]?[a-z0-9]){11}",
        r"[0-9]{3}(?:[- .]|[^\x00-\x7f]{1,3})[0-9]{2}(?:[- .]|[^\x00-\x7f]{1,3})[0-9]{4}",
        r"(?:ssn|social security)[^0-9\n]{0,30}[0-9]{9}",
        *GATES,
    )
    tags = ("gdpr-art5", "hipaa-164.514", "owasp-llm02")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each number, once."""
        for message in prompt.messages:
            end = -1
            for start, stop, text in sorted(identity_numbers(message)):
                if start < end or message.region(start) not in self.regions:
                    continue
                end = stop
                example = text == ACCOUNT and is_published(message.text[start:stop])
                said = "a bank account number published as an example" if example else text
                level = Severity.INFO if example else None
                span = start, stop
                yield self.found(prompt, message, span, said, severity=level, conceal=True)
