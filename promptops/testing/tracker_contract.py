"""What every tracker must do.

Subclass `TrackerContract` in a test module and give it a tracker and a way to look inside:

    class TestMyTracker(TrackerContract):
        @pytest.fixture
        def tracker(self): ...
        def look(self, tracker, run_id): ...
"""

import threading
from pathlib import Path
from typing import Any

import pytest

from promptops.testing.memory_tracker import SeenRun
from promptops.tracking.tracker import TracedCall, Tracker

_DIGEST = "sha256:" + "5e" * 32


class TrackerContract:
    """The tests; each uses one experiment of its own."""

    @pytest.fixture
    def tracker(self) -> Tracker:
        """The tracker under test; may be shared between tests."""
        raise NotImplementedError

    def look(self, tracker: Any, run_id: str) -> SeenRun:
        """What the tracker kept of a run."""
        raise NotImplementedError

    def test_a_run_keeps_what_it_was_given(self, tracker: Tracker, tmp_path: Path) -> None:
        """Parameters, metrics, tags, tables, files and data sets come back."""
        single = tmp_path / "notes.txt"
        single.write_text("hello", encoding="utf-8")
        folder = tmp_path / "pack"
        (folder / "inner").mkdir(parents=True)
        (folder / "inner" / "a.json").write_text("{}", encoding="utf-8")
        with tracker.run("refund v1.2.0", experiment="kept", tags={"team": "support"}) as run:
            run.params({"prompt.version": "v1.2.0", "k": 4, "safe": True, "when": {"b": [1]}})
            run.metrics({"exact_match": 0.5, "tokens": 120})
            run.metrics({"exact_match": 0.75})
            run.tags({"verdict": "improved"})
            run.table("cases", [{"id": "a", "score": 1}, {"id": "b", "answer": {"x": None}}])
            run.artifact(single)
            run.artifact(folder, "packs")
            run.text("report.html", "<p>größer</p>")
            run.dataset("refund", _DIGEST, Path("datasets/golden/refund.jsonl"))
            run.traces(
                [
                    TracedCall(name="c1", inputs={"question": "größer?"}, output="yes"),
                    TracedCall(name="c2", inputs={}, output="", milliseconds=9, error="refused"),
                ]
            )
            assert run.id in run.url
        seen = self.look(tracker, run.id)
        assert (seen.name, seen.experiment, seen.status) == ("refund v1.2.0", "kept", "FINISHED")
        assert seen.traces == {"c1": ({"question": "größer?"}, "yes"), "c2": ({}, "")}
        assert seen.params == {
            "prompt.version": "v1.2.0",
            "k": "4",
            "safe": "true",
            "when": '{"b":[1]}',
        }
        assert seen.metrics == {"exact_match": 0.75, "tokens": 120.0}
        assert seen.tags["team"] == "support"
        assert seen.tags["verdict"] == "improved"
        assert seen.tables["cases"] == [
            {"id": "a", "score": 1, "answer": None},
            {"id": "b", "score": None, "answer": {"x": None}},
        ]
        assert seen.files == {
            "notes.txt": b"hello",
            "packs/inner/a.json": b"{}",
            "report.html": "<p>größer</p>".encode(),
        }
        assert seen.datasets == {"refund": _DIGEST}

    def test_runs_nest(self, tracker: Tracker) -> None:
        """A run names the one above it, also when that one is open in another place."""
        with tracker.run("night", experiment="nested") as night:
            with tracker.run("prompt", experiment="nested", parent=night.id) as child:
                assert self.look(tracker, night.id).status == "RUNNING"
            with tracker.run("variant", experiment="nested", parent=child.id) as grandchild:
                pass
        assert self.look(tracker, night.id).parent is None
        assert self.look(tracker, child.id).parent == night.id
        assert self.look(tracker, grandchild.id).parent == child.id

    def test_a_block_that_raises_leaves_a_failed_run(self, tracker: Tracker) -> None:
        """The error passes through, and its text is kept."""
        opened = []

        def work() -> None:
            with tracker.run("broken", experiment="failed") as run:
                opened.append(run.id)
                run.metrics({"before": 1})
                raise KeyError("gone")

        with pytest.raises(KeyError):
            work()
        seen = self.look(tracker, opened[0])
        assert seen.status == "FAILED"
        assert seen.tags["error"] == "KeyError: 'gone'"
        assert seen.metrics == {"before": 1.0}

    def test_an_interrupted_block_leaves_a_killed_run(self, tracker: Tracker) -> None:
        """Control-C is no failure of the run."""
        opened = []

        def work() -> None:
            with tracker.run("stopped", experiment="failed") as run:
                opened.append(run.id)
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            work()
        assert self.look(tracker, opened[0]).status == "KILLED"

    def test_a_parameter_has_one_value(self, tracker: Tracker) -> None:
        """The same value again is no fault; another one is."""
        with tracker.run("twice", experiment="params") as run:
            run.params({"kb": "2026-06"})
            run.params({"kb": "2026-06"})
            with pytest.raises(ValueError, match="kb"):
                run.params({"kb": "2026-11"})
        assert self.look(tracker, run.id).params == {"kb": "2026-06"}

    def test_a_table_is_replaced(self, tracker: Tracker) -> None:
        """A task that is tried again does not double its rows."""
        with tracker.run("again", experiment="tables") as run:
            run.table("cases", [{"id": "old"}, {"id": "older"}])
            run.table("cases", [{"id": "new"}])
        assert self.look(tracker, run.id).tables == {"cases": [{"id": "new"}]}

    def test_many_values_fit(self, tracker: Tracker) -> None:
        """More parameters and metrics than one batch of any store."""
        names = [f"n{number:03}" for number in range(250)]
        with tracker.run("many", experiment="many") as run:
            run.params(dict.fromkeys(names, "v"))
            run.metrics(dict.fromkeys(names, 0.5))
        seen = self.look(tracker, run.id)
        assert (len(seen.params), len(seen.metrics)) == (250, 250)

    def test_threads_keep_their_runs_apart(self, tracker: Tracker) -> None:
        """Runs that are open at the same time do not take each other's values."""
        ids: dict[str, str] = {}

        def work(name: str) -> None:
            with tracker.run(name, experiment="threads") as run:
                run.params({"name": name})
                for step in range(3):
                    run.metrics({"value": float(name)}, step=step)
                ids[name] = run.id

        threads = [threading.Thread(target=work, args=(str(n),)) for n in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(ids.values())) == 12
        for name, run_id in ids.items():
            seen = self.look(tracker, run_id)
            assert (seen.status, seen.params, seen.metrics) == (
                "FINISHED",
                {"name": name},
                {"value": float(name)},
            )

    def test_runs_can_be_compared(self, tracker: Tracker) -> None:
        """The address names every run."""
        with tracker.run("a", experiment="compared") as first:
            pass
        with tracker.run("b", experiment="compared") as second:
            pass
        url = tracker.compare_url([first.id, second.id])
        assert first.id in url
        assert second.id in url
        with pytest.raises(ValueError, match="runs"):
            tracker.compare_url([])
