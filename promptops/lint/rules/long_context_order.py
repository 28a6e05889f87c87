"""MOD004."""

from collections.abc import Iterator, Sequence

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedMessage, ParsedPrompt, Slot
from promptops.lint.rule import Rule
from promptops.lint.targets import targeted
from promptops.lint.text import CHARACTERS_PER_TOKEN

_Place = tuple[int, ParsedMessage, Slot]


class LongContextOrder(Rule):
    """A long document stands where the declared model reads it badly.

    What it does:
        Looks at variables that may hold a long text (`least_tokens`, estimated from `max_length`
        and `max_items`). For Claude and Gemini it flags one that stands behind a shorter untrusted
        variable (the question); for GPT-4.1 one that stands above every instruction. What
        retrieval fills in is RAG007's.

    Why is this bad?
        Where the question stands changes the quality of answers over long documents by up to a
        third, and vendors advise opposite orders.

    Example:
        model: {requires: {family: claude}}
        variables:
          question: {type: string, trust: untrusted, max_length: 300}
          report: {type: string, max_length: 80000}
        messages:
          - {role: user, content: "<q>{{ question }}</q> <report>{{ report }}</report> Be exact."}

    Use instead:
        model: {requires: {family: claude}}
        variables:
          question: {type: string, trust: untrusted, max_length: 300}
          report: {type: string, max_length: 80000}
        messages:
          - {role: user, content: "<report>{{ report }}</report> <q>{{ question }}</q> Be exact."}

    What to do:
        Claude, Gemini: the document first, the question last. GPT-4.1: instructions above the
        document, or above and below.

    Source:
        Anthropic prompting best practices, long context; Google Gemini 3 prompting guide; OpenAI
        GPT-4.1 prompting guide, long context.
    """

    code = "MOD004"
    name = "long-context-order"
    severity = Severity.WARNING
    tags = ("pd-context",)
    needs_file = True
    defaults = {"least_tokens": 5000}

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield at most one finding a wording and target."""
        for call in targeted(prompt):
            slots = [
                (index, message, slot)
                for index, message in enumerate(call.messages)
                for slot in message.slots
            ]
            long = [place for place in slots if self._is_long(place[2])]
            if not long:
                continue
            for target, claim, certainty in call.claims("long_context"):
                if certainty != "certain":
                    continue
                place = (
                    _behind_question(slots, long)
                    if claim.value == "context-first"
                    else _above_all(call.messages, long)
                )
                if place:
                    _, message, slot = place
                    text = (
                        f'"{slot.name}" may be long; for {target.shown}: {claim.text.rstrip(".")}'
                    )
                    yield self.found(prompt, message, (slot.start, slot.end), text)

    def _is_long(self, slot: Slot) -> bool:
        variable = slot.variable
        if variable is None:
            return False
        size = variable.max_length or 0
        if variable.type == "array" and variable.items and variable.items.max_length:
            size = (variable.max_items or 0) * variable.items.max_length
        return size / CHARACTERS_PER_TOKEN >= self.number("least_tokens")


def _behind_question(slots: Sequence[_Place], long: Sequence[_Place]) -> _Place | None:
    names = {slot.name for _, _, slot in long}
    for number, (_, _, slot) in enumerate(slots):
        asked = slot.untrusted and slot.variable is not None and slot.name not in names
        if asked:
            return next((place for place in slots[number + 1 :] if place in long), None)
    return None


def _above_all(messages: Sequence[ParsedMessage], long: Sequence[_Place]) -> _Place | None:
    index, message, slot = long[0]
    before = [item.instructions for item in messages[:index] if not item.is_shot]
    before.append(message.instructions[: slot.start])
    said = sum(len(word) > 1 for text in before for word in text.replace("<", " <").split())
    return None if said >= 3 else (index, message, slot)
