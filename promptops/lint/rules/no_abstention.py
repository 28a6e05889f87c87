"""RAG003."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule

_ABSTAINS = re.compile(
    r"\b(?:if|when|unless|where|otherwise|in case)\b[^.\n]{0,80}\b(?:not|no|n't|none|nothing"
    r"|missing|unknown"
    r"|unable|insufficient|absent|otherwise|cannot|lacks?)\b"
    r"|\b(?:not (?:in|found|available|mentioned|stated|answerable)|unanswerable"
    r"|say (?:that )?you (?:do not|don't)"
    r"|i (?:do not|don't) know|no answer|\"unknown\"|null|abstain|not enough information)\b"
    r"|otherwise[^.\n]{0,40}\b(?:say|answer|write|reply|return|respond)\b"
    r"|n't[^.\n]{0,60}\b(?:say|answer|write|reply|return|respond)\b"
)


class NoAbstention(Rule):
    """Nothing says what to answer when the documents do not hold the answer.

    What it does:
        Flags a prompt with `retrieval` whose text has no rule for a question that the context
        does not answer, and whose declared output has no place for one.

    Why is this bad?
        The model then answers from memory, and it reads like your documents.

    Example:
        retrieval: {kb: support, version: "sha256:0f3a", query: "{{ q }}", into: context}
        variables: {q: {type: string, max_length: 200}}
        messages: [{role: user, content: "Answer from the context. {{ context }} {{ q }}"}]

    Use instead:
        retrieval: {kb: support, version: "sha256:0f3a", query: "{{ q }}", into: context}
        variables: {q: {type: string, max_length: 200}}
        messages:
          - role: user
            content: "Answer from the context; if it is not there, say unknown. {{ context }} {{ q
            }}"

    What to do:
        Say what to answer when the context does not hold it.

    Source:
        OWASP Top 10 for LLM applications 2025, LLM09 misinformation.
    """

    code = "RAG003"
    name = "no-abstention"
    severity = Severity.WARNING
    needs_file = True
    tags = ("owasp-llm09",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding a wording."""
        if prompt.prompt is None or prompt.prompt.retrieval is None:
            return
        output = prompt.prompt.output
        if output is not None and "null" in str(output.schema_).lower():
            return
        for wording in prompt.wordings:
            if not _ABSTAINS.search(wording.lower):
                text = "nothing says what to answer when the documents do not hold the answer"
                yield self.found_at_key(prompt, "/retrieval", text, variant=wording.variant)
