"""``promptops evaluate``: what it tells, what it keeps, how it ends."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from promptops.cli import main
from promptops.errors import ProviderTimeoutError
from promptops.llm.cached import CachedChat
from promptops.llm.metered import MeteredChat
from promptops.llm.scripted import ScriptedChat
from promptops.testing.embedders import HashingEmbedder
from promptops.testing.workspace import label_prompt, label_rows, make_workspace
from promptops.wiring import Services

Run = Callable[..., tuple[int, str, str]]
GOLDEN = "datasets/golden/topic.jsonl"
PROMPT = "prompt_registry/prompts/support/topic.prompt.yaml"


@pytest.fixture
def script() -> ScriptedChat:
    """Answers every second message right: with the label that the message names."""

    def answer(request):
        asked = request.messages[-1].content
        number, label = re.search(r"Message (\d+) about (\w+)", asked).groups()
        if "guess" in request.messages[0].content:
            label = "none"
        if number == "7" and script.fails:
            raise ProviderTimeoutError("no answer in 30 s")
        return json.dumps({"label": label}) if number != "5" else '{"label": "bro'

    script = ScriptedChat(answer)
    script.fails = False
    return script


@pytest.fixture
def root(tmp_path: Path) -> Path:
    prompts = {
        "support/topic": label_prompt("topic"),
        "support/guess": label_prompt("guess", wording="Sort by guess."),
    }
    return make_workspace(tmp_path / "ws", prompts=prompts, golden={"topic": label_rows()}).root


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    root: Path,
    script: ScriptedChat,
) -> Run:
    """Run ``evaluate`` here; its exit status, stdout and stderr."""
    embedder = HashingEmbedder()
    monkeypatch.setattr("promptops.embedding.backends.load_embedder", lambda *_: embedder)

    def chat(services):
        metered = MeteredChat(script, services.meter, services.budget)
        return CachedChat(metered, services.answers, services.fingerprint, meter=services.meter)

    monkeypatch.setattr(Services, "chat", property(chat))
    monkeypatch.setattr(Services, "fingerprint", lambda _services, model: model)

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(["-w", str(root), "evaluate", *arguments])
        told = capsys.readouterr()
        return int(end.value.code or 0), told.out, told.err

    return call


def test_a_provider_that_fails_once_is_told_and_tried_again(run, script):
    script.fails = True
    status, out, err = run("topic")
    assert status == 2
    assert "over 11 of 12 cases" in out
    assert re.search(r"error\[provider\]: topic: 1 result of 12 failed .*no answer in 30 s", err)
    script.fails = False
    status, out, _ = run("topic", "--format", "json")
    assert status == 0
    assert json.loads(out)["llm_calls"] == 1


def test_an_answer_that_is_no_json_is_a_wrong_answer(run):
    status, out, _ = run("topic", "--cases")
    assert status == 0
    assert "label_match  0.92" in out
    assert re.search(r'case-05 +0\.00 +\{"label": "bro', out)


def test_a_budget_that_ends_in_the_middle_is_told_and_goes_on_where_it_was(run, script):
    status, _, err = run("topic", "--budget", "5")
    assert status == 1
    assert err.startswith("error[budget-exceeded]: the budget of 5 calls is spent")
    assert len(script.requests) == 5
    status, out, _ = run("topic", "--budget", "7")
    assert (status, len(script.requests)) == (0, 12)
    assert "7 new calls" in out


def test_broken_rows_are_refused_or_named_and_left_out(run, root):
    golden = root / GOLDEN
    golden.write_text(f'{{"id": \n{golden.read_text()}{{"id": "x", "expected": 1, "inpts": 2}}\n')
    status, _, err = run("topic")
    assert (status, err.startswith("error[golden-set]: ")) == (2, True)
    assert "12 cases" in run("topic", "--skip-broken-rows", "--plan")[1]
    status, out, err = run("topic", "--skip-broken-rows")
    assert status == 0
    assert re.findall(r"^skipped .*topic\.jsonl:(\d+): ", err, re.MULTILINE) == ["1", "14"]
    assert "over 12 cases" in out
    assert "2 broken rows of the golden set left out" in out


def test_a_row_that_does_not_fit_the_prompt_is_told_with_its_line(run, root):
    with (root / GOLDEN).open("a") as rows:
        rows.write('{"id": "odd", "inputs": {"massage": "x"}, "expected": "y"}\n')
    status, out, err = run("topic")
    assert status == 2
    assert "over 12 of 13 cases" in out
    assert re.search(r'error\[golden-set\].*topic\.jsonl:13: case "odd" does not fit topic', err)
    plan = run("topic", "--plan")[1]
    assert re.search(r'1 result cannot be had:\n +.*case "odd" does not fit topic', plan)
    status, out, err = run("topic", "--skip-broken-rows")
    assert (status, "over 12 cases" in out) == (0, True)
    assert re.search(r'skipped .*topic\.jsonl:13: case "odd"', err)


def with_metric(path: Path, metrics: str) -> None:
    text = path.read_text()
    changed = re.sub(r"metrics: \{label_match: \{[^}]*\}\}", f"metrics: {metrics}", text)
    assert changed != text
    path.write_text(changed)


UNFIT = {
    "a refusal that nobody expects": ("refusal: {}", r"refusal needs `expect`"),
    "assertions that no row has": ("assertions: {}", "the case has no assertions"),
    "a context that no case has": (
        "citation_support: {with: {variable: policy}}",
        "there is no context",
    ),
}


@pytest.mark.parametrize(("metric", "reason"), UNFIT.values(), ids=UNFIT)
def test_a_scorer_that_can_score_no_case_is_refused_before_a_call(
    run, root, script, metric, reason
):
    path = root / PROMPT
    with_metric(path, f"{{{metric}}}")
    for arguments in (("topic",), ("topic", "--plan")):
        status, _, err = run(*arguments)
        assert status == 2
        assert re.search(rf"error\[usage\]: topic: .* can score no case: case-\d+: .*{reason}", err)
    assert script.requests == []
    (root / GOLDEN).with_name("guess.jsonl").write_bytes((root / GOLDEN).read_bytes())
    status, out, err = run("--all")
    assert status == 2
    assert "guess@" in out
    assert re.search(reason, err)


def test_a_scorer_that_fails_on_some_answers_says_on_how_many(run, root):
    path = root / PROMPT
    with_metric(path, "{label_match: {}, refusal: {min: 0.5}}")
    rows = [json.loads(line) for line in (root / GOLDEN).read_text().splitlines()]
    rows[0]["expected"] = False
    (root / GOLDEN).write_text("".join(json.dumps(row) + "\n" for row in rows))
    status, out, err = run("topic")
    assert status == 2
    assert re.search(r"refusal .* over 1 of 12 cases", out)
    assert "error[usage]: topic: refusal could not score 11 answers of 12; case-" in err
    assert "nan" not in out + err


def test_a_plan_calls_nothing_and_comes_true(run, script):
    status, out, _ = run("topic", "--plan")
    assert (status, script.requests) == (0, [])
    assert "12 cases, 12 results: 0 known, 0 answers only to score, 12 calls to make" in out
    assert "at most 288 output tokens, at most 0.0000 USD" in out
    assert "12 cases cannot show a gain of less than 42 points" in out
    run("topic")
    (planned,) = json.loads(run("topic", "--plan", "--format", "json")[1])
    assert (planned["known"], planned["llm_calls"], len(script.requests)) == (12, 0, 12)


def git(root: Path, *arguments: str) -> None:
    named = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    subprocess.run(["git", *named, *arguments], cwd=root, check=True, capture_output=True)


def test_another_wording_is_compared_case_by_case(run, root):
    git(root, "init", "-q")
    path = root / PROMPT
    now = path.read_text()
    path.write_text(now.replace("Sort the message by topic.", "Sort the message by guess."))
    git(root, "add", ".")
    git(root, "commit", "-qm", "x")
    path.write_text(now)
    for other in ("guess", "HEAD"):
        status, out, _ = run("topic", "--against", other)
        assert status == 0
        assert f"against {other}, case by case" in out
        assert "0.00 there, 0.92 here: improved, +0.92" in out
        assert "11 wins (case-00, case-01, case-02, case-03, case-04, and 6 more); 0 losses" in out
    document = json.loads(run("topic", "--against", "guess", "--format", "json")[1])
    (comparison,) = document["prompts"][0]["against"]["comparisons"]
    assert (comparison["verdict"], comparison["pairs"]) == ("improved", 12)
    assert document["llm_calls"] == 0


def test_a_wording_that_nobody_knows_is_refused_before_the_first_call(run):
    status, _, err = run("topic", "--against", "gess")
    assert status == 2
    assert json.loads(run("topic", "--format", "json")[1])["llm_calls"] == 12  # none known yet
    assert 'error[usage]: "gess" is no variant of topic, no prompt and no git revision' in err
    assert 'did you mean "guess"' in err


def test_a_plan_is_of_one_wording(run):
    status, _, err = run("topic", "--plan", "--against", "guess")
    assert (status, "leave --against out" in err) == (2, True)


def test_repeats_show_how_much_draws_differ(run):
    status, out, _ = run("topic", "--repeats", "2")
    assert status == 0
    assert "over 12 cases, repeats of one case differ by 0.00 (SD)" in out
