"""The evaluation runner: what it asks, what it remembers, what it survives."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import anyio
import pytest

from promptops.errors import (
    BudgetExceededError,
    GoldenSetError,
    MissingKeyError,
    ProviderTimeoutError,
    RenderError,
    UsageError,
)
from promptops.evaluation import Evaluation, Evaluator, Target
from promptops.evaluation.requests import Retrieved
from promptops.golden.case import GoldenCase, GoldenSet
from promptops.llm.scripted import ScriptedChat
from promptops.prompts.model import Prompt
from promptops.scoring import Score, load_scorers
from promptops.tracking.evidence import EvidenceStore

TARGET = Target(model="embedded/tiny")
SCORERS = load_scorers(["exact_match"])


def make_prompt(**changes):
    return Prompt.model_validate(
        {
            "id": "capitals",
            "version": "1.0.0",
            "title": "Capitals",
            "intent": "answer",
            "variables": {"country": {}},
            "messages": [
                {"role": "system", "content": "Name the capital."},
                {"role": "user", "content": "{{ country }}"},
            ],
            "variants": [
                {
                    "id": "short",
                    "messages": [{"role": "user", "content": "Capital of {{ country }}?"}],
                }
            ],
            **changes,
        }
    )


CAPITALS = {"France": "Paris", "Spain": "Madrid", "Italy": "Rome", "Norway": "Oslo"}


def golden(answers=CAPITALS):
    cases = tuple(
        GoldenCase(id=f"c{number}", inputs={"country": country}, expected=capital)
        for number, (country, capital) in enumerate(answers.items())
    )
    return GoldenSet(name="g", path=Path("g.jsonl"), cases=cases)


def answer(request):
    """Knows all capitals but that of Norway."""
    country = request.messages[-1].content.removeprefix("Capital of ").removesuffix("?")
    return CAPITALS[country] if country != "Norway" else "Bergen"


def evaluator(chat, evidence=None, **options):
    return Evaluator(
        chat,
        evidence,
        fingerprint=lambda model: f"weights of {model}",
        clock=lambda: datetime(2026, 11, 22, tzinfo=UTC),
        code_version="test",
        **options,
    )


def run(runner, prompt=None, cases=None, **options):
    async def main():
        return await runner.run(
            prompt or make_prompt(),
            golden() if cases is None else cases,
            **{"target": TARGET, "scorers": SCORERS, **options},
        )

    return anyio.run(main)


class Counting:
    """A chat that counts, and fails where it is told to."""

    def __init__(self, failures=()):
        self.requests = []
        self._failures = dict(failures)
        self._inner = ScriptedChat(answer)

    async def complete(self, request):
        self.requests.append(request)
        for text, problem in self._failures.items():
            if text in request.messages[-1].content:
                raise problem
        return await self._inner.complete(request)


def test_answers_are_scored_case_by_case_in_order():
    result = run(evaluator(ScriptedChat(answer)))
    assert [case.case_id for case in result.cases] == ["c0", "c1", "c2", "c3"]
    assert result.values("exact_match") == {"c0": 1, "c1": 1, "c2": 1, "c3": 0}
    assert result.mean("exact_match") == 0.75
    assert result.score("exact_match").low < 0.75 < result.score("exact_match").high
    assert result.calls == 4


def test_what_was_measured_is_not_measured_again(tmp_path):
    evidence, chat = EvidenceStore(tmp_path / "evidence.db"), Counting()
    first = run(evaluator(chat, evidence))
    again = run(evaluator(chat, evidence))
    assert len(chat.requests) == 4
    assert again.from_evidence
    assert again.calls == 0
    assert again.to_json() == first.to_json()
    run(evaluator(chat, evidence), make_prompt(title="Another title"))
    assert len(chat.requests) == 4


CHANGES = {
    "another contract": {"prompt": make_prompt(variables={"country": {}, "x": {"default": "1"}})},
    "the target's variant": {"target": Target(model="embedded/tiny", variant="short")},
    "another model": {"target": Target(model="embedded/other")},
    "another case": {"cases": golden({**CAPITALS, "Chad": "N'Djamena"})},
    "another scorer": {"scorers": load_scorers(["token_f1"])},
    "another knowledge base": {"kb_version": "sha256:1"},
}  # fmt: skip


@pytest.mark.parametrize("changed", CHANGES.values(), ids=CHANGES)
def test_what_changes_the_result_is_measured_anew(tmp_path, changed):
    evidence = EvidenceStore(tmp_path / "evidence.db")
    run(evaluator(ScriptedChat(answer), evidence))
    everything = ScriptedChat(lambda _: "Paris")
    assert not run(evaluator(everything, evidence), **changed).from_evidence


def test_a_failed_case_is_recorded_and_tried_again_next_time(tmp_path):
    evidence = EvidenceStore(tmp_path / "evidence.db")
    chat = Counting({"Spain": ProviderTimeoutError("no answer in 30 s")})
    result = run(evaluator(chat, evidence))
    (failed,) = result.failures
    assert failed.case_id == "c1"
    assert "no answer in 30 s" in failed.error
    assert result.mean("exact_match") == pytest.approx(2 / 3)
    assert not run(evaluator(ScriptedChat(answer), evidence)).failures


class Picky:
    """A scorer that cannot stand one answer."""

    name, version = "picky", "1"

    def __init__(self, problem=None):
        self._problem = problem

    def score(self, *, answer, **_):
        if answer != "Rome":
            return Score(value=1.0, reason="fine")
        if self._problem is None:
            raise ZeroDivisionError("oops")
        return self._problem


PARTIAL = {
    "a provider that does not answer": (
        {"chat": Counting({"Italy": ProviderTimeoutError("no answer in 30 s")})},
        "no answer in 30 s",
        False,
    ),
    "a row that does not fit the prompt": (
        {"case": GoldenCase(id="c2", inputs={"country": 5}, expected="Rome", line=3)},
        'g.jsonl:3: case "c2" does not fit capitals: the value of "country" is integer, not string',
        False,
    ),
    "a scorer that raises": (
        {"scorers": [*SCORERS, Picky()]},
        "scorer picky raised ZeroDivisionError: oops",
        True,
    ),
    "a score that is none": (
        {"scorers": [*SCORERS, Picky(1.0)]},
        "scorer picky raised TypeError",
        True,
    ),
}


@pytest.mark.parametrize(("broken", "says", "answered"), PARTIAL.values(), ids=PARTIAL)
def test_a_failure_is_one_case_s_and_says_what_it_is(broken, says, answered):
    cases = golden()
    if case := broken.get("case"):
        cases = GoldenSet(
            name="g", path=cases.path, cases=(*cases.cases[:2], case, *cases.cases[3:])
        )
    result = run(
        evaluator(broken.get("chat", ScriptedChat(answer))),
        cases=cases,
        scorers=broken.get("scorers", SCORERS),
    )
    assert [case.case_id for case in result.cases] == ["c0", "c1", "c2", "c3"]
    failed = result.failures[0]
    assert (failed.case_id, failed.answered) == ("c2", answered)
    assert says in failed.error
    assert set(result.values("exact_match")) >= {"c0", "c1", "c3"}


def test_an_answer_that_is_no_json_is_wrong_and_no_failure():
    scorers = load_scorers(["json_valid", "exact_match"])
    result = run(evaluator(ScriptedChat(lambda _: '{"city": "Par')), scorers=scorers)
    assert not result.failures
    assert result.mean("json_valid") == 0
    assert result.cases[0].reasons["json_valid"]


def test_repeats_tell_how_much_draws_differ():
    drawn = iter(["Paris", "Lyon", "Paris"])
    result = run(
        evaluator(ScriptedChat(lambda _: next(drawn)), concurrency=1),
        cases=golden({"France": "Paris"}),
        repeats=3,
    )
    assert result.between_repeats("exact_match") == pytest.approx((1 / 3) ** 0.5)
    assert run(evaluator(ScriptedChat(answer))).between_repeats("exact_match") is None


def test_a_scorer_that_raises_fails_its_case_only():
    result = run(evaluator(ScriptedChat(answer)), scorers=[*SCORERS, Picky()])
    assert [case.error for case in result.failures] == [
        "scorer picky raised ZeroDivisionError: oops"
    ]
    assert len(result.values("picky")) == 3
    assert len(result.values("exact_match")) == 4


FATAL = {
    "the budget ends": BudgetExceededError("the budget of 1 call is spent"),
    "a key is missing": MissingKeyError("no key"),
}


@pytest.mark.parametrize("problem", FATAL.values(), ids=FATAL)
def test_what_would_meet_every_case_ends_the_run(problem):
    chat = Counting({"Spain": problem})
    with pytest.raises(type(problem)):
        run(evaluator(chat, concurrency=1))
    assert len(chat.requests) == 2


def test_a_run_in_which_all_cases_fail_says_why():
    with pytest.raises(RenderError, match="land"):
        run(
            evaluator(ScriptedChat(answer)),
            cases=[GoldenCase(id="a", inputs={"land": "France"}, expected="Paris")],
        )


def test_a_case_that_does_not_fit_is_named_with_its_place():
    case = GoldenCase(id="a", inputs={"country": 5}, expected="Paris", line=3)
    cases = GoldenSet(name="g", path=Path("golden/g.jsonl"), cases=(case,))
    with pytest.raises(RenderError, match="is integer, not string") as caught:
        run(evaluator(ScriptedChat(answer)), cases=cases)
    assert str(caught.value).startswith('golden/g.jsonl:3: case "a" does not fit capitals: ')


def test_more_failures_than_allowed_end_the_run():
    chat = Counting(dict.fromkeys(CAPITALS, ProviderTimeoutError("slow")))
    with pytest.raises(ProviderTimeoutError):
        run(evaluator(chat, concurrency=1), max_failures=1)
    assert len(chat.requests) == 2


def test_requests_of_one_prompt_follow_each_other_within_the_limit():
    state = {"now": 0, "most": 0}

    class Slow:
        async def complete(self, request):
            state["now"] += 1
            state["most"] = max(state["most"], state["now"])
            await anyio.sleep(0.001)
            state["now"] -= 1
            return await ScriptedChat(answer).complete(request)

    run(evaluator(Slow(), concurrency=2))
    assert state["most"] == 2


def test_the_retrieved_context_goes_into_the_prompt_and_its_chunks_into_the_record():
    prompt = make_prompt(
        messages=[{"role": "user", "content": "{{ context }} {{ country }}"}],
        retrieval={"kb": "atlas", "query": "capital of {{ country }}"},
        variants=[],
    )
    asked = []

    def retriever(which, query):
        asked.append((which.id, query, threading.current_thread() is threading.main_thread()))
        return Retrieved(text="CONTEXT", chunks=("chunk-1",))

    chat = Counting()
    chat._inner = ScriptedChat(lambda _: "Paris")
    result = run(evaluator(chat, retriever=retriever), prompt, golden({"France": "Paris"}))
    assert asked == [("capitals", "capital of France", False)]
    assert chat.requests[0].messages[0].content == "CONTEXT France"
    assert result.cases[0].context_chunks == ("chunk-1",)
    with pytest.raises(UsageError, match="atlas"):
        run(evaluator(ScriptedChat(answer)), prompt)


def test_cases_that_nobody_labeled_for_a_knowledge_base_are_left_out():
    cases = [
        GoldenCase(id="a", inputs={"country": "France"}, answers={"old": "Lyon", "new": "Paris"}),
        GoldenCase(id="b", inputs={"country": "Spain"}, answers={"old": "Madrid"}),
    ]
    runner = evaluator(ScriptedChat(answer))
    assert run(runner, cases=cases, kb_label="new").values("exact_match") == {"a": 1}
    assert run(runner, cases=cases, kb_label="old").values("exact_match") == {"a": 0, "b": 1}
    with pytest.raises(GoldenSetError, match="2030"):
        run(runner, cases=cases, kb_label="2030")


def test_repeats_are_separate_draws_and_count_as_one_case():
    chat = Counting()
    result = run(evaluator(chat), repeats=2)
    assert sorted({request.repeat for request in chat.requests}) == [0, 1]
    assert len(result.cases) == 8
    assert len(result.values("exact_match")) == 4


def test_an_evaluation_survives_json_and_can_be_cut():
    result = run(evaluator(ScriptedChat(answer)))
    again = Evaluation.from_json(result.to_json())
    assert again.values("exact_match") == result.values("exact_match")
    assert again.target == TARGET
    assert again.subset(["c0", "c3"]).mean("exact_match") == 0.5


def test_progress_counts_every_case():
    seen = []
    run(evaluator(ScriptedChat(answer)), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_cases_that_the_wording_shows_as_examples_are_left_out():
    shown = make_prompt(
        messages=[
            {"role": "system", "content": "Name the capital."},
            {"role": "user", "content": "France"},
            {"role": "assistant", "content": "Paris"},
            {"role": "user", "content": "{{ country }}"},
        ]
    )
    chat = Counting()
    result = run(evaluator(chat), shown)
    assert [case.case_id for case in result.cases] == ["c1", "c2", "c3"]
    assert len(chat.requests) == 3
    with pytest.raises(GoldenSetError, match="shows every case"):
        run(evaluator(chat), shown, golden({"France": "Paris"}))
