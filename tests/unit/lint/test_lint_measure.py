"""`--measure`: the score with a finding against without it, and how the two wordings differ."""

import json

import pytest

from promptops.config import load_settings
from promptops.errors import GoldenSetError, ModelNotInstalledError, SettingsError, UsageError
from promptops.llm.embedded.weights import weights_path
from promptops.llm.scripted import ScriptedChat
from promptops.operations.lint_judging import choose_checks, judge_files
from promptops.operations.lint_measure import measure_finding
from promptops.testing.workspace import LABELS, label_prompt, label_rows, make_workspace
from promptops.wiring import Services

MODEL = "openai/gpt-5-mini"
TASK = "Sort the message by topic."
BAD = "Give some examples and list several tips."


class Answering(Services):
    """Services whose models answer from a script."""

    chat = None


def services(tmp_path, wording, answer=None, *, model=MODEL, **changes):
    prompt = label_prompt("topic", wording=wording).replace(**changes)
    workspace = make_workspace(
        tmp_path, prompts={"support/topic": prompt}, golden={"topic": label_rows(12)}
    )
    loaded = load_settings(workspace, {"llm.model": model}, environment={})
    if answer is None:
        return Services(workspace, loaded.settings)
    opened = Answering(workspace, loaded.settings)
    opened.chat = ScriptedChat(answer)
    return opened


def right_unless(words):
    """A model that is led astray by some words of the system message, and right otherwise."""

    def answer(request):
        label = next(each for each in LABELS if each in request.messages[-1].content)
        wrong = LABELS[(LABELS.index(label) + 1) % len(LABELS)]
        astray = words in request.messages[0].content
        return json.dumps({"label": wrong if astray else label})

    return answer


def measured(opened, code, **options):
    return measure_finding(opened, opened.registry.get("topic"), code, **options)


HOW = {
    "the sentence is left out": (f"{TASK} {BAD}", "AMB001", f'sentence left out: "{BAD}"', False),
    "a fix is applied": (
        f"{TASK} Read it in order to understand it.",
        "ECO001",
        "fix applied:",
        False,
    ),
    "all there is keeps the rest of its sentence": (
        "Sort the message by topic, with care where appropriate.",
        "AMB002",
        'clause left out: ", with care where appropriate"',
        False,
    ),
    "a prompt without the finding gets the rule's example": (
        TASK,
        "vague-quantifier",
        'the example of the rule was added: "Give some examples',
        True,
    ),
}


@pytest.mark.parametrize("case", HOW)
def test_it_says_how_the_two_wordings_differ(tmp_path, case):
    wording, code, how, planted = HOW[case]
    opened = services(tmp_path, wording, right_unless("nothing of the kind"))
    result = measured(opened, code)
    assert result.how.startswith(how)
    assert result.planted is planted
    assert result.verdict.startswith("no effect seen (the interval includes 0; 12 cases")
    systems = {request.messages[0].content for request in opened.chat.requests}
    assert len(systems) == 2
    assert all(text.startswith("Sort the message by topic") for text in systems)


def test_a_defect_that_costs_score_is_proven_to(tmp_path):
    opened = services(tmp_path, f"{TASK} {BAD}", right_unless("several tips"))
    result = measured(opened, "AMB001")
    assert (result.with_score.estimate, result.without_score.estimate) == (0.0, 1.0)
    assert (result.difference.estimate, result.cases, result.calls) == (1.0, 12, 24)
    assert result.verdict == "removing it raises the score"
    assert "difference        +1.00 [+0.74, +1.00]" in result.to_text()
    again = measured(opened, "AMB001")
    assert again.calls == 0  # the evidence knows
    assert again.to_json() == result.to_json()


def test_a_finding_may_help(tmp_path):
    def answer(request):
        helped = "several tips" in request.messages[0].content
        return right_unless("\0" if helped else TASK)(request)

    opened = services(tmp_path, TASK, answer)
    assert measured(opened, "AMB001").verdict == "removing it lowers the score"


REFUSED = {
    "no such rule": ("AMB999", {}, SettingsError, "AMB999"),
    "a whole group": ("AMB", {}, UsageError, "stands for"),
    "a rule about the file": ("REG001", {"owner": None}, UsageError, "not about its wording"),
    "a rule whose example is a file": ("VAR002", {}, UsageError, "not running text"),
    "a prompt without cases": ("AMB001", {"evals": ()}, GoldenSetError, "no golden set"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_measured_is_said(tmp_path, case):
    code, changes, error, words = REFUSED[case]
    opened = services(tmp_path, TASK, right_unless("\0"), **changes)
    with pytest.raises(error, match=words):
        measured(opened, code)
    assert not opened.chat.requests


def test_llm_checks_are_chosen_by_code_or_name():
    assert len(choose_checks([])) == len(choose_checks(["LLM"])) == 6
    (only,) = choose_checks(["biased-instruction"])
    assert only.code == "LLM005"
    with pytest.raises(SettingsError, match="LLM05") as told:
        choose_checks(["LLM05"])
    assert "LLM005" in told.value.hint


def test_a_judged_workspace_is_not_judged_twice(tmp_path):
    answer = json.dumps({"findings": [{"quote": "several tips", "reason": "which ones"}]})
    opened = services(tmp_path, f"{TASK} {BAD}", {"": answer}, data=None)
    checks = choose_checks(["LLM001"])
    files = [opened.registry.get("topic")]
    first = judge_files(opened, files, checks=checks)
    assert [finding.excerpt for finding in first.findings] == ["several tips"]
    assert first.findings[0].path == "prompt_registry/prompts/support/topic.prompt.yaml"
    assert (first.calls, first.unmeasured) == (3, ("LLM001",))
    second = judge_files(opened, files, checks=checks)
    assert (second.calls, second.known) == (0, 1)
    assert second.to_json() == first.to_json()


@pytest.mark.embedded
def test_the_embedded_model_judges_when_forced_and_says_what_it_cannot(tmp_path):
    opened = services(tmp_path, f"{TASK} {BAD}", model="embedded/smollm2-135m")
    try:
        weights_path("embedded/smollm2-135m", opened.weights)
    except ModelNotInstalledError as problem:
        pytest.skip(str(problem))
    files = [opened.registry.get("topic")]
    checks = choose_checks(["LLM001", "LLM004"])
    told = judge_files(opened, files, checks=checks)
    reasons = [skipped.reason for skipped in told.skipped]
    assert "LLM001 ambiguous-instruction: needs a stronger model" in reasons[0]
    assert "LLM004 unfit-tone: needs a stronger model" in reasons[1]
    assert told.calls == 0
    forced = judge_files(opened, files, checks=checks, force=True)
    assert forced.calls > 0
    assert not forced.skipped
    for finding in forced.findings:
        assert finding.excerpt in (TASK, BAD)
