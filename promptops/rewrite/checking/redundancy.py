"""What is said elsewhere in a prompt anyway, so that its coming or going changes nothing."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from promptops.rewrite.checking.comparing import Compared
from promptops.rewrite.checking.inventory import SHOUTED
from promptops.rewrite.checking.lexicon import lexicon
from promptops.rewrite.checking.omission import said_elsewhere
from promptops.rewrite.checking.sentences import Sentence, tokens
from promptops.rewrite.checking.sides import Side, read_side
from promptops.rewrite.checking.strength import denied

_PRONOUNS = frozenset({"it", "its", "this", "that", "these", "those", "they", "them", "their"})
_LIMITING = ("IF", "ONLYIF", "UNLESS", "EXCEPT", "BEFORE", "AFTER", "UNTIL", "HEDGE", "MAY")
_CLAUSES = re.compile(r",? and (?!nothing|only)|; |(?<=etc\.) (?=[A-Z])")
_FINER = re.compile(rf"{_CLAUSES.pattern}|(?<=\w\w\.) (?=[a-z])|, (?=(?:do not|don't|never|no) )")
_MEMBER = re.compile(r", (?:\w+ ){0,2}\w+$")
"""What stands before the "and" of an enumeration."""
_NARROWER = re.compile(r" (?:of|about|on|how|why|regarding|concerning) .*")
_OF_FACTS = frozenset({"detail", "information", "text", "description", "content", "output", "data"})
_MATERIAL = frozenset({"text", "input", "content"})
_GIVING = frozenset({"list", "show", "print", "display", "output"})
"""Verbs that only say that there is an answer."""
_CAPITALS = re.compile(r"\b[A-Z]{2,}\b")
_LEAST_TOGETHER = 3
"""Words and numbers that a sentence must have to be found in two."""
_LEAST_OF_A_LONG_ONE = 4
"""Words that a sentence must have to be found within a sentence that says much more."""


def repeated(sentence: Sentence, others: Sequence[Sentence]) -> bool:
    """Whether others say it all: one sentence, two in a row, or "only" of what may not be added."""
    if not _names(sentence) <= {word for each in others for word in _names(each)}:
        return False
    side = read_side([sentence])
    if not side.words:
        return bool(side.signals) and any(_insists(each, side) for each in others)
    sides = [read_side([each]) for each in others]
    if any(_rules_out(its, side) for its in sides):
        return True
    if len(side.words) == 1 and not (side.signals or side.numbers or side.literals):
        # "Check the outputs": the light word is half of what it says.
        sides = [each for each in sides if side.light <= each.light | each.words.keys()]
    if any(_covers(its, side) for its in sides):
        return True
    if side.numbers and any(
        _covers(its, side, topic=_topic(sides, n)) for n, its in enumerate(sides)
    ):
        return True
    if len(side.words) + len(side.numbers) < _LEAST_TOGETHER:
        return False
    if said_elsewhere(side, others):
        return True
    near = [n for n, its in enumerate(sides) if not side.words.keys().isdisjoint(its.words)]
    return any(
        _covers(read_side(others[first : first + 2]), side)
        for n in near
        for first in (n - 1, n)
        if 0 <= first < len(others) - 1
    )


def _names(sentence: Sentence) -> set[str]:
    """Its words in capitals, where they are not all of it."""
    if sentence.text.isupper():
        return set()
    return {word for word in _CAPITALS.findall(sentence.text) if word not in SHOUTED}


def _insists(other: Sentence, side: Side) -> bool:
    """Whether a sentence without words of its own, such as "Never.", only says once more."""
    its = read_side([other])
    return (
        bool(its.words)
        and not side.signals - its.signals
        and not (side.numbers or side.literals or side.light)
    )


def _rules_out(its: Side, side: Side) -> bool:
    """Whether "only X" says what a prohibition or a "just X" says."""
    if side.literals or not its.signals["ONLY"]:
        return False
    extra = lexicon().extra
    if denied(side.signals) and set(side.words) <= extra | its.words.keys():
        return not extra.isdisjoint(side.words)
    if (
        denied(side.signals)
        and len(side.sentences) == 1
        and lexicon().safety.isdisjoint(side.words)
    ):
        # Who may not explain may not explain how something works.
        (said,) = side.sentences
        head = read_side([replace(said, text=_NARROWER.sub("", said.text))])
        if head.words and set(head.words) <= extra - _OF_FACTS:
            return True
    return bool(side.signals["JUST"]) and set(side.words) - _GIVING <= set(its.words)


def _topic(sides: Sequence[Side], place: int) -> frozenset[str]:
    """The words that a sentence takes over from the two before it, and those for any material."""
    return _MATERIAL.union(*(each.words for each in sides[max(0, place - 2) : place]))


def _covers(its: Side, side: Side, *, topic: frozenset[str] = frozenset()) -> bool:
    """Whether one side says all that the other does, without a condition of its own.

    Words of the topic need not be said again, but at least one other must be.
    """
    if topic and side.words.keys().isdisjoint(its.words):
        return False
    if side.literals - its.literals or side.numbers - its.numbers:
        return False
    if bool(denied(side.signals)) != bool(denied(its.signals)):
        return False
    if any(side.signals[each] != its.signals[each] for each in _LIMITING):
        return False
    if side.signals["ONLY"] > its.signals["ONLY"]:
        return False
    long = len(side.words) >= _LEAST_OF_A_LONG_ONE
    if len(side.words) * (3 if long else 2) < len(its.words):
        return False
    relations = lexicon()
    there = its.words.keys() | its.light | _wholes(its) | topic
    parts = _parts(side, there)
    return all(
        word in there or word in parts or any(relations.alike(word, other) for other in its.words)
        for word in side.words
    )


def _wholes(side: Side) -> set[str]:
    """Words that follow each other, written as one."""
    return {"".join(pair) for pair in pairwise(_plain(side))}


def _parts(side: Side, there: set[str]) -> set[str]:
    """Words that follow each other and that the other side writes as one."""
    return {each for pair in pairwise(_plain(side)) if "".join(pair) in there for each in pair}


def _plain(side: Side) -> list[str]:
    return [value for kind, value in side.tokens if kind in {"word", "light"}]


def without_known(
    before: Sequence[Sentence],
    after: Sequence[Sentence],
    compared: Compared,
    shared: Sequence[Sentence],
) -> Compared:
    """Without words that only stand for a pronoun, or name once more what the prompt is about."""
    if compared.found or bool(compared.lost) == bool(compared.added):
        return compared
    topics = read_side([*before, *shared] if compared.added else [*after, *shared]).words
    if not {*compared.lost, *compared.added} <= set(topics):
        return compared
    old, new = _pronouns(before), _pronouns(after)
    pronoun = old - new if compared.added else new - old
    if pronoun or (compared.lost and len(before) > len(after)):
        return Compared(found=[], lost=[], added=[])
    return compared


def _pronouns(group: Sequence[Sentence]) -> Counter[str]:
    return Counter(value for _, value in read_side(group).tokens if value in _PRONOUNS)


def once(clauses: Sequence[Sentence]) -> Iterator[Sentence]:
    """Clauses without those that another one of them says word by word as well."""
    left = [*clauses]
    for each in reversed(clauses):
        others = [other for other in left if other is not each]
        said = {*tokens(each.text)}
        if any(said <= {*tokens(other.text)} for other in others) and repeated(each, others):
            left = others
    yield from left


def split_clauses(group: Sequence[Sentence], *, finer: bool = False) -> Iterator[Sentence]:
    """The sentences of a group, cut where another main clause begins.

    Args:
        group: The sentences.
        finer: Whether to cut behind a comma, too, where a prohibition follows.
    """
    for each in group:
        before = ""
        for part in (_FINER if finer else _CLAUSES).split(each.text):
            listed = _MEMBER.search(before) is not None
            yield Sentence(text=part, label=each.label, listed=listed)
            before = part
