"""Results of single cases on disk: what was scored once is not scored again.

The evidence holds whole evaluations; this holds their parts. A golden set of which some rows
changed, another split of it, or a run that was killed in the middle costs only what is new.
"""

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence

from promptops.core.canonical import digest
from promptops.core.store import BlobStore
from promptops.evaluation.result import CaseResult, case_from_json, case_to_json
from promptops.golden.case import GoldenCase

_VERSION = "1"
"""Changes when the same call and the same scorers may give another result."""

_BATCH, _SECONDS = 256, 1.0


def result_keys(
    inputs: Mapping[str, str], work: Sequence[tuple[GoldenCase, int]]
) -> tuple[str, ...]:
    """The key of every result: what it depends on, the case included.

    Args:
        inputs: What the results share: the wording's digest, the model and its fingerprint, the
            knowledge base, the scorers with their versions.
        work: Case and repeat of each result.
    """
    shared = digest({"version": _VERSION, **inputs})
    return tuple(
        hashlib.sha256(f"{shared} {case.digest} {repeat}".encode()).hexdigest()
        for case, repeat in work
    )


def find_results(store: BlobStore, keys: Sequence[str]) -> dict[str, CaseResult]:
    """The results that are known, by key, read in bulk; a damaged one counts as unknown.

    Raises:
        StorageError: The database cannot be read.
    """
    found: dict[str, CaseResult] = {}
    for key, data in store.get_many(keys).items():
        try:
            found[key] = case_from_json(json.loads(data.decode("utf-8", "surrogatepass")))
        except (ValueError, TypeError, KeyError):
            continue
    return found


class ResultWriter:
    """Keeps the results of one run, in batches: at most a second of scoring is ever lost.

    Results with an error are not kept: the next run tries them again.
    """

    def __init__(
        self, store: BlobStore | None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Name the store; without one nothing is kept."""
        self._store = store
        self._clock = clock
        self._waiting: dict[str, bytes] = {}
        self._written_at = clock()

    def add(self, key: str, result: CaseResult) -> None:
        """Keep a result; not one without a key.

        Raises:
            StorageError: The disk refuses.
        """
        if self._store is None or not key or result.error is not None:
            return
        row = json.dumps(case_to_json(result), ensure_ascii=False, separators=(",", ":"))
        self._waiting[key] = row.encode("utf-8", "surrogatepass")
        if len(self._waiting) >= _BATCH or self._clock() - self._written_at >= _SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write what waits.

        Raises:
            StorageError: The disk refuses; what waits is kept for another try.
        """
        if self._store is not None and self._waiting:
            self._store.put_many(self._waiting)
            self._waiting = {}
        self._written_at = self._clock()
