"""ECO003."""

from collections.abc import Iterator

from promptops.lint.budget import CHUNK_TOKENS, filled_tokens, fixed_tokens
from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule
from promptops.lint.targets import Call, calls, card_of
from promptops.lint.text import estimated_tokens


class TokenBudget(Rule):
    """The prompt may grow beyond its token budget.

    What it does:
        Adds up the fixed text, each value at the length its declaration allows, what retrieval may
        fill in (1,000 characters a chunk) and `max_tokens`, and compares the sum with
        `model.requires.context`, else with the context window of the declared model, and, when
        set, with the option `max_tokens` (which bare texts are held to as well; 0: none). Tokens
        are estimated at four characters each.

    Why is this bad?
        The longest inputs are cut off or refused, or are routed to a model whose window is too
        small.

    Example:
        model: {requires: {context: 2000}, params: {max_tokens: 200}}
        variables: {report: {type: string, max_length: 20000}}
        messages: [{role: user, content: "Summarize: <r>{{ report }}</r>"}]

    Use instead:
        model: {requires: {context: 8000}, params: {max_tokens: 200}}
        variables: {report: {type: string, max_length: 20000}}
        messages: [{role: user, content: "Summarize: <r>{{ report }}</r>"}]

    What to do:
        Lower max_length, top_k or max_tokens, or require a larger context.

    Source:
        OWASP Top 10 for LLM applications 2025, LLM10 unbounded consumption; OpenAI tokenizer
        guidance (about four characters a token in English).
    """

    code = "ECO003"
    name = "token-budget"
    severity = Severity.WARNING
    tags = ("owasp-llm10", "pd-efficiency")
    defaults = {"max_tokens": 0}

    def concerns(self, text: str) -> bool:
        """Whether the text alone may be too long."""
        own = self.number("max_tokens")
        return bool(own) and len(text) > own

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield at most one finding a wording."""
        own = self.number("max_tokens")
        if prompt.prompt is None:
            if own and len(prompt.source) > own:
                yield from self._bare(prompt, own)
            return
        needs = prompt.prompt.model
        declared = needs.requires.get("context") if needs else None
        for call in calls(prompt):
            limits = [(own, "the budget")] if own else []
            if isinstance(declared, int) and not isinstance(declared, bool):
                limits.append((declared, "model.requires.context"))
            else:
                limits += _windows(call)
            needed, parts = _needed(prompt, call)
            for limit, name in limits:
                if needed > limit:
                    text = f"up to {needed} tokens ({parts}) do not fit {name} of {limit:.0f}"
                    place = "/model/requires/context" if name.startswith("model") else "/messages"
                    yield self.found_at_key(prompt, place, text, variant=call.variant)
                    break

    def _bare(self, prompt: ParsedPrompt, limit: float) -> Iterator[Finding]:
        message = prompt.messages[0]
        needed = estimated_tokens(message.text)
        if needed > limit:
            text = f"about {needed} tokens do not fit the budget of {limit:.0f}"
            yield self.found(prompt, message, (0, min(len(message.text), 1)), text)


def _windows(call: Call) -> list[tuple[float, str]]:
    cards = [card_of(target) for target in call.targets]
    return [
        (card.context, f"the context window of {card.id}")
        for card in cards
        if card is not None and card.context is not None
    ]


def _needed(prompt: ParsedPrompt, call: Call) -> tuple[int, str]:
    assert prompt.prompt is not None
    retrieval = prompt.prompt.retrieval
    answer = call.params.get("max_tokens")
    parts = {
        "text": fixed_tokens(call.messages),
        "values": filled_tokens(call.messages),
        "retrieval": retrieval.top_k * CHUNK_TOKENS if retrieval else 0,
        "answer": answer if isinstance(answer, int) else 0,
    }
    return sum(parts.values()), ", ".join(f"{name} {n}" for name, n in parts.items() if n)
