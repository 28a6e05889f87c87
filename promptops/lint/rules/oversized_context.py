"""RAG004."""

from collections.abc import Iterator

from promptops.lint.budget import CHUNK_TOKENS, fixed_tokens
from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule
from promptops.lint.targets import calls


class OversizedContext(Rule):
    """More is retrieved than there is room for.

    What it does:
        Compares `top_k` chunks of `chunk_tokens` each (1,000 characters at the largest) with
        `share` of `model.requires.context`, and without one with `most_tokens`.

    Why is this bad?
        Documents beyond the window are cut off or the call is refused; long before that, facts in
        the middle of a long context are overlooked.

    Example:
        model: {requires: {context: 2000}}
        retrieval: {kb: support, version: "v1", query: "{{ q }}", top_k: 20, into: context}
        variables: {q: {type: string, max_length: 200}}
        messages: [{role: user, content: "If unknown, say so. {{ context }} {{ q }}"}]

    Use instead:
        model: {requires: {context: 2000}}
        retrieval: {kb: support, version: "v1", query: "{{ q }}", top_k: 4, into: context}
        variables: {q: {type: string, max_length: 200}}
        messages: [{role: user, content: "If unknown, say so. {{ context }} {{ q }}"}]

    What to do:
        Lower top_k, or require a larger context.

    Source:
        Liu et al., "Lost in the Middle" (arXiv 2307.03172); OWASP LLM10 unbounded consumption.
    """

    code = "RAG004"
    name = "oversized-context"
    severity = Severity.WARNING
    needs_file = True
    tags = ("owasp-llm10", "pd-context")
    defaults = {"chunk_tokens": CHUNK_TOKENS, "share": 0.8, "most_tokens": 16000}

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding at most."""
        if prompt.prompt is None or prompt.prompt.retrieval is None:
            return
        needs = prompt.prompt.model
        context = needs.requires.get("context") if needs else None
        declared = isinstance(context, int) and not isinstance(context, bool)
        limit = self.number("most_tokens")
        if isinstance(context, int) and declared:
            limit = self.number("share") * context
        text = min(fixed_tokens(call.messages) for call in calls(prompt))
        needed = prompt.prompt.retrieval.top_k * self.number("chunk_tokens")
        if needed + (text if declared else 0) > limit:
            said = (
                f"{self.number('share'):.0%} of the required context" if declared else "advisable"
            )
            yield self.found_at_key(
                prompt,
                "/retrieval/top_k",
                f"{prompt.prompt.retrieval.top_k} chunks may take {needed:.0f} tokens, more than "
                f"{limit:.0f} ({said})",
            )
