"""What an optimization leaves behind: an explanation, a proposal, runs to compare."""

import json

import pytest

from promptops.cli import main
from promptops.cli.optimize_report import show
from promptops.core.counting import counted
from promptops.errors import UnknownBackendError, UsageError
from promptops.evaluation.noninferiority import p_not_worse
from promptops.llm.scripted import ScriptedChat
from promptops.operations.optimization import optimize_prompt
from promptops.operations.optimization_tracking import compared_runs, record_optimization
from promptops.optimize.explaining import message_changes
from promptops.optimize.outlook import outlook
from promptops.optimize.trials import Allowance
from promptops.prompts.model import MessageTemplate
from promptops.testing.services import ScriptedServices
from promptops.testing.workspace import LABELS, label_prompt, label_rows, make_workspace

WORDY = "Please kindly sort the message by topic. In order to do this, please read it carefully."


def named_label(request):
    text = request.messages[-1].content
    return f'{{"label": "{next(label for label in LABELS if label in text)}"}}'


def sloppy(request):
    """Right with the polite wording, wrong in three of ten cases without it."""
    number = int(request.messages[-1].content.split("Message ")[1].split()[0])
    polite = any("kindly" in message.content for message in request.messages)
    return named_label(request) if polite or number % 10 > 2 else '{"label": "other"}'


@pytest.fixture
def open_shop(tmp_path):
    def open_(script=named_label, **options):
        workspace = make_workspace(
            tmp_path / "shop",
            prompts={"support/topic": label_prompt("topic", wording=WORDY)},
            golden={"topic": label_rows(60)},
        )
        return ScriptedServices(workspace, ScriptedChat(script), **options)

    return open_


def optimize(services, **options):
    options = {"goal": "shorter", "calls": 400, "proposers": ["compression"], **options}
    return optimize_prompt(services, services.registry.get("topic"), **options)


def test_a_better_wording_comes_with_what_a_reviewer_needs(open_shop, capsys):
    services = open_shop()
    found = optimize(services)
    assert found.result.verdict == "improved"
    told = found.explanation
    (change,) = told.messages
    assert change.diff.startswith("--- message 1 (system)\n+++ message 1 (system)\n@@")
    tokens = told.quantities[0]
    assert tokens.quantity == "input_tokens"
    assert tokens.change.high < 0
    assert tokens.share < -0.1
    assert [each.proposer for each in told.lineage] == ["compression", ""]
    assert any("input tokens" in each.text for each in told.suggestions)

    proposal = services.proposals.get(found.proposal.id)
    assert proposal.evidence["keys"] == {
        "base": found.result.subject,
        "new": found.result.candidate.digest,
        "result": found.key,
    }
    assert proposal.evidence["seed"] == 7
    assert proposal.evidence["search"]["answers"] == found.result.spent.answers
    raced = proposal.evidence["raced"]
    assert {row["digest"] for row in raced} == {
        each.digest for each in found.result.tried if each.dev_cases
    }
    assert all(row["gain"]["low"] < 0 < row["gain"]["high"] for row in raced)
    assert all(row["saved"]["high"] < 0 < row["output_tokens"] for row in raced)

    show(found, new_calls=3, proposed=True)
    text = capsys.readouterr().out
    for part in (
        "topic: improved",
        "-Please kindly",
        "input tokens",
        "Worth a look",
        found.proposal.id,
    ):
        assert part in text
    again = optimize(services)
    assert again.key == found.key
    assert again.result.from_evidence
    assert json.loads(json.dumps(again.to_json()))["proposal"] == found.proposal.id


def test_a_proposal_shows_its_numbers_unless_they_were_edited(open_shop, capsys):
    services = open_shop()
    found = optimize(services)

    def told(*words):
        with pytest.raises(SystemExit) as end:
            main(["-w", str(services.workspace.root), "proposals", *words, found.proposal.id])
        return end.value.code or 0, *capsys.readouterr()

    status, out, _ = told("show")
    assert status == 0
    assert "input tokens" in out
    assert "0 cases won and 0 lost of 36; a loss beyond 0.0" in out
    path = services.proposals.path(found.proposal.id)
    path.write_text(path.read_text().replace("shown: true", "shown: false", 1))
    for word in ("show", "accept"):
        status, out, err = told(word)
        assert (status, out) == (2, "")
        assert "evidence, title or summary was edited" in err


def test_no_safe_improvement_is_an_answer_with_a_way_on(open_shop, capsys):
    found = optimize(open_shop(sloppy))
    assert found.result.verdict == "no-safe-improvement"
    assert found.proposal is None
    show(found, new_calls=1, proposed=True)
    text = capsys.readouterr().out
    assert "topic: no safe improvement found (goal shorter)" in text
    assert "llm.proposer in promptops.toml" in text
    assert f"{counted(len(found.result.tried), 'wording')} proposed" in text


def test_what_cases_and_budget_allow_is_told_first(open_shop):
    lines = []
    optimize(open_shop(notice=lines.append), margin=0.2)
    assert lines[0].endswith("held-out cases; at most 400 calls")
    assert "cannot show a gain of less than" in lines[1]
    assert "a loss of 20 points is ruled out while at most" in lines[2]


OUTLOOKS = {
    "no case is held out": ({"train": 4, "dev": 0, "test": 0}, 0.1, "add golden cases"),
    "too few for the margin": ({"train": 8, "dev": 2, "test": 10}, 0.05, "that takes 59 of which"),
    "enough held out": ({"train": 18, "dev": 6, "test": 76}, 0.05, "while at most 0 of 76"),
    "enough for the margin": ({"train": 18, "dev": 6, "test": 36}, 0.05, "while at most 0 of 60"),
}


@pytest.mark.parametrize(("counts", "margin", "says"), OUTLOOKS.values(), ids=OUTLOOKS)
def test_an_outlook_says_what_so_many_cases_show(counts, margin, says):
    expected = outlook(**counts, allowance=Allowance(calls=9), margin=margin)
    assert says in " ".join(expected.words[1:])
    needed = expected.cases_for_margin
    assert p_not_worse(0, 0, needed, margin) < 0.05 <= p_not_worse(0, 0, needed - 1, margin)


def test_an_optimization_is_a_run_with_a_run_for_each_wording(open_shop):
    services = open_shop()
    found = optimize(services)

    def record():
        return record_optimization(services, found, version="1.0.0", group="g", parent="run-0")

    runs = services.tracker.runs
    assert record() == len(runs) == 3 + sum(each.dev_cases > 0 for each in found.result.tried)
    whole, *children = runs.values()
    assert whole.params["verdict"] == "improved"
    assert whole.metrics["saving_high"] < 0
    assert whole.datasets == {"topic": found.golden.digest}
    assert {"prompt.yaml", "change.diff", "verdict.txt"} <= set(whole.files)
    assert {run.parent for run in children} == {"run-1"}
    assert len({tuple(run.params) for run in children}) == 1
    tested = {run.params["variant"]: run for run in children if run.params["cases"] == "final test"}
    assert tested["finalist"].metrics["p_value"] < 0.05
    assert len(tested["base"].traces) == len(found.result.base.cases)
    first = min(tested["base"].traces)
    asked, *_ = tested["base"].traces[first]
    assert asked["message"].startswith(f"Message {int(first.removeprefix('case-'))} about ")
    assert [runs[each].params["variant"] for each in compared_runs(services, found)] == [
        "base",
        "finalist",
    ]
    assert record() == 0


WRONG = {
    "no such proposer": ({"proposers": ["magic"]}, UnknownBackendError),
    "a goal and weights": ({"goal": "shorter", "weights": {"tokens": 1.0}}, UsageError),
}


@pytest.mark.parametrize(("options", "error"), WRONG.values(), ids=WRONG)
def test_what_makes_no_sense_is_refused(open_shop, options, error):
    with pytest.raises(error):
        optimize(open_shop(), **options)


def said(*pairs):
    return [MessageTemplate(role=role, content=text) for role, text in pairs]


SYSTEM, QUESTION = ("system", "Sort it."), ("user", "{{ message }}")
EXAMPLE = (("user", "hi"), ("assistant", "hello"))
DIFFS = {
    "nothing": ([SYSTEM, QUESTION], [SYSTEM, QUESTION], []),
    "one message": ([SYSTEM, QUESTION], [("system", "Sort."), QUESTION], [(1, "system")]),
    "a message more": ([QUESTION], [SYSTEM, QUESTION], [(1, "system")]),
    "an example more": (
        [SYSTEM, QUESTION],
        [SYSTEM, *EXAMPLE, QUESTION],
        [(2, "user"), (3, "assistant")],
    ),
    "an example less": (
        [SYSTEM, *EXAMPLE, QUESTION],
        [SYSTEM, QUESTION],
        [(2, "user"), (3, "assistant")],
    ),
}


@pytest.mark.parametrize(("before", "after", "changed"), DIFFS.values(), ids=DIFFS)
def test_only_messages_that_differ_are_shown(before, after, changed):
    found = message_changes(said(*before), said(*after))
    assert [(each.place, each.role) for each in found] == changed
    assert all("\n@@ " in each.diff for each in found)
