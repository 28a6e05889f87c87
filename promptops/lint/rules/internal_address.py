"""PRI006."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.regions import WRITTEN
from promptops.lint.rule import Rule

_NUMBER = re.compile(
    r"(?<![\w.-])(?:10\.(?:[0-9]{1,3}\.){2}[0-9]{1,3}|192\.168\.[0-9]{1,3}\.[0-9]{1,3}"
    r"|172\.(?:1[6-9]|2[0-9]|3[01])\.[0-9]{1,3}\.[0-9]{1,3})(?![\w.-]|/[0-9])"
)
_ENDING = re.compile(r"\.(?:internal|intranet|corp|lan)(?![\w.-])")
_HOST = re.compile(r"(?<![\w.-])(?!example)(?:[a-z0-9-]{1,40}\.){0,4}[a-z0-9-]{1,40}$")
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
    version = 2
    triggers = (".internal", ".intranet", ".corp", ".lan")
    shapes = (r"(?:10\.[0-9]{1,3}|192\.168|172\.[123][0-9])\.[0-9]{1,3}\.[0-9]",)
    tags = ("owasp-llm07",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each address."""
        for message in prompt.messages:
            for start, end in (*_numbers(message.lower), *_hosts(message.lower)):
                if message.region(start) in self.regions:
                    yield self.found(prompt, message, (start, end), "an address inside a network")


def _numbers(lower: str) -> Iterator[tuple[int, int]]:
    for match in _NUMBER.finditer(lower):
        shown = match.group()
        if not _EXAMPLE.search(shown) and all(int(part) < 256 for part in shown.split(".")):
            yield match.span()


def _hosts(lower: str) -> Iterator[tuple[int, int]]:
    for ending in _ENDING.finditer(lower):
        host = _HOST.search(lower, max(0, ending.start() - 205), ending.start())
        if host and not _EXAMPLE.search(host.group()):
            yield host.start(), ending.end()
