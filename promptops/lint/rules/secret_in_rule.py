"""SEC005."""

from collections.abc import Iterator

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
    regions = frozenset({Region.INSTRUCTION, Region.QUOTE, Region.CODE})
    triggers = ("password", "passphrase", "passcode", "secret", "api key", "api-key", "apikey",
                "access code", "access token", "pin ", "pin:", "pin=")  # fmt: skip
    tags = ("owasp-llm07",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each secret whose neighborhood demands secrecy."""
        for message in prompt.messages:
            for match in near(message, _SECRET, self.triggers, self.regions, before=2, after=140):
                value = match["value"]
                around = message.lower[max(0, match.start() - 200) : match.end() + 200]
                if value in _NOT_A_VALUE or "{{" in value or not _SECRECY.search(around):
                    continue
                text = "this secret is protected by nothing but the request to keep it"
                yield self.found(prompt, message, match.span("value"), text, conceal=True)
