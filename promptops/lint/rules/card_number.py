"""PRI002."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.personal.numbers import card_numbers
from promptops.lint.regions import WRITTEN
from promptops.lint.rule import Rule
from promptops.lint.validators import TEST_CARDS


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
    version = 3
    regions = WRITTEN
    shapes = (r"[0-9](?:[ -]?[0-9]){11}",)
    tags = ("pci-dss-3.4", "owasp-llm02", "gdpr-art5")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each number."""
        for message in prompt.messages:
            for start, end in card_numbers(message):
                if not {message.region(start), message.region(end - 1)} <= self.regions:
                    continue
                digits = re.sub(r"[^0-9]", "", message.text[start:end])
                test = digits in TEST_CARDS
                text = "a card number published for tests" if test else "a payment card number"
                level = Severity.INFO if test else None
                yield self.found(prompt, message, (start, end), text, severity=level, conceal=True)
