"""PRI004."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.personal.numbers import card_numbers, identity_numbers
from promptops.lint.personal.phones import SHAPES, phone_numbers
from promptops.lint.regions import WRITTEN
from promptops.lint.rule import Rule

_EMAIL = re.compile(
    r"(?P<local>(?<![\w.+-])\w[\w.%+-]{0,63}(?:['&#!*~][\w.%+-]{1,63}){0,3}|\"[^\"\n@]{1,64}\")"
    r"@(?P<domain>(?:[\w-]{1,63}\.){1,4}[^\W\d_]{2,24}(?![^\W_]|[@-])"
    r"|\[(?:[0-9]{1,3}\.){3}[0-9]{1,3}\])"
)
_RESERVED = re.compile(
    r"(?:^|\.)(?:example|test|invalid|localhost|domain|company|yourdomain|yourcompany|acme"
    r"|email|mail)"
    r"(?:\.(?:com|org|net|io|co))?$|\.(?:example|test|invalid|local)$"
)
_ROLE = re.compile(
    r"^(?:no-?reply|support|info|contact|help|hello|sales|admin|team|office|press|jobs|careers"
    r"|billing"
    r"|security|abuse|postmaster|webmaster|feedback|legal|privacy|service|orders?|user|username"
    r"|name"
    r"|email|your|you|me|someone|test|git|dpo|marketing|hr|service-?desk)(?:[._+-].{0,40})?$"
    r"|^(?:john|jane|joe)(?:[._-]?(?:doe|smith|roe|public|bloggs))?(?:[._+-]?[0-9]{1,4})?$"
)
_USER_OF_ADDRESS = re.compile(r"://[^\s/@\"'<>]{0,120}$")


class PersonalContact(Rule):
    """A person's e-mail address or telephone number stands in the prompt.

    What it does:
        Flags e-mail addresses, international and national telephone numbers, and other numbers
        that are called one ("phone: 467 3395"). Addresses of roles (support@), reserved domains
        (example.com), logins in a web or database address, fictional numbers (555-01xx) and the
        digits of cards, bank accounts and identity numbers are left alone.

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
    version = 4
    regions = WRITTEN
    shapes = (r"[^\s@]@[^\s@]{1,120}\.[^\s0-9@]{2}", r"[^\s@]@\[[0-9]", *SHAPES)
    tags = ("gdpr-art5", "hipaa-164.514", "owasp-llm02")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield addresses, then numbers."""
        for message in prompt.messages:
            if "@" in message.text:
                for match in message.find(_EMAIL, self.regions, cased=True):
                    if not _is_nobodys(match) and not _is_login(message, match.start()):
                        text = "an e-mail address of a person"
                        yield self.found(prompt, message, match.span(), text, conceal=True)
            for span in _phones(message):
                if message.region(span[0]) in self.regions:
                    yield self.found(prompt, message, span, "a telephone number", conceal=True)


def _is_nobodys(match: re.Match[str]) -> bool:
    local, domain = match["local"].strip('"').lower(), match["domain"].lower()
    return bool(_ROLE.match(local)) or bool(_RESERVED.search(domain)) or domain.endswith(".png")


def _is_login(message: ParsedMessage, start: int) -> bool:
    """Whether it is the user of an address such as ``postgres://user:password@host``."""
    return bool(_USER_OF_ADDRESS.search(message.text, max(0, start - 130), start))


def _phones(message: ParsedMessage) -> Iterator[tuple[int, int]]:
    """Telephone numbers that are no part of a card, account or identity number."""
    spans = list(phone_numbers(message.text, message.lower))
    if spans:
        taken = [(start, end) for start, end, _ in identity_numbers(message)]
        taken += card_numbers(message)
        for start, end in spans:
            if not any(first < end and start < last for first, last in taken):
                yield start, end
