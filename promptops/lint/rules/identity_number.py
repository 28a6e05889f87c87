"""PRI003."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.regions import WRITTEN
from promptops.lint.rule import Rule
from promptops.lint.validators import is_iban, is_ssn

_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{2,4}){3,8}\b")
_SSN = re.compile(r"(?<![\w-])\d{3}([- ])\d{2}\1\d{4}(?![\w-])")
_PLAIN_SSN = phrase(r"\b(?:ssn|social security(?: number)?)\b[^\d\n]{0,12}(?P<n>\d{9})\b")


class IdentityNumber(Rule):
    """A bank account or social security number stands in the prompt.

    What it does:
        Flags IBANs that pass their check digits and United States social security numbers that
        can have been issued. Published examples are left alone.

    Why is this bad?
        It is personal data without a purpose, in a text that is copied and logged.

    Example:
        The employee's SSN is 536-22-8741.

    Use instead:
        The employee's number is {{ employee_reference }}.

    What to do:
        Delete it; pass a reference and look the number up in code.

    Source:
        GDPR article 5(1)(c); HIPAA 45 CFR 164.514(b); ISO 13616; SSA randomization rules.
    """

    code = "PRI003"
    name = "identity-number"
    severity = Severity.ERROR
    regions = WRITTEN
    tags = ("gdpr-art5", "hipaa-164.514", "owasp-llm02")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each number."""
        for message in prompt.messages:
            for match in message.find(_IBAN, self.regions, cased=True):
                if is_iban(match.group().replace(" ", "")):
                    text = "a bank account number (IBAN)"
                    yield self.found(prompt, message, match.span(), text, conceal=True)
            spans = [m.span() for m in message.find(_SSN, self.regions, cased=True)]
            spans += [m.span("n") for m in message.find(_PLAIN_SSN, self.regions)]
            for start, end in spans:
                if is_ssn(re.sub(r"\D", "", message.text[start:end])):
                    text = "a social security number"
                    yield self.found(prompt, message, (start, end), text, conceal=True)
