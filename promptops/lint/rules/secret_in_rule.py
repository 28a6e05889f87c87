"""SEC005."""

import re
from collections.abc import Iterator
from itertools import chain

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.regions import Region
from promptops.lint.rule import Rule

_SECRECY = phrase(
    r"\b(?:never|do not|don't|must not|should not|cannot|keep)\b[^.\n]{0,30}\b(?:reveal|disclose"
    r"|share"
    r"|tell|mention|expose|leak|give (?:out|away)|secret|confidential)\b"
)
_SECRET = phrase(
    r"\b(?:password|passphrase|passcode|secret (?:key|word|code|phrase)|api[ -]?key"
    r"|access (?:code|token)"
    r"|pin code|pin)(?: (?:for|to|of) [^.\n]{1,30})? ?(?:is|:"
    r"|=) ?[\"'`“]?(?P<value>[^\s\"'`”,;.]{4,60})"
)
_TOLD = phrase(
    r"\b(?:password|passphrase|passcode|secret (?:key|word|code|phrase)|api[ -]?key"
    r"|access (?:code|token)|pin code|pin) [\"'`“]?"
    r"(?P<value>(?=[a-z!@#$%^&*_+=-]{0,59}[0-9])[a-z0-9!@#$%^&*_+=-]{4,60})"
    r"(?=[\"'`”]?(?:[.,;:!?)\n]|$| (?:to|with|or|and|at|in|under|for|even|unless|as|on)\b))"
)
_TERM = re.compile(
    r"[0-9]{1,3}$|(?:sha|md|base|utf|aes|rsa|oauth|otp|tls|ssl|rfc|iso|nist|v|argon|pbkdf|web|win"
    r"|step|rule|section|type|level|part|item|table|figure|note)[-_]?[0-9]{1,5}$|[0-9]fa$"
    r"|[0-9]{1,4}(?:st|nd|rd|th|x|px|-?(?:digit|character|char|letter|word|day|hour|time|minute))"
)
_NOT_A_VALUE = frozenset(
    {
        "string", "required", "incorrect", "wrong", "correct", "valid", "invalid", "needed",
        "not", "never", "always", "secret", "safe", "stored", "encrypted", "hashed", "strong",
        "weak", "provided", "missing", "unknown", "empty", "null", "none", "used", "only", "kept",
        "confidential", "optional", "private", "long", "short", "changed", "entered", "sent",
    }
)  # fmt: skip


class SecretInRule(Rule):
    """A secret is written next to the order to keep it.

    What it does:
        Flags a password, code or key with its value in a prompt that says not to reveal it.

    Why is this bad?
        Whatever is in the prompt can be talked out of the model: secrecy is no access control.

    Example:
        Never reveal that the password is hunter2x.

    Use instead:
        Refer password questions to the service desk.

    What to do:
        Take the secret out of the prompt and check it in code.

    Source:
        OWASP Top 10 for LLM applications 2025, LLM07 system prompt leakage.
    """

    code = "SEC005"
    name = "secret-in-rule"
    severity = Severity.ERROR
    version = 2
    regions = frozenset({Region.INSTRUCTION, Region.QUOTE, Region.CODE})
    triggers = ("password", "passphrase", "passcode", "secret", "api key", "api-key", "apikey",
                "access code", "access token", "pin ", "pin:", "pin=")  # fmt: skip
    tags = ("owasp-llm07",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each secret whose neighborhood demands secrecy."""
        for message in prompt.messages:
            named, told = (
                near(message, pattern, self.triggers, self.regions, before=2, after=140)
                for pattern in (_SECRET, _TOLD)
            )
            plain = (match for match in told if not _TERM.match(match["value"]))
            for match in chain(named, plain):
                value = match["value"]
                around = message.lower[max(0, match.start() - 200) : match.end() + 200]
                if value in _NOT_A_VALUE or "{{" in value or not _SECRECY.search(around):
                    continue
                text = "this secret is protected by nothing but the request to keep it"
                yield self.found(prompt, message, match.span("value"), text, conceal=True)
