"""What changed between sentences that were rewritten.

Given are the sentences of both sides that are not the same, in groups that belong together. A group
is compared as a whole, so that splitting, merging and turning a sentence around changes nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from promptops.rewrite.checking.lexicon import Lexicon, lexicon, same_word, stem
from promptops.rewrite.checking.places import dropped_words, moved_words, shifted_words
from promptops.rewrite.checking.sentences import Sentence
from promptops.rewrite.checking.sides import Side, read_side
from promptops.rewrite.checking.strength import conditions, denied, signals

SHOUTED = frozenset(
    {
        *("ALWAYS", "AND", "ANY", "CRITICAL", "DO", "EVER", "EVERY", "IMPORTANT", "MANDATORY"),
        *("MUST", "NEVER", "NO", "NOT", "NOTE", "ONLY", "OR", "REQUIRED", "SHOULD", "STRICTLY"),
        *("VERY", "WARNING"),
    }
)
"""Words that are written in capitals for emphasis, not because they are names."""


_SMALL = frozenset({"a", "an", "and", "for", "in", "of", "on", "or", "the", "to", "with"})
"""Words that titles leave in lower case."""
_SAID_BY = {"UNTIL": "wait", "CONSIDER": "consider"}
"""Words that a signal says."""
_CAPITALS = re.compile(r"\b[A-Z][A-Z]+\b")
_PLAIN_WORD = re.compile(r"[^\W\d_]{2,}")
_Verbs = dict[str, frozenset[str]]


@dataclass(slots=True, kw_only=True)
class Compared:
    """What was found in one group.

    Attributes:
        found: Differences that nothing else can explain.
        lost: Words that stand nowhere in the new group.
        added: Words that stand nowhere in the old group.
    """

    found: list[str]
    lost: list[str]
    added: list[str]

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not (self.found or self.lost or self.added)


def compare(old: Sequence[Sentence], new: Sequence[Sentence]) -> Compared:
    """The differences between the sentences of a group."""
    a, b, relations = read_side(old), read_side(new), lexicon()
    lost, added, found = _words(a, b, relations)
    turns = len(found)
    if turns and abs(denied(a.signals) - denied(b.signals)) == turns:
        # "not sure" became "unsure": what was denied is now said by the opposite.
        found = []
        lost = [w for w in lost if not any(relations.opposed(w, other) for other in _every(b))]
        added = [w for w in added if not any(relations.opposed(w, other) for other in _every(a))]
    found += signals(a, b, turned=bool(turns))
    found += _numbers(a, b)
    found += _literals(a, b)
    found += _shouted(a, b)
    if not found and not lost and not added and not turns:
        found += moved_words(a.tokens, b.tokens)
        found += shifted_words(a.tokens, b.tokens)
        if len(old) == len(new):
            found += dropped_words(a.tokens, b.tokens)
    if not found and len(old) == len(new):
        found += conditions(a.signals, b.signals)
    return Compared(found=found, lost=lost, added=added)


def _words(a: Side, b: Side, relations: Lexicon) -> tuple[list[str], list[str], list[str]]:
    """Words lost and added for which the other side has none that means the same; opposites."""
    every_old, every_new = _every(a), _every(b)
    lost = [word for word in a.words if word not in every_new]
    added = [word for word in b.words if word not in every_old]
    found = [
        f'"{one}" became its opposite "{other}"'
        for one in sorted(every_old - every_new)
        for other in sorted(every_new - every_old)
        if relations.opposed(one, other)
    ]
    # "lower case" is "lowercase".
    joined = _joined(a, b) | _joined(b, a)
    lost = [word for word in lost if word not in joined]
    added = [word for word in added if word not in joined]
    verbs_old, verbs_new = _phrasal(a, relations), _phrasal(b, relations)
    lost = [w for w in lost if not _explained(w, every_new, verbs_old, verbs_new, relations)]
    added = [w for w in added if not _explained(w, every_old, verbs_new, verbs_old, relations)]
    if lost or added:
        by_old, by_new = _by_idioms(a, b, relations), _by_idioms(b, a, relations)
        lost = [w for w in lost if w not in by_old and not _carries(w, a, b, relations)]
        added = [w for w in added if w not in by_new and not _carries(w, b, a, relations)]
    return lost, added, found


def _by_idioms(side: Side, other: Side, relations: Lexicon) -> set[str]:
    """Words of one side that are several words on the other, or the other way around."""
    own, theirs = (" ".join(each.spelled) for each in (side, other))
    found: set[str] = set()
    for idiom, singles in relations.idioms.items():
        if f" {idiom} " in f" {theirs} ":
            found |= singles
        if f" {idiom} " in f" {own} " and not singles.isdisjoint(other.words):
            found.update(stem(word) for word in idiom.split())
    return found


def _carries(word: str, side: Side, other: Side, relations: Lexicon) -> bool:
    """Whether a verb only carries a noun that the other side says by a verb of the same root."""
    if word not in relations.support:
        return False
    return any(
        noun != verb and same_word(noun, verb)
        for noun in side.words
        if noun not in other.words
        for verb in other.words
    )


def _explained(
    word: str, others: set[str], own: _Verbs, theirs: _Verbs, relations: Lexicon
) -> bool:
    """Whether the other side says a word otherwise, be it as or by a verb of two words."""
    if any(relations.alike(word, other) for other in others):
        return True
    if any(word in meanings for meanings in theirs.values()):
        return True
    return not own.get(word, frozenset()).isdisjoint(others)


def _phrasal(side: Side, relations: Lexicon) -> _Verbs:
    """The verbs of two words, each by its first, and what they mean."""
    return {
        verb: relations.phrasal[verb, particle]
        for (_, verb), (_, particle) in pairwise(side.tokens)
        if (verb, particle) in relations.phrasal
    }


def _joined(one: Side, other: Side) -> set[str]:
    """Words that one side writes apart and the other as one, and their parts."""
    found: set[str] = set()
    for pair in pairwise(one.spelled):
        if (whole := stem("".join(pair))) in other.words and whole not in one.words:
            found |= {whole, *map(stem, pair)}
    return found


def _every(side: Side) -> set[str]:
    quoted = {stem(each) for each in side.literals if _is_word(each)}
    quoted |= {each for each in ("several", "once") if each in side.spelled}
    quoted |= {word for signal, word in _SAID_BY.items() if side.signals[signal]}
    return quoted.union(
        side.words, side.light, (v for kind, v in side.tokens if kind == "function")
    )


def _numbers(a: Side, b: Side) -> Iterator[str]:
    lost, added = a.numbers - b.numbers, b.numbers - a.numbers
    several = {each for each in ("ALL", "SOME", "MOST") if a.signals[each] > b.signals[each]}
    if "1" in added and (several or "both" in a.light - b.light):
        yield "several became one"
    soft = {"1"} | ({"2"} if "both" in a.light | b.light else set())
    if set(lost) | set(added) <= soft:
        return  # "one" is also a pronoun
    for number in sorted(lost):
        yield f"the number {number.lower()} is lost"
    for number in sorted(added):
        yield f"the number {number.lower()} was added"


def _literals(a: Side, b: Side) -> Iterator[str]:
    """Literals that came or went; a plain word may get quotation marks or lose them."""
    for item in sorted(a.literals - b.literals):
        if not _is_word(item) or a.spelled.count(item) != b.spelled.count(item):
            yield f'"{item}" is lost'
    for item in sorted(b.literals - a.literals):
        if not _is_word(item) or a.spelled.count(item) != b.spelled.count(item):
            yield f'"{item}" was added'


def _shouted(a: Side, b: Side) -> Iterator[str]:
    """Names in capitals ("a section called NOTES") that another name stands for."""
    lost = _capitals(a) - {stem(each) for each in b.spelled}
    added = _capitals(b) - {stem(each) for each in a.spelled}
    lost, added = (
        {x for x in lost if not any(same_word(x, y) for y in added)},
        {y for y in added if not any(same_word(x, y) for x in lost)},
    )
    if lost and added:
        yield f"the name {_quoted(lost)} became {_quoted(added)}"


def _capitals(side: Side) -> set[str]:
    """Stems of the words in capitals, in sentences that are not in capitals as a whole."""
    found: set[str] = set()
    for each in side.sentences:
        words = _CAPITALS.findall(each.text)
        if any(word.islower() for word in _PLAIN_WORD.findall(each.text)):
            found.update(stem(word.lower()) for word in words if word not in SHOUTED)
    return found


def _quoted(words: set[str]) -> str:
    return ", ".join(f'"{word}"' for word in sorted(words))


def _is_word(literal: str) -> bool:
    return literal.isalpha() and literal.islower()


def reworded(
    old: Sequence[Sentence], new: Sequence[Sentence], lost: Sequence[str], added: Sequence[str]
) -> bool:
    """Whether words that are not known to mean the same may still do so.

    None may be a name, near the opposite of what the other side says, a superlative, or one of a
    kind of which each means something else ("French", "table"); what is said must be of as many
    ("each section" is not "the best section").
    """
    a, b, relations = read_side(old), read_side(new), lexicon()
    if any(a.signals[each] != b.signals[each] for each in ("ALL", "ANY", "SOME", "MOST")):
        return False
    changed = {*lost, *added}
    if any(relations.kind.get(word) for word in changed) or not changed.isdisjoint(relations.logic):
        return False
    if _turns(lost, a, b, relations) or _turns(added, b, a, relations):
        return False
    if any(_superlative(each) and stem(each) in changed for each in (*a.spelled, *b.spelled)):
        return False
    if not changed.isdisjoint(_names(old) | _names(new)):
        return False
    if denied(a.signals) or denied(b.signals):
        changed |= {*a.words, *b.words}  # a prohibition of what harms stays as it is
    return changed.isdisjoint(relations.safety)


def _turns(words: Sequence[str], side: Side, other: Side, relations: Lexicon) -> bool:
    """Whether a word stands against one that only the other side has, or against any of its own."""
    return any(
        relations.opposed(word, each) or (each not in side.words and relations.contrary(word, each))
        for word in words
        for each in other.words
    )


def _superlative(word: str) -> bool:
    return word.endswith("est") and len(word) > len("best") and stem(word) not in lexicon().senses


def _names(sentences: Sequence[Sentence]) -> set[str]:
    """Stems of the words that are written as names: with capitals, and not at a beginning."""
    found: set[str] = set()
    for each in sentences:
        words = re.findall(r"[^\W\d_]+|[.:!?\"(]", each.text)
        if sum(word.isupper() for word in words) * 2 > len(words):
            continue  # shouted as a whole
        if len(words) > 1 and all(word.istitle() for word in words if word not in _SMALL):
            found.update(stem(word.lower()) for word in words)
        for before, word in pairwise(words):
            if word[0].isupper() and before.isalpha() and word not in SHOUTED:
                found.add(stem(word.lower()))
    return found
