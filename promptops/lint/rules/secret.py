"""PRI001."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.regions import WRITTEN
from promptops.lint.rule import Rule
from promptops.lint.secrets import SHAPES, TRIGGERS, find_secrets


class Secret(Rule):
    """A live key or password stands in the prompt.

    What it does:
        Flags keys of some 220 providers by their form, private keys, web tokens, passwords in
        addresses, commands and headers, random values that are assigned to a name such as
        `api_key`, and random values behind a mark such as `acme_live_`. Placeholders are left
        alone. The value itself is never printed.

    Why is this bad?
        A prompt is logged, cached, sent to providers and read by many people.

    Example:
        Read the orders from postgres://shop:9xK2vq7Lm@db.contoso-retail.com/orders and sum them up.

    Use instead:
        Read the orders with the tool `get_orders` and sum them up.

    What to do:
        Revoke the key, take it out of the history, and let code hold the new one.

    Source:
        OWASP Top 10 for LLM applications 2025, LLM02; CWE-798; the providers' documents on the form
        of their keys; the kinds that gitleaks and GitHub secret scanning cover.
    """

    code = "PRI001"
    name = "secret"
    severity = Severity.ERROR
    version = 5
    regions = WRITTEN
    triggers = TRIGGERS
    shapes = SHAPES
    tags = ("owasp-llm02", "pci-dss-8.6", "cwe-798")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each secret; the file of a service account, whose key is told apart, as a hint."""
        for message in prompt.messages:
            for secret in find_secrets(message.text):
                inside = {message.region(secret.start), message.region(secret.end - 1)}
                if not inside <= self.regions:
                    continue
                text = f"this looks like a live secret ({secret.kind})"
                level = Severity.INFO if secret.kind.endswith("file") else None
                span = secret.start, secret.end
                yield self.found(prompt, message, span, text, severity=level, conceal=True)
