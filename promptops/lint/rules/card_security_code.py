"""PRI016."""

from promptops.lint.finding import Severity
from promptops.lint.personal.labeled import CARD_SECRETS
from promptops.lint.personal.rule import LabelRule


class CardSecurityCode(LabelRule):
    """A card's security code or PIN stands in the prompt.

    What it does:
        Flags three or four digits behind "CVV", "CVC" or "security code of the card", and PINs of
        cards. The specimens 123 and 1234 are left alone.

    Why is this bad?
        These values must not be stored after authorization at all, not even encrypted; a prompt
        store, a cache and a log are storage.

    Example:
        Charge the card, the CVV is 739.

    Use instead:
        Charge the card that is on file.

    What to do:
        Delete it and have the card reissued; let the payment provider ask for it.

    Source:
        PCI DSS 4.0, requirement 3.3.1.
    """

    code = "PRI016"
    name = "card-security-code"
    severity = Severity.ERROR
    labels = CARD_SECRETS
    shapes = (r"(?:cvv|cvc|cid|csc|security|verification|pin)[^\x00]{0,40}[0-9]{3}",)
    tags = ("pci-dss-3.3", "owasp-llm02")
