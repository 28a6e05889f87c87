"""PRI019."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.regions import WRITTEN, fenced
from promptops.lint.rule import Rule
from promptops.lint.secrets import PLACEHOLDER_SHAPES, find_placeholders, find_secrets, overlaps


class SecretPlaceholder(Rule):
    """The prompt shows a place where a key is to be pasted.

    What it does:
        Flags a stand-in in the form of a provider's key (`ghp_xxxx…`, `sk-...`, a bare `xoxb-` that
        is assigned to a name), and one behind a name such as `API_KEY=`. Fenced code is left alone:
        it shows a command to its reader. Keys that look real are `secret`; slots such as
        `<your key>` are `credential-slot`.

    Why is this bad?
        Somebody will fill it in, and then a live key is in a prompt that is logged and sent on.

    Example:
        Call the service with SERVICE_API_KEY=xxxxxxxxxxxxxxxx and sum up its answer.

    Use instead:
        Call the service with the tool `get_report` and sum up its answer.

    What to do:
        Let code hold the key and add it to the request; name the tool only.

    Source:
        OWASP Top 10 for LLM applications 2025, LLM02; CWE-798; the providers' documents on the form
        of their keys.
    """

    code = "PRI019"
    name = "secret-placeholder"
    severity = Severity.INFO
    regions = WRITTEN
    shapes = PLACEHOLDER_SHAPES
    tags = ("owasp-llm02", "pci-dss-8.6", "cwe-798")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each stand-in that is no part of what `secret` reports."""
        for message in prompt.messages:
            places = find_placeholders(message.text, message.lower)
            if not places:
                continue
            secrets = find_secrets(message.text)
            starts = [secret.start for secret in secrets]
            code = bytearray(len(message.text))
            for start, end in fenced(message.text):
                code[start:end] = b"\1" * (end - start)
            for place in places:
                inside = {message.region(place.start), message.region(place.end - 1)}
                if code[place.start] or not inside <= self.regions:
                    continue
                if not overlaps(place, secrets, starts):
                    text = f"a key is to be pasted here ({place.kind})"
                    yield self.found(prompt, message, (place.start, place.end), text)
