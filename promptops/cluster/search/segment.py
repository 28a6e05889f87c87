"""One immutable part of a search index, in memory or mapped from a folder."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from promptops.cluster.search.meaning import PassageVectors, signs
from promptops.cluster.search.passages import passages
from promptops.cluster.search.words import Postings, index_words
from promptops.core.files import storage_refusals, write_atomic
from promptops.embedding.embedder import Embedder
from promptops.errors import CorruptStoreError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WORDS = ("keys", "starts", "rows", "gains")
_MEANING = ("vectors", "bits", "rows", "starts", "spans")


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Texts ready to be searched; row ``i`` holds the content ``contents[i]``."""

    contents: tuple[str, ...]
    postings: Postings
    passages: PassageVectors
    typical: float

    @classmethod
    def build(
        cls,
        contents: Sequence[str],
        documents: Sequence[tuple[str, str]],
        embedder: Embedder,
        typical: float | None = None,
    ) -> "Segment":
        """Index titles and texts.

        Args:
            contents: The digest of each document.
            documents: Title and text of each.
            embedder: Who embeds the passages.
            typical: The length to measure lengths by; that of ``documents`` when None.
        """
        postings, used = index_words(documents, typical)
        return cls(
            contents=tuple(contents),
            postings=postings,
            passages=_embedded(documents, embedder),
            typical=used,
        )

    def save(self, folder: Path) -> None:
        """Write the arrays, then the list of contents: a folder without the list is no segment.

        Raises:
            StorageError: It cannot be written.
        """
        import numpy as np

        with storage_refusals(folder):
            shutil.rmtree(folder, ignore_errors=True)  # what a killed process left
            folder.mkdir(parents=True)
            for part, names, holder in self._parts():
                for name in names:
                    np.save(folder / f"{part}-{name}.npy", getattr(holder, name))
        head = {"contents": self.contents, "typical": self.typical}
        write_atomic(folder / "segment.json", json.dumps(head).encode())

    @classmethod
    def load(cls, folder: Path) -> "Segment":
        """Map what ``save`` wrote; pages are read when a query needs them.

        Raises:
            StorageError: It cannot be read.
            CorruptStoreError: It is damaged.
        """
        import numpy as np

        def arrays(part: str, names: Sequence[str]) -> "dict[str, NDArray[np.generic]]":
            return {name: np.load(folder / f"{part}-{name}.npy", mmap_mode="r") for name in names}

        try:
            with storage_refusals(folder):
                head = json.loads((folder / "segment.json").read_bytes())
                return cls(
                    contents=tuple(head["contents"]),
                    postings=Postings(**arrays("words", _WORDS)),  # type: ignore[arg-type]
                    passages=PassageVectors(**arrays("meaning", _MEANING)),  # type: ignore[arg-type]
                    typical=float(head["typical"]),
                )
        except (ValueError, KeyError, TypeError, EOFError) as problem:
            raise CorruptStoreError(
                "this part of the search index is damaged",
                where=str(folder),
                hint="delete the folder: it is built anew",
            ) from problem

    @staticmethod
    def remove(folder: Path) -> None:
        """Delete a saved segment, the list of contents first."""
        with storage_refusals(folder):
            (folder / "segment.json").unlink(missing_ok=True)
            shutil.rmtree(folder, ignore_errors=True)

    def _parts(self) -> tuple[tuple[str, tuple[str, ...], object], ...]:
        return ("words", _WORDS, self.postings), ("meaning", _MEANING, self.passages)


def _embedded(documents: Sequence[tuple[str, str]], embedder: Embedder) -> PassageVectors:
    import numpy as np

    texts, spans, sizes = [], [], []
    for title, text in documents:
        # A title alone is a passage of no characters.
        found = [(each.start, each.end, each.line) for each in passages(text)] or [(0, 0, 1)]
        texts += [f"{title}\n{text[start:end]}".strip() for start, end, _ in found]
        spans += found
        sizes.append(len(found))
    vectors = embedder.embed(texts)
    return PassageVectors(
        vectors=vectors.astype(np.float16),
        bits=signs(vectors),
        rows=np.repeat(np.arange(len(sizes), dtype=np.int32), sizes),
        starts=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        spans=np.array(spans, np.int64).reshape(-1, 3),
    )
