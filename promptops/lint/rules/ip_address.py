"""PRI008."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.personal.network import public_addresses
from promptops.lint.regions import WRITTEN
from promptops.lint.rule import Rule


class IpAddress(Rule):
    """An internet address that can be a person's stands in the prompt.

    What it does:
        Flags public IPv4 and IPv6 addresses. Private, documentation and loopback addresses,
        resolvers that everybody uses and version numbers are left alone.

    Why is this bad?
        The address of a connection is personal data: the access provider can tell whose it is.

    Example:
        The complaint came from 86.121.97.248 last night.

    Use instead:
        The complaint came from the customer {{ customer_reference }}.

    What to do:
        Delete it, cut off its last part, or use an address of a documentation range (203.0.113.7).

    Source:
        CJEU C-582/14 (Breyer); GDPR recital 30; HIPAA 45 CFR 164.514(b)(2)(i)(O); RFC 5737, RFC
        3849.
    """

    code = "PRI008"
    name = "ip-address"
    severity = Severity.WARNING
    version = 2
    regions = WRITTEN
    shapes = (
        r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}",
        r"(?:[0-9a-f]{1,4}:){3}[0-9a-f:]{1,4}",
        r"[0-9a-f]{1,4}::[0-9a-f]{1,4}",
        r"[0-9a-f]{1,4}:[0-9a-f]{1,4}::",
    )
    tags = ("gdpr-art5", "hipaa-164.514", "owasp-llm02")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each address."""
        for message in prompt.messages:
            for span in public_addresses(message.text, message.lower):
                if message.region(span[0]) in self.regions:
                    text = "a public internet address"
                    yield self.found(prompt, message, span, text, conceal=True)
