"""PRI004."""

import re
from collections.abc import Iterable, Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.regions import WRITTEN
from promptops.lint.rule import Rule

_EMAIL = re.compile(
    r"(?<![\w.+-])(?P<local>[A-Za-z0-9][A-Za-z0-9._%+-]{0,63})@(?P<domain>(?:[A-Za-z0-9-]{1,63}\.){1,4}"
    r"[A-Za-z]{2,24})(?![\w-])"
)
_PHONE = re.compile(
    r"(?<![\w./+-])(?:\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?(?:\d{2,4}[ .-]?){2,4}\d{2,4}"
    r"|\(\d{3}\) ?\d{3}[ .-]\d{4}|\d{3}-\d{3}-\d{4})(?![\w-]|\.\d)"
)
_CALLED = re.compile(
    r"\b(?:phone|telephone|tel|mobile|cell|call|fax|whatsapp|sms)\b(?: number| no)?\.?"
    r"[^\d\n+(]{0,12}"
    r"(?P<number>[+(]?\d[\d .()/-]{5,18}\d)(?![\w-]|\.\d)"
)
_RESERVED = re.compile(
    r"(?:^|\.)(?:example|test|invalid|localhost|domain|company|yourdomain|yourcompany|acme|email|mail)"
    r"(?:\.(?:com|org|net|io|co))?$|\.(?:example|test|invalid|local)$"
)
_ROLE = re.compile(
    r"^(?:no-?reply|support|info|contact|help|hello|sales|admin|team|office|press|jobs|careers|billing"
    r"|security|abuse|postmaster|webmaster|feedback|legal|privacy|service|orders?|user|username|name"
    r"|email|your|you|me|someone|test|git|dpo|marketing|hr|service-?desk|(?:john|jane|joe)[._-]?(?:doe|smith|roe)?)(?:[._+-].{0,40})?$"
)
_FICTION = re.compile(r"555[ .-]?\d{4}$|(\d)\1{5}|123[ .-]?456|000[ .-]?000")


class PersonalContact(Rule):
    """A person's e-mail address or telephone number stands in the prompt.

    What it does:
        Flags e-mail addresses, international and North American telephone numbers, and other
        numbers that are called one ("phone: 0393 1144137"). Addresses of roles (support@),
        reserved domains (example.com) and fictional numbers (555) are left alone.

    Why is this bad?
        It is personal data without a purpose, in a text that is copied and logged; models repeat
        it to others.

    Example:
        Forward complaints to maria.keller@contoso-retail.com.

    Use instead:
        Forward complaints to support@contoso-retail.com.

    What to do:
        Name a role, or pass the contact as a variable.

    Source:
        GDPR article 5(1)(c); RFC 2606 (reserved domains).
    """

    code = "PRI004"
    name = "personal-contact"
    severity = Severity.WARNING
    regions = WRITTEN
    tags = ("gdpr-art5", "owasp-llm02")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield addresses, then numbers."""
        for message in prompt.messages:
            if "@" in message.text:
                for match in message.find(_EMAIL, self.regions, cased=True):
                    if not _is_nobodys(match):
                        text = "an e-mail address of a person"
                        yield self.found(prompt, message, match.span(), text, conceal=True)
            numbers = [(m.span(), 10) for m in message.find(_PHONE, self.regions, cased=True)]
            numbers += [(m.span("number"), 7) for m in message.find(_CALLED, self.regions)]
            for (start, end), least in _apart(numbers):
                shown = message.text[start:end]
                digits = re.sub(r"\D", "", shown)
                if least <= len(digits) <= 15 and not _FICTION.search(shown):
                    text = "a telephone number"
                    yield self.found(prompt, message, (start, end), text, conceal=True)


def _apart(
    found: Iterable[tuple[tuple[int, int], int]],
) -> Iterator[tuple[tuple[int, int], int]]:
    """Stretches in order, without those that overlap an earlier one."""
    end = -1
    for span, least in sorted(found):
        if span[0] >= end:
            yield span, least
            end = span[1]


def _is_nobodys(match: re.Match[str]) -> bool:
    local, domain = match["local"].lower(), match["domain"].lower()
    return bool(_ROLE.match(local)) or bool(_RESERVED.search(domain)) or domain.endswith(".png")
