"""What ``promptops evaluate`` prints and writes."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from promptops.cli.measures import write_metrics, write_plot
from promptops.cli.output import emit_json, emit_table, emit_text
from promptops.core.canonical import JSON
from promptops.core.counting import counted
from promptops.errors import GoldenSetError, PromptOpsError, ProviderError, UsageError

if TYPE_CHECKING:
    from promptops.evaluation.comparison import Comparison
    from promptops.evaluation.result import CaseResult, Evaluation
    from promptops.operations.evaluation import Measured
    from promptops.operations.evaluation_planning import Against, Planned
    from promptops.wiring import Services

_SHOWN = 5
_TRANSIENT = ("provider", "provider-timeout")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A prompt's measurement, and its comparison with another wording when one was asked for."""

    measured: "Measured"
    against: "Against | None" = None


def unmeasured(item: Found) -> list[PromptOpsError]:
    """What keeps the numbers from being complete: cases in which something failed."""
    wordings = [(item.measured.file.prompt.id, item.measured.evaluation)]
    if item.against is not None:
        wordings.append((item.against.name, item.against.evaluation))
    return [problem for name, each in wordings for problem in _failed(name, each)]


def _failed(name: str, evaluation: "Evaluation") -> Iterator[PromptOpsError]:
    """What failed, by what helps: trying again, other cases, another scorer."""
    total = len(evaluation.cases)
    missing = [case for case in evaluation.failures if not case.unscored]
    again = [case for case in missing if case.code in _TRANSIENT]
    never = [case for case in missing if case.code not in _TRANSIENT]
    groups: tuple[tuple[type[PromptOpsError], list[CaseResult], str], ...] = (
        (ProviderError, again, "run again: only what failed is tried again; --cases shows all"),
        (GoldenSetError, never, "--cases shows all"),
    )
    for kind, cases, hint in groups:
        if cases:
            yield kind(
                f"{counted(len(cases), 'result')} of {total} failed and "
                f"{'is' if len(cases) == 1 else 'are'} in no number; "
                f"{cases[0].case_id}: {cases[0].error}",
                where=name,
                hint=hint,
            )
    for metric in dict.fromkeys(each for case in evaluation.cases for each in case.unscored):
        cases = [case for case in evaluation.cases if metric in case.unscored]
        transient = all(case.code in _TRANSIENT for case in cases)
        kind = ProviderError if transient else UsageError
        yield kind(
            f"{metric} could not score {counted(len(cases), 'answer')} of {total}; "
            f"{cases[0].case_id}: {cases[0].unscored[metric]}",
            where=name,
            hint="run again: only what failed is tried again"
            if transient
            else "see the metric's options, and what the cases expect",
        )


def show(item: Found, *, show_cases: bool) -> None:
    """A measurement in words."""
    measured, result = item.measured, item.measured.evaluation
    emit_text(f"{measured.file.prompt.id}@{measured.file.prompt.version} on {result.target.name}")
    for name in result.metrics:
        between = result.between_repeats(name)
        repeats = "" if between is None else f", repeats of one case differ by {between:.2f} (SD)"
        emit_text(f"  {name}  {result.score(name)}  over {_share(result, name)}{repeats}")
    for name in dict.fromkeys(each for case in result.cases for each in case.unscored):
        if name not in result.metrics:
            emit_text(f"  {name}  was scored on no case")
    emit_text(
        f"  {result.input_tokens_mean:.0f} input and {result.output_tokens_mean:.0f} output "
        f"tokens a call, {result.latency_ms_mean:.0f} ms"
    )
    for line in measured.below:
        emit_text(f"  below its bar: {line}")
    if measured.shown:
        emit_text(f"  {_left_out(len(measured.shown))}")
    if measured.skipped:
        emit_text(f"  {counted(len(measured.skipped), 'broken row')} of the golden set left out")
    if show_cases:
        emit_table(_rows(result), ("case", *result.metrics, "answer"))
    if item.against is not None:
        _show_against(item.against)


def _share(result: "Evaluation", metric: str) -> str:
    scored, cases = len(result.values(metric)), len({case.case_id for case in result.cases})
    return counted(cases, "case") if scored == cases else f"{scored} of {counted(cases, 'case')}"


def _left_out(shown: int) -> str:
    verb = "is shown as an example" if shown == 1 else "are shown as examples"
    return f"{counted(shown, 'case')} {verb} and left out"


def _rows(result: "Evaluation") -> list[Sequence[object]]:
    return [
        (
            case.case_id,
            *(f"{case.scores[m]:.2f}" if m in case.scores else None for m in result.metrics),
            _said(case),
        )
        for case in result.cases
    ]


def _said(case: "CaseResult") -> str:
    return f"FAILED {case.error}" if case.error else case.answer


def _show_against(against: "Against") -> None:
    emit_text(f"against {against.name}, case by case")
    for each in against.comparisons:
        difference = each.difference
        emit_text(
            f"  {each.metric}  {each.base:.2f} there, {each.new:.2f} here: {each.verdict}, "
            f"{difference.estimate:+.2f} [{difference.low:+.2f}, {difference.high:+.2f}], "
            f"p {each.p_value:.3f}"
        )
        emit_text(f"    {_named('win', each.wins)}; {_named('loss', each.losses, 'losses')}")
    tokens = against.tokens
    emit_text(
        f"  {tokens.estimate:+.1f} [{tokens.low:+.1f}, {tokens.high:+.1f}] input tokens a call"
    )


def _named(word: str, ids: Sequence[str], words: str = "") -> str:
    more = f", and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
    names = f" ({', '.join(ids[:_SHOWN])}{more})" if ids else ""
    return f"{counted(len(ids), word, words)}{names}"


def show_plans(plans: "Sequence[Planned]", format_: str) -> None:
    """What measuring will take."""
    if format_ == "json":
        emit_json([_plan_document(each) for each in plans])
        return
    for each in plans:
        plan = each.plan
        emit_text(f"{each.file.prompt.id}@{each.file.prompt.version} on {each.target.name}")
        emit_text(
            f"  {counted(plan.cases, 'case')}, {counted(plan.results, 'result')}: "
            f"{plan.known:,} known, {counted(plan.remembered, 'answer')} only to score, "
            f"{counted(plan.calls, 'call')} to make"
        )
        if plan.shared:
            emit_text(f"  {counted(plan.shared, 'result')} by a call that another one makes")
        if plan.unable:
            emit_text(f"  {counted(len(plan.unable), 'result')} cannot be had:")
            for line in plan.unable[:_SHOWN]:
                emit_text(f"    {line}")
            if len(plan.unable) > _SHOWN:
                emit_text(f"    and {len(plan.unable) - _SHOWN:,} more")
        if plan.shown:
            emit_text(f"  {_left_out(len(plan.shown))}")
        if plan.calls:
            emit_text(f"  {_cost(each)}")
        for judge in plan.judges:
            emit_text(f"  and the calls of the judge: {judge}")
        emit_text(f"  {plan.power}")
        if each.leaks:
            emit_text(
                f"  {counted(len(each.leaks), 'near duplicate')} across train, dev and test, "
                f"such as: {each.leaks[0]}"
            )


def _cost(planned: "Planned") -> str:
    plan = planned.plan
    sent = f"about {plan.input_tokens:,} input tokens"
    if plan.output_tokens is None or planned.usd is None:
        return f"{sent}; no max_tokens: the output has no limit"
    limit = "at most" if plan.output_is_limit else "about"
    return f"{sent}, {limit} {plan.output_tokens:,} output tokens, {limit} {planned.usd:.4f} USD"


def _plan_document(planned: "Planned") -> dict[str, JSON]:
    plan = planned.plan
    return {
        "prompt": planned.file.prompt.id,
        "target": planned.target.name,
        "cases": plan.cases,
        "results": plan.results,
        "known": plan.known,
        "remembered": plan.remembered,
        "llm_calls": plan.calls,
        "shared": plan.shared,
        "unable": list(plan.unable),
        "shown": list(plan.shown),
        "judges": list(plan.judges),
        "input_tokens": plan.input_tokens,
        "output_tokens": plan.output_tokens,
        "output_is_limit": plan.output_is_limit,
        "usd": planned.usd,
        "power": plan.power.to_json(),
        "near_duplicates": [
            {"first": leak.first, "second": leak.second, "similarity": leak.similarity}
            for leak in planned.leaks
        ],
    }


def write_numbers(found: Sequence[Found], metrics: Path | None, plot: Path | None) -> None:
    """The files that DVC compares between versions, where they are asked for."""
    each = [item.measured for item in found]
    write_metrics(metrics, {item.file.prompt.id: _numbers(item) for item in each})
    write_plot(
        plot,
        ("prompt", "score", "low", "high", "tokens"),
        [
            (
                item.file.prompt.id,
                item.score.estimate,
                item.score.low,
                item.score.high,
                _tokens(item),
            )
            for item in each
        ],
    )


def _numbers(item: "Measured") -> Mapping[str, JSON]:
    result = item.evaluation
    return {**{name: result.mean(name) for name in result.metrics}, "tokens": _tokens(item)}


def _tokens(item: "Measured") -> float:
    return item.evaluation.input_tokens_mean + item.evaluation.output_tokens_mean


def write_answers(path: Path, found: Sequence[Found]) -> None:
    """Every answer with its scores; no times, so that equal answers give equal bytes."""
    from promptops.core.files import write_atomic

    answers = {
        item.measured.file.prompt.id: {
            "subject": item.measured.evaluation.subject,
            "target": item.measured.evaluation.target.name,
            "inputs": dict(item.measured.evaluation.inputs),
            "cases": [
                {
                    "case": case.case_id,
                    "answer": case.answer,
                    "scores": dict(case.scores),
                    "error": case.error,
                }
                for case in item.measured.evaluation.cases
            ],
        }
        for item in found
    }
    text = json.dumps(answers, indent=1, sort_keys=True, ensure_ascii=False)
    write_atomic(path, text + "\n")


def document(
    services: "Services", found: Sequence[Found], failed: Sequence[PromptOpsError]
) -> dict[str, JSON]:
    """The report as one JSON value."""
    spent = services.meter.snapshot()
    return {
        "llm_calls": spent.calls,
        "cached_answers": spent.cached_calls,
        "tokens": spent.input_tokens + spent.output_tokens,
        "usd": spent.cost_usd,
        "prompts": [_prompt_document(item) for item in found],
        "errors": [
            {"code": problem.code, "where": problem.where, "message": problem.message}
            for problem in failed
        ],
    }


def _prompt_document(item: Found) -> dict[str, JSON]:
    measured, result, against = item.measured, item.measured.evaluation, item.against
    between = {name: result.between_repeats(name) for name in result.metrics}
    return {
        "prompt": measured.file.prompt.id,
        "version": measured.file.prompt.version,
        "subject": result.subject,
        "target": result.target.name,
        "metric": measured.metric,
        "scores": {name: result.score(name).to_json() for name in result.metrics},
        "between_repeats": {name: sd for name, sd in between.items() if sd is not None},
        "below": list(measured.below),
        "skipped": [
            *measured.skipped,
            *(f'case "{case}" is shown as an example' for case in measured.shown),
        ],
        "failed": len(result.failures),
        "cases": result.to_json()["cases"],
        "against": None if against is None else _against_document(against),
    }


def _against_document(against: "Against") -> dict[str, JSON]:
    comparisons: Sequence[Comparison] = against.comparisons
    return {
        "name": against.name,
        "subject": against.evaluation.subject,
        "target": against.evaluation.target.name,
        "comparisons": [each.to_json() for each in comparisons],
        "input_tokens": against.tokens.to_json(),
    }
