"""The one door to MLflow.

Uses a client of its own, never the fluent functions: those keep the open run in globals, which
threads of one flow would take from each other. MLflow is imported on first use (2 s).
"""

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from promptops.core.canonical import JSON, canonical_json
from promptops.core.clock import Clock, system_clock
from promptops.core.files import storage_refusals
from promptops.errors import (
    CorruptStoreError,
    ReadOnlyWorkspaceError,
    StorageError,
    StorageFullError,
)
from promptops.tracking.mlflow_file import CORRUPT_HINT, SCHEME, prepare
from promptops.tracking.mlflow_spans import span_of
from promptops.tracking.process import is_dead, this_process
from promptops.tracking.tracker import TracedCall

LOCAL_UI = "http://127.0.0.1:5000"
_OWNER_TAG = "promptops.process"
_PER_BATCH = 100
_LONGEST_TAG = 5000
_LONGEST_DIGEST = 36
# MLflow's connection pool holds 15 and lets the sixteenth thread wait 30 s, then fail.
_CONCURRENT_CALLS = 8


def sqlite_uri(path: Path) -> str:
    """The tracking URI of an SQLite file."""
    return f"{SCHEME}{path.resolve()}"


class MLflowTracker:
    """Runs in MLflow: an SQLite file in the workspace, or a server.

    Runs that a dead process of this host left open are marked as killed on first use.
    """

    def __init__(
        self,
        uri: str,
        artifact_root: Path | None = None,
        *,
        ui: str = "",
        clock: Clock = system_clock,
    ) -> None:
        """Name the place; nothing is imported, opened or made before the first run.

        Args:
            uri: ``sqlite:////absolute/path.db`` (see `sqlite_uri`) or a server's address.
            artifact_root: Folder for artifacts, one below it for each experiment; a server
                decides itself when not given.
            ui: Where the UI is found; the server's address, else `LOCAL_UI`.
            clock: Time.
        """
        self._uri = uri
        self._artifact_root = artifact_root
        self._ui = (ui or (uri if uri.startswith("http") else LOCAL_UI)).rstrip("/")
        self._clock = clock
        self._lock = threading.Lock()
        self._calls = threading.BoundedSemaphore(_CONCURRENT_CALLS)
        self._opened: Any = None
        self._experiments: dict[str, str] = {}

    @property
    def ui_command(self) -> str:
        """What to type to browse these runs; empty for a server, which has its UI.

        The variable matters: MLflow's server imports LiteLLM, whose retries of a download it
        cannot make offline then lock the server's start forever.
        """
        if self._uri.startswith("http"):
            return ""
        return f"LITELLM_LOCAL_MODEL_COST_MAP=True mlflow ui --backend-store-uri {self._uri}"

    @contextmanager
    def run(
        self,
        name: str,
        *,
        experiment: str,
        parent: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> "Iterator[MLflowRun]":
        """Open a run; see `promptops.tracking.tracker.Tracker.run`.

        Raises:
            StorageError: The tracking database or server refuses.
        """
        experiment_id = self._experiment(experiment)
        all_tags = {
            **(tags or {}),
            _OWNER_TAG: this_process(),
            "mlflow.source.name": "promptops",
            "mlflow.source.type": "LOCAL",
            **({"mlflow.parentRunId": parent} if parent else {}),
        }
        with self.calling() as client:
            created = client.create_run(
                experiment_id, start_time=self.now(), tags=_short(all_tags), run_name=name
            )
        run = MLflowRun(self, created.info.run_id, experiment_id)
        try:
            yield run
        except BaseException as problem:
            status = "FAILED" if isinstance(problem, Exception) else "KILLED"
            with suppress(StorageError):  # the block's own error is the one to tell
                run.tags({"error": f"{type(problem).__name__}: {problem}"})
                run.finish(status)
            raise
        run.finish("FINISHED")

    def compare_url(self, run_ids: Sequence[str]) -> str:
        """Where a browser shows these runs side by side.

        Raises:
            ValueError: No run is named.
            StorageError: A run is unknown, or the tracking database or server refuses.
        """
        if not run_ids:
            raise ValueError("name the runs to compare")
        with self.calling() as client:
            experiments = {client.get_run(run_id).info.experiment_id for run_id in run_ids}
        runs = quote(json.dumps(list(run_ids), separators=(",", ":")))
        places = quote(json.dumps(sorted(experiments), separators=(",", ":")))
        return f"{self._ui}/#/compare-runs?runs={runs}&experiments={places}"

    @contextmanager
    def tracing(self) -> Iterator[Any]:
        """MLflow's client for traces; its fluent functions would write where the globals say."""
        from mlflow.tracing.client import TracingClient

        with self.calling():
            try:
                yield TracingClient(self._uri)
            except NotImplementedError as problem:
                raise StorageError(f"MLflow says: {problem}", where=self._place()) from problem

    def run_url(self, experiment_id: str, run_id: str) -> str:
        """Where a browser shows one run."""
        return f"{self._ui}/#/experiments/{experiment_id}/runs/{run_id}"

    def now(self) -> int:
        """Milliseconds since 1970, MLflow's unit."""
        return int(self._clock().timestamp() * 1000)

    @contextmanager
    def calling(self) -> Iterator[Any]:
        """MLflow's client for a few calls, its errors turned into ours."""
        client = self._client()
        with self._calls, storage_refusals(Path(self._place())), _errors(self._place()):
            yield client

    def _client(self) -> Any:
        with self._lock:
            if self._opened is None:
                self._opened = self._open()
            return self._opened

    def _open(self) -> Any:
        import mlflow
        from mlflow.environment_variables import MLFLOW_DISABLE_TELEMETRY

        if not MLFLOW_DISABLE_TELEMETRY.is_set():
            MLFLOW_DISABLE_TELEMETRY.set(True)
            mlflow.telemetry.set_telemetry_client()
        _quiet()
        place = self._place()
        with storage_refusals(Path(place)), _errors(place):
            if self._uri.startswith(SCHEME):
                prepare(Path(place), lambda uri: mlflow.MlflowClient(uri, uri).search_experiments())
            client = mlflow.MlflowClient(tracking_uri=self._uri, registry_uri=self._uri)
            self._close_runs_of_the_dead(client)
        return client

    def _close_runs_of_the_dead(self, client: Any) -> None:
        experiments = [found.experiment_id for found in client.search_experiments()]
        if not experiments:
            return
        for run in client.search_runs(experiments, "attributes.status = 'RUNNING'"):
            if is_dead(run.data.tags.get(_OWNER_TAG, "")):
                client.set_terminated(run.info.run_id, status="KILLED", end_time=self.now())

    def _experiment(self, name: str) -> str:
        if name not in self._experiments:
            with self.calling() as client:
                self._experiments[name] = self._find_or_create(client, name)
        return self._experiments[name]

    def _find_or_create(self, client: Any, name: str) -> str:
        from mlflow.exceptions import MlflowException

        found = client.get_experiment_by_name(name)
        if found is None:
            location = None
            if self._artifact_root is not None:
                location = (self._artifact_root.resolve() / quote(name, safe="")).as_uri()
            try:
                return str(client.create_experiment(name, artifact_location=location))
            except MlflowException as problem:
                if problem.error_code != "RESOURCE_ALREADY_EXISTS":
                    raise
            found = client.get_experiment_by_name(name)
        if found.lifecycle_stage == "deleted":
            client.restore_experiment(found.experiment_id)
        return str(found.experiment_id)

    def _place(self) -> str:
        return self._uri.removeprefix(SCHEME)


class MLflowRun:
    """One run in MLflow; see `promptops.tracking.tracker.TrackedRun`."""

    def __init__(self, tracker: MLflowTracker, run_id: str, experiment_id: str) -> None:
        """Made by `MLflowTracker.run`."""
        self._tracker = tracker
        self._id = run_id
        self._experiment_id = experiment_id
        self._lock = threading.Lock()
        self._tables: list[dict[str, str]] = []

    @property
    def id(self) -> str:
        """MLflow's run id."""
        return self._id

    @property
    def url(self) -> str:
        """The run's page."""
        return self._tracker.run_url(self._experiment_id, self._id)

    def params(self, values: Mapping[str, JSON]) -> None:
        """Record what the run was given; text as it is, other values as JSON."""
        from mlflow.entities import Param

        pairs = [Param(key, _param(value)) for key, value in values.items()]
        with self._tracker.calling() as client:
            for start in range(0, len(pairs), _PER_BATCH):
                client.log_batch(self._id, params=pairs[start : start + _PER_BATCH])

    def metrics(self, values: Mapping[str, float], step: int | None = None) -> None:
        """Record what came out; with ``step`` as one point of a curve."""
        from mlflow.entities import Metric

        now = self._tracker.now()
        points = [Metric(key, float(value), now, step or 0) for key, value in values.items()]
        with self._tracker.calling() as client:
            for start in range(0, len(points), _PER_BATCH):
                client.log_batch(self._id, metrics=points[start : start + _PER_BATCH])

    def tags(self, values: Mapping[str, str]) -> None:
        """Set or replace labels; longer ones than MLflow keeps are cut."""
        from mlflow.entities import RunTag

        labels = [RunTag(key, value) for key, value in _short(values).items()]
        with self._tracker.calling() as client:
            client.log_batch(self._id, tags=labels)

    def table(self, name: str, rows: Sequence[Mapping[str, JSON]]) -> None:
        """Keep rows as ``name.json`` in the form of MLflow's tables, listed as one in the UI."""
        path = name if name.endswith(".json") else f"{name}.json"
        columns = list(dict.fromkeys(column for row in rows for column in row))
        content = {"columns": columns, "data": [[row.get(c) for c in columns] for row in rows]}
        self.text(path, json.dumps(content, ensure_ascii=False))
        with self._lock:
            entry = {"path": path, "type": "table"}
            if entry not in self._tables:
                self._tables.append(entry)
            listing = json.dumps(self._tables)
        with self._tracker.calling() as client:
            client.set_tag(self._id, "mlflow.loggedArtifacts", listing)

    def artifact(self, path: Path, folder: str = "") -> None:
        """Keep a copy of a file or folder."""
        with self._tracker.calling() as client:
            if path.is_dir():
                client.log_artifacts(self._id, str(path), folder or None)
            else:
                client.log_artifact(self._id, str(path), folder or None)

    def text(self, name: str, text: str) -> None:
        """Keep a text as a file."""
        with self._tracker.calling() as client:
            client.log_text(self._id, text, name)

    def dataset(self, name: str, digest: str, path: Path) -> None:
        """Record a data set; MLflow shows 36 characters of the digest, its source has all."""
        from mlflow.entities import Dataset, DatasetInput, InputTag

        source = canonical_json({"uri": str(path), "digest": digest}).decode()
        entry = Dataset(
            name=name, digest=digest[:_LONGEST_DIGEST], source_type="local", source=source
        )
        context = InputTag(key="mlflow.data.context", value="evaluation")
        with self._tracker.calling() as client:
            client.log_inputs(self._id, datasets=[DatasetInput(dataset=entry, tags=[context])])

    def traces(self, calls: Sequence[TracedCall]) -> None:
        """Keep model calls as traces of one span each, linked to the run."""
        spans = [span_of(call, self._tracker.now()) for call in calls]
        with self._tracker.tracing() as tracing:
            for span in spans:  # a trace a request: a request of several would be one trace
                tracing.log_spans(self._experiment_id, [span])
        ids = [span.trace_id for span in spans]
        with self._tracker.calling() as client:
            for start in range(0, len(ids), _PER_BATCH):
                client.link_traces_to_run(ids[start : start + _PER_BATCH], self._id)

    def finish(self, status: str) -> None:
        """Close the run; `MLflowTracker.run` does."""
        with self._tracker.calling() as client:
            client.set_terminated(self._id, status=status, end_time=self._tracker.now())


def _param(value: JSON) -> str:
    return value if isinstance(value, str) else canonical_json(value).decode()


def _short(tags: Mapping[str, str]) -> dict[str, str]:
    return {key: value[:_LONGEST_TAG] for key, value in tags.items()}


def _first_line(problem: Exception) -> str:
    return str(problem).strip().partition("\n")[0]


def _quiet() -> None:
    """Keep migrations and tracebacks off the terminal: our errors say what happened."""
    import logging

    for name in ("alembic", "mlflow.store.db.utils"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


@contextmanager
def _errors(place: str) -> Iterator[None]:
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (MlflowException, SQLAlchemyError, sqlite3.Error) as problem:
        text = str(problem)
        line = _first_line(problem)
        if getattr(problem, "error_code", "") == "INVALID_PARAMETER_VALUE":
            raise ValueError(line) from problem
        if "malformed" in text or "not a database" in text:
            raise CorruptStoreError(line, where=place, hint=CORRUPT_HINT) from problem
        if "disk is full" in text or "disk I/O error" in text:
            raise StorageFullError("no space is left to write here", where=place) from problem
        if "readonly database" in text or "unable to open database" in text:
            raise ReadOnlyWorkspaceError("this cannot be written to", where=place) from problem
        raise StorageError(f"MLflow says: {line}", where=place) from problem
