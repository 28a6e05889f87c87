"""How often each rule is right: measured, with the set and its size.

The numbers stand in ``accuracy.json`` beside this module, which the quality benchmark writes:

    {"made": "2026-01-31",
     "sets": {"hand-labeled": {"size": 200, "description": "..."}},
     "rules": {"SEC002": {"set": "hand-labeled", "labeled": 40, "found": 38, "true": 36,
                          "precision": 0.947, "precision_interval": [0.83, 0.99],
                          "recall": 0.9, "recall_interval": [0.77, 0.97]}}}

``labeled`` counts the places that the labels call defects, ``found`` the rule's findings, ``true``
those of them that the labels confirm. Rules without an entry have not been measured.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("accuracy.json")
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """What was measured for one rule.

    Attributes:
        code: The rule.
        set_name: The labeled set.
        set_size: How many prompts it has.
        set_description: What they are.
        labeled: Defects of this kind in the set.
        found: Findings of the rule.
        true: Findings that are defects.
        precision: Share of the findings that are defects; None when nothing was found.
        precision_interval: Its 95% interval.
        recall: Share of the defects that were found; None when the set has none.
        recall_interval: Its 95% interval.
        made: The day of the measurement.
    """

    code: str
    set_name: str
    set_size: int
    set_description: str
    labeled: int
    found: int
    true: int
    precision: float | None
    precision_interval: Interval | None
    recall: float | None
    recall_interval: Interval | None
    made: str


def accuracy(code: str) -> Accuracy | None:
    """What was measured for a rule, None when it has not been."""
    return measured().get(code)


@cache
def measured() -> Mapping[str, Accuracy]:
    """Every measured rule by its code."""
    return read_accuracy(_FILE) if _FILE.exists() else {}


def read_accuracy(path: Path) -> Mapping[str, Accuracy]:
    """The cards of a file; the keys are those of the module's example."""
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    cards = {}
    for code, row in sorted(data["rules"].items()):
        measured_on = data["sets"][row["set"]]
        cards[code] = Accuracy(
            code=code,
            set_name=row["set"],
            set_size=measured_on["size"],
            set_description=measured_on["description"],
            labeled=row["labeled"],
            found=row["found"],
            true=row["true"],
            precision=row.get("precision"),
            precision_interval=_interval(row.get("precision_interval")),
            recall=row.get("recall"),
            recall_interval=_interval(row.get("recall_interval")),
            made=data["made"],
        )
    return cards


def accuracy_rows(codes: Iterable[str]) -> list[tuple[str, ...]]:
    """A table of rules: code, precision, recall, findings, defects, set and its size.

    Rules that have not been measured say so.
    """
    return [_row(code, accuracy(code)) for code in codes]


def share(value: float | None, interval: Interval | None) -> str:
    """``0.95 (0.83 to 0.99)``, or ``-`` when there is nothing to divide by."""
    if value is None:
        return "-"
    return f"{value:.2f} ({interval[0]:.2f} to {interval[1]:.2f})" if interval else f"{value:.2f}"


def _row(code: str, card: Accuracy | None) -> tuple[str, ...]:
    if card is None:
        return (code, "not measured", "", "", "", "")
    return (
        code,
        share(card.precision, card.precision_interval),
        share(card.recall, card.recall_interval),
        str(card.found),
        str(card.labeled),
        f"{card.set_name} ({card.set_size:,})",
    )


def _interval(pair: Any) -> Interval | None:
    return (float(pair[0]), float(pair[1])) if pair else None
