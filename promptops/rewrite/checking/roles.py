"""Who does what to whom: the frames of verbs, read by the order of words.

English tells the agent from the patient by where they stand: before the verb and behind it, the
other way around in a passive, whose agent stands behind "by". A frame holds the words nearest to a
verb on either side and behind its prepositions. There is no grammar behind it, so only what two
wordings say against each other counts: that the two exchanged their sides, or that a person who did
something has it done to them.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from promptops.rewrite.checking.lexicon import lexicon, stem
from promptops.rewrite.checking.sentences import Sentence

_PIECE = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|[.,;:!?()—–\n]")
_SHORT = (
    (re.compile(r"\b(i)'m\b"), r"\1 am"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"\bcan't\b"), "can not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"\b(?:it|that|there|what|who|he|she)'s\b"), ""),
    (re.compile(r"\b\w+'s?(?!\w)"), ""),
    (re.compile(r"\bwith no\b"), "without"),
    (re.compile(r"\b(will|would|can|must|should|shall|may), [^,.;:]{1,30}, "), r"\1 "),
    (re.compile(r"\b(?:relat(?:ed|ing)|pertaining) to\b"), "about"),
    (re.compile(r"\b(?:according|due|thanks|prior|up|close|next) to\b"), "via"),
)
_BE = frozenset({"is", "are", "was", "were", "be", "been", "being", "am", "get", "gets"})
_HELPING = _BE | frozenset(
    {
        *("will", "would", "can", "could", "may", "might", "must", "should", "shall", "do", "does"),
        *("did", "have", "has", "had", "not", "never", "also", "always", "only", "then", "first"),
        *("ever", "just", "still", "now", "already", "ought", "best", "better", "again", "next"),
        *("please", "finally", "both", "all"),
    }
)
_RELATIVE = frozenset({"that", "which", "who", "whom"})
_GIVEN = frozenset({"given", "based", "provided", "written", "taken", "shown", "seen"})
"""Participles that begin a sentence and tell nobody to do anything."""
_PARTICIPLES = frozenset(
    {
        *("told", "sent", "made", "paid", "held", "kept", "said", "sold", "found", "built", "led"),
        *("met", "read", "put", "set", "cut", "done", "won", "felt", "left", "lost", "meant"),
        *("heard", "understood", "dealt", "spent", "sought"),
    }
)
"""Participles without a regular ending, which only a form of "be" tells."""
_CAUSING = frozenset({"have", "let", "make", "help"})
_WORD_BEFORE = frozenset(
    {"the", "a", "an", "my", "your", "their", "his", "her", "its", "our", "this", "these"}
    | {"those", "each", "every", "any", "some", "no", "one"}
)
_PREPOSITIONS = frozenset(
    {
        *("to", "by", "from", "for", "with", "about", "against", "into", "onto", "over", "under"),
        *("on", "at", "in", "without", "through", "as", "toward", "towards", "than", "before"),
        *("after", "between", "within", "during", "via", "per", "behind", "until"),
    }
)
_BREAKS = frozenset(
    {
        *(".", ",", ";", ":", "!", "?", "(", ")", "—", "–", "\n"),
        *("and", "or", "but", "if", "when", "while", "because", "since", "so", "unless"),
        *("until", "before", "after", "once", "whether", "where", "although", "nor", "how", "why"),
        *("what", "whenever", "rather", "instead"),
    }
)
_PRONOUNS = {"i": "i", "me": "i", "myself": "i", "you": "you", "yourself": "you", "we": "we",
             "us": "we"}  # fmt: skip
_UNKNOWN = frozenset({"it", "they", "them", "he", "she", "him", "there", "itself", "themselves"})
_OTHER_WAY = frozenset(
    map(
        frozenset,
        (
            *(("by", "to"), ("by", "about"), ("by", "for"), ("by", "against"), ("by", "with")),
            *(("to", "from"), ("to", "about"), ("to", "against"), ("with", "against")),
            *(("with", "without"), ("from", "for"), ("for", "against"), ("into", "from")),
            *(("onto", "from"), ("over", "under"), ("before", "after")),
        ),
    )
)
"""Prepositions that turn around what stands behind them."""


@dataclass(slots=True, kw_only=True)
class Frame:
    """What stands around a verb.

    Attributes:
        verb: Its stem.
        agents: Stems of who does it; ``you`` where it is told to be done.
        patients: Stems of whom or what it is done to.
        behind: Preposition -> the stems behind it.
    """

    verb: str
    agents: frozenset[str]
    patients: frozenset[str]
    behind: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def others(self) -> frozenset[str]:
        """What is not its agent."""
        return self.patients.union(*self.behind.values())


def exchanged_roles(old: Sequence[Sentence], new: Sequence[Sentence]) -> Iterator[str]:
    """Verbs whose agent and patient are exchanged, or whose agent is another person.

    Args:
        old: The old sentences of a group.
        new: The new ones.
    """
    listed = became_list(old, new)
    before, after = _by_verb(old, listed=listed), _by_verb(new, listed=listed)
    for verb in before.keys() & after.keys():
        pairs = [(a, b) for a in before[verb] for b in after[verb]]
        told = [text for a, b in pairs if (text := _conflict(a, b))]
        if len(told) == len(pairs):
            yield told[0]
    turned = {
        (one, other)
        for verb in before.keys() & after.keys()
        if len(before[verb]) == len(after[verb]) == 1
        for a, b in zip(before[verb], after[verb], strict=True)
        if a.agents.isdisjoint(b.agents)
        for one in a.agents & lexicon().person
        for other in b.agents & lexicon().person
    }
    for one, other in sorted(turned):
        if one < other and (other, one) in turned:
            yield f'what "{one}" and what "{other}" do is exchanged'


def became_list(old: Sequence[Sentence], new: Sequence[Sentence]) -> bool:
    """Whether one side has as a list what the other has in a sentence."""
    return len(old) != len(new) and any(each.bulleted for each in (*old, *new))


def _by_verb(sentences: Sequence[Sentence], *, listed: bool) -> dict[str, list[Frame]]:
    found: dict[str, list[Frame]] = defaultdict(list)
    for sentence in sentences:
        for place, frame in enumerate(frames(sentence.text)):
            if listed and not place and sentence.bulleted and frame.agents == {"you"}:
                continue  # who does it is told by what leads to the list
            found[frame.verb].append(frame)
    return found


def _conflict(a: Frame, b: Frame) -> str:
    """What one frame says against the other; empty when they agree or tell too little."""
    if a.agents and b.agents and a.agents.isdisjoint(b.agents):
        if not a.agents.isdisjoint(b.others) and not b.agents.isdisjoint(a.others):
            return _told(a, b)
        if (a.agents | b.agents) <= lexicon().person and ("you" in a.agents) != ("you" in b.agents):
            return _told(a, b)
    for one, other in ((a, b), (b, a)):
        turned = (
            one.agents & (other.patients | other.behind.get("to", frozenset())) & lexicon().person
        )
        if turned and other.agents.isdisjoint(one.agents) and turned.isdisjoint(one.patients):
            return _told(a, b)
    for word, ways in _exchanges(a, b):
        return f'"{word}" stood behind "{ways[0]}" and now behind "{ways[1]}"'
    if a.verb in lexicon().symmetric:
        return ""
    for way in a.behind.keys() & b.behind.keys():
        went = a.patients - b.patients
        came = b.patients - a.patients
        if not went.isdisjoint(b.behind[way] - a.behind[way]) and not came.isdisjoint(
            a.behind[way] - b.behind[way]
        ):
            return f'what stands before and behind "{way}" at "{a.verb}" changed places'
    return ""


def _exchanges(a: Frame, b: Frame) -> Iterator[tuple[str, tuple[str, str]]]:
    """Words behind a preposition that now stand behind one that says the opposite."""
    for one, words in a.behind.items():
        for other, others in b.behind.items():
            if frozenset((one, other)) in _OTHER_WAY:
                for word in words & others:
                    if word not in b.behind.get(one, ()) and word not in a.behind.get(other, ()):
                        yield word, (one, other)


def _told(a: Frame, b: Frame) -> str:
    return f'who does "{a.verb}" changed: {_said(a)} became {_said(b)}'


def _said(frame: Frame) -> str:
    agents, patients = (
        " ".join(sorted(each)) or "nobody" for each in (frame.agents, frame.patients)
    )
    return f'"{agents}" to "{patients}"'


@lru_cache(maxsize=1 << 12)
def frames(text: str) -> tuple[Frame, ...]:
    """The frames of the verbs of a sentence.

    Args:
        text: A sentence.
    """
    plain = text.replace("’", "'").lower()
    for pattern, spelled in _SHORT:
        plain = pattern.sub(spelled, plain)
    words = _PIECE.findall(plain)
    return tuple(frame for at in range(len(words)) if (frame := _frame(words, at)) is not None)


def _frame(words: Sequence[str], at: int) -> Frame | None:
    word = words[at]
    skipped = word in _HELPING and word not in _BE
    if not word.replace("-", "").isalpha() or skipped or word in _BREAKS or word in _PRONOUNS:
        return None
    if word in _UNKNOWN or word in _WORD_BEFORE or word in _PREPOSITIONS or word in _RELATIVE:
        return None
    behind = words[at + 1] if at + 1 < len(words) else ""
    first, helping = _before(words, at)
    before = words[first] if first >= 0 else ""
    participle = word.endswith(("ed", "en", "wn", "ght")) or stem(word) + "d" == word
    gerund = word.endswith("ing")
    irregular = word in _PARTICIPLES and not helping.isdisjoint(_BE)
    participle = participle or irregular
    passive = participle and (not helping.isdisjoint(_BE) or behind == "by")
    if word in _BE:
        return _being(words, at, first)
    told = (before == "" and word not in _GIVEN) or (
        before in {",", ";", ":", ".", "then"} and not participle
    )
    carried = helping - {"not", "first", "then", "all", "both"}
    finite = before in _PRONOUNS or carried or before == "to" or _is_clause(words, first)
    direct = behind in _WORD_BEFORE or behind in _PRONOUNS or behind in {"him", "her", "them"}
    known = stem(word) in lexicon().senses or participle or gerund or direct
    if not known or not (passive or told or finite or gerund or direct):
        return None
    if participle and not passive and not (finite or direct):
        return None
    agents = _agents(words, first) if not told else frozenset({"you"} if not gerund else ())
    patients, ways = _behind(words, at + 1)
    if agents and not patients and not passive and behind not in _UNKNOWN:
        patients = _antecedent(words, first)
    if passive:
        agents, patients = ways.pop("by", frozenset()), agents
    if agents or patients or ways:
        return Frame(verb=stem(word), agents=agents, patients=patients, behind=ways)
    return None


def _being(words: Sequence[str], at: int, first: int) -> Frame | None:
    """Who is what: "you are the candidate"."""
    who = _PRONOUNS.get(words[first], stem(words[first])) if first >= 0 else ""
    if who not in lexicon().person:
        return None
    patients, _ = _behind(words, at + 1)
    if not patients or any(word.endswith(("ed", "ing")) for word in words[at + 1 : at + 3]):
        return None
    agents = frozenset({who})
    return Frame(verb=f"be {' '.join(sorted(patients))}", agents=agents, patients=patients)


def _is_clause(words: Sequence[str], place: int) -> bool:
    """Whether what ends there is what a clause is about: "what parents", "that the user"."""
    for word in reversed(words[max(0, place - 3) : place + 1]):
        if word in _RELATIVE or word in {"what", "how", "why", "whom"}:
            return True
        if word in _CAUSING:
            return not lexicon().person.isdisjoint(map(stem, words[max(0, place - 1) : place + 1]))
        if word in _BREAKS or word in _PREPOSITIONS:
            return False
    return False


def _before(words: Sequence[str], at: int) -> tuple[int, set[str]]:
    """Where what a verb belongs to ends, and the helping words between."""
    helping: set[str] = set()
    place = at - 1
    while place >= 0:
        word = words[place]
        if word in _HELPING:
            helping.add(word)
        elif not (word.endswith("ly") and len(word) > 4):
            break
        place -= 1
    return place, helping


def _agents(words: Sequence[str], place: int) -> frozenset[str]:
    """The words that end at a place and name one thing."""
    infinitive = place >= 0 and words[place] == "to"
    if infinitive:
        place -= 1
    found: set[str] = set()
    while place >= 0:
        word = words[place]
        if word in _RELATIVE and not found:
            place -= 1
            continue
        if word in _PRONOUNS:
            return frozenset({_PRONOUNS[word]}) if not found else frozenset(found)
        if word in _BREAKS or word in _PREPOSITIONS or word in _RELATIVE or word in _WORD_BEFORE:
            break
        if word in _CAUSING or not word.isalpha() or word in _UNKNOWN or word in _HELPING:
            break
        found.add(stem(word))
        place -= 1
    return frozenset(found & lexicon().person) if infinitive else frozenset(found)


def _antecedent(words: Sequence[str], place: int) -> frozenset[str]:
    """What a relative clause is about whose own subject ends at a place: "teams that they beat"."""
    while place > 0 and words[place] not in _RELATIVE:
        if words[place] in _BREAKS or words[place] in _PREPOSITIONS:
            return frozenset()
        place -= 1
    return _agents(words, place - 1) if place > 0 else frozenset()


def _behind(words: Sequence[str], place: int) -> tuple[frozenset[str], dict[str, frozenset[str]]]:
    """What stands behind a verb, first without a preposition, then by its preposition."""
    found: dict[str, set[str]] = defaultdict(set)
    way = ""
    for word in words[place:]:
        if word in _BREAKS or word in _RELATIVE:
            break
        if word in _PREPOSITIONS:
            way = word
        elif word in _PRONOUNS:
            found[way].add(_PRONOUNS[word])
        elif word == "of" or word in _WORD_BEFORE or word in _UNKNOWN or word in _HELPING:
            continue
        else:
            found[way].add(stem(word))
    patients = frozenset(found.pop("", ()))
    return patients, {way: frozenset(each) for way, each in found.items()}
