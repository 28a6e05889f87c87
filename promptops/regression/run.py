"""One regression run: measure both sides, judge every case, conclude."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from promptops.evaluation.result import CaseResult, Evaluation
from promptops.evaluation.runner import Evaluator
from promptops.evaluation.target import Target
from promptops.evaluation.work import Progress
from promptops.golden.case import GoldenCase, GoldenSet
from promptops.prompts.model import Prompt
from promptops.regression.affected import Index, Side, affected_cases
from promptops.regression.cases import JudgedCase, Outcome, judge_case
from promptops.regression.gold import gold_pair
from promptops.regression.result import RegressionResult
from promptops.regression.verdict import Pair, conclude
from promptops.scoring.scorer import Scorer, settled

__all__ = ["ARMS", "KBSide", "RegressionResult", "regress"]

ARMS = ("base", "kb", "prompt", "live")
"""The 2 x 2 design: neither changed, only the knowledge base, only the prompt, both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KBSide:
    """One version of the knowledge base, ready to measure with.

    Attributes:
        index: The version, searchable.
        evaluator: Runs prompts with retrieval from that version.
        version: What evaluations are filed under: the version and how it is indexed.
    """

    index: Index
    evaluator: Evaluator
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """What judging a case needs to know of the run."""

    arms: Mapping[str, Evaluation]
    live: KBSide
    base: KBSide | None
    judge: Scorer
    prompt: Prompt
    pass_score: float
    different: frozenset[str]


async def regress(
    prompt: Prompt,
    golden: GoldenSet,
    *,
    live: KBSide,
    base: KBSide | None,
    target: Target,
    scorers: Sequence[Scorer],
    metric: str,
    base_prompt: Prompt | None = None,
    pass_score: float = 1.0,
    margin: float = 0.02,
    seed: int = 0,
    progress: Progress | None = None,
) -> RegressionResult:
    """Measure a prompt on the present and the verified knowledge base and say what changed.

    Everything measured before comes from the evidence; of the rest, requests that are equal on both
    sides come from the answer cache. Only really different requests cost calls.

    Args:
        prompt: The prompt as it is.
        golden: Its golden set, with answers per knowledge-base label.
        live: The present knowledge base.
        base: The one that the prompt was verified with; None when there is none yet.
        target: What answers.
        scorers: What scores; one of them is ``metric``.
        metric: The metric that says right or wrong.
        base_prompt: The wording that was verified, when that changed too: all four combinations
            are measured and the effects told apart.
        pass_score: Value of the metric from which an answer is right.
        margin: Largest loss that counts as none.
        seed: Seed of the statistics.
        progress: Told after every case of every arm.

    Raises:
        GoldenSetError: No case has a known answer under the present version.
        PromptOpsError: See `Evaluator.run`.
    """
    if base is not None and not any(case.is_labeled(base.index.kb.label) for case in golden.cases):
        base = None  # nobody said what was right then: there is nothing to compare with
    arms = {
        name: await side.evaluator.run(
            wording,
            golden,
            target=target,
            scorers=scorers,
            kb_label=side.index.kb.label,
            kb_version=side.version,
            progress=progress,
        )
        for name, wording, side in _design(prompt, base_prompt, live, base)
    }
    run = _Run(
        arms=arms,
        live=live,
        base=base,
        judge=next(scorer for scorer in scorers if scorer.name == metric),
        prompt=prompt,
        pass_score=pass_score,
        different=_different(golden, target, prompt, base_prompt or prompt, live, base),
    )
    judged = tuple([await _judge(run, case) for case in golden.cases])
    return _result(run, judged, target, margin, seed)


def _result(
    run: _Run, cases: tuple[JudgedCase, ...], target: Target, margin: float, seed: int
) -> RegressionResult:
    metric = run.judge.name
    return RegressionResult(
        prompt_id=run.prompt.id,
        target=target.name,
        metric=metric,
        kb=run.live.index.kb.name,
        old=_named(run.base),
        new=_named(run.live),
        cases=cases,
        conclusion=conclude(cases, _pairs(cases, run.arms), margin=margin, seed=seed),
        scores={name: arm.mean(metric) for name, arm in run.arms.items()},
        effects=_effects(run.arms, metric),
        reran=len(run.different),
        calls=sum(arm.calls for arm in run.arms.values()),
    )


def _design(
    prompt: Prompt, base_prompt: Prompt | None, live: KBSide, base: KBSide | None
) -> list[tuple[str, Prompt, KBSide]]:
    """The arms to measure, in the order of `ARMS`."""
    arms = []
    if base is not None:
        arms.append(("base", base_prompt or prompt, base))
        if base_prompt is not None:
            arms += [("kb", base_prompt, live), ("prompt", prompt, base)]
    return [*arms, ("live", prompt, live)]


def _named(side: KBSide | None) -> str:
    return f"{side.index.kb.label} {side.index.kb.version}" if side else ""


def _different(
    golden: GoldenSet,
    target: Target,
    prompt: Prompt,
    old_prompt: Prompt,
    live: KBSide,
    base: KBSide | None,
) -> frozenset[str]:
    if base is None:
        return frozenset(case.id for case in golden.cases)
    before = Side(prompt=old_prompt, index=base.index)
    after = Side(prompt=prompt, index=live.index)
    return affected_cases(golden.cases, target=target, before=before, after=after)


async def _judge(run: _Run, case: GoldenCase) -> JudgedCase:
    live, base, judge = run.live, run.base, run.judge
    old, new = gold_pair(
        case,
        before=(base.index.kb.label, base.index.chunks) if base else None,
        after=(live.index.kb.label, live.index.chunks),
    )
    after = _outcome(run.arms["live"], case.id, judge.name)
    before = _outcome(run.arms["base"], case.id, judge.name) if base else None
    stale = False
    if after is not None and after.error is None and old.labeled and old.answer != new.answer:
        found = await settled(
            judge.score(answer=after.answer, case=case, expected=old.answer, prompt=run.prompt)
        )
        stale = found.value >= run.pass_score
    return judge_case(
        case_id=case.id,
        before=before,
        after=after,
        gold_before=old,
        gold_after=new,
        gives_old_answer=stale,
        pass_score=run.pass_score,
        critical=case.critical,
        cluster=case.cluster,
        rerun=case.id in run.different,
    )


def _outcome(arm: Evaluation, case_id: str, metric: str) -> Outcome | None:
    results = [case for case in arm.cases if case.case_id == case_id]
    if not results:
        return None
    first: CaseResult = results[0]
    errors = [result.error for result in results if result.error]
    return Outcome(
        answer=first.answer,
        score=fmean(result.scores.get(metric, 0.0) for result in results),
        context=first.context_chunks,
        error=errors[0] if errors else None,
        cached=all(result.cached for result in results),
    )


def _pairs(
    cases: Sequence[JudgedCase], arms: Mapping[str, Evaluation]
) -> dict[str, tuple[Pair, ...]]:
    """Every metric's scores on the comparable cases that both arms have."""
    if "base" not in arms:
        return {}
    base, live = arms["base"], arms["live"]
    return {
        metric: tuple(
            Pair(cluster=case.cluster, before=old[case.case_id], after=new[case.case_id])
            for case in cases
            if case.comparable and case.case_id in old and case.case_id in new
        )
        for metric in live.metrics
        for old, new in [(base.values(metric), live.values(metric))]
    }


def _effects(arms: Mapping[str, Evaluation], metric: str) -> dict[str, float]:
    """Main effects and interaction of the 2 x 2 design, over the cases of all four arms."""
    if not all(name in arms for name in ARMS):
        return {}
    values = {name: arms[name].values(metric) for name in ARMS}
    shared = set.intersection(*(set(found) for found in values.values()))
    if not shared:
        return {}
    mean = {name: fmean(values[name][case_id] for case_id in sorted(shared)) for name in ARMS}
    return {
        "prompt": mean["prompt"] - mean["base"],
        "kb": mean["kb"] - mean["base"],
        "interaction": mean["live"] - mean["kb"] - mean["prompt"] + mean["base"],
    }
