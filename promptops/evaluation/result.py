"""What an evaluation found: one result a case, and the numbers over them."""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from statistics import fmean, variance

from promptops.core.canonical import JSON
from promptops.core.statistics import Interval, mean_interval
from promptops.errors import UsageError
from promptops.evaluation.target import Target

_HINTS = dict.fromkeys(
    ("provider", "provider-timeout"), "run again: only what failed is tried again"
)
"""What to do about a failure, by its code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """One answer to one case, with its scores.

    Args:
        case_id: The golden case.
        answer: What the model wrote; empty when it did not answer.
        scores: 0…1 by metric; a metric whose scorer raised is absent.
        reasons: Why, by metric.
        input_tokens: Tokens sent.
        output_tokens: Tokens received.
        latency_ms: Wall time of the call that produced the answer (also when a cache gave it).
        cost_usd: Price of that call.
        cached: Whether our cache answered, so that nothing was spent in this run.
        error: What failed, in words: the call, the rendering or a scorer; None when nothing did.
        code: The code of the error that failed; ``scorer`` for an exception of a scorer.
        unscored: Why there is no score, by metric, of an answer that its scorer failed on.
        context_chunks: Ids of the knowledge-base chunks that were put into the prompt.
        repeat: Which of several draws this is.
    """

    case_id: str
    answer: str = ""
    scores: Mapping[str, float] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    input_tokens: int = 0
    output_tokens: int = 0
    latency_ms: float = 0.0
    cost_usd: float = 0.0
    cached: bool = False
    error: str | None = None
    code: str = ""
    unscored: Mapping[str, str] = field(default_factory=dict)
    context_chunks: tuple[str, ...] = ()
    repeat: int = 0

    @property
    def answered(self) -> bool:
        """Whether there is an answer, be it one that a scorer failed on."""
        return self.input_tokens > 0 or bool(self.answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """A prompt on a target over golden cases.

    Args:
        prompt_id: The prompt.
        subject: Variant digest of the wording that ran.
        target: What it ran on.
        inputs: What else the numbers depend on (model, golden, kb, scorers), digests or versions.
        cases: Results in the order of the golden cases.
        from_evidence: Whether this was measured by an earlier run.
    """

    prompt_id: str
    subject: str
    target: Target
    inputs: Mapping[str, str]
    cases: tuple[CaseResult, ...]
    from_evidence: bool = False

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that at least one case has, in the order they were scored."""
        return tuple(dict.fromkeys(name for case in self.cases for name in case.scores))

    def values(self, metric: str) -> dict[str, float]:
        """Mean score by case id (over repeats); cases without this metric are absent."""
        return {case_id: fmean(values) for case_id, values in self._draws(metric).items()}

    def _draws(self, metric: str) -> dict[str, list[float]]:
        found: dict[str, list[float]] = {}
        for case in self.cases:
            if metric in case.scores:
                found.setdefault(case.case_id, []).append(case.scores[metric])
        return found

    def mean(self, metric: str) -> float:
        """Mean score; NaN when no case has it."""
        values = self.values(metric)
        return fmean(values.values()) if values else float("nan")

    def score(self, metric: str) -> Interval:
        """Mean score with its 95 % interval.

        Raises:
            UsageError: No case has this metric; the message says why.
        """
        values = list(self.values(metric).values())
        if not values:
            raise UsageError(
                f"{metric} was scored on no case: {self.why_unscored(metric)}",
                where=self.prompt_id,
                hint=_HINTS.get(self._code(metric), "see the metric's options and the cases"),
            )
        return mean_interval(values)

    def why_unscored(self, metric: str) -> str:
        """The reason of the first case without this metric; empty when every case has it."""
        for case in self.cases:
            if metric not in case.scores:
                return f"{case.case_id}: {case.unscored.get(metric) or case.error or 'not asked'}"
        return ""

    def _code(self, metric: str) -> str:
        return next((case.code for case in self.cases if metric not in case.scores), "")

    def between_repeats(self, metric: str) -> float | None:
        """How much draws of one case differ: the pooled standard deviation within a case.

        None when no case has two scores.
        """
        several = [values for values in self._draws(metric).values() if len(values) > 1]
        if not several:
            return None
        squares = sum(variance(values) * (len(values) - 1) for values in several)
        return math.sqrt(squares / sum(len(values) - 1 for values in several))

    @property
    def failures(self) -> tuple[CaseResult, ...]:
        """The cases in which something failed."""
        return tuple(case for case in self.cases if case.error is not None)

    @property
    def calls(self) -> int:
        """Model calls that this run paid for."""
        return 0 if self.from_evidence else sum(c.answered and not c.cached for c in self.cases)

    @property
    def tokens(self) -> int:
        """All tokens, in and out."""
        return sum(case.input_tokens + case.output_tokens for case in self.cases)

    @property
    def input_tokens_mean(self) -> float:
        """Mean tokens sent for a case."""
        return self._mean_of("input_tokens")

    @property
    def output_tokens_mean(self) -> float:
        """Mean tokens received for a case."""
        return self._mean_of("output_tokens")

    @property
    def cost_usd_mean(self) -> float:
        """Mean price of a case, in USD."""
        return self._mean_of("cost_usd")

    @property
    def latency_ms_mean(self) -> float:
        """Mean wall time of a call, in milliseconds."""
        return self._mean_of("latency_ms")

    def _mean_of(self, name: str) -> float:
        values = [float(getattr(case, name)) for case in self.cases if case.answered]
        return fmean(values) if values else 0.0

    def subset(self, case_ids: Collection[str]) -> "Evaluation":
        """The same evaluation over some of its cases; its inputs are dropped, for they differ."""
        wanted = set(case_ids)
        cases = tuple(case for case in self.cases if case.case_id in wanted)
        return replace(self, cases=cases, inputs={})

    def to_json(self) -> dict[str, JSON]:
        """Everything but whether a cache answered: equal measurements, equal bytes."""
        return {
            "prompt_id": self.prompt_id,
            "subject": self.subject,
            "target": self.target.name,
            "inputs": dict(self.inputs),
            "cases": [case_to_json(case) for case in self.cases],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, JSON]) -> "Evaluation":
        """Read what `to_json` wrote; cases count as cached."""
        return cls(
            prompt_id=value["prompt_id"],
            subject=value["subject"],
            target=Target.parse(value["target"]),
            inputs=value["inputs"],
            cases=tuple(case_from_json(case) for case in value["cases"]),
            from_evidence=True,
        )


def merge(parts: Iterable[Evaluation]) -> Evaluation:
    """One evaluation out of several of the same wording over disjoint cases, at least one."""
    first, *others = parts
    cases = [*first.cases]
    for part in others:
        cases.extend(part.cases)
    return replace(first, cases=tuple(cases), inputs={}) if others else first


def case_to_json(case: CaseResult) -> dict[str, JSON]:
    """A result by the names of its parts, empty ones left out; not whether a cache answered."""
    row: dict[str, JSON] = {"case_id": case.case_id}
    if case.answer:
        row["answer"] = case.answer
    if case.scores:
        row["scores"] = dict(case.scores)
    if case.reasons:
        row["reasons"] = dict(case.reasons)
    row["input_tokens"] = case.input_tokens
    row["output_tokens"] = case.output_tokens
    row["latency_ms"] = round(case.latency_ms, 3)
    row["cost_usd"] = case.cost_usd
    if case.error is not None:
        row["error"] = case.error
    if case.code:
        row["code"] = case.code
    if case.unscored:
        row["unscored"] = dict(case.unscored)
    if case.context_chunks:
        row["context_chunks"] = list(case.context_chunks)
    if case.repeat:
        row["repeat"] = case.repeat
    return row


def case_from_json(row: Mapping[str, JSON]) -> CaseResult:
    """Read what `case_to_json` wrote; the case counts as cached.

    Raises:
        TypeError: The row has other names.
    """
    if "context_chunks" in row:
        row = {**row, "context_chunks": tuple(row["context_chunks"])}
    return CaseResult(**row, cached=True)
