"""RAG008."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule
from promptops.lint.slots import tags


class QueryWithoutQuestion(Rule):
    """The retrieval query uses variables, but not what is asked.

    What it does:
        Flags a `retrieval.query` that uses none of the untrusted variables which the messages
        show, though it uses others. A query without any variable is RAG006's.

    Why is this bad?
        Documents are searched by the wrong thing: every question about one product, say, gets the
        same context.

    Example:
        retrieval: {kb: support, version: "v1", query: "{{ product }}", into: context}
        variables:
          product: {type: string, max_length: 60}
          question: {type: string, max_length: 300, trust: untrusted}
        messages:
          - role: user
            content: "If unknown, say so. <c>{{ context }}</c> {{ product }} <q>{{ question }}</q>"

    Use instead:
        retrieval:
          {kb: support, version: "v1", query: "{{ product }} {{ question }}", into: context}
        variables:
          product: {type: string, max_length: 60}
          question: {type: string, max_length: 300, trust: untrusted}
        messages:
          - role: user
            content: "If unknown, say so. <c>{{ context }}</c> {{ product }} <q>{{ question }}</q>"

    What to do:
        Use the question in the query.

    Source:
        promptops prompt schema, `retrieval.query`; Gao et al., "Retrieval-Augmented Generation for
        Large Language Models: A Survey" (arXiv 2312.10997).
    """

    code = "RAG008"
    name = "query-without-question"
    severity = Severity.WARNING
    needs_file = True
    tags = ("pd-context",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding at most."""
        if prompt.prompt is None or prompt.prompt.retrieval is None:
            return
        retrieval = prompt.prompt.retrieval
        queried = {tag.name for tag in tags(retrieval.query) if tag.kind == "value"}
        asked = {
            slot.name
            for message in prompt.messages
            for slot in message.slots
            if slot.untrusted and slot.name != retrieval.into
        }
        if queried and asked and not queried & asked:
            names = ", ".join(f'"{name}"' for name in sorted(asked))
            text = f"the query does not use {names}"
            yield self.found_at_key(prompt, "/retrieval/query", text)
