"""PRI018."""

import re

from promptops.lint.finding import Severity
from promptops.lint.nearby import shape
from promptops.lint.parsed import ParsedMessage
from promptops.lint.phrases import phrase
from promptops.lint.rule import PhraseRule

_NOT = re.compile(
    r"\b(?:never|not|don't|doesn't|won't|cannot|can't|avoid|without|no need to|refuse|if"
    r"|whether|when|detect|prevent"
    r"|phishing|scam)\b[^.!?\n]{0,50}$"
)


class CollectedSecret(PhraseRule):
    """The model is told to ask people for a secret.

    What it does:
        Flags orders to ask the user, the customer or the caller for a password, PIN, security code,
        one-time code, full card number or social security number.

    Why is this bad?
        The answer becomes part of a conversation that is stored and sent to a provider; and people
        learn to give secrets to a chat.

    Example:
        Ask the customer for their card number and CVV before you look up the order.

    Use instead:
        Ask the customer for the order number before you look up the order.

    What to do:
        Hand over to a form or a verified session; ask for a reference only.

    Source:
        PCI DSS 4.0, requirement 3.3; NIST SP 800-63B, section 5; GDPR article 5(1)(c).
    """

    code = "PRI018"
    name = "collected-secret"
    severity = Severity.WARNING
    shapes = (
        shape(
            r"(?:ask|request|collect|obtain|demand|require)[^.!?;]{0,90}(?:password|passcode"
            r"|[^a-z]pin(?:[^a-z]|$)"
            r"|cvv|cvc|security code|one-time|[^a-z]otp|card number|social security|ssn)"
        ),
    )
    tags = ("pci-dss-3.3", "gdpr-art5", "owasp-llm02")
    pattern = phrase(
        r"\b(?:ask|request|collect|obtain|demand|require)\b(?: (?:for|from|to|that))?"
        r" (?:(?:the|each|every|your) )?(?:user|customer|caller|client|patient|visitor|guest"
        r"|applicant|person|them|him|her)s?"
        r"(?:'s)?\b[^.!?;\n]{0,40}\b(?:passwords?|passcode|pin|cvv2?|cvc"
        r"|(?:card )?security code|one-time (?:code|password)|otp"
        r"|(?:full |credit |debit |bank )?card numbers?|social security numbers?|ssn)\b"
    )
    text = 'the model asks people for a secret: "{}"'

    def accepts(self, message: ParsedMessage, match: re.Match[str]) -> bool:
        """Orders not to ask, and talk about asking."""
        return bool(_NOT.search(message.lower, max(0, match.start() - 60), match.start()))
