"""Names for groups of texts: the words that set a group apart.

Method: class-based TF-IDF (after Grootendorst 2022, arXiv 2203.05794) over texts instead of
occurrences: the share of the group's texts that hold a term, times ``log(N / n)`` with N the number
of texts and n the number that hold it. Terms that are no more frequent in the group than elsewhere
do not count.
"""

import math
from collections import Counter
from collections.abc import Sequence

from promptops.cluster.wording import tokens

_TERMS = 3
_STOP_WORDS = """
a about above act after again all also always am an and any are as ask at be because been before
being below between both but by can could did do does doing don't down during each etc few first
following for from further give given get had has have having he help her here hers him his how
i i'd i'll i'm if in include including input into is it its it's just like make may me more most
must my need needs new no nor not now of off on once one only or other our out output over own
per please prompt provide provided request response reply respond s same she should so some
start such sure t task than that the their them then there these they this those through to too
under until up use used user using var via very want was we were what when where which while who
why will with within without would write you you'll you're your yours _var_ answer based ensure
create example examples expert role system assistant specific
"""
_STOP = frozenset(_STOP_WORDS.split())


class Labels:
    """Names groups of one collection, whose words are counted once."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Count the words of all texts."""
        self._terms = [_terms(text) for text in texts]
        self._everywhere: Counter[str] = Counter()
        for found in self._terms:
            self._everywhere.update(found)

    def of(self, rows: Sequence[int]) -> str:
        """A label of up to three terms for a group.

        Args:
            rows: The rows of its texts.

        Returns:
            A label such as ``refund · parcel · delivery late``; "unnamed" when the group has no
            word that sets it apart.
        """
        count: Counter[str] = Counter()
        for row in rows:
            count.update(self._terms[row])
        return _label(count, len(rows), self._everywhere, len(self._terms))


def _terms(text: str) -> set[str]:
    """Words and word pairs of a text, each once, so that no long text decides alone."""
    words = tokens(text)
    kept = [_is_term(word) for word in words]
    found = {word for word, good in zip(words, kept, strict=True) if good}
    for place in range(len(words) - 1):
        if kept[place] and kept[place + 1]:
            found.add(f"{words[place]} {words[place + 1]}")
    return found


def _is_term(word: str) -> bool:
    return len(word) > 2 and word not in _STOP and not word.isdigit()


def _label(count: Counter[str], size: int, everywhere: Counter[str], texts: int) -> str:
    scored = sorted(
        (-n / size * math.log((texts + 1) / everywhere[term]), -len(term), term)
        for term, n in count.items()
        if size == texts or n / size > everywhere[term] / texts
    )
    chosen: list[str] = []
    for _, _, term in scored:
        stems = {_stem(word) for word in term.split()}
        if not any(stems & {_stem(word) for word in other.split()} for other in chosen):
            chosen.append(term)
        if len(chosen) == _TERMS:
            break
    return " · ".join(chosen) or "unnamed"


def _stem(word: str) -> str:
    """Enough of a word to see that "invoice" and "invoices" say one thing."""
    return word[: max(4, len(word) - 2)]
