"""Names for groups of texts: the words that set a group apart.

Method: class-based TF-IDF (Grootendorst 2022, arXiv 2203.05794): the share of a term in the group's
text, weighted by ``log(1 + A / f)`` with A the average number of terms a group and f the term's
number over all groups.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

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


def label_groups(texts: Sequence[str], groups: Mapping[str, Sequence[int]]) -> dict[str, str]:
    """A label of up to three terms for each group.

    Args:
        texts: All texts.
        groups: Group id -> rows of ``texts``.

    Returns:
        Group id -> label such as ``refund · parcel · delivery late``; "unnamed" when a group has
        no word that sets it apart.
    """
    counts = {name: _terms([texts[row] for row in rows]) for name, rows in groups.items()}
    total: Counter[str] = Counter()
    for count in counts.values():
        total.update(count)
    average = total.total() / max(1, len(groups))
    return {name: _label(count, total, average) for name, count in counts.items()}


def _terms(texts: Sequence[str]) -> Counter[str]:
    """Words and word pairs, each counted once a text, so that no long text decides alone."""
    count: Counter[str] = Counter()
    for text in texts:
        words = tokens(text)
        kept = [_is_term(word) for word in words]
        found = {word for word, good in zip(words, kept, strict=True) if good}
        for place in range(len(words) - 1):
            if kept[place] and kept[place + 1]:
                found.add(f"{words[place]} {words[place + 1]}")
        count.update(found)
    return count


def _is_term(word: str) -> bool:
    return len(word) > 2 and word not in _STOP and not word.isdigit()


def _label(count: Counter[str], total: Counter[str], average: float) -> str:
    size = max(1, count.total())
    scored = sorted(
        (-n / size * math.log(1 + average / total[term]), -len(term), term)
        for term, n in count.items()
    )
    chosen: list[str] = []
    for _, _, term in scored:
        words = set(term.split())
        if not any(words & set(other.split()) for other in chosen):
            chosen.append(term)
        if len(chosen) == _TERMS:
            break
    return " · ".join(chosen) or "unnamed"
