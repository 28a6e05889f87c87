"""PRI013."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.personal.places import SHAPES, street_addresses
from promptops.lint.regions import WRITTEN
from promptops.lint.rule import Rule


class StreetAddress(Rule):
    """A postal address stands in the prompt.

    What it does:
        Flags a street with its house number that is called an address ("lives at", "home address")
        or is followed by a town with its postal code.

    Why is this bad?
        Where somebody lives is personal data; addresses of offices and shops are not, which no
        pattern can tell: it is a remark.

    Example:
        Our customer lives at 14 Crown Street, Portsmouth PO1 3AX.

    Use instead:
        Our customer lives in the south of England.

    What to do:
        Name the region, or pass the address as a variable.

    Source:
        HIPAA 45 CFR 164.514(b)(2)(i)(B); GDPR article 5(1)(c).
    """

    code = "PRI013"
    name = "street-address"
    severity = Severity.INFO
    regions = WRITTEN
    shapes = SHAPES
    tags = ("gdpr-art5", "hipaa-164.514", "owasp-llm02")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each address."""
        for message in prompt.messages:
            for span in street_addresses(message.text):
                if message.region(span[0]) in self.regions:
                    text = "a street with its house number"
                    yield self.found(prompt, message, span, text, conceal=True)
