"""The evidence a pack carries: what was measured about each prompt as it is now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Protocol

from promptops.core.canonical import JSON, digest
from promptops.core.clock import iso
from promptops.packs.definition import EvidenceNeeds
from promptops.prompts.digests import semantic_digest, variant_digest
from promptops.prompts.model import MetricBar, Prompt
from promptops.tracking.evidence import Evidence

_PARTS_NOT_CARRIED = ("cases",)
"""Answers to single cases stay at home: they may hold personal data. Their digest travels."""


class EvidenceSource(Protocol):
    """Where evidence is looked up: the evidence store, or anything like it."""

    def for_subject(self, subject: str) -> Sequence[Evidence]:
        """Everything measured about a digest, in the order of measuring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptEvidence:
    """What is known about one prompt.

    Attributes:
        subjects: Name ("prompt", "base" or a variant's id) -> digest.
        records: The newest record of each (subject, kind, inputs).
    """

    subjects: Mapping[str, str]
    records: tuple[Evidence, ...]

    def to_json(self) -> dict[str, JSON]:
        """The document a pack carries: each record with its inputs and its numbers."""
        names = {subject: name for name, subject in reversed(list(self.subjects.items()))}
        return {
            "subjects": dict(self.subjects),
            "records": [
                {
                    "key": record.key,
                    "of": names[record.subject],
                    "subject": record.subject,
                    "kind": record.kind,
                    "inputs": dict(record.inputs),
                    "summary": summary(record.value),
                    "value_digest": digest(record.value),
                    "measured_at": iso(record.measured_at),
                    "code_version": record.code_version,
                }
                for record in self.records
            ],
        }


def gather(
    prompt: Prompt, source: EvidenceSource, golden_digests: Mapping[str, str] | None
) -> PromptEvidence:
    """Collect the evidence for a prompt's present digests.

    Args:
        prompt: The prompt.
        source: Where evidence is kept.
        golden_digests: Data set path -> digest; scores on anything else (parts of a golden set,
            an older edition) are left out. None takes every score.
    """
    subjects = {"prompt": semantic_digest(prompt), "base": variant_digest(prompt, None)}
    subjects |= {item.id: variant_digest(prompt, item.id) for item in prompt.variants}
    wanted = None
    if golden_digests is not None:
        wanted = {golden_digests.get(item.dataset) for item in prompt.evals}
    newest: dict[str, Evidence] = {}
    for subject in dict.fromkeys(subjects.values()):
        for record in source.for_subject(subject):
            golden = record.inputs.get("golden")
            if record.kind == "score" and wanted is not None and golden not in wanted:
                continue
            kept = newest.get(record.key)
            if kept is None or kept.measured_at <= record.measured_at:
                newest[record.key] = record
    records = sorted(newest.values(), key=lambda item: (item.kind, item.subject, item.key))
    return PromptEvidence(subjects=subjects, records=tuple(records))


def summary(value: JSON) -> JSON:
    """A record's value as it travels: without single cases, with the mean of every metric."""
    short = _without_cases(value)
    if not isinstance(value, Mapping):
        return short
    means = metric_means(value)
    if means:
        short["metrics"] = {
            name: {"mean": round(mean, 9), "cases": count}
            for name, (mean, count) in sorted(means.items())
        }
    return short


def _without_cases(value: JSON) -> JSON:
    if isinstance(value, Mapping):
        kept = {key: part for key, part in value.items() if key not in _PARTS_NOT_CARRIED}
        return {key: _without_cases(part) for key, part in kept.items()}
    if isinstance(value, list | tuple):
        return [_without_cases(part) for part in value]
    return value


def metric_means(value: JSON) -> dict[str, tuple[float, int]]:
    """Metric -> (mean over cases, number of cases) of an evaluation document."""
    cases = value.get("cases", ()) if isinstance(value, Mapping) else ()
    by_case: dict[str, dict[str, list[float]]] = {}
    for case in cases:
        for metric, score in case.get("scores", {}).items():
            by_case.setdefault(metric, {}).setdefault(case["case_id"], []).append(score)
    return {
        metric: (fmean(fmean(scores) for scores in per_case.values()), len(per_case))
        for metric, per_case in by_case.items()
    }


def unmet_needs(
    needs: EvidenceNeeds, prompt: Prompt, known: PromptEvidence, lint_errors: int | None
) -> tuple[str, ...]:
    """What is missing before a prompt may be released, in words; empty when nothing is.

    Args:
        needs: What the definition asks for.
        prompt: The prompt.
        known: What is known about it.
        lint_errors: Its lint errors; None when it was not linted.
    """
    missing = [
        f"no {kind} evidence for the prompt as it is now"
        for kind in needs.required
        if not any(record.kind == kind for record in known.records)
    ]
    if needs.lint_errors_max is not None:
        if lint_errors is None:
            missing.append("not linted")
        elif lint_errors > needs.lint_errors_max:
            missing.append(f"{lint_errors} lint errors, at most {needs.lint_errors_max} allowed")
    if needs.gates:
        missing += _bars_not_met(prompt, known)
    return tuple(missing)


def _bars_not_met(prompt: Prompt, known: PromptEvidence) -> list[str]:
    """The bars that no measured target meets."""
    measured = [metric_means(record.value) for record in known.records if record.kind == "score"]
    missing = []
    for item in prompt.evals:
        for metric, bar in item.metrics.items():
            means = [means[metric][0] for means in measured if metric in means]
            if not means:
                missing.append(f"{metric} was not measured")
            elif not any(_meets(bar, mean) for mean in means):
                missing.append(
                    f"{metric} {_bound(bar)} is not met: best is {_best(bar, means):.3f}"
                )
    return missing


def _meets(bar: MetricBar, mean: float) -> bool:
    return (bar.min is None or mean >= bar.min) and (bar.max is None or mean <= bar.max)


def _bound(bar: MetricBar) -> str:
    low = f">= {bar.min:g}" if bar.min is not None else ""
    high = f"<= {bar.max:g}" if bar.max is not None else ""
    return " and ".join(part for part in (low, high) if part)


def _best(bar: MetricBar, means: Sequence[float]) -> float:
    return max(means) if bar.min is not None else min(means)
