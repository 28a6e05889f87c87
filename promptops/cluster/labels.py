"""Names for groups of texts: the phrases that set a group apart.

Method: class-based TF-IDF (after Grootendorst 2022, arXiv 2203.05794) over texts instead of
occurrences: the share of the group's texts that hold a phrase (those that open with it count
twice), times ``log(N / n)`` with N the number of texts and n the number that hold it. What a small
collection cannot know, how common a word is, comes from `common`, as if `_PRIOR` further prompts
had been counted. A phrase that is no more frequent in the group than elsewhere does not count.
Where texts have titles, these say what a text is about: a phrase that none of a group's titles has
does not count.
"""

import math
from collections import Counter
from collections.abc import Collection, Sequence
from functools import cached_property
from itertools import islice

from promptops.cluster.phrases import Phrase, alike, lead, opening, phrases, surface
from promptops.cluster.vocabulary import common, is_generic, is_usual, weight

METHOD = "phrases-2"
"""Raise the number when labels change: a cluster keeps no label of another method."""

TYPICAL = 100
"""Texts of a group that are read, and of all texts `_COUNTED`: more change no label."""

_COUNTED = 10_000
SEPARATOR = " · "
_TERMS = 3
_MORE = 2
"""Further phrases, for a group that would be called like another one."""

_PRIOR = 30
_LONGER = (1.0, 1.25, 1.25, 1.5)
"""How much a phrase of one, two and more words says."""

_WEAKEST = 0.25
"""Part of the best phrase's score that the others of a label have at least."""

_FORMS = 50
_WORDS, _CHARACTERS = 6, 60


class Labels:
    """Names groups of one collection."""

    def __init__(self, texts: Sequence[str], titles: Sequence[str] = ()) -> None:
        """Keep the texts; how many hold each phrase is counted when a group is named.

        Args:
            texts: What is grouped.
            titles: The title of each, "" where there is none: it counts as the text's opening.
        """
        self._texts = texts
        self._titles = titles or [""] * len(texts)
        self._titled = any(titles)
        self._read: dict[int, tuple[str, frozenset[Phrase], frozenset[Phrase]]] = {}
        self._rows = range(0, len(texts), -(-len(texts) // _COUNTED) or 1)

    @cached_property
    def _everywhere(self) -> Counter[Phrase]:
        """How many of the counted texts hold each phrase."""
        return Counter(phrase for row in self._rows for phrase in self._of(row)[1])

    def of(self, rows: Sequence[int], taken: Collection[str] = ()) -> str:
        """A label of up to three phrases for a group.

        Args:
            rows: The rows of its texts, the most typical one first.
            taken: Labels of other groups: this one gets another, if more phrases set it apart.

        Returns:
            A label such as ``refund · parcel · late delivery``; of a group without a phrase that
            sets it apart, how its first text begins.
        """
        whole = len(rows) == len(self._texts)
        read = [self._of(row) for row in rows[:TYPICAL]]
        chosen = self._chosen([held for _, held, _ in read], [first for *_, first in read], whole)
        shown = [
            surface(
                phrase, list(islice((text for text, held, _ in read if phrase in held), _FORMS))
            )
            for phrase in chosen
        ]
        if not shown:
            return " ".join(read[0][0].split()[:_WORDS])[:_CHARACTERS] or "unnamed"
        label = SEPARATOR.join(shown[:_TERMS])
        for size in range(_TERMS + 1, len(shown) + 1):
            if label not in taken:
                break
            label = SEPARATOR.join(shown[:size])
        return label

    def _of(self, row: int) -> tuple[str, frozenset[Phrase], frozenset[Phrase]]:
        """What is read of a text, its phrases, and those of its opening."""
        if row not in self._read:
            text, title = lead(self._texts[row]), lead(self._titles[row])
            whole = f"{title}\n{text}" if title else text
            first = phrases(title or opening(text))
            self._read[row] = whole, frozenset(phrases(whole)), frozenset(first)
        return self._read[row]

    def _chosen(
        self,
        held: Sequence[frozenset[Phrase]],
        first: Sequence[frozenset[Phrase]],
        whole: bool,
    ) -> list[Phrase]:
        count, opened = Counter[Phrase](), Counter[Phrase]()
        for one, start in zip(held, first, strict=True):
            count.update(one)
            opened.update(start)
        size = len(held)
        score: dict[Phrase, float] = {}
        for titled in (True, False) if self._titled else (False,):
            score = {
                phrase: -(number + opened[phrase]) / size * math.log(elsewhere) * _worth(phrase)
                for phrase, number in count.items()
                if number >= min(2, size)
                and (not titled or _is_told(phrase, opened[phrase], size))
                and ((elsewhere := self._share(phrase, number)) < number / size or whole)
            }
            if any(found > 0 for found in score.values()):
                break
        least = _WEAKEST * max(score.values(), default=0.0)
        chosen: list[Phrase] = []
        for phrase in sorted(score, key=lambda each: (-score[each], each)):
            if score[phrase] < least or score[phrase] <= 0 or len(chosen) == _TERMS + _MORE:
                break
            if not any(alike(phrase, other) for other in chosen):
                chosen.append(phrase)
        return chosen

    def _share(self, phrase: Phrase, inside: int) -> float:
        """The part of all prompts that hold a phrase, of which a group holds so many."""
        counted = max(self._everywhere[phrase], inside * len(self._rows) / len(self._texts))
        return min(1.0, (counted + _PRIOR * common(phrase)) / (len(self._rows) + _PRIOR))


def _is_told(phrase: Phrase, titles: int, size: int) -> bool:
    """Whether titles tell a phrase: at least one, and two for what prompts are full of.

    Args:
        phrase: The stems of its words.
        titles: How many titles of the group have it.
        size: How many texts the group has.
    """
    needed = min(2, size) if is_usual(phrase) else 1
    return titles >= needed and not is_generic(phrase)


def _worth(phrase: Phrase) -> float:
    """How much a phrase tells beside a single word: more when longer, less when generic."""
    return weight(phrase) * _LONGER[len(phrase) - 1]
