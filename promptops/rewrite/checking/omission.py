"""Words that were left out of a sentence, or a sentence of a prompt, because another one has them.

A part that was left out is a run of tokens; nothing else of the sentence may have changed. It is
still said where one sentence has all its words, numbers and signals, and where a short part stands
at the same word there: "objective and constructive feedback" may become "objective feedback" beside
"offer constructive feedback".
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from promptops.rewrite.checking.lexicon import lexicon
from promptops.rewrite.checking.sentences import Sentence, Token
from promptops.rewrite.checking.sides import LISTED, Side, read_side, side_of

_ENOUGH = 3
"""Words and numbers of a part that needs no neighbor to be recognized."""
_FREE = frozenset({"AND", "OR", "JUST", "ALL", "THEN"})
"""Signals that a part may lose."""
_TURNING = frozenset({"out", "off", "up", "down", "over", "under", "without", "from", "by"})
_LIMITING = ("IF", "ONLYIF", "UNLESS", "EXCEPT", "BEFORE", "AFTER", "UNTIL", "HEDGE", "MAY")
_DESCRIBES = re.compile(
    r"(?:you(?: are|'re| have| deeply| will act)\b|act as\b|i want you to act\b|imagine you\b"
    r"|as an? \w)",
    re.IGNORECASE,
)
"""How a sentence begins that tells who answers, and asks for nothing."""
_EXAMPLES = re.compile(
    r"[,;(]? ?\(?(?:e\.g\.|for example|for instance|such as|even if|i\.e\.).*|, not .*"
)
_ITSELF = re.compile(
    r"this (?:prompt|template) (?:is (?:designed|intended|meant|made)|allows|helps|aims|enables"
    r"|lets|can be|will help|ensures|provides)\b",
    re.IGNORECASE,
)


def omitted(
    before: Sequence[Sentence], after: Sequence[Sentence], shared: Sequence[Sentence]
) -> bool:
    """Whether the new sentences are the old ones without parts that the prompt says elsewhere.

    Args:
        before: The old sentences of a group.
        after: The new ones.
        shared: Sentences that both texts have.
    """
    old, new = ([t for t in read_side(each).tokens if _counts(t)] for each in (before, after))
    parts: list[tuple[list[Token], list[Token]]] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for way, start, end, first, last in matcher.get_opcodes():
        if way == "equal":
            continue
        came = [t for t in new[first:last] if t not in LISTED]
        if came:
            return False
        if any(t not in LISTED for t in old[start:end]):
            around = [*old[max(0, start - 1) : start], *old[end : end + 1]]
            parts.append((old[start:end], around))
    known = [*_sides([*shared, *after])]
    left = {value for kind, value in new if kind == "word"}
    return bool(parts) and all(
        _is_denied_opposite(part, left) or _said(part, around, known) for part, around in parts
    )


def about_itself(sentence: Sentence) -> bool:
    """Whether a sentence tells what the prompt is for, to people who choose it."""
    side = read_side([sentence])
    return (
        _ITSELF.match(sentence.text) is not None
        and not side.strong
        and not (side.numbers or side.literals)
        and lexicon().safety.isdisjoint(side.words)
    )


def said_elsewhere(side: Side, others: Sequence[Sentence]) -> bool:
    """Whether another sentence has all that one of some length says, and maybe much more."""
    return any(_has(its, side) for its in _sides(others))


def _counts(token: Token) -> bool:
    kind, value = token
    return kind != "function" or value in _TURNING or token in LISTED


def _sides(sentences: Sequence[Sentence]) -> Iterator[Side]:
    for each in sentences:
        if each.title or _DESCRIBES.match(each.text):
            continue
        yield read_side([each])
        shorter = _EXAMPLES.sub("", each.text)
        if shorter != each.text and len(shorter.split()) >= _ENOUGH:
            yield read_side([replace(each, text=shorter)])


def _is_denied_opposite(part: Sequence[Token], left: set[str]) -> bool:
    """Whether a part only denies the opposite of what is said: "similar and not dissimilar"."""
    side = side_of(part)
    if side.signals["NOT"] + side.signals["NEVER"] != 1 or side.numbers or side.literals:
        return False
    relations = lexicon()
    turned = [w for w in side.words if any(relations.opposed(w, other) for other in left)]
    return bool(turned) and all(word in left or word in turned for word in side.words)


def _said(part: Sequence[Token], around: Sequence[Token], known: Sequence[Side]) -> bool:
    side = side_of(part)
    if any(kind == "slot" for kind, _ in part) or not (side.words or side.numbers):
        return False
    size = len(side.words) + sum(side.numbers.values()) + len(side.literals)
    near = {value for kind, value in around if kind in {"word", "literal"}}
    for its in known:
        if not _has(its, side):
            continue
        if size >= _ENOUGH:
            return True
        if side.numbers:
            if _follows([*part, *around[-1:]], [t for t in its.tokens if _counts(t)]):
                return True
        elif not near.isdisjoint({*its.words, *its.literals}):
            return True
    return False


def _follows(part: Sequence[Token], tokens: Sequence[Token]) -> bool:
    """Whether a run of tokens stands as it is among others."""
    return any([*tokens[n : n + len(part)]] == [*part] for n in range(len(tokens)))


def _has(its: Side, side: Side) -> bool:
    """Whether a sentence has all words, numbers and signals of a part, and no limit of its own."""
    if side.literals - its.literals or side.numbers - its.numbers:
        return False
    wanted = Counter({k: n for k, n in side.signals.items() if k not in _FREE})
    if wanted - its.signals:
        return False
    if any(side.signals[each] != its.signals[each] for each in _LIMITING):
        return False
    denied = {"NOT", "NEVER", "AVOID"}
    if any(side.signals[each] for each in denied) != any(its.signals[each] for each in denied):
        return False
    turning = {v for k, v in side.tokens if k == "function" and v in _TURNING - {"by", "from"}}
    if turning - {v for k, v in its.tokens if k == "function"}:
        return False
    relations = lexicon()
    there = its.words.keys() | its.light
    return all(
        word in there or any(relations.alike(word, other) for other in there) for word in side.words
    )
