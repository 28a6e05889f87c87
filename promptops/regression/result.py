"""What a regression run found."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from promptops.core.canonical import JSON
from promptops.core.statistics import Interval
from promptops.regression.cases import JudgedCase
from promptops.regression.verdict import RunVerdict, Verdict


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
