"""REG015."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule


class MisclassifiedData(Rule):
    """The data is declared public and personal at once.

    What it does:
        Flags `data` with `classification: public` and `contains_pii: true`, and restricted data
        without `residency`.

    Why is this bad?
        Routing takes the class at its word: personal data classed as public may be sent to any
        provider in any country.

    Example:
        data: {classification: public, contains_pii: true}
        messages: [{role: user, content: Name the capital of France.}]

    Use instead:
        data: {classification: confidential, contains_pii: true, residency: [eu]}
        messages: [{role: user, content: Name the capital of France.}]

    What to do:
        Class personal data as confidential or restricted, and say where it may go.

    Source:
        GDPR articles 5(1)(f) and 44; NIST AI RMF, MAP 1.1.
    """

    code = "REG015"
    name = "misclassified-data"
    severity = Severity.WARNING
    needs_file = True
    tags = ("gdpr-art5", "nist-rmf-map")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding at most."""
        data = prompt.prompt.data if prompt.prompt is not None else None
        if data is None:
            return
        if data.classification == "public" and data.contains_pii:
            text = "personal data is not public data"
            yield self.found_at_key(prompt, "/data", text)
        elif data.classification == "restricted" and not data.residency:
            text = "restricted data, and nothing says where it may be processed"
            yield self.found_at_key(prompt, "/data", text, severity=Severity.INFO)
