"""RAG002."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule


class UnpinnedKnowledge(Rule):
    """The prompt does not say which version of the knowledge base it was tested with.

    What it does:
        Flags `retrieval` without `version`.

    Why is this bad?
        When documents change, nobody can tell whether the prompt still answers right.

    Example:
        retrieval: {kb: support, query: "{{ question }}", into: context}
        variables: {question: {type: string, max_length: 200}}
        messages: [{role: user, content: "{{ context }} {{ question }}"}]

    Use instead:
        retrieval: {kb: support, version: "sha256:0f3a", query: "{{ question }}", into: context}
        variables: {question: {type: string, max_length: 200}}
        messages: [{role: user, content: "{{ context }} {{ question }}"}]

    What to do:
        Run `promptops regress` and accept its proposal: it writes the version.

    Source:
        NIST AI RMF, MEASURE 2.5 (validity under change).
    """

    code = "RAG002"
    name = "unpinned-knowledge"
    severity = Severity.WARNING
    needs_file = True
    tags = ("nist-rmf-measure",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding at most."""
        if prompt.prompt is None or prompt.prompt.retrieval is None:
            return
        if prompt.prompt.retrieval.version is None:
            text = f'the knowledge base "{prompt.prompt.retrieval.kb}" is not pinned to a version'
            yield self.found_at_key(prompt, "/retrieval", text)
