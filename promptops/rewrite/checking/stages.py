"""What comes before what: the stages that words of time put the words of a text into.

"First A, then B", "A before B", "B after A" and "start with A and end with B" say of two things
which comes first. Words that stand once on either side are compared by the stage they belong to.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from promptops.rewrite.checking.lexicon import stem
from promptops.rewrite.checking.sentences import Sentence, is_function

_PIECE = re.compile(r"[^\W\d_]+|[.,;:!?()—–\n]")
_NEXT = frozenset({"then", "next", "afterwards", "subsequently", "finally", "lastly", "later"})
_PHRASES = (
    (re.compile(r"\b(?:prior to|ahead of|in advance of)\b"), "before"),
    (re.compile(r"\b(?:subsequent to|as soon as)\b"), "after"),
    (re.compile(r"\b(?:after|following) (?:that|this|which)\b"), "then"),
    (re.compile(r"\bat (?:that|which) point\b"), "then"),
    (re.compile(r"\bfollowed by\b"), "then"),
    (re.compile(r"\bstep \d+\b"), "then"),
    (re.compile(r"\bpreceded by\b"), "after"),
    (re.compile(r"\b(?:end|finish|close|conclude)s? (?:it )?(?:up )?with\b"), "then"),
    (re.compile(r"\b(?:more|other|rather) then\b"), "than"),
    (re.compile(r"\bif (.{1,60}?), then\b"), r"if \1,"),
    (
        re.compile(r"\b(no|not|never|nothing|none|nor|avoid|refrain|wait)\b(.*?)\buntil\b"),
        r"\1\2after",
    ),
    (re.compile(r"\buntil\b"), "before"),
)
_STAGE = re.compile(r"(?:step|phase|stage|part) \w+", re.IGNORECASE)
_IN_ORDER = re.compile(
    r"\bin (?:that|this|exactly this|exactly that|the following) (?:order|sequence)\b"
)
_AFTER = frozenset({"after", "once"})
_NAMED = frozenset({"the", "a", "your", "my", "their", "its", "his", "her", "what", "comes"})
"""Words behind which "next" tells which thing is meant."""
_STEP = 3
_BESIDE = {"before": 1, "after": -1}
"""Where a clause stands beside the stage of the main clause."""
_ENDS = frozenset({".", ";", "!", "?", "\n"})


def exchanged_stages(old: Sequence[Sentence], new: Sequence[Sentence]) -> Iterator[str]:
    """Two things of which the other one now comes first.

    Args:
        old: The old sentences that changed, in order.
        new: The new ones.
    """
    before, after = stages(old), stages(new)
    if not before or not after:
        return
    shared = sorted(before.keys() & after.keys())
    kept: dict[tuple[int, int], int] = defaultdict(int)
    example: dict[tuple[int, int], tuple[str, str]] = {}
    for one in shared:
        for other in shared:
            if before[one] < before[other] and after[one] != after[other]:
                pair = before[one], before[other]
                turned = after[one] > after[other]
                kept[pair] += -1 if turned else 1
                if turned:
                    example.setdefault(pair, (one, other))
    for pair, (one, other) in sorted(example.items()):
        if kept[pair] < 0:
            yield f'"{one}" came before "{other}" and now comes after it'
            return


def stages(sentences: Sequence[Sentence]) -> dict[str, int]:
    """Stem -> the stage it stands in; only stems of one stage.

    Args:
        sentences: Sentences in order.
    """
    found: dict[str, set[int]] = defaultdict(set)
    stage = 0
    for sentence in sentences:
        plain = sentence.text.lower()
        for pattern, spelled in _PHRASES:
            plain = pattern.sub(spelled, plain)
        if sentence.numbered or _STAGE.fullmatch(sentence.label):
            stage += _STEP
        if _IN_ORDER.search(plain):
            plain = plain.replace(", and ", ",").replace(",", " then ")
        for mark, clause in _clauses(_PIECE.findall(plain)):
            stage += _STEP * (mark == "then")
            for word in clause:
                if word.isalpha() and not is_function(word):
                    found[stem(word)].add(stage + _BESIDE.get(mark, 0))
    return {word: min(at) for word, at in found.items() if len(at) == 1}


def _clauses(words: Sequence[str]) -> list[tuple[str, list[str]]]:
    """The clauses of a sentence, each with the word of time that leads it."""
    found: list[tuple[str, list[str]]] = [("", [])]
    for place, word in enumerate(words):
        if word in _NEXT and (not place or words[place - 1] not in _NAMED):
            found.append(("then", []))
        elif word == "before" and place + 1 < len(words):
            found.append(("before", []))
        elif word in _AFTER and place + 1 < len(words):
            found.append(("after", []))
        elif word in {",", *_ENDS}:
            if found[-1][0] in {"before", "after"}:
                found.append(("", []))
        else:
            found[-1][1].append(word)
    return [each for each in found if each[1]]
