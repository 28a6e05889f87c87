"""RAG010."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_OUTSIDE = phrase(
    r"\b(?:use|rely on|draw on|fall back (?:on|to)|supplement (?:it |them )?with|from) (?:your )?"
    r"(?:own |general |prior |background |world |existing |internal ){1,2}knowledge"
    r"|\b(?:fill in|complete|answer)(?: [a-z]{1,12}){0,4} (?:from|with|using) (?:your )?(?:own"
    r" |general |prior |background )?(?:memory|training data)\b"
)
_DENIED = phrase(
    r"(?:\b(?:not|never|no|nor|without|avoid|instead of|rather than)|n't)"
    r"(?: [a-z]{1,12}){0,2}(?: )?$"
)


class OutsideKnowledge(Rule):
    """The prompt retrieves documents and also allows answers from memory.

    What it does:
        Flags "use your general knowledge" and its like, not denied, in a prompt with `retrieval`.

    Why is this bad?
        Nobody can tell which part of an answer the documents prove; the golden set measures the
        mixture.

    Example:
        retrieval: {kb: support, version: "v1", query: "{{ q }}", into: context}
        variables: {q: {type: string, max_length: 200}}
        messages:
          - role: user
            content: "If it is not in the context, use your general knowledge.
              <context>{{ context }}</context> <q>{{ q }}</q>"

    Use instead:
        retrieval: {kb: support, version: "v1", query: "{{ q }}", into: context}
        variables: {q: {type: string, max_length: 200}}
        messages:
          - role: user
            content: "If it is not in the context, say so; do not use your general knowledge.
              <context>{{ context }}</context> <q>{{ q }}</q>"

    What to do:
        Answer from the documents only, or have the two kinds of statements marked.

    Source:
        OWASP Top 10 for LLM applications 2025, LLM09 misinformation.
    """

    code = "RAG010"
    name = "outside-knowledge"
    severity = Severity.WARNING
    needs_file = True
    tags = ("owasp-llm09", "pd-context")
    triggers = ("knowledge", "training data", "memory")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each permission."""
        if prompt.prompt is None or prompt.prompt.retrieval is None:
            return
        for message in prompt.messages:
            for match in message.find(_OUTSIDE, self.regions):
                before = message.lower[max(0, match.start() - 80) : match.start()]
                if not _DENIED.search(before):
                    words = " ".join(message.text[match.start() : match.end()].split())
                    text = f'"{words}" lets answers leave the documents'
                    yield self.found(prompt, message, match.span(), text)
