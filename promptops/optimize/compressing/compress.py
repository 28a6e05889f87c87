"""Compression in strengths, until nothing more is found."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from promptops.optimize.compressing import layout
from promptops.optimize.compressing.edit import Edit, Source, apply
from promptops.optimize.compressing.phrases import phrase_edits
from promptops.optimize.compressing.sentences import (
    Said,
    empty_sentences,
    repeated_sentences,
)

Strength = Literal["careful", "moderate", "strong", "telegram"]

STRENGTHS: tuple[Strength, ...] = ("careful", "moderate", "strong", "telegram")
"""``careful`` changes no meaning: wordy phrases, politeness, lead-ins, white space, decoration.
``moderate`` also takes out emphasis, sentences that instruct nothing, and what is said twice.
``strong`` also takes out hedges, near repetitions, long enumerations, markup and JSON layout.
``telegram`` also drops articles and other words that a telegram does without."""

_MOST_ROUNDS = 20
_Find = Callable[[Source], Iterable[Edit]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """One thing taken out, justified.

    Args:
        kind: Its class, such as ``politeness``.
        text: The words that went.
        new: What stands there instead; empty for nothing.
    """

    kind: str
    text: str
    new: str = ""

    def __str__(self) -> str:
        """The removal in words."""
        return f'{self.kind}: "{self.text}"' + (f' -> "{self.new}"' if self.new else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compressed:
    """A shortened text.

    Args:
        text: It.
        removals: What was taken out, in the order of the work.
    """

    text: str
    removals: tuple[Removal, ...]


def compress(
    text: str,
    *,
    strength: Strength = "strong",
    keep: Sequence[str] = (),
    terms: Iterable[str] = (),
    before: Sequence[Said] = (),
) -> Compressed:
    """Shorten template text; doing it again changes nothing.

    Template tags, placeholders, quoted text, code (but for the layout of JSON), tags in angle
    brackets, addresses, numbers and forbidding words are the same before and after, each as often
    (`promptops.optimize.compressing.literals`).

    Args:
        text: The text.
        strength: How much may go; see `STRENGTHS`.
        keep: Sentences to leave alone.
        terms: Words of which one mention must stay, such as the labels of an output schema.
        before: What the messages before this one say, to find repetition.
    """
    named = frozenset(terms)
    removals: list[Removal] = []
    for _ in range(_MOST_ROUNDS):
        old = text
        for find in _stages(strength, before):
            source = Source(text, keep)
            text, made = apply(source, find(source), terms=named)
            removals.extend(Removal(kind=e.kind, text=e.shown, new=e.instead) for e in made)
        if text == old:
            break
    return Compressed(text=text, removals=tuple(removals))


def _stages(strength: Strength, before: Sequence[Said]) -> Iterator[_Find]:
    level = STRENGTHS.index(strength)
    if level >= 1:
        yield empty_sentences
        yield partial(repeated_sentences, before=before, nearly=level >= 2)
    yield partial(phrase_edits, kind="politeness")
    yield partial(phrase_edits, kind="lead-in")
    yield partial(phrase_edits, kind="wordy phrase")
    if level >= 1:
        yield partial(phrase_edits, kind="emphasis")
    if level >= 2:
        yield partial(phrase_edits, kind="hedge")
        yield layout.long_enumerations
        yield layout.compact_json
        yield layout.markup
    if level >= 3:
        yield partial(phrase_edits, kind="articles and small words")
    yield layout.decoration
    yield layout.white_space
