"""REG003."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule


class MissingDataClass(Rule):
    """The prompt does not say how sensitive its data is.

    What it does:
        Flags a prompt file with variables or retrieval and without `data`.

    Why is this bad?
        Routing cannot keep confidential values away from providers that may not see them.

    Example:
        data: null
        variables: {note: {type: string, max_length: 200}}
        messages: [{role: user, content: "Summarize: {{ note }}"}]

    Use instead:
        data: {classification: internal, contains_pii: false}
        variables: {note: {type: string, max_length: 200}}
        messages: [{role: user, content: "Summarize: {{ note }}"}]

    What to do:
        Add `data: {classification: …, contains_pii: …}`.

    Source:
        GDPR article 30; EU AI Act article 10; ISO/IEC 42001 annex A.7.
    """

    code = "REG003"
    name = "missing-data-class"
    severity = Severity.INFO
    needs_file = True
    tags = ("aia-art10", "nist-rmf-map")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding at most."""
        if prompt.prompt is None or prompt.prompt.data is not None:
            return
        if prompt.prompt.variables or prompt.prompt.retrieval is not None:
            text = "values flow through the prompt and their classification is not declared"
            yield self.found_at_key(prompt, "/id", text)
