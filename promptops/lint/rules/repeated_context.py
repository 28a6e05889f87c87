"""RAG011."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule


class RepeatedContext(Rule):
    """The retrieved documents are put into the prompt twice.

    What it does:
        Flags the second slot of the variable that retrieval fills, in one wording.

    Why is this bad?
        The longest part of the prompt is paid for twice on every call.

    Example:
        retrieval: {kb: support, version: "v1", query: "{{ q }}", into: context}
        variables: {q: {type: string, max_length: 200}}
        messages:
          - {role: user, content: "If unknown, say so. <c>{{ context }}</c> <q>{{ q }}</q>
              <c>{{ context }}</c>"}

    Use instead:
        retrieval: {kb: support, version: "v1", query: "{{ q }}", into: context}
        variables: {q: {type: string, max_length: 200}}
        messages:
          - {role: user, content: "If unknown, say so. <c>{{ context }}</c> <q>{{ q }}</q>"}

    What to do:
        Show the documents once; repeat the question if anything.

    Source:
        Taxonomy of Prompt Defects (arXiv 2509.14404), efficiency.
    """

    code = "RAG011"
    name = "repeated-context"
    severity = Severity.WARNING
    needs_file = True
    tags = ("pd-efficiency",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each further slot."""
        if prompt.prompt is None or prompt.prompt.retrieval is None:
            return
        into = prompt.prompt.retrieval.into
        for wording in prompt.wordings:
            places = [
                (message, slot)
                for message in wording.instructing
                for slot in message.slots
                if slot.name == into
            ]
            for message, slot in places[1:]:
                text = f'"{into}" is filled in a second time'
                yield self.found(prompt, message, (slot.start, slot.end), text)
