import json
import subprocess
import sys
from pathlib import Path

import pytest

from promptops.errors import CorruptStoreError, ReadOnlyWorkspaceError, StorageError
from promptops.testing.memory_tracker import MemoryTracker, SeenRun
from promptops.testing.tracker_contract import TrackerContract
from promptops.tracking.mlflow_tracker import MLflowTracker, sqlite_uri
from promptops.tracking.process import is_dead, this_process
from promptops.tracking.tracker import Tracker

THIS_PROCESS = "from promptops.tracking.process import this_process; print(this_process())"


class TestMemoryTracker(TrackerContract):
    @pytest.fixture
    def tracker(self) -> Tracker:
        return MemoryTracker()

    def look(self, tracker, run_id):
        return tracker.runs[run_id]


@pytest.fixture(scope="module")
def mlflow_folder(tmp_path_factory) -> Path:
    """One migrated database for the module: making one costs seconds."""
    folder = tmp_path_factory.mktemp("mlflow state")
    with tracker_in(folder).run("first", experiment="first"):
        pass
    return folder


def tracker_in(folder: Path) -> MLflowTracker:
    return MLflowTracker(sqlite_uri(folder / "mlflow.db"), folder / "mlartifacts")


def seen_in_mlflow(tracker: MLflowTracker, run_id: str) -> SeenRun:
    with tracker.calling() as client:
        run = client.get_run(run_id)
        experiment = client.get_experiment(run.info.experiment_id).name
        kept = client.list_artifacts(run_id)
        folder = Path(client.download_artifacts(run_id, "") if kept else "/nowhere")
        found = client.search_traces(locations=[run.info.experiment_id], run_id=run_id)
    spans = [trace.data.spans[0] for trace in found]
    traces = {span.name: (span.inputs, span.outputs) for span in spans}
    listed = json.loads(run.data.tags.get("mlflow.loggedArtifacts", "[]"))
    tables = {}
    for entry in listed:
        content = json.loads((folder / entry["path"]).read_text())
        tables[Path(entry["path"]).stem] = [
            dict(zip(content["columns"], row, strict=True)) for row in content["data"]
        ]
    paths = {entry["path"] for entry in listed}
    files = {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }
    return SeenRun(
        name=run.info.run_name,
        experiment=experiment,
        parent=run.data.tags.get("mlflow.parentRunId"),
        status=run.info.status,
        params=run.data.params,
        metrics=run.data.metrics,
        tags=run.data.tags,
        tables=tables,
        files={name: data for name, data in files.items() if name not in paths},
        datasets={
            entry.dataset.name: json.loads(entry.dataset.source)["digest"]
            for entry in run.inputs.dataset_inputs
        },
        traces=traces,
    )


@pytest.mark.slow
class TestMLflowTracker(TrackerContract):
    @pytest.fixture
    def tracker(self, mlflow_folder) -> Tracker:
        return tracker_in(mlflow_folder)

    def look(self, tracker, run_id):
        return seen_in_mlflow(tracker, run_id)

    def test_a_run_of_a_dead_process_is_marked_killed(self, mlflow_folder):
        dead = subprocess.run(
            [sys.executable, "-c", THIS_PROCESS], capture_output=True, text=True, check=True
        ).stdout.strip()
        before = tracker_in(mlflow_folder)
        with before.run("mine", experiment="left") as mine:
            with before.calling() as client:
                orphan = client.create_run(
                    client.get_run(mine.id).info.experiment_id, tags={"promptops.process": dead}
                ).info.run_id
                foreign = client.create_run(client.get_run(mine.id).info.experiment_id).info.run_id
            after = tracker_in(mlflow_folder)
            with after.run("next", experiment="left"):
                pass
            statuses = [
                seen_in_mlflow(after, run_id).status for run_id in (orphan, mine.id, foreign)
            ]
        assert statuses == ["KILLED", "RUNNING", "RUNNING"]

    def test_the_compare_view_is_addressed_as_mlflow_does(self, mlflow_folder):
        tracker = tracker_in(mlflow_folder)
        with tracker.run("a", experiment="addressed") as run:
            pass
        with tracker.calling() as client:
            experiment = client.get_run(run.id).info.experiment_id
        assert run.url == f"http://127.0.0.1:5000/#/experiments/{experiment}/runs/{run.id}"
        assert tracker.compare_url([run.id]) == (
            "http://127.0.0.1:5000/#/compare-runs"
            f"?runs=%5B%22{run.id}%22%5D&experiments=%5B%22{experiment}%22%5D"
        )

    def test_a_name_mlflow_cannot_keep_is_refused(self, mlflow_folder):
        with (
            tracker_in(mlflow_folder).run("a", experiment="names") as run,
            pytest.raises(ValueError, match="small#short"),
        ):
            run.metrics({"small#short": 1})

    def test_an_unknown_run_is_an_error_of_ours(self, mlflow_folder):
        with pytest.raises(StorageError, match="not found"):
            tracker_in(mlflow_folder).compare_url(["nowhere"])

    def test_telemetry_is_off(self, mlflow_folder):
        with tracker_in(mlflow_folder).calling():
            pass
        from mlflow.telemetry import get_telemetry_client

        assert get_telemetry_client() is None


def test_nothing_is_made_before_the_first_run(tmp_path):
    script = (
        "import sys, pathlib; from promptops.tracking.mlflow_tracker import *\n"
        f"folder = pathlib.Path({str(tmp_path)!r})\n"
        "tracker = MLflowTracker(sqlite_uri(folder / 's' / 'mlflow.db'), folder / 'a')\n"
        "print(tracker.ui_command, 'mlflow' in sys.modules, list(folder.iterdir()))"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert told == (
        "LITELLM_LOCAL_MODEL_COST_MAP=True mlflow ui"
        f" --backend-store-uri sqlite:///{tmp_path}/s/mlflow.db False []"
    )


def test_a_damaged_database_is_told_at_once_with_a_way_out(tmp_path):
    (tmp_path / "mlflow.db").write_bytes(b"this is not a database, it is text" * 100)
    with pytest.raises(CorruptStoreError, match="move the file away") as caught:
        tracker_in(tmp_path).compare_url(["x"])
    assert caught.value.where == str(tmp_path / "mlflow.db")


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder nobody can write to")
def test_a_place_that_cannot_be_written_to_is_told_at_once():
    with pytest.raises(ReadOnlyWorkspaceError):
        MLflowTracker("sqlite:////proc/mlflow.db").compare_url(["x"])


PROCESSES = {
    "this one": (this_process(), False),
    "a pid that is not there": (this_process().rsplit("/", 2)[0] + "/4194999/1", True),
    "our pid, started at another time": (this_process().rpartition("/")[0] + "/1", True),
    "our pid, start unknown": (this_process().rpartition("/")[0] + "/", False),
    "another host": ("elsewhere/4194999/1", False),
    "nothing": ("", False),
    "nonsense": ("a/b/c", False),
}


@pytest.mark.skipif(sys.platform != "linux", reason="start times are told by /proc")
@pytest.mark.parametrize(("identity", "dead"), PROCESSES.values(), ids=PROCESSES)
def test_a_process_is_dead_only_when_that_is_sure(identity, dead):
    assert is_dead(identity) is dead
