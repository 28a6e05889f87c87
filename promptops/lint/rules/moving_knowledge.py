"""RAG009."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule

_MOVING = frozenset({"latest", "current", "main", "master", "head", "newest", "live", "stable",
                     "prod", "production", "today"})  # fmt: skip


class MovingKnowledge(Rule):
    """The version of the knowledge base is a name that moves.

    What it does:
        Flags a `retrieval.version` such as "latest" or "current".

    Why is this bad?
        It looks pinned and is not: documents change under the prompt, and its golden set was
        measured against others.

    Example:
        retrieval: {kb: support, version: latest, query: "{{ q }}", into: context}
        variables: {q: {type: string, max_length: 200}}
        messages: [{role: user, content: "If unknown, say so. {{ context }} {{ q }}"}]

    Use instead:
        retrieval: {kb: support, version: "sha256:0f3a", query: "{{ q }}", into: context}
        variables: {q: {type: string, max_length: 200}}
        messages: [{role: user, content: "If unknown, say so. {{ context }} {{ q }}"}]

    What to do:
        Pin the content: `promptops kb list` shows the versions, `promptops regress` writes them.

    Source:
        NIST AI RMF, MEASURE 2.5 (validity under change).
    """

    code = "RAG009"
    name = "moving-knowledge"
    severity = Severity.WARNING
    needs_file = True
    tags = ("nist-rmf-measure",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding at most."""
        if prompt.prompt is None or prompt.prompt.retrieval is None:
            return
        version = prompt.prompt.retrieval.version
        if version is not None and version.lower() in _MOVING:
            text = f'"{version}" is another version tomorrow'
            yield self.found_at_key(prompt, "/retrieval/version", text)
