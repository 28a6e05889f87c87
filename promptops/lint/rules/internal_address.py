"""PRI006."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.regions import WRITTEN
from promptops.lint.rule import Rule

_ADDRESS = re.compile(
    r"(?<![\w.-])(?:10\.(?:\d{1,3}\.){2}\d{1,3}|192\.168\.\d{1,3}\.\d{1,3}"
    r"|172\.(?:1[6-9]|2\d|3[01])\.\d{1,3}\.\d{1,3})(?![\w.-]|/\d)"
    r"|(?<![\w.-])(?!example)(?:[a-z0-9-]{1,40}\.){1,4}(?:internal|intranet|corp|lan)(?![\w.-])"
)
_EXAMPLE = re.compile(r"\bexample\b|\b(?:10\.0\.0\.[01]|192\.168\.[01]\.(?:0|1|100))\b")


class InternalAddress(Rule):
    """An address inside your network stands in the prompt.

    What it does:
        Flags private IP addresses and host names that end in `.internal`, `.intranet`, `.corp` or
        `.lan`.

    Why is this bad?
        System prompts leak; this one shows an attacker where to go next.

    Example:
        Read the price from http://pricing-db.shop.internal:8080/v1.

    Use instead:
        Read the price with the tool `get_price`.

    What to do:
        Name a tool, and keep addresses in its configuration.

    Source:
        OWASP Top 10 for LLM applications 2025, LLM07 system prompt leakage.
    """

    code = "PRI006"
    name = "internal-address"
    severity = Severity.INFO
    regions = WRITTEN
    triggers = ("10.", "192.168.", "172.", ".internal", ".intranet", ".corp", ".lan")
    tags = ("owasp-llm07",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each address."""
        for message in prompt.messages:
            for match in message.find(_ADDRESS, self.regions):
                words = match.group()
                numbers = [int(part) for part in words.split(".") if part.isdigit()]
                if _EXAMPLE.search(words) or any(number > 255 for number in numbers):
                    continue
                yield self.found(prompt, message, match.span(), "an address inside a network")
