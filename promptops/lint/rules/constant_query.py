"""RAG006."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule
from promptops.lint.slots import tags


class ConstantQuery(Rule):
    """The retrieval query is the same on every call.

    What it does:
        Flags a `retrieval.query` that uses no variable.

    Why is this bad?
        The same documents are found whatever is asked: they belong into the prompt itself.

    Example:
        retrieval: {kb: support, version: "sha256:0f3a", query: refund policy, into: context}
        variables: {q: {type: string, max_length: 200}}
        messages:
          - {role: user, content: "If unknown, say so. {{ context }} {{ q }}"}

    Use instead:
        retrieval: {kb: support, version: "sha256:0f3a", query: "refund {{ q }}", into: context}
        variables: {q: {type: string, max_length: 200}}
        messages:
          - {role: user, content: "If unknown, say so. {{ context }} {{ q }}"}

    What to do:
        Use what is asked in the query.

    Source:
        promptops prompt schema, `retrieval.query`.
    """

    code = "RAG006"
    name = "constant-query"
    severity = Severity.WARNING
    tags = ("pd-context",)
    needs_file = True

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding at most."""
        if prompt.prompt is None or prompt.prompt.retrieval is None:
            return
        if not any(tag.kind == "value" for tag in tags(prompt.prompt.retrieval.query)):
            text = "the query is the same on every call"
            yield self.found_at_key(prompt, "/retrieval/query", text)
