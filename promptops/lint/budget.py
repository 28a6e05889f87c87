"""How many tokens a prompt may cost: its fixed text, and its values at their longest.

Method: `promptops.lint.text.estimated_tokens` for what is written; declared bounds (`max_length`,
`max_items`) at `CHARACTERS_PER_TOKEN` for what is filled in. A value without a bound counts as
nothing, so that the sum is a lower bound of the worst case.
"""

from collections.abc import Iterable

from promptops.lint.parsed import ParsedMessage
from promptops.lint.text import CHARACTERS_PER_TOKEN, estimated_tokens
from promptops.prompts.model import Variable

CHUNK_TOKENS = 250
"""A chunk of a knowledge base at its largest: 1,000 characters (`promptops.knowledge`)."""


def fixed_tokens(messages: Iterable[ParsedMessage]) -> int:
    """The tokens of what the author wrote, template tags included (estimated)."""
    return sum(estimated_tokens(message.text) for message in messages)


def largest_tokens(variable: Variable) -> int:
    """The tokens of a value as long as its declaration allows; 0 when it has no bound."""
    if variable.enum:
        return max(estimated_tokens(str(value)) for value in variable.enum)
    size = variable.max_length or 0
    if variable.type == "array" and variable.items is not None:
        size = (variable.max_items or 0) * (variable.items.max_length or 0)
    return round(size / CHARACTERS_PER_TOKEN)


def filled_tokens(messages: Iterable[ParsedMessage]) -> int:
    """The tokens of all values at their longest, each place once (estimated)."""
    slots = (slot for message in messages for slot in message.slots)
    return sum(largest_tokens(slot.variable) for slot in slots if slot.variable is not None)
