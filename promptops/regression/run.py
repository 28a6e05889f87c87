"""One regression run: measure both sides, judge every case, conclude."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from promptops.core.canonical import JSON
from promptops.core.statistics import Interval
from promptops.evaluation.result import CaseResult, Evaluation
from promptops.evaluation.runner import Evaluator, Progress
from promptops.evaluation.target import Target
from promptops.golden.case import GoldenCase, GoldenSet
from promptops.prompts.model import Prompt
from promptops.regression.affected import Index, Side, affected_cases
from promptops.regression.cases import JudgedCase, Outcome, judge_case
from promptops.regression.gold import gold_pair
from promptops.regression.verdict import Pair, RunVerdict, Verdict, conclude
from promptops.scoring.scorer import Scorer

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
class RegressionResult:
    """What a regression run found.

    Attributes:
        prompt_id: The prompt.
        target: What answered.
        metric: The metric that says right or wrong.
        kb: Name of the knowledge base.
        old: Label and version before, empty without a base.
        new: Label and version now.
        cases: Every case, judged.
        conclusion: The verdict with its numbers.
        scores: Arm -> mean of the metric over the arm's cases.
        effects: With both the prompt and the knowledge base changed, how much of the difference is
            the prompt's, the knowledge base's and their interaction's, over the cases that all
            four arms have.
        reran: Cases whose request to the model differs between the two sides.
        calls: Model calls that were paid for.
    """

    prompt_id: str
    target: str
    metric: str
    kb: str
    old: str
    new: str
    cases: tuple[JudgedCase, ...]
    conclusion: Verdict
    scores: Mapping[str, float] = field(default_factory=dict)
    effects: Mapping[str, float] = field(default_factory=dict)
    reran: int = 0
    calls: int = 0

    @property
    def verdict(self) -> RunVerdict:
        """The conclusion in one word."""
        return self.conclusion.verdict

    @property
    def difference(self) -> Interval | None:
        """Mean of the metric, live minus base, over the comparable cases."""
        for item in self.conclusion.metrics:
            if item.metric == self.metric:
                return item.difference
        return None

    def count(self, *verdicts: str) -> int:
        """How many cases have one of these verdicts."""
        return sum(self.conclusion.counts.get(name, 0) for name in verdicts)

    @property
    def fixed(self) -> int:
        """Cases that are right now and were wrong, for the same right answer."""
        return self.count("fixed")

    @property
    def broken(self) -> int:
        """Cases that got worse by the system's fault."""
        return sum(case.harmful for case in self.cases)

    def to_json(self) -> dict[str, JSON]:
        """The whole result; single cases under ``cases``."""
        return {
            "prompt": self.prompt_id,
            "target": self.target,
            "metric": self.metric,
            "kb": self.kb,
            "old": self.old,
            "new": self.new,
            "verdict": self.verdict,
            "conclusion": self.conclusion.to_json(),
            "scores": dict(self.scores),
            "effects": dict(self.effects),
            "reran": self.reran,
            "cases": [case.to_json() for case in self.cases],
        }


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
    old_prompt = base_prompt or prompt

    async def measure(wording: Prompt, side: KBSide) -> Evaluation:
        return await side.evaluator.run(
            wording,
            golden,
            target=target,
            scorers=scorers,
            kb_label=side.index.kb.label,
            kb_version=side.version,
            progress=progress,
        )

    arms: dict[str, Evaluation] = {}
    if base is not None and not any(case.is_labeled(base.index.kb.label) for case in golden.cases):
        base = None  # nobody said what was right then: there is nothing to compare with
    if base is not None:
        arms["base"] = await measure(old_prompt, base)
        if base_prompt is not None:
            arms["kb"] = await measure(old_prompt, live)
            arms["prompt"] = await measure(prompt, base)
    arms["live"] = await measure(prompt, live)
    different = _different(golden, target, Side(prompt=prompt, index=live.index), base, old_prompt)
    judge = next(scorer for scorer in scorers if scorer.name == metric)
    cases = tuple(
        _judge(case, arms, live, base, judge, prompt, pass_score, case.id in different)
        for case in golden.cases
    )
    return RegressionResult(
        prompt_id=prompt.id,
        target=target.name,
        metric=metric,
        kb=live.index.kb.name,
        old=_named(base),
        new=_named(live),
        cases=cases,
        conclusion=conclude(cases, _pairs(cases, arms), margin=margin, seed=seed),
        scores={name: arms[name].mean(metric) for name in ARMS if name in arms},
        effects=_effects(arms, metric),
        reran=len(different) if base is not None else len(golden.cases),
        calls=sum(arm.calls for arm in arms.values()),
    )


def _named(side: KBSide | None) -> str:
    return f"{side.index.kb.label} {side.index.kb.version}" if side else ""


def _different(
    golden: GoldenSet, target: Target, live: Side, base: KBSide | None, old_prompt: Prompt
) -> frozenset[str]:
    if base is None:
        return frozenset(case.id for case in golden.cases)
    before = Side(prompt=old_prompt, index=base.index)
    return affected_cases(golden.cases, target=target, before=before, after=live)


def _judge(
    case: GoldenCase,
    arms: Mapping[str, Evaluation],
    live: KBSide,
    base: KBSide | None,
    judge: Scorer,
    prompt: Prompt,
    pass_score: float,
    rerun: bool,
) -> JudgedCase:
    old, new = gold_pair(
        case,
        before=(base.index.kb.label, base.index.chunks) if base else None,
        after=(live.index.kb.label, live.index.chunks),
    )
    after = _outcome(arms["live"], case.id, judge.name)
    before = _outcome(arms["base"], case.id, judge.name) if "base" in arms else None
    stale = False
    if after is not None and after.error is None and old.labeled and old.answer != new.answer:
        found = judge.score(answer=after.answer, case=case, expected=old.answer, prompt=prompt)
        stale = found.value >= pass_score
    return judge_case(
        case_id=case.id,
        before=before,
        after=after,
        gold_before=old,
        gold_after=new,
        gives_old_answer=stale,
        pass_score=pass_score,
        critical=case.critical,
        cluster=case.cluster,
        rerun=rerun,
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
