"""The verdict: the finalists against the base on held-out cases, touched once.

``better`` needs the 95 % paired interval above zero and an exact one-sided p below 5 %. ``less``
needs a loss of the margin ruled out (exact one-sided p below 5 %) and the interval of the
quantity's change below zero. With several finalists the p-values get Holm's correction; a claim
whose cases helped to choose it is multiplied by the number of wordings it was chosen from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from promptops.core.canonical import JSON
from promptops.core.statistics import Interval, holm
from promptops.evaluation.comparison import ALPHA, Comparison, change, compare
from promptops.evaluation.result import Evaluation
from promptops.optimize.candidate import Candidate
from promptops.optimize.goals import Claim, Goal, visible_quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A finalist's claim on held-out cases.

    Args:
        candidate: The finalist.
        claim: What it should show.
        base: The wording in use on the held-out cases.
        new: The finalist on them.
        tries: Wordings it was chosen from by cases among these; 1 for cases never touched before.
    """

    candidate: Candidate
    claim: Claim
    base: Evaluation
    new: Evaluation
    tries: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgment:
    """What the held-out cases say about one claim.

    Args:
        claim: The claim.
        shown: Whether it is shown.
        p_value: One-sided p-value of the claim, corrected for the number of finalists.
        comparison: The scores, compared.
        quantity: What should be less (``input_tokens``, ``cost_usd``, ``latency_ms``).
        saving: Its mean change with its interval (below zero is less).
    """

    claim: Claim
    shown: bool
    p_value: float
    comparison: Comparison
    quantity: str
    saving: Interval

    def to_json(self) -> dict[str, JSON]:
        """Plain values by name."""
        return {
            "claim": self.claim,
            "shown": self.shown,
            "p_value": self.p_value,
            "comparison": self.comparison.to_json(),
            "quantity": self.quantity,
            "saving": self.saving.to_json(),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, JSON]) -> "Judgment":
        """Read what `to_json` wrote."""
        return cls(
            **{
                **value,
                "comparison": Comparison.from_json(value["comparison"]),
                "saving": Interval(**value["saving"]),
            }
        )


def judge(
    trials: Sequence[Trial],
    *,
    metric: str,
    goal: Goal,
    margin: float,
    seed: int = 0,
    clusters: Mapping[str, str] | None = None,
) -> tuple[Judgment, ...]:
    """Judge finalists, each by its claim, in the order given."""
    compared = [
        compare(trial.base, trial.new, metric, margin=margin, seed=seed, clusters=clusters)
        for trial in trials
    ]
    raw = [
        min(1.0, trial.tries * (one.p_better if trial.claim == "better" else one.p_not_worse))
        for trial, one in zip(trials, compared, strict=True)
    ]
    judged = []
    for trial, comparison, p_value in zip(trials, compared, holm(raw), strict=True):
        quantity = visible_quantity(goal.quantity, trial.base, trial.new)
        saving = change(trial.base, trial.new, quantity, seed=seed)
        shown = p_value < ALPHA
        if trial.claim == "better":
            shown = shown and comparison.difference.low > 0
        else:
            shown = shown and saving.high < 0
        judged.append(
            Judgment(
                claim=trial.claim,
                shown=shown,
                p_value=p_value,
                comparison=comparison,
                quantity=quantity,
                saving=saving,
            )
        )
    return tuple(judged)
