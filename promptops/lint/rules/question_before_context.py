"""RAG007."""

from collections.abc import Iterator

from promptops.lint.budget import CHUNK_TOKENS
from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule
from promptops.lint.targets import Call, targeted


class QuestionBeforeContext(Rule):
    """The question stands before the retrieved documents, for a family that wants it behind.

    What it does:
        Flags the slot that retrieval fills when an untrusted variable (the question) comes first
        and is not repeated behind, in a wording declared for Claude or Gemini. Contexts below
        `least_tokens` are too short to matter.

    Why is this bad?
        With the question last, answers over long contexts were up to 30% better in the vendor's
        tests.

    Example:
        model: {requires: {family: claude}}
        retrieval: {kb: support, version: "v1", query: "{{ q }}", top_k: 20, into: context}
        variables: {q: {type: string, max_length: 200, trust: untrusted}}
        messages:
          - role: user
            content: "If unknown, say so. <q>{{ q }}</q> <context>{{ context }}</context>"

    Use instead:
        model: {requires: {family: claude}}
        retrieval: {kb: support, version: "v1", query: "{{ q }}", top_k: 20, into: context}
        variables: {q: {type: string, max_length: 200, trust: untrusted}}
        messages:
          - role: user
            content: "<context>{{ context }}</context> If unknown, say so. <q>{{ q }}</q>"

    What to do:
        Put the context first and the question last.

    Source:
        Anthropic prompting best practices, long context; Google Gemini 3 prompting guide.
    """

    code = "RAG007"
    name = "question-before-context"
    severity = Severity.WARNING
    needs_file = True
    tags = ("pd-context",)
    defaults = {"least_tokens": 4000}

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding a wording at most."""
        if prompt.prompt is None or prompt.prompt.retrieval is None:
            return
        retrieval = prompt.prompt.retrieval
        if retrieval.top_k * CHUNK_TOKENS < self.number("least_tokens"):
            return
        for call in targeted(prompt):
            wants = [
                target
                for target, _, certainty in call.claims("long_context", "context-first")
                if certainty == "certain"
            ]
            if wants:
                yield from self._misplaced(prompt, call, retrieval.into, wants[0].shown)

    def _misplaced(
        self, prompt: ParsedPrompt, call: Call, into: str, model: str
    ) -> Iterator[Finding]:
        slots = [
            (message, slot)
            for message in call.messages
            if not message.is_shot
            for slot in message.slots
        ]
        context = next((n for n, (_, slot) in enumerate(slots) if slot.name == into), None)
        if context is None:
            return
        asked = [n for n, (_, slot) in enumerate(slots) if slot.untrusted and slot.name != into]
        if asked and max(asked) < context:
            message, slot = slots[context]
            text = f"{model} reads documents best before the question"
            yield self.found(prompt, message, (slot.start, slot.end), text)
