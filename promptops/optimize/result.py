"""The record of an optimization."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from promptops.core.canonical import JSON
from promptops.evaluation.comparison import Comparison
from promptops.evaluation.result import Evaluation
from promptops.evaluation.target import Target
from promptops.optimize.candidate import Candidate
from promptops.optimize.search import Ranked
from promptops.optimize.trials import Spent
from promptops.optimize.verdict import Judgment
from promptops.prompts.model import Prompt

Verdict = Literal["improved", "no-safe-improvement", "budget-exhausted", "unproven"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One wording that was proposed, and how far it came.

    Args:
        digest: The wording.
        proposer: Who proposed it.
        reason: What was changed.
        dev_cases: Cases of the race that it ran on, none of them held out; 0 when it never ran.
        dev_score: Mean score on them.
        dev_gain: That minus the base's on the same cases.
        input_tokens: Mean tokens sent.
        parents: Digests of what it was made of.
        refused: Why it was not measured, or could not be; None when it was.
    """

    digest: str
    proposer: str
    reason: str
    dev_cases: int = 0
    dev_score: float = 0.0
    dev_gain: float = 0.0
    input_tokens: float = 0.0
    parents: tuple[str, ...] = ()
    refused: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizeResult:
    """What an optimization found.

    Args:
        prompt_id: The prompt.
        subject: Variant digest of the wording in use.
        target: What it ran on.
        goal: What was wanted.
        metric: What counted.
        base: The wording in use on the held-out cases; on the dev cases when they were never
            touched.
        best: The finalist on the held-out cases; None when there was none.
        judgment: What the held-out cases say; None when they were not touched.
        candidate: The finalist, or the best so far when the allowance ended first.
        verdict: ``improved``, ``no-safe-improvement``, ``budget-exhausted``, or ``unproven`` for a
            search that was told to keep no case back for a verdict.
        reason: Why, in plain words.
        spent: What it took; of the original run when this is from evidence.
        tried: Everything proposed, best first.
        from_evidence: Whether an earlier run found this, so that nothing was spent now.
    """

    prompt_id: str
    subject: str
    target: Target
    goal: str
    metric: str
    base: Evaluation
    best: Evaluation | None
    judgment: Judgment | None
    candidate: Candidate | None
    verdict: Verdict
    reason: str
    spent: Spent
    tried: tuple[Tried, ...]
    from_evidence: bool = False

    @property
    def comparison(self) -> Comparison | None:
        """The finalist against the base on held-out cases."""
        return None if self.judgment is None else self.judgment.comparison

    @property
    def calls(self) -> int:
        """Model calls that this run paid for."""
        return 0 if self.from_evidence else self.spent.calls

    def to_json(self) -> dict[str, JSON]:
        """Plain values by name."""
        return {
            "prompt_id": self.prompt_id,
            "subject": self.subject,
            "target": self.target.name,
            "goal": self.goal,
            "metric": self.metric,
            "base": self.base.to_json(),
            "best": None if self.best is None else self.best.to_json(),
            "judgment": None if self.judgment is None else self.judgment.to_json(),
            "candidate": None if self.candidate is None else _candidate_to_json(self.candidate),
            "verdict": self.verdict,
            "reason": self.reason,
            "spent": asdict(self.spent),
            "tried": [{**asdict(each), "parents": list(each.parents)} for each in self.tried],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, JSON]) -> "OptimizeResult":
        """Read what `to_json` wrote."""
        best, judgment, candidate = value["best"], value["judgment"], value["candidate"]
        return cls(
            **{
                **value,
                "target": Target.parse(value["target"]),
                "base": Evaluation.from_json(value["base"]),
                "best": None if best is None else Evaluation.from_json(best),
                "judgment": None if judgment is None else Judgment.from_json(judgment),
                "candidate": None if candidate is None else _candidate_from_json(candidate),
                "spent": Spent(**value["spent"]),
                "tried": tuple(
                    Tried(**{**each, "parents": tuple(each["parents"])}) for each in value["tried"]
                ),
                "from_evidence": True,
            }
        )


def tried_of(ranking: Sequence[Ranked]) -> tuple[Tried, ...]:
    """The record of the candidates that ran, in the order given."""
    return tuple(
        Tried(
            digest=ranked.candidate.digest,
            proposer=ranked.candidate.proposer,
            reason=ranked.candidate.reason,
            dev_cases=ranked.cases,
            dev_score=ranked.score,
            dev_gain=ranked.gain if ranked.cases else 0.0,
            input_tokens=ranked.input_tokens,
            parents=ranked.candidate.parents,
            refused=ranked.error,
        )
        for ranked in ranking
    )


def _candidate_to_json(candidate: Candidate) -> dict[str, JSON]:
    return {
        "prompt": candidate.prompt.model_dump(mode="json", by_alias=True),
        "proposer": candidate.proposer,
        "reason": candidate.reason,
        "parents": list(candidate.parents),
        "examples": list(candidate.examples),
        "learned_from": list(candidate.learned_from),
    }


def _candidate_from_json(value: Mapping[str, JSON]) -> Candidate:
    return Candidate(
        prompt=Prompt.model_validate(value["prompt"]),
        proposer=value["proposer"],
        reason=value["reason"],
        parents=tuple(value["parents"]),
        examples=tuple(value["examples"]),
        learned_from=tuple(value["learned_from"]),
    )
