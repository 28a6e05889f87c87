"""What changed between sentences that were rewritten.

Given are the sentences of both sides that are not the same, in groups that belong together. A group
is compared as a whole, so that splitting, merging and turning a sentence around changes nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from promptops.rewrite.checking.inventory import SHOUTED
from promptops.rewrite.checking.lexicon import Lexicon, lexicon, same_word, stem
from promptops.rewrite.checking.places import (
    dropped_words,
    exchanged_opposites,
    moved_numbers,
    moved_words,
    shifted_words,
    turned_heads,
)
from promptops.rewrite.checking.roles import became_list, exchanged_roles, frames
from promptops.rewrite.checking.sentences import Sentence, tokens
from promptops.rewrite.checking.sides import LISTED, Side, read_side
from promptops.rewrite.checking.strength import conditions, denied, negations, signals

_SMALL = frozenset({"a", "an", "and", "for", "in", "of", "on", "or", "the", "to", "with"})
"""Words that titles leave in lower case."""
_SAID_BY = {"UNTIL": "wait", "CONSIDER": "consider"}
"""Words that a signal says."""
_RELATIVE = re.compile(r"\b(?:who|which|whose) (?:\w+ )?(\w+)", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]+")
_DOING = frozenset({"ai", "model", "system", "script", "program", "cod", "team", "company"})
"""What does things besides persons, by its stem."""
_PARTICLES = frozenset({"apart", "away", "back", "down", "off", "on", "out", "over", "up"})
_PLAIN = re.compile(r"[^\W\d_]+(?:[ ,'-]+[^\W\d_]+)*[?!]?")
_Verbs = dict[str, frozenset[str]]


@dataclass(slots=True, kw_only=True)
class Compared:
    """What was found in one group.

    Attributes:
        found: Differences that nothing else can explain.
        lost: Words that stand nowhere in the new group.
        added: Words that stand nowhere in the old group.
        doubtful: Whether more than words differed as the sentences stand.
    """

    found: list[str]
    lost: list[str]
    added: list[str]
    doubtful: bool = False

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not (self.found or self.lost or self.added)


def compare(old: Sequence[Sentence], new: Sequence[Sentence]) -> Compared:
    """The differences between the sentences of a group.

    They are read as they stand, and where that does not agree, with their wordings read as plainer
    ones: what either reading finds to be the same is the same.
    """
    roles = [*exchanged_roles(old, new)]
    said = _compared(old, new, plainer=False)
    if not said.clean and not roles:
        meant = _compared(old, new, plainer=True)
        if meant.clean or (said.found and not meant.found):
            meant.doubtful = said.found != []
            return meant
    said.found += roles
    return said


def _compared(old: Sequence[Sentence], new: Sequence[Sentence], *, plainer: bool) -> Compared:
    """The differences by one reading."""
    a, b = read_side(old, plainer=plainer), read_side(new, plainer=plainer)
    relations = lexicon()
    lost, added, found = _words(a, b, relations)
    turns = len(found)
    if turns and abs(negations(a) - negations(b)) == turns:
        # "not sure" became "unsure": what was denied is now said by the opposite.
        found = []
        lost = [w for w in lost if not any(relations.opposed(w, other) for other in _every(b, a))]
        added = [w for w in added if not any(relations.opposed(w, other) for other in _every(a, b))]
    lost, added = _agentless(lost, old, new), _agentless(added, new, old)
    if plainer:
        lost, added = _unframed(lost, added, a), _unframed(added, lost, b)
    found += signals(a, b, turned=bool(turns))
    found += _numbers(a, b)
    found += _literals(a, b)
    if not became_list(old, new):
        found += turned_heads(*([tokens(e.text, plainer) for e in each] for each in (old, new)))
    found += exchanged_opposites(a.tokens, b.tokens)
    found += moved_numbers(a.tokens, b.tokens)
    if not found and not lost and not added and not turns:
        found += moved_words(a.tokens, b.tokens)
        found += shifted_words(a.tokens, b.tokens)
        if len(old) == len(new):
            found += dropped_words(a.tokens, b.tokens)
    if not found and len(old) == len(new) and not plainer:
        found += conditions(a.signals, b.signals)
    return Compared(found=found, lost=lost, added=added)


def _agentless(
    words: Sequence[str], own: Sequence[Sentence], others: Sequence[Sentence]
) -> list[str]:
    """Words without the persons that do what the other side says without telling who does it."""
    persons = {*words} & (lexicon().person | _DOING)
    if not persons:
        return [*words]
    theirs = {stem(word) for each in others for word in _LETTERS.findall(each.text.lower())}
    told = {f.verb for each in others for f in frames(each.text) if f.agents}
    doing = {
        agent
        for each in own
        for frame in frames(each.text)
        if frame.verb in theirs - told
        for agent in frame.agents & persons
    }
    return [word for word in words if word not in doing]


def _unframed(words: Sequence[str], others: Sequence[str], side: Side) -> list[str]:
    """Words without those that only carry a sentence, where the other side lost none of these.

    A member of an enumeration carries nothing.
    """
    frame = lexicon().frame
    if not frame.isdisjoint(others):
        return [*words]
    return [word for word in words if word not in frame or _is_member(word, side)]


def _is_member(word: str, side: Side) -> bool:
    """Whether a word stands beside what holds the parts of an enumeration together."""
    said = [
        token for token in side.tokens if token[0] not in {"function", "light"} or token in LISTED
    ]
    places = [n for n, token in enumerate(said) if token == ("word", word)]
    return any(
        token in LISTED
        for n in places
        for token in (*said[max(0, n - 1) : n], *said[n + 1 : n + 2])
    )


def _words(a: Side, b: Side, relations: Lexicon) -> tuple[list[str], list[str], list[str]]:
    """Words lost and added for which the other side has none that means the same; opposites."""
    every_old, every_new = _every(a, b), _every(b, a)
    lost = [word for word in a.words if word not in every_new]
    added = [word for word in b.words if word not in every_old]
    # "lower case" is "lowercase", and "counter-intuitive" is "counterintuitive".
    joined = _joined(a, b) | _joined(b, a)
    found = [
        f'"{one}" became its opposite "{other}"'
        for one in sorted(every_old - every_new)
        for other in sorted(every_new - every_old)
        if relations.opposed(one, other) and not {one, other} <= joined
    ]
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
    found: set[str] = set()
    own, theirs = [*_idioms(side, relations)], [*_idioms(other, relations)]
    for _, singles in theirs:
        found |= singles
    for parts, singles in own:
        if not singles.isdisjoint(other.words) or any(
            parts != others and not singles.isdisjoint(meant) for others, meant in theirs
        ):
            found.update(parts)
    return found


def _idioms(side: Side, relations: Lexicon) -> Iterator[tuple[tuple[str, ...], frozenset[str]]]:
    """The wordings of several words on a side, and what they mean.

    A verb of two words may have others between them: "drive them apart".
    """
    said = [stem(word) for word in side.spelled]
    for place, first in enumerate(said):
        for parts, singles in relations.idioms.get(first, ()):
            if tuple(said[place : place + len(parts)]) == parts or (
                len(parts) == 2
                and parts[1] in _PARTICLES
                and parts[1] in said[place + 2 : place + 5]
            ):
                yield parts, singles


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
    if word in relations.strict:
        others = others - relations.light
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


def _every(side: Side, other: Side) -> set[str]:
    """The stems of a side, with those of quotations that the other side may have without marks."""
    own = side.literals - other.literals
    quoted = {
        stem(word)
        for each in side.literals
        if _is_plain(each) and (each in own or " " not in each)
        for word in _plain(each)
    }
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
    texts = [f" {' '.join(side.spelled)} " for side in (a, b)]
    for mine, theirs, became in ((a, b, "is lost"), (b, a, "was added")):
        for item in sorted(mine.literals - theirs.literals):
            words = f" {' '.join(_plain(item))} "
            if not _is_plain(item) or texts[0].count(words) != texts[1].count(words):
                yield f'"{item}" {became}'


def _is_plain(literal: str) -> bool:
    """Whether a quotation is of words as they stand in a text, and no name of a program."""
    if " " not in literal and "-" not in literal:
        return literal.isalpha()
    return _PLAIN.fullmatch(literal) is not None


def _plain(literal: str) -> list[str]:
    """The words of a quotation."""
    return re.findall(r"[^\W\d_]+", literal.lower())


def reworded(
    old: Sequence[Sentence], new: Sequence[Sentence], lost: Sequence[str], added: Sequence[str]
) -> bool:
    """Whether words that are not known to mean the same may still do so.

    None may tell a duty, stand in a new parenthesis or be a name, near the opposite of what the
    other side says, a superlative, or one of a kind of which each means something else ("French",
    "table"); what is said must be of as many ("each section" is not "the best section").
    """
    a, b, relations = read_side(old), read_side(new), lexicon()
    if any(a.signals[each] != b.signals[each] for each in ("ALL", "ANY", "SOME", "MOST")):
        return False
    changed = {*lost, *added}
    if not changed.isdisjoint(relations.strict):
        return False
    if added and (_asides(new) > _asides(old) or not _told_apart(new).isdisjoint(added)):
        return False
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
    ) or any(relations.opposed(word, each) for word in words for each in other.light)


def _told_apart(sentences: Sequence[Sentence]) -> set[str]:
    """Stems right behind "who" and "which", where they may tell some from the others."""
    return {stem(word.lower()) for each in sentences for word in _RELATIVE.findall(each.text)}


def _asides(sentences: Sequence[Sentence]) -> int:
    """How many parentheses there are: what is said in a new one was not said before."""
    return sum(each.text.count("(") for each in sentences)


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
