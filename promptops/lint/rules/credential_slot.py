"""PRI014."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.regions import Region
from promptops.lint.rule import Rule

_CREDENTIAL = re.compile(
    r"(?:^|_)(?:api_?keys?|secret|secret_key|client_secret|(?:access|auth|refresh|bearer"
    r"|session|api)_?token"
    r"|password|passwd|passphrase|private_key|access_key|credentials?|otp|cvv|cvc|pin_code)$",
    re.IGNORECASE,
)
_WRITTEN = re.compile(
    r"(?:(?:api|access|secret)[ _-]?key|client[ _-]?secret|(?:access|auth|bearer|api)[ _-]?token"
    r"|password)s?[\"'*]{0,3}"
    r"\s{0,2}[:=]\s{0,2}[\"'`]?(?P<slot>\{{1,2} ?[a-z_][\w.]{0,40} ?\}{1,2}|<[a-z][\w -]{2,40}>"
    r"|\[(?:your|insert|api)[\w -]{2,40}\])"
)


class CredentialSlot(Rule):
    """A key or password flows into the prompt.

    What it does:
        Flags a variable that is named like a credential (`api_key`, `db_password`), and, as a
        remark, a place in the text where one is to be written ("API key: <your key>").

    Why is this bad?
        What is in the context can be talked out of the model, and lands in logs, caches and traces.

    Example:
        variables:
          db_password: {type: string, max_length: 100}
        messages:
          - {role: user, content: "Connect with {{ db_password }} and count the orders."}

    Use instead:
        variables:
          question: {type: string, max_length: 100}
        messages:
          - {role: user, content: "Count the orders with the tool: {{ question }}."}

    What to do:
        Let the code of the tool hold the credential; the model only names the tool.

    Source:
        OWASP Top 10 for LLM applications 2025, LLM02 and LLM07; CWE-522; PCI DSS 4.0, requirement
        8.6.
    """

    code = "PRI014"
    name = "credential-slot"
    severity = Severity.WARNING
    version = 2
    regions = frozenset({Region.INSTRUCTION, Region.DATA})
    tags = ("owasp-llm02", "owasp-llm07", "pci-dss-8.6", "cwe-522")
    shapes = (
        r"(?:key|secret|token|password)s?[\"'*]{0,3}\s{0,2}[:=]\s{0,2}[\"'`]?[\[<{]",
        (
            r"\{\{-?\s{0,3}[a-z0-9_.]{0,40}(?:key|secret|token|passw|passphrase|credential|otp|cvv"
            r"|cvc|pin_code)"
        ),
    )

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each variable, then each written place."""
        if prompt.prompt is not None:
            for name in prompt.prompt.variables:
                if _CREDENTIAL.search(name):
                    text = f'"{name}" is a credential by its name'
                    yield self.found_at_key(prompt, f"/variables/{name}", text)
        for message in prompt.messages:
            for match in message.find(_WRITTEN, self.regions):
                inside = match.span("slot")
                if any(slot.start < inside[1] and inside[0] < slot.end for slot in message.slots):
                    continue
                text = "a credential is to be written here"
                yield self.found(prompt, message, inside, text, severity=Severity.INFO)
