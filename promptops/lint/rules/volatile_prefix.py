"""ECO004."""

from collections.abc import Iterator, Sequence

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt, Slot
from promptops.lint.rule import Rule
from promptops.lint.targets import calls, cheapest_card
from promptops.lint.text import estimated_tokens
from promptops.models.card import ModelCard


class VolatilePrefix(Rule):
    """A value that changes stands before a long text that does not.

    What it does:
        Flags the first slot of a prompt when at least `least_tokens` tokens (estimated) of fixed
        text follow it, with what they cost in a thousand calls at the list price of the declared
        model. Variables with an enumeration of at most `few_values` values are left alone, and so
        are models without a prompt cache.

    Why is this bad?
        Providers cache the beginning of a prompt up to the first difference: everything behind
        the value is paid for in full on every call.

    Example:
        Today is {{ date }}.
        Answer questions about the web shop politely and in two sentences. × 80

    Use instead:
        Answer questions about the web shop politely and in two sentences. × 80
        Today is {{ date }}.

    What to do:
        Move the value behind the fixed text.

    Source:
        OpenAI prompt caching guide (prefixes from 1,024 tokens); Anthropic and DeepSeek caching.
    """

    code = "ECO004"
    name = "volatile-prefix"
    severity = Severity.WARNING
    version = 2
    needs_file = True
    tags = ("pd-efficiency",)
    defaults = {"least_tokens": 1024, "few_values": 8}

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield at most one finding a wording."""
        if prompt.prompt is None:
            return
        for call in calls(prompt):
            cards = [card for target in call.targets if (card := cheapest_card(target))]
            if cards and not any("prompt-cache" in card.capabilities for card in cards):
                continue
            fixed = [message.only(self.regions | {message.region(0)}) for message in call.messages]
            for index, message in enumerate(call.messages):
                slot = next((slot for slot in message.slots if self._is_volatile(slot)), None)
                if slot is None:
                    continue
                behind = [" ".join(text.split()) for text in fixed[index + 1 :]]
                behind.append(" ".join(message.text[slot.end :].split()))
                tokens = sum(map(estimated_tokens, behind))
                if tokens >= self.number("least_tokens"):
                    text = f"about {tokens} tokens of fixed text behind this value are never cached"
                    span = (slot.start, slot.end)
                    yield self.found(prompt, message, span, text + _priced(tokens, cards))
                break

    def _is_volatile(self, slot: Slot) -> bool:
        if slot.variable is None:
            return True
        values = len(slot.variable.enum)
        return not 0 < values <= self.number("few_values") and slot.variable.type != "boolean"


def _priced(tokens: int, cards: Sequence[ModelCard]) -> str:
    """What reading ``tokens`` anew costs in a thousand calls (list price is USD per million)."""
    dear = max(cards, key=lambda card: (card.price.input, card.id), default=None)
    if dear is None or not dear.price.input:
        return ""
    return f": ${tokens * dear.price.input / 1000:.2f} in 1,000 calls of {dear.id}"
