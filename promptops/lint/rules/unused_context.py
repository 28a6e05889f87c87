"""RAG001."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule
from promptops.lint.slots import tags


class UnusedContext(Rule):
    """What retrieval finds is used nowhere.

    What it does:
        Flags a prompt, or a variant, whose messages do not use the variable named by
        `retrieval.into`.

    Why is this bad?
        Every call pays for a search, and the answer does not see its result.

    Example:
        retrieval: {kb: support, query: "{{ question }}", top_k: 3, into: context}
        variables: {question: {type: string, max_length: 200}}
        messages: [{role: user, content: "{{ question }}"}]

    Use instead:
        retrieval: {kb: support, query: "{{ question }}", top_k: 3, into: context}
        variables: {question: {type: string, max_length: 200}}
        messages: [{role: user, content: "{{ context }} {{ question }}"}]

    What to do:
        Use the variable in a message, or delete `retrieval`.

    Source:
        promptops prompt schema, `retrieval.into`.
    """

    code = "RAG001"
    name = "unused-context"
    severity = Severity.ERROR
    tags = ("pd-context",)
    needs_file = True

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding a wording."""
        if prompt.prompt is None or prompt.prompt.retrieval is None:
            return
        into = prompt.prompt.retrieval.into
        for wording in prompt.wordings:
            bodies = [tag.body for message in wording.messages for tag in tags(message.text)]
            if not any(into in body for body in bodies):
                text = f'retrieval fills "{into}", which no message uses'
                yield self.found_at_key(prompt, "/retrieval/into", text, variant=wording.variant)
