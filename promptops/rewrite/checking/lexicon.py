"""Which words mean the same, which are opposites, and which change nothing.

The relations come from three files beside this module: ``lexicon.txt`` (derived from WordNet),
``vocabulary.txt`` (words of instructions, by what they do to the meaning) and ``thesaurus.txt``
(what may stand for a word of a prompt). Words are compared by their stems.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from promptops.rewrite.checking.letters import foreign, near

_FOLDER = Path(__file__).parent
_SHORTEST_ROOT = 4
_DERIVED = frozenset(
    {
        *("", "e", "al", "ally", "ance", "ant", "ary", "ate", "ation", "ative", "ator", "cation"),
        *("ence", "ent", "er", "ed", "ic", "ical", "ication", "ify", "ing", "ion", "is", "ition"),
        *("ive", "ity", "iz", "ize", "ization", "ly", "ment", "ness", "or", "ous", "s", "se", "z"),
        *("sis", "sive", "sion", "t", "tion", "y", "yz", "yze", "ys", "ysis", "ze", "nat", "d"),
        *("pt", "ption", "ful", "tial", "c", "ci", "cy", "ely", "tely", "ce", "i", "il", "ie"),
        *("ual", "ial", "at", "ist", "ian", "enc", "anc", "uous", "eful", "iful", "eous", "ious"),
        *("able", "abl", "ably", "ibl", "ability", "ety", "iness", "yness"),
    }
)
"""Endings that make one part of speech out of another."""
_SETS = ("strict", "light", "extra", "frame", "person", "symmetric", "safety", "logic", "support")
_OPPOSING = ("un", "in", "im", "ir", "il", "dis", "non", "mis", "de", "ab", "anti", "counter")
_IRREGULAR = {
    "written": "write", "wrote": "write", "given": "give", "gave": "give", "made": "make",
    "done": "do", "took": "take", "taken": "take", "chosen": "choose", "chose": "choose",
    "shown": "show", "kept": "keep", "found": "find", "said": "say", "told": "tell",
    "thought": "think", "understood": "understand", "sent": "send", "built": "build",
    "held": "hold", "left": "leave", "spoken": "speak", "spoke": "speak", "known": "know",
    "seen": "see", "saw": "see", "drawn": "draw", "broken": "break", "meant": "mean",
    "paid": "pay", "read": "read", "lost": "lose", "taught": "teach", "brought": "bring",
    "bought": "buy", "got": "get", "gotten": "get", "began": "begin", "begun": "begin",
    "people": "person", "children": "child", "men": "man", "women": "woman",
    "criteria": "criterion", "analyses": "analysis", "data": "data", "better": "better",
    "best": "best", "worse": "worse", "less": "less", "shorter": "short", "longer": "long",
    "hidden": "hide", "proven": "prove", "sold": "sell", "met": "meet", "led": "lead",
    "split": "split", "felt": "feel", "won": "win", "came": "come", "goes": "go", "does": "do",
    "says": "say", "used": "use", "using": "use", "jewellery": "jewelry", "grey": "gray",
    "dealt": "deal", "spent": "spend", "sought": "seek", "caught": "catch", "fought": "fight",
    "heard": "hear", "stood": "stand", "drove": "drive", "driven": "drive", "ran": "run",
    "rose": "rise", "risen": "rise", "fell": "fall", "fallen": "fall", "grew": "grow",
    "grown": "grow", "threw": "throw", "thrown": "throw", "wore": "wear", "worn": "wear",
    "ate": "eat", "eaten": "eat", "drew": "draw", "laid": "lay", "dug": "dig", "hung": "hang",
    "stuck": "stick", "swept": "sweep", "fed": "feed", "struck": "strike", "frozen": "freeze",
    "stolen": "steal", "torn": "tear", "woven": "weave", "sung": "sing", "drank": "drink",
    "forgot": "forget", "forgotten": "forget", "withdrawn": "withdraw", "undertaken": "undertake",
    "undertook": "undertake", "arose": "arise", "arisen": "arise", "beaten": "beat",
    "blown": "blow", "learnt": "learn", "bent": "bend", "lent": "lend", "woke": "wake",
    "shook": "shake", "shaken": "shake", "bore": "bear", "borne": "bear", "clung": "cling",
    "went": "go", "gone": "go", "became": "become", "indices": "index",
}  # fmt: skip


@lru_cache(maxsize=1 << 15)
def stem(word: str) -> str:
    """A word without its inflection; the same for a word's forms, not always a word itself."""
    word = american(_IRREGULAR.get(word, word))
    if len(word) <= 3:
        return word
    if word.endswith("ies"):
        word = word[:-3] + "y"
    elif word.endswith(("sses", "shes", "ches", "xes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ied", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and _has_vowel(word, ending):
            word = word[: -len(ending)] + ("y" if ending == "ied" else "")
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def american(word: str) -> str:
    """The American spelling of a word that Great Britain spells otherwise."""
    if len(word) > 5:
        for british, american in _BRITISH:
            word = british.sub(american, word)
    return word


_BRITISH = (
    (re.compile(r"(?<=conc|prec)is(?=e|el|io)"), "iz"),
    (re.compile(r"(?<=[^aeou])our(?=$|s$|ed$|ing$|ite|able|al|ful|er|ly)"), "or"),
    (re.compile(r"is(?=(?:e|es|ed|er|ers|ing|ation|ations)$)"), "iz"),
    (re.compile(r"ys(?=(?:e|es|ed|er|ers|ing)$)"), "yz"),
    (re.compile(r"(?<=[bt])re(?=s?$)"), "er"),
    (re.compile(r"(?<=[aeiou][^aeiou][aeiou])ll(?=(?:ed|ing|er|ery)$)"), "l"),
    (re.compile(r"(?<=tro)ll(?=(?:ed|ing|er)$)"), "l"),
    (re.compile(r"ogue(?=s?$)"), "og"),
    (re.compile(r"(?<=[ef])ence$"), "ense"),
    (re.compile(r"ae(?=[a-z]{3})"), "e"),
)


def _has_vowel(word: str, ending: str) -> bool:
    return re.search(r"[aeiouy]", word[: -len(ending)]) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Relations between stems.

    Attributes:
        same: Stem -> stems that mean the same, or nearly so.
        synonyms: Those of them that are not only nearly the same.
        opposite: Stem -> stems that mean the opposite.
        light: Stems that may come and go.
        frame: Stems that may come and go on one side where little else changed.
        person: Stems of who may do something or have it done to them.
        symmetric: Stems of verbs to which it is the same which of two things stands first.
        extra: Stems of what "only X" rules out.
        strict: Stems of duty and protection, which a light word cannot stand for.
        safety: Stems of what harms or must be kept from others.
        kind: Stem -> the kinds of which it is one.
        phrasal: (stem, particle) of a verb of two words -> stems that mean the same.
        idioms: First stem of several words -> all of their stems, and stems that mean the same.
        logic: Stems of words that set two things in relation.
        support: Stems of verbs that only carry a noun ("conduct a review" is "review").
        senses: Stem -> how many senses it has as a verb.
        known: All stems of the files.
    """

    same: Mapping[str, frozenset[str]]
    synonyms: Mapping[str, frozenset[str]]
    opposite: Mapping[str, frozenset[str]]
    light: frozenset[str]
    frame: frozenset[str]
    person: frozenset[str]
    symmetric: frozenset[str]
    extra: frozenset[str]
    strict: frozenset[str]
    safety: frozenset[str]
    kind: Mapping[str, frozenset[int]]
    phrasal: Mapping[tuple[str, str], frozenset[str]]
    idioms: Mapping[str, Sequence[tuple[tuple[str, ...], frozenset[str]]]]
    logic: frozenset[str]
    support: frozenset[str]
    senses: Mapping[str, int]
    known: frozenset[str]

    def opposed(self, one: str, other: str) -> bool:
        """Whether two stems turn a sentence around: opposites, or one negates the other."""
        if other in self.opposite.get(one, ()):
            return True
        short, long = sorted((one, other), key=len)
        if short + "r" == long and short.endswith("e") and len(short) > _SHORTEST_ROOT:
            return True  # interviewee, interviewer
        return any(long == prefix + short for prefix in _OPPOSING) and len(short) > 3

    def contrary(self, one: str, other: str) -> bool:
        """Whether two stems are opposites, or mean nearly what opposites mean, in any degree."""
        if other in self.same.get(one, ()):
            return False
        return _turned(one, other) or any(
            self.opposed(a, b) or self._near_opposites(a, b)
            for a in (one, *positives(one))
            for b in (other, *positives(other))
        )

    def _near_opposites(self, one: str, other: str) -> bool:
        ones = {one, *self.synonyms.get(one, ())}
        others = {other, *self.synonyms.get(other, ())}
        return any(not others.isdisjoint(self.opposite.get(each, ())) for each in ones)

    def alike(self, one: str, other: str) -> bool:
        """Whether one stem may stand for the other."""
        if one == other:
            return True
        if self.kind.get(one, _NONE) & self.kind.get(other, _NONE) or self.opposed(one, other):
            return False
        return (
            other in self.same.get(one, ())
            or _derived(one, other)
            or self.misspelled(one, other)
            or self._same_manner(one, other)
        )

    def _same_manner(self, one: str, other: str) -> bool:
        """Whether an adverb and another word come from adjectives that mean the same."""
        ones, others = _manners(one), _manners(other)
        return (len(ones) > 1 or len(others) > 1) and any(
            b in self.same.get(a, ()) for a in ones for b in others
        )

    def misspelled(self, one: str, other: str) -> bool:
        """Whether one is the other with a slip; names differ by another letter, too."""
        known = (one in self.known) + (other in self.known)
        if known > 1 or not near(one, other) or foreign(one, other):
            return False
        return known == 1 or sorted(one) == sorted(other) or len(one) != len(other)


_NONE: frozenset[int] = frozenset()


@cache
def lexicon() -> Lexicon:
    """The relations of all files; read once."""
    same: dict[str, set[str]] = defaultdict(set)
    synonyms: dict[str, set[str]] = defaultdict(set)
    opposite: dict[str, set[str]] = defaultdict(set)
    sets: dict[str, set[str]] = {each: set() for each in _SETS}
    kind: dict[str, set[int]] = defaultdict(set)
    phrasal: dict[tuple[str, str], set[str]] = defaultdict(set)
    idioms: dict[tuple[str, ...], set[str]] = defaultdict(set)
    senses: dict[str, int] = defaultdict(int)
    for number, (relation, words) in enumerate(_groups()):
        stems = [stem(word) for word in words]
        if relation.isdigit():
            for each in stems:
                senses[each] += int(relation)
            continue
        if relation == "idiom":
            idioms[_stems(words[0])].update(stems[1:])
            continue
        if relation == "phrasal":
            phrasal[stems[0], words[1]].update(stems[2:])
            continue
        if relation in sets:
            sets[relation].update(stems)
            continue
        for each in stems:
            if relation == "kind":
                kind[each].add(number)
            else:
                (opposite if relation == "opposite" else same)[each].update(stems)
                if relation == "same":
                    synonyms[each].update(stems)
    _add_thesaurus(same, idioms, sets["strict"])
    return Lexicon(
        same={word: frozenset(others) for word, others in same.items()},
        synonyms={word: frozenset(others) for word, others in synonyms.items()},
        opposite={word: frozenset(others - {word}) for word, others in opposite.items()},
        light=frozenset(sets["light"]),
        frame=frozenset(sets["frame"]),
        person=frozenset(sets["person"]) | {"i", "you", "we"},
        symmetric=frozenset(sets["symmetric"]),
        extra=frozenset(sets["extra"]),
        strict=frozenset(sets["strict"]),
        safety=frozenset(sets["safety"]),
        kind={word: frozenset(numbers) for word, numbers in kind.items()},
        phrasal={verb: frozenset(singles) for verb, singles in phrasal.items()},
        idioms=_by_first(idioms),
        logic=frozenset(sets["logic"]),
        support=frozenset(sets["support"]),
        senses=dict(senses),
        known=frozenset({*same, *opposite, *sets["light"], *kind}),
    )


def _add_thesaurus(
    same: dict[str, set[str]], idioms: dict[tuple[str, ...], set[str]], strict: set[str]
) -> None:
    """Add what ``thesaurus.txt`` says may stand for a word or for several, but for strict ones."""
    for number, line in enumerate(lines("thesaurus.txt")):
        head, _, others = line.partition(": ")
        if stem(head) in strict:
            continue
        for word in (each for each in others.split() if stem(each) not in strict):
            singles = {stem(each) for each in (head, word) if "_" not in each}
            if len(singles) == 2:
                one, other = singles
                same[one].add(other)
                same[other].add(one)
            for each in (head, word):
                if "_" in each:
                    # What two wordings of several words have in common is their line.
                    idioms[_stems(each)] |= {*singles, f"={number}"}


def _stems(joined: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in re.findall(r"[a-z]+", joined))


def _by_first(
    idioms: Mapping[tuple[str, ...], set[str]],
) -> dict[str, list[tuple[tuple[str, ...], frozenset[str]]]]:
    found: dict[str, list[tuple[tuple[str, ...], frozenset[str]]]] = defaultdict(list)
    for parts, singles in idioms.items():
        found[parts[0]].append((parts, frozenset(singles)))
    return dict(found)


def _groups() -> Iterator[tuple[str, list[str]]]:
    relations = {"=": "same", "~": "near", "!": "opposite", "+": "phrasal", "*": "idiom"}
    for line in lines("lexicon.txt"):
        mark, *words = line.split()
        yield relations.get(mark, mark), words
    section = ""
    for line in lines("vocabulary.txt"):
        if line.startswith("["):
            section = line.strip("[]")
        else:
            yield section, line.split()


def lines(name: str) -> Iterator[str]:
    """The lines of a file beside this module that are not remarks."""
    for line in (_FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line


def same_word(one: str, other: str) -> bool:
    """Whether two stems are one word in its forms, or one of them with a slip."""
    return derived(one, other) or lexicon().misspelled(one, other)


def is_word(word: str) -> bool:
    """Whether a stem is of a word that the lexicon knows."""
    relations = lexicon()
    return word in relations.known or word in relations.senses


def derived(one: str, other: str) -> bool:
    """Whether two stems are one word in its forms."""
    return one == other or _derived(one, other)


@lru_cache(maxsize=1 << 15)
def _manners(word: str) -> tuple[str, ...]:
    """A stem, and where it is an adverb the stems that its adjective may have."""
    if not word.endswith("ly") or len(word) < _SHORTEST_ROOT + 1:
        return (word,)
    bare = word[:-2]
    if bare.endswith("i"):  # easily
        return word, bare[:-1] + "y"
    return word, stem(bare), stem(bare + "l"), stem(bare + "le")


_TURNED = (
    *(("in", "out"), ("pre", "post"), ("over", "under"), ("up", "down"), ("intra", "inter")),
    *(("mono", "multi"), ("single", "multi"), ("hyper", "hypo"), ("pro", "anti"), ("ex", "im")),
    *(("fore", "back"), ("sub", "super"), ("macro", "micro"), ("ful", "less")),
)


def _turned(one: str, other: str) -> bool:
    """Whether two words differ by beginnings or ends that are opposites: inbound, outbound."""
    return any(
        (a.removeprefix(x) == b.removeprefix(y) and a.startswith(x) and b.startswith(y))
        or (a.removesuffix(x) == b.removesuffix(y) and a.endswith(x) and b.endswith(y))
        for a, b in ((one, other), (other, one))
        for x, y in _TURNED
    )


def positives(word: str) -> tuple[str, ...]:
    """Stems that an adjective may have that this is the comparative or superlative of."""
    for ending in ("est", "er"):
        if word.endswith(ending) and len(word) >= len(ending) + 3:
            bare = word[: -len(ending)]
            return stem(bare), stem(bare + "e"), bare[:-1]
    return ()


@lru_cache(maxsize=1 << 15)
def _derived(one: str, other: str) -> bool:
    """Whether both come from one root: summary and summarize, clear and clearly."""
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    if length < _SHORTEST_ROOT:
        return False
    doubled = one[length - 1]  # ship, shippable
    return all(
        rest in _DERIVED or (rest[:1] == doubled and rest[1:] in _DERIVED)
        for rest in (one[length:], other[length:])
    )


def phrases() -> Iterator[tuple[str, str]]:
    """(signal, wording as a regular expression over lower-case text) of ``phrases.txt``."""
    for line in lines("phrases.txt"):
        signal, _, wordings = line.partition(":")
        for wording in wordings.split(" | "):
            yield signal, wording.strip()
