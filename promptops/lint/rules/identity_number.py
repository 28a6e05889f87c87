"""PRI003."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.personal.national import GATES, national_numbers
from promptops.lint.phrases import phrase
from promptops.lint.regions import WRITTEN
from promptops.lint.rule import Rule
from promptops.lint.validators import is_iban, is_ssn

# Both begin with digits, which are rare, and look back from there: less of the text is tried.
_IBAN = re.compile(
    r"[0-9]{2}(?<=(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2})(?:[ -]?[A-Za-z0-9]{1,4}){3,8}(?![A-Za-z0-9])"
)
_SSN = re.compile(r"[0-9]{3}(?<![\w-][0-9]{3})([- .])[0-9]{2}\1[0-9]{4}(?![\w-]|\.[0-9])")
_PLAIN_SSN = phrase(r"\b(?:ssn|social security(?: number| no)?)\b[^0-9\n]{0,16}(?P<n>[0-9]{9})\b")


class IdentityNumber(Rule):
    """A bank account, social security or national identity number stands in the prompt.

    What it does:
        Flags IBANs that pass their check digits, United States social security numbers that can
        have been issued, and the identity, tax and health numbers of 25 countries whose check
        digits hold (NHS, Steuer-ID, INSEE, DNI, codice fiscale, Aadhaar, CPF, SIN, TFN, PESEL, BSN
        and others), next to a word for them where the number alone could be chance. Published
        examples are left alone.

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
    version = 2
    regions = WRITTEN
    shapes = (
        r"[a-z]{2}[0-9]{2}(?:[ -]?[a-z0-9]){11}",
        r"[0-9]{3}[- .][0-9]{2}[- .][0-9]{4}",
        r"(?:ssn|social security)[^0-9\n]{0,30}[0-9]{9}",
        *GATES,
    )
    tags = ("gdpr-art5", "hipaa-164.514", "owasp-llm02")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each number, once."""
        for message in prompt.messages:
            end = -1
            for start, stop, text in sorted(identity_numbers(message)):
                if start >= end and message.region(start) in self.regions:
                    yield self.found(prompt, message, (start, stop), text, conceal=True)
                    end = stop


def identity_numbers(message: ParsedMessage) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of every such number in a message, in any region; some overlap."""
    for match in _IBAN.finditer(message.text):
        start = match.start() - 2
        found = _account(message.text[start : match.end()])
        if found:
            yield start, start + found, "a bank account number (IBAN)"
    said = "ssn" in message.lower or "social security" in message.lower
    for pattern, group in ((_SSN, 0), (_PLAIN_SSN, "n")) if said else ((_SSN, 0),):
        for match in pattern.finditer(message.lower):
            if is_ssn(re.sub(r"[^0-9]", "", match[group])):
                yield *match.span(group), "a social security number"
    yield from national_numbers(message.text, message.lower)


def _account(shown: str) -> int:
    """How many characters of ``shown`` are an account number; words behind it do not count."""
    while len(shown) >= 15:
        if is_iban(re.sub(r"[ -]", "", shown).upper()):
            return len(shown)
        shown = re.sub(r"[ -][^ -]*$|[^ -]$", "", shown, count=1) if " " in shown else ""
    return 0
