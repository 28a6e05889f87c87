"""Results of single cases: what was scored once is not scored again, whatever interrupts."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptops.core.store import BlobStore
from promptops.errors import BudgetExceededError
from promptops.evaluation import Evaluator, Target
from promptops.evaluation.known import ResultWriter, find_results, result_keys
from promptops.evaluation.requests import Retrieved
from promptops.evaluation.result import CaseResult, case_from_json, case_to_json
from promptops.golden.case import GoldenCase, GoldenSet
from promptops.llm.cached import CachedChat
from promptops.llm.metered import Budget, Meter, MeteredChat
from promptops.llm.scripted import ScriptedChat
from promptops.prompts.model import Prompt
from promptops.scoring import Score
from promptops.tracking.evidence import EvidenceStore

FIELDS = {
    "id": "echo",
    "version": "1.0.0",
    "title": "Echo",
    "intent": "answer",
    "variables": {"word": {}},
    "messages": [{"role": "user", "content": "{{ word }}"}],
}
PROMPT = Prompt.model_validate(FIELDS)
CASES = tuple(GoldenCase(id=f"c{n}", inputs={"word": f"w{n}"}, expected=f"w{n}") for n in range(9))


class CountingScorer:
    """Right or wrong, and how often it was asked."""

    name = "same"

    def __init__(self, version="1"):
        self.version = version
        self.asked = []

    def score(self, *, answer, case, expected, **_):
        self.asked.append(case.id)
        return Score(value=float(answer == expected), reason="")


def golden(cases=CASES):
    return GoldenSet(name="g", path=Path("g.jsonl"), cases=tuple(cases))


def evaluator(folder, chat=None, *, budget=None, **options):
    script = chat or ScriptedChat(lambda request: request.messages[-1].content)
    metered = MeteredChat(script, Meter(), budget)
    return Evaluator(
        CachedChat(metered, BlobStore(folder / "answers.db"), lambda _: ""),
        EvidenceStore(folder / "evidence.db"),
        fingerprint=lambda _: "",
        clock=lambda: datetime(2026, 11, 22, tzinfo=UTC),
        code_version="test",
        results=BlobStore(folder / "results.db"),
        **options,
    )


def run(runner, scorer, cases=None, prompt=PROMPT, **options):
    async def main():
        return await runner.run(
            prompt,
            golden() if cases is None else golden(cases),
            **{"target": Target(model="m"), "scorers": [scorer], **options},
        )

    return anyio.run(main)


LATER = {
    "the same again": ({}, 0),
    "a case more": ({"cases": [*CASES, replace(CASES[0], id="new", inputs={"word": "x"})]}, 1),
    "a case less": ({"cases": CASES[:5]}, 0),
    "another order": ({"cases": CASES[::-1]}, 0),
    "other evidence asked": ({"record": False}, 0),
    "another expected answer": ({"cases": [replace(CASES[0], expected="x"), *CASES[1:]]}, 1),
    "another draw": ({"repeats": 2}, 9),
    "another version of the scorer": ({"scorers": [CountingScorer("2")]}, 9),
    "another model": ({"target": Target(model="n")}, 9),
    "another knowledge base": ({"kb_version": "sha256:1"}, 9),
}


@pytest.mark.parametrize(("changes", "scored"), LATER.values(), ids=LATER)
def test_only_what_is_new_is_scored(tmp_path, changes, scored):
    run(evaluator(tmp_path), CountingScorer())
    later = changes.get("scorers", [CountingScorer()])[0]
    result = run(evaluator(tmp_path), later, **{**changes, "scorers": [later]})
    assert len(later.asked) == scored
    expected = [case.id for case in changes.get("cases", CASES)]
    assert list(dict.fromkeys(case.case_id for case in result.cases)) == expected


def test_a_known_result_is_the_one_that_was_measured(tmp_path):
    first = run(evaluator(tmp_path), CountingScorer(), record=False)
    again = run(evaluator(tmp_path), CountingScorer(), record=False)
    assert again.calls == 0
    assert again.to_json() == first.to_json()


def test_a_budget_that_ends_in_the_middle_loses_nothing(tmp_path):
    scorer = CountingScorer()
    with pytest.raises(BudgetExceededError):
        run(evaluator(tmp_path, budget=Budget(calls=4), concurrency=1), scorer)
    assert scorer.asked == ["c0", "c1", "c2", "c3"]
    later, chat = CountingScorer(), ScriptedChat(lambda request: request.messages[-1].content)
    result = run(evaluator(tmp_path, chat), later)
    assert (len(chat.requests), result.calls, result.mean("same")) == (5, 5, 1.0)
    assert later.asked == ["c4", "c5", "c6", "c7", "c8"]


def test_a_failed_case_is_not_kept(tmp_path):
    class Fragile(CountingScorer):
        def score(self, *, case, **given):
            if case.id == "c3":
                raise OSError("gone")
            return super().score(case=case, **given)

    (failed,) = run(evaluator(tmp_path), Fragile()).failures
    assert (failed.case_id, failed.error) == ("c3", "scorer same raised OSError: gone")
    later = CountingScorer()
    assert not run(evaluator(tmp_path), later).failures
    assert later.asked == ["c3"]


def test_a_run_that_was_canceled_keeps_what_it_has(tmp_path):
    class Stuck(ScriptedChat):
        async def complete(self, request):
            if request.messages[-1].content == "w5":
                await anyio.sleep_forever()
            return await super().complete(request)

    async def main():
        with anyio.move_on_after(0.5):
            await evaluator(
                tmp_path, Stuck(lambda request: request.messages[-1].content), concurrency=1
            ).run(PROMPT, golden(), target=Target(model="m"), scorers=[CountingScorer()])

    anyio.run(main)
    later = CountingScorer()
    run(evaluator(tmp_path), later)
    assert later.asked == ["c5", "c6", "c7", "c8"]


def test_scoring_known_answers_can_be_interrupted(tmp_path):
    many = [replace(CASES[0], id=f"n{n}", inputs={"word": f"n{n}"}) for n in range(90)]
    run(evaluator(tmp_path), CountingScorer(), many)

    class Impatient(CountingScorer):
        def score(self, **given):
            if len(self.asked) == 40:
                self.scope.cancel()
            return super().score(**given)

    async def main():
        with anyio.CancelScope() as later.scope:
            await evaluator(tmp_path).run(
                PROMPT, golden(many), target=Target(model="m"), scorers=[later]
            )

    later = Impatient("2")
    anyio.run(main)
    assert later.scope.cancelled_caught
    assert 40 < len(later.asked) < 60
    again = CountingScorer("2")
    run(evaluator(tmp_path), again, many)
    assert len(again.asked) == 90 - len(later.asked)


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {here!r})
import test_known_results as t
from promptops.llm.scripted import ScriptedChat
asked = []
def answer(request):
    asked.append(request)
    if len(asked) == 6:
        os.kill(os.getpid(), signal.SIGKILL)
    return request.messages[-1].content
t.run(t.evaluator(Path({folder!r}), ScriptedChat(answer), concurrency=1), t.CountingScorer())
"""


def test_a_killed_run_pays_for_no_call_twice(tmp_path):
    script = KILLED.format(here=str(Path(__file__).parent), folder=str(tmp_path))
    done = subprocess.run([sys.executable, "-c", script], check=False, env=dict(os.environ))
    assert done.returncode == -signal.SIGKILL
    chat = ScriptedChat(lambda request: request.messages[-1].content)
    result = run(evaluator(tmp_path, chat), CountingScorer())
    assert [request.messages[-1].content for request in chat.requests] == ["w5", "w6", "w7", "w8"]
    assert result.values("same") == {case.id: 1.0 for case in CASES}


@pytest.mark.parametrize(("version", "scored"), [(None, 2), ("sha256:1", 1)])
def test_what_a_knowledge_base_without_a_version_brought_is_never_known(tmp_path, version, scored):
    messages = [{"role": "user", "content": "{{ context }} {{ word }}"}]
    retrieval = {"kb": "k", "query": "{{ word }}"}
    prompt = Prompt.model_validate({**FIELDS, "messages": messages, "retrieval": retrieval})
    scorer = CountingScorer()
    for context in ("June", "July"):
        runner = evaluator(tmp_path, retriever=lambda *_, text=context: Retrieved(text=text))
        run(runner, scorer, CASES[:1], prompt, kb_version=version, record=False)
    assert len(scorer.asked) == scored


def test_results_wait_for_a_batch_or_a_second(tmp_path):
    store, now = BlobStore(tmp_path / "results.db"), [0.0]
    writer = ResultWriter(store, clock=lambda: now[0])
    writer.add("a", CaseResult(case_id="a"))
    assert not find_results(store, ["a"])
    now[0] = 1.0
    writer.add("b", CaseResult(case_id="b"))
    assert set(find_results(store, ["a", "b", "c"])) == {"a", "b"}


def test_a_damaged_result_is_measured_anew(tmp_path):
    run(evaluator(tmp_path), CountingScorer())
    store = BlobStore(tmp_path / "results.db")
    store.put_many({"x": b"{", "y": b'{"other": 1}', "z": b"\xff"})
    assert find_results(store, ["x", "y", "z"]) == {}


@given(
    st.builds(
        CaseResult,
        case_id=st.text(min_size=1),
        answer=st.text(),
        scores=st.dictionaries(st.text(), st.floats(0, 1), max_size=3),
        reasons=st.dictionaries(st.text(), st.text(), max_size=3),
        input_tokens=st.integers(0, 10**6),
        latency_ms=st.integers(0, 10**6).map(lambda n: n / 1000),
        cost_usd=st.floats(0, 10),
        cached=st.just(True),
        error=st.none() | st.text(),
        context_chunks=st.lists(st.text(), max_size=2).map(tuple),
        repeat=st.integers(0, 20),
    )
)
def test_a_result_survives_json(result):
    assert case_from_json(case_to_json(result)) == result


def test_keys_differ_by_everything_that_counts():
    pairs = [(case, repeat) for case in CASES for repeat in (0, 1)]
    keys = {*result_keys({"model": "m"}, pairs), *result_keys({"model": "n"}, pairs)}
    assert len(keys) == 2 * len(pairs)


def plan(runner, cases=CASES, prompt=PROMPT, **options):
    return runner.plan(
        prompt,
        golden(cases),
        **{"target": Target(model="m"), "scorers": [CountingScorer()], **options},
    )


def counts(found):
    return (found.cases, found.results, found.known, found.remembered, found.calls)


def test_a_plan_counts_what_is_known_and_what_is_not(tmp_path):
    runner = evaluator(tmp_path)
    assert counts(plan(runner)) == (9, 9, 0, 0, 9)
    run(runner, CountingScorer(), CASES[:4])
    assert counts(plan(runner, CASES[:4])) == (4, 4, 4, 0, 0)
    assert counts(plan(runner)) == (9, 9, 4, 0, 5)
    assert counts(plan(runner, scorers=[CountingScorer("2")])) == (9, 9, 0, 4, 5)
    assert counts(plan(runner, repeats=2)) == (9, 18, 4, 0, 14)


def test_a_plan_says_what_comes_true(tmp_path):
    runner = evaluator(tmp_path)
    run(runner, CountingScorer(), CASES[:4])
    planned = plan(runner)
    assert run(runner, CountingScorer()).calls == planned.calls
    assert (planned.output_tokens, planned.output_is_limit) == (5, False)


def test_without_answers_the_limit_of_the_prompt_bounds_the_output(tmp_path):
    assert plan(evaluator(tmp_path)).output_tokens is None
    limited = Prompt.model_validate({**FIELDS, "model": {"params": {"max_tokens": 20}}})
    found = plan(evaluator(tmp_path), prompt=limited)
    assert (found.output_tokens, found.output_is_limit) == (180, True)


def test_a_judge_is_named(tmp_path):
    class Judge(CountingScorer):
        name, needs = "quality", ("chat", "judge")

    assert plan(evaluator(tmp_path), scorers=[Judge()]).judges == ("quality",)


def test_an_asynchronous_scorer_is_awaited_and_gets_the_call(tmp_path):
    class Judge(CountingScorer):
        async def score(self, *, completion, context, **given):
            await anyio.lowlevel.checkpoint()
            self.seen = (completion.text, completion.usage.output_tokens, context)
            return super().score(**given)

    judge = Judge()
    assert run(evaluator(tmp_path), judge, CASES[:1]).mean("same") == 1.0
    assert judge.seen == ("w0", 1, None)
