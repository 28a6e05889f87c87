"""Which sentences of two texts are the same, and which of the others belong together."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence

from promptops.rewrite.checking.lexicon import lexicon
from promptops.rewrite.checking.sentences import Sentence, Token, tokens

_LEAST_SHARED = 0.34

Group = tuple[list[Sentence], list[Sentence]]
"""Old and new sentences that say one thing together; one side may be empty."""


def key(sentence: Sentence) -> tuple[Token, ...]:
    """What two sentences have in common when they are the same but for marks and case."""
    return tuple(t for t in tokens(sentence.text) if t[0] != "function" or t[1].isalpha())


def rest(ones: Sequence[Sentence], others: Sequence[Sentence]) -> list[Sentence]:
    """The sentences that the other side does not have, or not as often, in whatever marks."""
    left = _without(ones, others, _text)
    return _without(left, _without(others, ones, _text), key) if left else left


def _text(sentence: Sentence) -> str:
    return sentence.text


def _without(
    ones: Sequence[Sentence], others: Sequence[Sentence], of: Callable[[Sentence], Hashable]
) -> list[Sentence]:
    there = Counter(map(of, others))
    left = []
    for each in ones:
        if there[of(each)]:
            there[of(each)] -= 1
        else:
            left.append(each)
    return left


def as_text(sentences: Sequence[Sentence]) -> str:
    """The sentences of one side of a group, a line each."""
    return "\n".join(each.text for each in sentences)


def groups(old: Sequence[Sentence], new: Sequence[Sentence]) -> list[Group]:
    """Groups of the sentences that differ, by the words that they share.

    Every sentence is joined to the one of the other side with which it shares the most; what shares
    too little with all of them is left over and stands in one group of its own.
    """
    a, b = [_content(each) for each in old], [_content(each) for each in new]
    links = {(i, j) for i, j in enumerate(_nearest(a, b)) if j >= 0}
    links |= {(i, j) for j, i in enumerate(_nearest(b, a)) if i >= 0}
    parent = list(range(len(old) + len(new)))

    def root(node: int) -> int:
        while parent[node] != node:
            node = parent[node]
        return node

    for i, j in links:
        parent[root(i)] = root(len(old) + j)
    linked_old, linked_new = {i for i, _ in links}, {j for _, j in links}
    for found, linked, first in ((old, linked_old, 0), (new, linked_new, len(old))):
        for place in range(1, len(found)):
            # What has no words of its own, such as "Do not do so", belongs to what it follows.
            if place not in linked and place - 1 in linked and not _heavy(found[place]):
                parent[root(first + place)] = root(first + place - 1)
                linked.add(place)
        for place in reversed(range(len(found) - 1)):
            # What only leads to a list, such as "Reply with:", belongs to its first item.
            # and so does what only denies, such as "Do not do so; be useful".
            if not _heavy(found[place]) and place not in linked and place + 1 in linked:
                parent[root(first + place)] = root(first + place + 1)
                linked.add(place)
    joined: dict[int, Group] = defaultdict(lambda: ([], []))
    alone: Group = ([], [])
    for i, sentence in enumerate(old):
        (joined[root(i)] if i in linked_old else alone)[0].append(sentence)
    for j, sentence in enumerate(new):
        (joined[root(len(old) + j)] if j in linked_new else alone)[1].append(sentence)
    return [*joined.values(), *([alone] if any(alone) else [])]


def _content(sentence: Sentence) -> frozenset[str]:
    """What tells a sentence from others: its light words only where it has no others."""
    return _heavy(sentence) or frozenset(
        value for kind, value in tokens(sentence.text) if kind == "light"
    )


def _heavy(sentence: Sentence) -> frozenset[str]:
    return frozenset(
        value
        for kind, value in tokens(sentence.text)
        if kind not in {"function", "signal", "light"}
    )


def _nearest(ones: Sequence[frozenset[str]], others: Sequence[frozenset[str]]) -> list[int]:
    """For each, the one of the others that shares most with it; -1 when none shares enough."""
    found = []
    for one in ones:
        best, place = 0.0, -1
        for number, other in enumerate(others):
            shared = _shared(one, other) / max(1, min(len(one), len(other)))
            if shared > best:
                best, place = shared, number
        found.append(place if best >= _LEAST_SHARED else -1)
    return found


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    exact = len(one & other)
    relations = lexicon()
    rest = other - one
    return exact + 0.8 * sum(
        any(relations.alike(word, candidate) for candidate in rest) for word in one - other
    )
