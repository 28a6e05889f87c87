"""A cassette replays what was recorded, and nothing else."""

import anyio
import pytest

from promptops.errors import ProviderRefusedError, RunLogError
from promptops.llm.recorded import RecordedChat
from promptops.llm.scripted import ScriptedChat
from promptops.testing.contracts import ask


def test_what_was_recorded_is_replayed_without_the_model(tmp_path):
    path = tmp_path / "cassette.jsonl"
    inner = ScriptedChat({"": "answer"})
    recording = RecordedChat(path, inner)
    first, again = (anyio.run(recording.complete, ask()) for _ in range(2))
    replayed = anyio.run(RecordedChat(path).complete, ask())
    assert first.text == again.text == replayed.text == "answer"
    assert len(inner.requests) == len(path.read_text().splitlines()) == 1


def test_what_was_not_recorded_is_an_error_without_a_model(tmp_path):
    with pytest.raises(ProviderRefusedError, match="not recorded"):
        anyio.run(RecordedChat(tmp_path / "none.jsonl").complete, ask())


@pytest.mark.parametrize("line", ["{", "[]", '{"digest": "x"}', '{"digest": "x", "completion": 1}'])
def test_a_line_that_is_no_recording_is_named(tmp_path, line):
    path = tmp_path / "cassette.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(RunLogError, match=r"cassette\.jsonl:1: this line is not a recorded call"):
        RecordedChat(path)
