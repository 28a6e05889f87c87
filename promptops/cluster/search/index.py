"""The search index: segments, what is alive in them, and the ranking over all of them."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from promptops.cluster.items import Item
from promptops.cluster.search.passages import sentences
from promptops.cluster.search.segment import Segment
from promptops.cluster.search.words import K1, rarity, terms, words
from promptops.core.files import storage_refusals
from promptops.core.locking import folder_lock
from promptops.embedding.embedder import Embedder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MEANING = 2.5
"""Weight of the similarity beside the words' score, which is 1 for the best text by words.

Chosen on tuning queries; see ``docs/how-to/search-prompts.md``.
"""
LEAST = 0.3
"""Part of what the query's words can tell at most that the best text by words has at least: one
that shares only a common word with the query is no match.
"""
_LIKELY_PASSAGES = 200
_LIKELY_ROWS = 100
_SEGMENTS = 8
_SLACK = 0.2
_SHOWN = 240
_READ = 20_000
"""Characters of a text in which the sentence to show is looked for."""
_FORMAT = b"1"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """One answer: ``score`` is the fused one, only good for ordering.

    ``passage`` are the words that match best, characters ``start`` to ``end`` of the item's text,
    from its line ``line`` (counted from 1). ``lexical_rank`` and ``semantic_rank`` count from 1
    among the texts that were compared; None where that side did not find it.
    """

    id: str
    title: str
    score: float
    passage: str
    line: int
    start: int
    end: int
    lexical_rank: int | None
    semantic_rank: int | None


class SearchIndex:
    """Items ready to be searched; build once, ask often. Read-only, safe to share."""

    def __init__(self, items: Sequence[Item], segments: Sequence[Segment]) -> None:
        """Take the parts; use `build` or `open`."""
        self._items: dict[str, list[Item]] = {}
        for item in sorted(items, key=lambda item: item.id):
            self._items.setdefault(content(item), []).append(item)
        self._segments = segments
        self._alive = _alive(segments, self._items)
        self._count = max(sum(int(alive.sum()) for alive in self._alive), 1)
        self._places = {
            item.id: (number, row)
            for number, (segment, alive) in enumerate(zip(segments, self._alive, strict=True))
            for row in alive.nonzero()[0].tolist()
            for item in self._items[segment.contents[row]]
        }

    @classmethod
    def build(cls, items: Sequence[Item], embedder: Embedder) -> "SearchIndex":
        """Index items in memory."""
        return cls(items, [_segment({content(item): item for item in items}, embedder)])

    @classmethod
    def open(cls, folder: Path, items: Sequence[Item], embedder: Embedder) -> "SearchIndex":
        """The index kept in a folder, brought up to these items.

        Only contents (title and text) that are not there yet are indexed, as a further segment;
        all are merged into one when many segments, or much that is gone, have piled up. Each
        embedder has a folder of its own.

        Raises:
            StorageError: The folder cannot be read or written.
            CorruptStoreError: What is in it is damaged.
        """
        place = folder / hashlib.sha256(embedder.fingerprint.encode() + _FORMAT).hexdigest()[:16]
        with folder_lock(place):
            segments = _updated(place, {content(item): item for item in items}, embedder)
        return cls(items, segments)

    def search(
        self,
        query: str,
        embedder: Embedder,
        k: int = 10,
        *,
        among: Collection[str] | None = None,
    ) -> tuple[SearchHit, ...]:
        """The ``k`` best items for a query, best first; none for a query without words.

        Method: the words' score as a part of the best text's (see `LEAST`), plus `MEANING` times
        the mean of two cosines: of the passage nearest to the query, and of the opening, which says
        what a prompt is for. Exact for every text that is among the likely ones on either side.

        Args:
            query: What is looked for.
            embedder: The one the items were embedded with.
            k: How many at most.
            among: Ids of the items that may be found; None for all.
        """
        if not words(query) or not self._items:
            return ()
        vector = embedder.embed([query])[0]
        asked = _asked(self._segments, query, self._count)
        found = _ranked(self._segments, asked, vector, self._alive, self._allowed(among))
        return self._hits(found, asked.words, k, among)

    def _allowed(self, among: Collection[str] | None) -> "list[NDArray[np.bool_]]":
        if among is None:
            return self._alive
        import numpy as np

        allowed = [np.zeros(len(alive), np.bool_) for alive in self._alive]
        for name in among:
            if name in self._places:
                segment, row = self._places[name]
                allowed[segment][row] = True
        return allowed

    def _hits(
        self, found: "_Found", wanted: dict[str, float], k: int, among: Collection[str] | None
    ) -> tuple[SearchHit, ...]:
        import numpy as np

        if not len(found.score):
            return ()
        # Equal scores are put in order of ids: all that are as good as the last take part.
        bar = np.partition(found.score, -min(k, len(found.score)))[-min(k, len(found.score))]
        rows = [
            (-float(found.score[place]), item.id, int(place), item)
            for place in np.flatnonzero(found.score >= bar)
            for item in self._items[self._contents(found, int(place))]
            if among is None or item.id in among
        ]
        return tuple(
            self._hit(found, place, item, wanted)
            for _, _, place, item in sorted(rows, key=lambda row: row[:2])[:k]
        )

    def _contents(self, found: "_Found", place: int) -> str:
        segment = self._segments[int(found.segment[place])]
        return segment.contents[int(found.row[place])]

    def _hit(self, found: "_Found", place: int, item: Item, wanted: dict[str, float]) -> SearchHit:
        lexical, semantic = found.lexical[place], found.semantic[place]
        start, end, line = self._shown(found, place, item.text, wanted)
        return SearchHit(
            id=item.id,
            title=item.title,
            score=round(float(found.score[place]), 6),
            passage=_cut(" ".join(item.text[start:end].split())),
            line=line,
            start=start,
            end=end,
            lexical_rank=int((found.lexical > lexical).sum()) + 1 if lexical > 0 else None,
            semantic_rank=int((found.semantic > semantic).sum()) + 1,
        )

    def _shown(
        self, found: "_Found", place: int, text: str, wanted: dict[str, float]
    ) -> tuple[int, int, int]:
        """The sentence whose words tell most; without any, the nearest passage."""
        best, most = None, 0.0
        for sentence in sentences(text[:_READ]):
            shared = wanted.keys() & set(words(text[sentence.start : sentence.end]))
            worth = sum(wanted[word] for word in shared)
            if worth > most:
                best, most = sentence, worth
        if best is None:
            held = self._segments[found.segment[place]].passages
            start, end, line = held.spans[found.passage[place]]
            return int(start), int(end), int(line)
        return best.start, best.end, best.line


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A query: where its terms are in each segment, what each tells, and what each word does."""

    places: list[list[slice]]
    weights: list[float]
    words: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The texts that were compared, one an entry: where they are, and how good."""

    segment: "NDArray[np.int64]"
    row: "NDArray[np.int64]"
    passage: "NDArray[np.int64]"
    lexical: "NDArray[np.float32]"
    semantic: "NDArray[np.float32]"
    score: "NDArray[np.float32]"


def content(item: Item) -> str:
    """What identifies the searched content of an item: its title and its text."""
    data = f"{item.title}\0{item.text}".encode(errors="surrogatepass")
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _segment(wanted: dict[str, Item], embedder: Embedder, typical: float | None = None) -> Segment:
    documents = [(item.title, item.text) for item in wanted.values()]
    return Segment.build(list(wanted), documents, embedder, typical)


def _updated(place: Path, wanted: dict[str, Item], embedder: Embedder) -> list[Segment]:
    """The segments of a folder, after what is missing was indexed and what is much was merged."""
    with storage_refusals(place):
        names = sorted(path.parent.name for path in place.glob("*/segment.json"))
    segments = [Segment.load(place / name) for name in names]
    there = {key for segment in segments for key in segment.contents}
    new = {key: item for key, item in wanted.items() if key not in there}
    gone = sum(len(segment.contents) for segment in segments) - (len(wanted) - len(new))
    merge = len(segments) + bool(new) > _SEGMENTS or gone > _SLACK * max(len(wanted), 1)
    if merge:
        new, segments = wanted, []
    if not new:
        return segments
    fresh = _segment(new, embedder, segments[0].typical if segments else None)
    # Numbered, so that the segment that set the typical length stays the first.
    last = max((int(name) for name in names), default=0)
    fresh.save(place / f"{last + 1:08d}")
    if merge:
        for name in names:
            Segment.remove(place / name)
    return [*segments, fresh]


def _alive(segments: Sequence[Segment], wanted: Collection[str]) -> "list[NDArray[np.bool_]]":
    """Which rows of each segment count: a content that two segments hold counts once."""
    import numpy as np

    seen: set[str] = set()
    alive = []
    for segment in segments:
        keys = segment.contents
        alive.append(
            np.fromiter((key in wanted and key not in seen for key in keys), np.bool_, len(keys))
        )
        seen.update(keys)
    return alive


def _asked(segments: Sequence[Segment], query: str, count: int) -> _Asked:
    import numpy as np

    known, at = np.unique(terms(query), return_inverse=True)
    places = [segment.postings.find(known) for segment in segments]
    weights = [
        rarity(count, min(count, sum(part[i].stop - part[i].start for part in places)))
        for i in range(len(known))
    ]
    # The terms begin with the words, in their order.
    told = {word: weights[int(i)] for word, i in zip(words(query), at, strict=False)}
    return _Asked(places=places, weights=weights, words=told)


def _ranked(
    segments: Sequence[Segment],
    asked: _Asked,
    vector: "NDArray[np.float32]",
    alive: "list[NDArray[np.bool_]]",
    allowed: "list[NDArray[np.bool_]]",
) -> _Found:
    import numpy as np

    scores = []
    for segment, places, live in zip(segments, asked.places, alive, strict=True):
        score = np.zeros(len(segment.contents), np.float32)
        for place, weight in zip(places, asked.weights, strict=True):
            score[segment.postings.rows[place]] += weight * segment.postings.gains[place]
        score[~live] = 0
        scores.append(score)
    # Of all texts, not of those that may be found: a filter must not make weak words strong.
    least = LEAST * (K1 + 1) * sum(asked.words.values())
    top = max(least, *(float(score.max(initial=0)) for score in scores)) or 1.0
    found = [
        _fused(segment, number, score / top, vector, may)
        for number, (segment, score, may) in enumerate(zip(segments, scores, allowed, strict=True))
    ]
    names = _Found.__slots__
    return _Found(
        **{name: np.concatenate([getattr(part, name) for part in found]) for name in names}
    )


def _fused(
    segment: Segment,
    number: int,
    lexical: "NDArray[np.float32]",
    vector: "NDArray[np.float32]",
    may: "NDArray[np.bool_]",
) -> _Found:
    """The likely rows of one segment with their scores."""
    import numpy as np

    held = segment.passages
    lexical[~may] = 0
    near = held.rows[held.likely(vector, _LIKELY_PASSAGES, None if may.all() else may)]
    most = min(_LIKELY_ROWS, len(lexical))
    worded = np.argpartition(lexical, -most)[-most:] if most else np.zeros(0, np.int64)
    rows = np.union1d(near, worded[lexical[worded] > 0]).astype(np.int64)
    passages = held.of_rows(rows)
    cosines = held.cosines(vector, passages)
    sizes = held.starts[rows + 1] - held.starts[rows]
    first = (np.cumsum(sizes) - sizes).astype(np.int64)
    best = np.maximum.reduceat(cosines, first) if len(rows) else cosines
    # The first passage of each row that is as near as its nearest.
    nearest = np.flatnonzero(cosines == np.repeat(best, sizes))
    _, chosen = np.unique(np.repeat(np.arange(len(rows)), sizes)[nearest], return_index=True)
    semantic = (best + cosines[first]) / 2
    return _Found(
        segment=np.full(len(rows), number),
        row=rows,
        passage=passages[nearest[chosen]],
        lexical=lexical[rows],
        semantic=semantic,
        score=lexical[rows] + np.float32(MEANING) * semantic,
    )


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1].rstrip() + "…"
