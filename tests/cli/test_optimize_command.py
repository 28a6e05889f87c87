"""``promptops optimize`` on the command line, with the embedded model."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from promptops.cli import main
from promptops.config.environment import default_weights
from promptops.errors import ModelNotInstalledError
from promptops.llm.embedded.weights import weights_path
from promptops.testing.workspace import label_prompt, label_rows, make_workspace

Run = Callable[..., tuple[int, str, str]]
WORDY = "Please kindly sort the message by topic. In order to do this, please read it carefully."


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in a workspace; its exit status, stdout and stderr."""
    root = make_workspace(
        tmp_path / "ws",
        prompts={"support/topic": label_prompt("topic", wording=WORDY)},
        golden={"topic": label_rows(30)},
    ).root

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(["-w", str(root), *arguments])
        told = capsys.readouterr()
        return int(end.value.code or 0), told.out, told.err

    return call


WRONG = {
    "a goal and weights": (["--goal", "shorter", "--weights", "tokens=1"], "not both"),
    "a weight without a number": (["--weights", "accuracy"], "NAME=NUMBER"),
    "a weight that is no number": (["--weights", "accuracy=much"], "NAME=NUMBER"),
    "a weight below zero": (["--weights", "accuracy=-1"], "NAME=NUMBER"),
    "a weight named twice": (["--weights", "tokens=1,tokens=2"], "named twice"),
    "a proposer without a name": (["--proposers", "few_shot,,structure"], "different names"),
    "an unknown proposer": (["--proposers", "magic"], r"error[unknown-backend]"),
    "an unknown weight": (["--weights", "acuracy=1"], "did you mean"),
    "an unknown variant": (["--variant", "short"], r"error[unknown-prompt]"),
    "no margin": (["--margin", "0"], "--margin"),
    "a margin that is no number": (["--margin", "nan"], "not a finite number"),
    "USD that are no number": (["--usd", "nan"], "not a finite number"),
    "USD without end": (["--usd", "inf"], "not a finite number"),
    "minutes that are no number": (["--minutes", "nan"], "not a finite number"),
    "minutes without end": (["--minutes", "inf"], "not a finite number"),
    "more calls than anybody makes": (["--calls", str(10**26)], "--calls"),
    "a seed that JSON cannot hold": (["--seed", str(2**53)], "--seed"),
    "an unknown goal": (["--goal", "best"], "--goal"),
}


@pytest.mark.parametrize(("options", "says"), WRONG.values(), ids=WRONG)
def test_a_wrong_option_is_told(run: Run, options: list[str], says: str) -> None:
    status, out, err = run("optimize", "topic", *options)
    assert (status, out) == (2, "")
    assert says in err


@pytest.mark.embedded
def test_it_says_what_it_found_and_pays_once(run: Run) -> None:
    try:
        weights_path("embedded/smollm2-135m", default_weights())
    except ModelNotInstalledError as problem:
        pytest.skip(str(problem))
    asked = ("optimize", "topic", "--goal=shorter", "--calls=90", "--proposers=compression")
    status, out, err = run(*asked, "--format=json")
    found = json.loads(out)
    assert status == 0
    assert "held-out cases; at most 90 calls" in err
    assert found["llm_calls"] == found["search"]["calls"] > 20
    assert found["diff"][0]["diff"].startswith("--- message 1 (system)")
    assert found["quantities"]["input_tokens"]["change"]["high"] < 0
    assert found["outlook"]["calls"] == 90
    again = json.loads(run(*asked, "--format=json")[1])
    assert (again["llm_calls"], again["from_evidence"]) == (0, True)
    assert (again["verdict"], again["proposal"]) == (found["verdict"], found["proposal"])
    status, out, _ = run(*asked)
    assert status == 0
    assert "found in the evidence, 0 new calls" in out
