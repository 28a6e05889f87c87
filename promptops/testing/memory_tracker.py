"""A tracker that keeps its runs in memory, to look at in tests."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from promptops.core.canonical import JSON, canonical_json
from promptops.tracking.tracker import TracedCall


@dataclass(slots=True, kw_only=True)
class SeenRun:
    """Everything a tracker kept of one run.

    Args:
        name: Its name.
        experiment: Its experiment.
        parent: Id of the run above it.
        status: ``RUNNING``, ``FINISHED``, ``FAILED`` or ``KILLED``.
        params: Text as given, other values as JSON.
        metrics: The last value of each.
        tags: Labels that the caller or the contract set.
        tables: Rows by name, every column in every row.
        files: Bytes by path, tables not included.
        datasets: Full digest by name.
        traces: Input and output of every traced call, by the call's name.
    """

    name: str
    experiment: str
    parent: str | None = None
    status: str = "RUNNING"
    params: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    datasets: dict[str, str] = field(default_factory=dict)
    traces: dict[str, tuple[Any, str]] = field(default_factory=dict)


class MemoryTracker:
    """Implements `promptops.tracking.tracker.Tracker`; ``runs`` holds what was recorded, by id."""

    def __init__(self) -> None:
        """Start with no runs."""
        self.runs: dict[str, SeenRun] = {}
        self._lock = threading.Lock()

    @contextmanager
    def run(
        self,
        name: str,
        *,
        experiment: str,
        parent: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> "Iterator[MemoryRun]":
        """Open a run."""
        seen = SeenRun(name=name, experiment=experiment, parent=parent, tags=dict(tags or {}))
        with self._lock:
            run_id = f"run-{len(self.runs) + 1}"
            self.runs[run_id] = seen
        try:
            yield MemoryRun(run_id, seen)
        except BaseException as problem:
            seen.status = "FAILED" if isinstance(problem, Exception) else "KILLED"
            seen.tags["error"] = f"{type(problem).__name__}: {problem}"
            raise
        seen.status = "FINISHED"

    def compare_url(self, run_ids: Sequence[str]) -> str:
        """An address that names the runs."""
        if not run_ids:
            raise ValueError("name the runs to compare")
        return f"memory://compare/{'/'.join(run_ids)}"


class MemoryRun:
    """Implements `promptops.tracking.tracker.TrackedRun`."""

    def __init__(self, run_id: str, seen: SeenRun) -> None:
        """Made by `MemoryTracker.run`."""
        self._id = run_id
        self._seen = seen
        self._lock = threading.Lock()

    @property
    def id(self) -> str:
        """Its key in ``MemoryTracker.runs``."""
        return self._id

    @property
    def url(self) -> str:
        """An address that names the run."""
        return f"memory://runs/{self._id}"

    def params(self, values: Mapping[str, JSON]) -> None:
        """Record parameters."""
        with self._lock:
            for name, value in values.items():
                text = value if isinstance(value, str) else canonical_json(value).decode()
                if self._seen.params.setdefault(name, text) != text:
                    raise ValueError(f'"{name}" was recorded with another value')

    def metrics(self, values: Mapping[str, float], step: int | None = None) -> None:  # noqa: ARG002
        """Record metrics; the last value stays."""
        with self._lock:
            self._seen.metrics.update({name: float(value) for name, value in values.items()})

    def tags(self, values: Mapping[str, str]) -> None:
        """Set labels."""
        with self._lock:
            self._seen.tags.update(values)

    def table(self, name: str, rows: Sequence[Mapping[str, JSON]]) -> None:
        """Keep a table."""
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with self._lock:
            self._seen.tables[name] = [{c: row.get(c) for c in columns} for row in rows]

    def artifact(self, path: Path, folder: str = "") -> None:
        """Keep the bytes of a file, or of every file of a folder."""
        files = [file for file in path.rglob("*") if file.is_file()] if path.is_dir() else [path]
        base = path if path.is_dir() else path.parent
        with self._lock:
            for file in files:
                name = file.relative_to(base).as_posix()
                self._seen.files[f"{folder}/{name}".strip("/")] = file.read_bytes()

    def text(self, name: str, text: str) -> None:
        """Keep a text."""
        with self._lock:
            self._seen.files[name] = text.encode()

    def traces(self, calls: Sequence[TracedCall]) -> None:
        """Keep calls."""
        with self._lock:
            self._seen.traces.update({call.name: (call.inputs, call.output) for call in calls})

    def dataset(self, name: str, digest: str, path: Path) -> None:  # noqa: ARG002
        """Record a data set."""
        with self._lock:
            self._seen.datasets[name] = digest
