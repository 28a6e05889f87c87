"""PRI002."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.regions import WRITTEN
from promptops.lint.rule import Rule
from promptops.lint.validators import TEST_CARDS, is_card_number, luhn

_DIGITS = re.compile(r"(?<![\w.+-])(?:[0-9][ -]?){11,18}[0-9](?![\w-]|\.[0-9])")
_CALLED = re.compile(r"\b(?:card|cc|visa|mastercard|amex|credit|debit|maestro|pan)\b[^\n]{0,30}$")


class CardNumber(Rule):
    """A payment card number stands in the prompt.

    What it does:
        Flags numbers with a card network's prefix and length that pass the Luhn check, and with
        any prefix right behind a word for cards; numbers published for tests are only a remark.

    Why is this bad?
        The prompt store, the logs and the provider come into the scope of PCI DSS.

    Example:
        The customer paid with 4539 1488 0343 6467.

    Use instead:
        The customer paid with the card ending in 6467.

    What to do:
        Keep the last four digits at most.

    Source:
        PCI DSS 4.0, requirement 3.4; ISO/IEC 7812-1.
    """

    code = "PRI002"
    name = "card-number"
    severity = Severity.ERROR
    version = 2
    regions = WRITTEN
    shapes = (r"[0-9](?:[ -]?[0-9]){11}",)
    tags = ("pci-dss-3.4", "owasp-llm02", "gdpr-art5")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each number."""
        for message in prompt.messages:
            for match in message.find(_DIGITS, self.regions, cased=True):
                digits = re.sub(r"[^0-9]", "", match.group())
                if not _is_card(message, match.start(), digits):
                    continue
                test = digits in TEST_CARDS
                text = "a card number published for tests" if test else "a payment card number"
                level = Severity.INFO if test else None
                yield self.found(prompt, message, match.span(), text, severity=level, conceal=True)


def card_numbers(message: ParsedMessage) -> Iterator[tuple[int, int]]:
    """Start and end of every card number in a message, in any region."""
    for match in _DIGITS.finditer(message.text):
        if _is_card(message, match.start(), re.sub(r"[^0-9]", "", match.group())):
            yield match.span()


def _is_card(message: ParsedMessage, start: int, digits: str) -> bool:
    return is_card_number(digits) or _is_called(message, start, digits)


def _is_called(message: ParsedMessage, start: int, digits: str) -> bool:
    """Whether a number of no known network is called one of a card, and its check digit holds."""
    said = _CALLED.search(message.lower, max(0, start - 40), start)
    return said is not None and luhn(digits) and len(set(digits)) > 2
