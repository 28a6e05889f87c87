"""Shorter wordings against the one in use: who is looked at, who is tested, how often in vain."""

import random
from datetime import UTC, datetime
from pathlib import Path

import anyio
import pytest

from promptops.evaluation import CaseResult, Evaluation, Evaluator, Target
from promptops.golden.case import GoldenCase, GoldenSet
from promptops.llm.scripted import ScriptedChat
from promptops.optimize import Allowance, Optimizer
from promptops.optimize.candidate import Candidate
from promptops.optimize.descent import descend, probe, settle
from promptops.prompts.model import Prompt
from promptops.scoring import load_scorers

CASES = tuple(GoldenCase(id=f"c{n}", inputs={"mail": str(n)}, expected="refund") for n in range(80))


def evaluation(text, scores):
    results = tuple(
        CaseResult(
            case_id=case.id, scores={"label_match": score}, answer="refund", input_tokens=len(text)
        )
        for case, score in scores
    )
    return Evaluation(
        prompt_id="p", subject=text, target=Target(model="m"), inputs={}, cases=results
    )


def sorting(text):
    return Prompt.model_validate(
        {
            "id": "sort-mail",
            "version": "1.0.0",
            "title": "Sort the mail",
            "intent": "classify",
            "variables": {"mail": {}},
            "messages": [{"role": "user", "content": text}],
        }
    )


def fall(right, asked=None):
    """Descend over wordings that are right on so many of a hundred cases each."""
    texts = ["Sort it. " * (9 - step) + "{{ mail }}" for step in range(len(right))]
    prompts = [sorting(text) for text in texts]
    shares = dict(zip(texts, right, strict=True))

    async def measure(prompt, cases):
        text = prompt.messages[0].content
        if asked is not None:
            asked.append((prompts.index(prompt), len(cases)))
        return evaluation(
            text, [(case, float(at % 100 < shares[text])) for at, case in enumerate(cases)]
        )

    candidates = [Candidate(prompt=each, proposer="p", reason="r") for each in prompts[1:]]

    async def main():
        return await descend(
            prompts[0], candidates, CASES, measure=measure, metric="label_match", margin=0.1
        )

    return anyio.run(main)


def test_the_descent_ends_at_the_first_wording_that_is_not_shown():
    assert [test.shown for test in fall([70, 70, 70, 20, 70])] == [True, True, False]
    assert [test.shown for test in fall([70, 62, 70])] == [False]
    assert all(test.shown for test in fall([70, 70, 70]))


def test_a_plain_loss_is_given_up_before_all_cases_ran():
    asked = []
    fall([70, 0, 70], asked)
    assert max(cases for wording, cases in asked if wording == 1) == 20


def test_cases_that_taught_a_wording_do_not_judge_it():
    taught = Candidate(prompt=sorting("{{ mail }}"), proposer="p", reason="r", learned_from=("c1",))

    async def main():
        await descend(
            sorting("{{ mail }}"), [taught], CASES, measure=None, metric="label_match", margin=0.1
        )

    with pytest.raises(ValueError, match="c1"):
        anyio.run(main)


async def first_of_descent(base, candidates, cases, measure):
    tested = await descend(
        base, candidates, cases, measure=measure, metric="label_match", margin=0.1
    )
    return tested[0].shown


async def settled(base, candidates, cases, measure):
    test = await settle(base, candidates, cases, measure=measure, metric="label_match", margin=0.1)
    return test.shown


@pytest.mark.parametrize("accepts", [first_of_descent, settled])
def test_wordings_that_lose_the_margin_are_accepted_once_in_twenty_times_at_most(accepts):
    chance = random.Random(5)
    cases = CASES[:60]
    texts = [f"{'Sort it. ' * (3 - step)}{{{{ mail }}}}" for step in range(3)]
    prompts = [sorting(text) for text in texts]
    candidates = [Candidate(prompt=each, proposer="p", reason="r") for each in prompts[1:]]

    async def accepted():
        right = {text: 0.7 if text == texts[0] else 0.6 for text in texts}
        scores = {text: [float(chance.random() < right[text]) for _ in cases] for text in texts}

        async def measure(prompt, some):
            text = prompt.messages[0].content
            rows = zip(some, scores[text], strict=False)
            return evaluation(text, [(case, score) for case, score in rows])

        return await accepts(prompts[0], candidates, cases, measure)

    times = sum(anyio.run(accepted) for _ in range(120))
    assert times <= 11  # five per cent of 120, and two standard errors


def look(right, *, room=None):
    """Probe wordings, the base first, that are right on so many of the first cases each.

    Gives the place of each that was looked at, its cases, and whether it kept up.
    """
    texts = ["Sort it now. " * (9 - step) + "{{ mail }}" for step in range(len(right))]
    prompts = [sorting(text) for text in texts]
    candidates = [Candidate(prompt=each, proposer="p", reason="r") for each in prompts[1:]]

    async def measure(prompt, cases):
        wrong = len(CASES[:24]) - right[prompts.index(prompt)]
        text = prompt.messages[0].content
        return evaluation(text, [(case, float(at >= wrong)) for at, case in enumerate(cases)])

    async def main():
        return await probe(
            prompts[0], candidates, CASES[:24], measure=measure, metric="label_match",
            affords=lambda prompt, _: room is None or prompts.index(prompt) >= room,
        )  # fmt: skip

    return [
        (prompts.index(one.candidate.prompt), len(one.new.cases), one.kept_up)
        for one in anyio.run(main)
    ]


PROBES = {
    "the shortest two that keep up, and no further": (
        {"right": [24, 24, 24, 24, 24]},
        [(4, 24, True), (3, 24, True)],
    ),
    "a plain loss is left after four cases": (
        {"right": [24, 24, 24, 24, 20]},
        [(4, 4, False), (3, 24, True), (2, 24, True)],
    ),
    "one case lost in the end is one too many": (
        {"right": [24, 24, 24, 23, 24]},
        [(4, 24, True), (3, 24, False), (2, 24, True)],
    ),
    "none keeps up": ({"right": [24, 18, 18]}, [(2, 4, False), (1, 4, False)]),
    "no room for more": ({"right": [24, 24, 24, 24], "room": 3}, [(3, 24, True)]),
}


@pytest.mark.parametrize(("options", "seen"), PROBES.values(), ids=PROBES)
def test_the_shortest_wordings_that_lose_no_case_are_looked_for(options, seen):
    assert look(**options) == seen


def test_the_shortest_wording_that_keeps_up_is_judged_by_cases_that_did_not_choose_it():
    needed = "the shop"
    text = (
        f"Sort it. Please be kind. Mind {needed}. It is very important. Mind {needed} and its mail."
    )
    cases = tuple(
        GoldenCase(id=f"c{n}", inputs={"mail": f"mail {n}"}, expected="ab"[n % 2])
        for n in range(120)
    )
    golden = GoldenSet(name="g", path=Path("g.jsonl"), cases=cases)
    asked = []

    def answer(request):
        content = request.messages[0].content
        asked.append(content)
        number = int(content.rpartition(" ")[2])
        return "ab"[number % 2] if needed in content or number % 3 == 0 else "neither"

    clock = lambda: datetime(2026, 11, 22, tzinfo=UTC)  # noqa: E731
    evaluator = Evaluator(
        ScriptedChat(answer), None, fingerprint=lambda _: "w", clock=clock, code_version="t"
    )

    async def main():
        return await Optimizer(evaluator, None, clock=clock, code_version="t").optimize(
            sorting(f"{text}\n\n{{{{ mail }}}}"), golden, target=Target(model="m"),
            scorers=load_scorers(["exact_match"]), goal="shorter", budget=Allowance(calls=600),
        )  # fmt: skip

    result = anyio.run(main)
    assert result.verdict == "improved"
    assert needed in result.candidate.prompt.messages[0].content
    assert len(result.candidate.prompt.messages[0].content) < 75 < len(text)
    judged = {case.case_id.removeprefix("c") for case in result.best.cases}
    wordings = {c.rpartition("mail ")[0] for c in asked if c.rpartition(" ")[2] in judged}
    assert result.comparison.pairs == len(judged) == 40
    assert len(wordings) <= 3
