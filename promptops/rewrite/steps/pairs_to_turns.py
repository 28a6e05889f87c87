"""Turn solved examples that are written down as labeled pairs into conversation turns."""

import re
from collections import Counter
from itertools import combinations
from typing import ClassVar

from promptops.prompts.model import MessageTemplate
from promptops.rewrite.draft import Draft
from promptops.rewrite.reading import kept_sentences, read_draft
from promptops.rewrite.step import Step

_LABEL = re.compile(r"^(\*{0,2}[A-Z][\w-]*(?: [\w-]+){0,2}(?:\*\*:|:\*\*|:)) \S", re.MULTILINE)
_LEAD = re.compile(r"(?:\A|\n)[^\n]*\bexamples?\b[^\n]*\Z", re.IGNORECASE)
_FEWEST = 2
_NEAR = 80
_SLOT = re.compile(r"\{\{[^{}]*\}\}")


class PairsToTurns(Step):
    """Turns ``Input: … / Output: …`` pairs of a message into user and assistant turns.

    Any two labels will do when at least two pairs in a row have them, with or without a numbered
    heading above each (``## Example 1``). The heading or line that announces the examples goes.
    Questions get the marks that the last message has around its value; where that shows several
    values, nobody knows which of them a question is, and the pairs stay.
    """

    name: ClassVar[str] = "pairs-to-turns"
    topic: ClassVar[str] = "few_shot"
    values: ClassVar[frozenset[str]] = frozenset({"turns"})
    reason: ClassVar[str] = "puts the examples into conversation turns instead of labeled lines"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        messages = draft.messages()
        if len(messages) < 2 or messages[-1].role != "user" or any(t.example for t in draft.turns):
            return draft
        frame = _frame(messages[-1].content)
        if frame is None:
            return draft
        for place, message in enumerate(messages[:-1]):
            found = _read(message.content)
            if found is None:
                continue
            rest, pairs = found
            turns = [
                MessageTemplate(role=role, content=text)
                for question, answer in pairs
                for role, text in (("user", question.join(frame)), ("assistant", answer))
            ]
            home = [MessageTemplate(role=message.role, content=rest)] if rest.strip() else []
            new = (*messages[:place], *home, *messages[place + 1 : -1], *turns, messages[-1])
            prompt = draft.prompt.model_copy(update={"messages": tuple(new)})
            return (
                draft if _loses_kept(draft, prompt.messages) else read_draft(prompt, draft.family)
            )
        return draft

    def waive(self, draft: Draft) -> Draft:
        """See `Step.waive`."""
        return self.apply(draft)


def _frame(text: str) -> tuple[str, str] | None:
    """What stands around the only value of a message, in its paragraph; None for several values."""
    parts = _SLOT.split(text)
    if len(parts) != 2 or "{%" in text:
        return None
    return parts[0].rpartition("\n\n")[2], parts[1].partition("\n\n")[0].rstrip()


def _read(text: str) -> tuple[str, list[tuple[str, str]]] | None:
    """A message without its pairs, and the pairs; None where there are none."""
    if "example" not in text.casefold():
        return None
    count = Counter(match[1] for match in _LABEL.finditer(text))
    labels = [label for label, times in count.items() if times >= _FEWEST]
    for ask, answer in combinations(labels, 2):
        run, start, end = _run(text, ask, answer)
        if len(run) < _FEWEST or any("{{" in part for each in run for part in each):
            continue
        before, after = text[:start].rstrip(), text[end:].strip("\n")
        lead = _LEAD.search(before)
        # Without a word of examples the pairs may be anything: a glossary, records to work on.
        if lead or "example" in text[start : start + _NEAR].casefold().partition("\n")[0]:
            rest = before[: lead.start()].rstrip() if lead else before
            return "\n\n".join(part for part in (rest, after) if part), run
    return None


def _run(text: str, ask: str, answer: str) -> tuple[list[tuple[str, str]], int, int]:
    """The first pairs in a row with these labels, and where they begin and end."""
    first, second = re.escape(ask), re.escape(answer)
    pair = re.compile(
        rf"(?:^#{{1,6}} [^\n]*\d\W*\n+)?^{first} (?P<ask>(?:(?!^{first} )[\s\S])+?)\n+"
        rf"{second} (?P<answer>[^\n]+)(?:\n+|\Z)",
        re.MULTILINE,
    )
    found = pair.search(text)
    start = end = found.start() if found else 0
    run = []
    while found is not None:
        run.append((found["ask"].strip(), found["answer"].strip()))
        end = found.end()
        found = pair.match(text, end)
    return run, start, end


def _loses_kept(draft: Draft, messages: tuple[MessageTemplate, ...]) -> bool:
    before = _flat("\n".join(message.content for message in draft.messages()))
    after = _flat("\n".join(message.content for message in messages))
    kept = map(_flat, kept_sentences(draft.prompt))
    return any(each in before and each not in after for each in kept)


def _flat(text: str) -> str:
    return " ".join(text.split())
