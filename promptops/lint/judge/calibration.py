"""How well models agree with labels, check by check: measured, kept as data, asked before use."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from promptops.core.canonical import JSON
from promptops.core.statistics import Interval
from promptops.lint.finding import Severity
from promptops.lint.judge.checks import Check
from promptops.lint.judge.protocols import REVISION, ProtocolName
from promptops.llm.embedded.weights import is_embedded

CALIBRATION_FILE = Path(__file__).with_name("calibration.json")
"""Written by ``benchmarks/judge_agreement.py``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A model's agreement with the labels of one check.

    Args:
        n: Labeled prompts, half of them with the defect.
        accuracy: Share of prompts judged as labeled.
        kappa: Cohen's kappa with its 95 % interval; 0 is chance.
        false_alarms: Share of the prompts without the defect in which the model found it.
        span_precision: Share of the findings that point at the planted sentence.
        span_recall: Share of the planted defects that a finding points at.
        protocol: How the model was asked.
        version: Version of the check that was measured.
        revision: Revision of the protocols that were used.
        date: When (ISO date).
    """

    n: int
    accuracy: float
    kappa: Interval
    false_alarms: float
    span_precision: float
    span_recall: float
    protocol: ProtocolName
    version: int
    revision: int
    date: str

    def is_of(self, check: Check) -> bool:
        """Whether this was measured with the check and the protocols as they are now."""
        return self.version == check.version and self.revision == REVISION

    @property
    def above_chance(self) -> bool:
        """Whether chance is ruled out at 95 %."""
        return self.kappa.low > 0

    def to_json(self) -> dict[str, JSON]:
        """Plain values by name."""
        return {
            "n": self.n,
            "accuracy": self.accuracy,
            "kappa": self.kappa.estimate,
            "interval": [self.kappa.low, self.kappa.high],
            "false_alarms": self.false_alarms,
            "span_precision": self.span_precision,
            "span_recall": self.span_recall,
            "protocol": self.protocol,
            "version": self.version,
            "revision": self.revision,
            "date": self.date,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, JSON]) -> "Agreement":
        """Read what `to_json` wrote."""
        low, high = value["interval"]
        return cls(
            n=value["n"],
            accuracy=value["accuracy"],
            kappa=Interval(estimate=value["kappa"], low=low, high=high),
            # What was not recorded counts as the worst: nobody is asked on trust.
            false_alarms=value.get("false_alarms", 1.0),
            span_precision=value["span_precision"],
            span_recall=value["span_recall"],
            protocol=cast("ProtocolName", value["protocol"]),
            version=value["version"],
            revision=value["revision"],
            date=value["date"],
        )


MOST_FALSE_ALARMS = 0.10
"""Share of the clean prompts in which a judge that is asked by default may find something."""

LEAST_PRECISION = 0.5
"""Share of findings that must point at the defect before a judge is asked by default."""

WARNING_PRECISION = 0.8
"""Share of findings that must point at a labeled defect before they may be warnings."""

Calibration = Mapping[str, Mapping[str, Agreement]]
"""Agreement by model id and code of the check."""


@cache
def load_calibration(path: Path = CALIBRATION_FILE) -> Calibration:
    """Every measured agreement; empty when nothing was measured."""
    if not path.exists():
        return {}
    models = json.loads(path.read_text(encoding="utf-8"))
    return {
        model: {code: Agreement.from_json(value) for code, value in checks.items()}
        for model, checks in models.items()
    }


def protocol_for(model: str, check: Check, calibration: Calibration) -> ProtocolName:
    """How to ask: as it was measured; else one sentence at a time where a model is embedded."""
    measured = calibration.get(model, {}).get(check.code)
    if measured is not None and measured.is_of(check):
        return measured.protocol
    return "sentence" if is_embedded(model) else "quote"


def unable(model: str, check: Check, calibration: Calibration) -> str:
    """Why a model should not judge this; "" when it may.

    A model that was measured must be above chance, and its findings must be worth reading: few in
    clean prompts, most of them at the right place. One that was not measured may judge unless it is
    embedded: those are small.
    """
    measured = calibration.get(model, {}).get(check.code)
    if measured is None or not measured.is_of(check):
        if is_embedded(model):
            return "needs a stronger model, or a measurement of this one"
        return ""
    short = shortcoming(measured)
    return short and f"needs a stronger model: on {measured.n} labeled prompts this one {short}"


def shortcoming(measured: Agreement) -> str:
    """Why a judge that agrees so is not asked by default; "" when it is."""
    kappa = measured.kappa
    if not measured.above_chance:
        return (
            f"agrees no better than chance (kappa {kappa.estimate:.2f}, 95 % interval"
            f" {kappa.low:.2f} to {kappa.high:.2f})"
        )
    if measured.false_alarms > MOST_FALSE_ALARMS:
        return f"finds something in {measured.false_alarms:.0%} of those without the defect"
    if measured.span_precision < LEAST_PRECISION:
        return f"points at the wrong place in {1 - measured.span_precision:.0%} of its findings"
    return ""


def describe(model: str, check: Check, calibration: Calibration) -> str:
    """What is known of a model's agreement on a check, in a few words."""
    measured = calibration.get(model, {}).get(check.code)
    if measured is None or not measured.is_of(check):
        return f"{check.code} not measured"
    return (
        f"{check.code} kappa {measured.kappa.estimate:.2f},"
        f" {measured.false_alarms:.0%} false alarms"
    )


def severity_for(model: str, check: Check, calibration: Calibration) -> Severity:
    """How severe a model's findings are: a warning only where it is measured to point right."""
    measured = calibration.get(model, {}).get(check.code)
    precise = (
        measured is not None
        and measured.is_of(check)
        and measured.span_precision >= WARNING_PRECISION
    )
    return check.severity if precise else Severity.INFO


def unmeasured(model: str, checks: Sequence[Check], calibration: Calibration) -> tuple[str, ...]:
    """Codes of the checks whose agreement is not known for a model."""
    known = calibration.get(model, {})
    return tuple(
        check.code
        for check in checks
        if check.code not in known or not known[check.code].is_of(check)
    )
