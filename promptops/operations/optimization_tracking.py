"""An optimization in MLflow: a run of its own, and below it one for each wording.

Every run below it has the same parameter keys with text values and the same names of metrics, so
that MLflow's compare view shows what differs.
"""

from dataclasses import dataclass

from promptops.core.canonical import JSON
from promptops.evaluation.result import Evaluation
from promptops.operations.optimization import Optimized
from promptops.optimize.raced import Raced
from promptops.optimize.result import Tried
from promptops.prompts.writing import dump_prompt
from promptops.tracking.evidence import Evidence
from promptops.tracking.tracker import TracedCall, TrackedRun
from promptops.wiring import CODE_VERSION, Services

KIND = "tracked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """What a run's parameters say of one wording."""

    name: str
    cases: str
    wording: str
    parents: tuple[str, ...] = ()
    reason: str = ""


def record_optimization(
    services: Services, found: Optimized, *, version: str, group: str, parent: str
) -> int:
    """Write an optimization and its wordings; what was written before is not written again.

    Args:
        services: The workspace.
        found: The optimization.
        version: The prompt's version.
        group: The experiment.
        parent: Id of the run above it.

    Returns:
        How many runs were written.
    """
    result = found.result
    run_id, written = tracked(services, _mark(found, "whole")), 0
    if run_id is None:
        name = f"{result.prompt_id} · optimize {result.goal}"
        with services.tracker.run(
            name, experiment=group, parent=parent, tags={"promptops.kind": "optimization"}
        ) as run:
            _whole(run, found, version)
            run_id = run.id
        mark(services, _mark(found, "whole"), run_id)
        written += 1
    for variant, evaluation in held_out(found):
        key = _mark(found, variant.name)
        if tracked(services, key) is None:
            name = f"{result.prompt_id} · {variant.name} · final test"
            with services.tracker.run(name, experiment=group, parent=run_id) as run:
                _tested(run, found, variant, evaluation, version)
                child = run.id
            mark(services, key, child)
            written += 1
    for each in found.explanation.raced:
        key = _mark(found, each.digest)
        if tracked(services, key) is None:
            name = f"{result.prompt_id} · {each.proposer} · dev"
            with services.tracker.run(name, experiment=group, parent=run_id) as run:
                _raced(run, found, each, version)
                child = run.id
            mark(services, key, child)
            written += 1
    return written


def held_out(found: Optimized) -> tuple[tuple[Variant, Evaluation], ...]:
    """The two wordings on held-out cases; empty when these were not touched."""
    result = found.result
    if result.best is None or result.candidate is None:
        return ()
    finalist = result.candidate
    return (
        (Variant(name="base", cases="final test", wording=result.subject), result.base),
        (
            Variant(
                name="finalist",
                cases="final test",
                wording=finalist.digest,
                parents=finalist.parents,
                reason=finalist.reason,
            ),
            result.best,
        ),
    )


def compared_runs(services: Services, found: Optimized) -> list[str]:
    """Ids of the runs of the two wordings on held-out cases."""
    ids = [tracked(services, _mark(found, variant.name)) for variant, _ in held_out(found)]
    return [each for each in ids if each is not None]


def _whole(run: TrackedRun, found: Optimized, version: str) -> None:
    result, told = found.result, found.explanation
    run.params(
        {
            "prompt": result.prompt_id,
            "version": f"v{version}",
            "goal": result.goal,
            "metric": found.metric,
            "model": result.target.name,
            "seed": f"seed {found.seed}",
            "verdict": result.verdict,
        }
    )
    spent = result.spent
    metrics = {
        "search_answers": spent.answers,
        "search_calls": spent.calls,
        "search_tokens": spent.input_tokens + spent.output_tokens,
        "search_usd": spent.usd,
        "search_seconds": spent.seconds,
        "proposed": len(result.tried),
        "ran": sum(each.dev_cases > 0 for each in result.tried),
        "refused": sum(each.refused is not None for each in result.tried),
    }
    for name, score in found.scores.items():
        metrics[f"score_{name}"] = score.estimate
    if result.judgment is not None:
        difference, saving = result.judgment.comparison.difference, result.judgment.saving
        metrics |= {
            "gain": difference.estimate,
            "gain_low": difference.low,
            "gain_high": difference.high,
            "p_value": result.judgment.p_value,
            "saving": saving.estimate,
            "saving_low": saving.low,
            "saving_high": saving.high,
        }
    run.metrics(metrics)
    run.dataset(found.golden.name, found.golden.digest, found.golden.path)
    run.table("tried.json", [_row(each) for each in result.tried])
    changed = [
        {"case": each.case, "outcome": outcome, "base": each.base_answer, "new": each.new_answer}
        for outcome, cases in (("lost", told.losses), ("won", told.wins))
        for each in cases
    ]
    if changed:
        run.table("changed_cases.json", changed)
    run.text("verdict.txt", "\n".join((result.reason, *told.next_steps)))
    if result.candidate is not None:
        run.text("prompt.yaml", dump_prompt(result.candidate.prompt))
        run.text("change.diff", "\n\n".join(each.diff for each in told.messages))


def _row(each: Tried) -> dict[str, JSON]:
    return {
        "wording": each.digest[7:19],
        "proposer": each.proposer,
        "reason": each.reason,
        "cases": each.dev_cases,
        "score": each.dev_score,
        "gain": each.dev_gain,
        "input_tokens": each.input_tokens,
        "refused": each.refused or "",
        "parents": ", ".join(parent[7:19] for parent in each.parents),
    }


def _params(found: Optimized, variant: Variant, version: str) -> dict[str, str]:
    return {
        "prompt": found.result.prompt_id,
        "version": f"v{version}",
        "variant": variant.name,
        "cases": variant.cases,
        "model": found.result.target.model,
        "wording": variant.wording[7:19],
        "parents": ", ".join(parent[7:19] for parent in variant.parents) or "none",
    }


def _tested(
    run: TrackedRun, found: Optimized, variant: Variant, evaluation: Evaluation, version: str
) -> None:
    run.params(_params(found, variant, version))
    judgment = found.result.judgment
    metrics = evaluation_metrics(evaluation, found.metric)
    metrics["gain"] = 0.0
    if variant.name == "finalist" and judgment is not None:
        difference = judgment.comparison.difference
        metrics["gain"] = difference.estimate
        metrics |= {"gain_low": difference.low, "gain_high": difference.high}
        metrics["p_value"] = judgment.p_value
    run.metrics(metrics)
    run.table("per_case.json", per_case(evaluation, found.metric))
    run.dataset(found.golden.name, found.golden.digest, found.golden.path)
    base = variant.wording == found.result.subject
    prompt = found.base if base or found.result.candidate is None else found.result.candidate.prompt
    run.text("prompt.yaml", dump_prompt(prompt))
    if variant.reason:
        run.text("reason.txt", variant.reason)
        run.text("change.diff", "\n\n".join(each.diff for each in found.explanation.messages))
    run.traces(_traces(found, evaluation))


def _raced(run: TrackedRun, found: Optimized, each: Raced, version: str) -> None:
    variant = Variant(name=each.proposer, cases="dev", wording=each.digest, parents=each.parents)
    evaluation = found.measured[each.digest]
    run.params(_params(found, variant, version))
    run.metrics(
        {
            "score": each.score,
            "gain": each.gain.estimate,
            "gain_low": each.gain.low,
            "gain_high": each.gain.high,
            "input_tokens": each.input_tokens,
            "output_tokens": each.output_tokens,
            "latency_ms": each.latency_ms,
            "cost_usd": each.cost_usd,
            "n": each.cases,
        }
    )
    run.table("per_case.json", per_case(evaluation, found.metric))
    run.text("reason.txt", each.reason)


def _traces(found: Optimized, evaluation: Evaluation) -> list[TracedCall]:
    inputs = {case.id: dict(case.inputs) for case in found.golden.cases}
    return [
        TracedCall(
            name=case.case_id,
            inputs=inputs.get(case.case_id, {}),
            output=case.answer,
            milliseconds=case.latency_ms,
            input_tokens=case.input_tokens,
            output_tokens=case.output_tokens,
            attributes={"scores": dict(case.scores), "wording": evaluation.subject},
            error=case.error,
        )
        for case in evaluation.cases
    ]


def evaluation_metrics(evaluation: Evaluation, metric: str) -> dict[str, float]:
    """Means over the cases of an evaluation."""
    return {
        "score": evaluation.mean(metric),
        "input_tokens": evaluation.input_tokens_mean,
        "output_tokens": evaluation.output_tokens_mean,
        "latency_ms": evaluation.latency_ms_mean,
        "cost_usd": evaluation.cost_usd_mean,
        "n": float(len(evaluation.cases)),
    }


def per_case(evaluation: Evaluation, metric: str) -> list[dict[str, JSON]]:
    """A row for each case of an evaluation."""
    return [
        {
            "case": case.case_id,
            "answer": case.answer,
            "score": case.scores.get(metric),
            "reason": case.reasons.get(metric, ""),
            "input_tokens": case.input_tokens,
            "output_tokens": case.output_tokens,
            "latency_ms": case.latency_ms,
            "error": case.error or "",
        }
        for case in evaluation.cases
    ]


def tracked(services: Services, subject: str) -> str | None:
    """Id of the run that stands for something, if it was written to this tracker."""
    found = services.evidence.find(subject, KIND, {"tracker": services.tracking_uri})
    return str(found.value["run"]) if found else None


def mark(services: Services, subject: str, run_id: str) -> None:
    """Note that something was written to this tracker."""
    services.evidence.add(
        Evidence(
            subject=subject,
            kind=KIND,
            inputs={"tracker": services.tracking_uri},
            value={"run": run_id},
            measured_at=services.clock(),
            code_version=CODE_VERSION,
        )
    )


def _mark(found: Optimized, part: str) -> str:
    return f"{found.result.subject} {found.key} {part}"
