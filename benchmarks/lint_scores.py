"""What the lint benchmarks count with: our findings as spans, shares with intervals, tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from promptops.core.statistics import wilson
from promptops.lint import Linter, Severity

SEVERE = {Severity.ERROR, Severity.WARNING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One of our findings in one text, by character offsets."""

    code: str
    severity: Severity
    start: int
    end: int

    @property
    def group(self) -> str:
        return self.code.rstrip("0123456789")


class Ours:
    """Our linter with its defaults; nothing may be skipped."""

    def __init__(self) -> None:
        self._linter = Linter()

    def __call__(self, text: str) -> list[Found]:
        checked = self._linter.check_text(text, path="prompt.md")
        if checked.skipped:
            raise SystemExit(f"not checked: {checked.skipped[0].reason}")
        starts = [0]
        for line in text.split("\n"):
            starts.append(starts[-1] + len(line) + 1)
        return [
            Found(
                code=each.code,
                severity=each.severity,
                start=starts[each.line - 1] + each.column - 1,
                end=starts[each.end_line - 1] + each.end_column - 1,
            )
            for each in checked.findings
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Precision, recall and F1 from counts; places are counted on both sides.

    ``hits`` are labels that were found, ``true`` findings that are labeled: the two differ where
    one finding covers two labels.
    """

    labeled: int
    hits: int
    found: int
    true: int

    @property
    def precision(self) -> float | None:
        return self.true / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        return self.hits / self.labeled if self.labeled else None

    @property
    def f1(self) -> float | None:
        p, r = self.precision, self.recall
        if p is None or r is None:
            return None
        return 2 * p * r / (p + r) if p + r else 0.0

    def __add__(self, other: "Score") -> "Score":
        return Score(
            labeled=self.labeled + other.labeled,
            hits=self.hits + other.hits,
            found=self.found + other.found,
            true=self.true + other.true,
        )

    def cells(self) -> list[str]:
        """Precision, recall, F1, as a table shows them."""
        return [
            share(self.true, self.found),
            share(self.hits, self.labeled),
            "-" if self.f1 is None else f"{self.f1:.2f}",
        ]

    def card(self, set_name: str) -> dict:
        """The entry of ``promptops/lint/accuracy.json``."""
        return {
            "set": set_name,
            "labeled": self.labeled,
            "found": self.found,
            "true": self.true,
            "precision": _rounded(self.precision),
            "precision_interval": _interval(self.true, self.found),
            "recall": _rounded(self.recall),
            "recall_interval": _interval(self.hits, self.labeled),
        }


NONE = Score(labeled=0, hits=0, found=0, true=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with what it says."""

    title: str
    note: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        lines = [list(self.header), *[list(row) for row in self.rows]]
        widths = [max(len(row[n]) for row in lines) for n in range(len(self.header))]
        shown = [
            "| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |"
            for row in lines
        ]
        rule = "|" + "|".join("-" * (w + 2) for w in widths) + "|"
        return "\n".join([f"## {self.title}", "", self.note, "", shown[0], rule, *shown[1:], ""])


def share(part: int, whole: int) -> str:
    """``0.92 [0.90, 0.94] 46/50``; the interval is Wilson's, 95 %."""
    if not whole:
        return "-"
    between = wilson(part, whole)
    places = 4 if 0 < between.high < 0.1 else 2
    low, high = f"{between.low:.{places}f}", f"{between.high:.{places}f}"
    return f"{part / whole:.{places}f} [{low}, {high}] {part:,}/{whole:,}"


def flagged(answers: Iterable[bool]) -> tuple[int, int]:
    """How many are true, and of how many."""
    all_of_them = list(answers)
    return sum(all_of_them), len(all_of_them)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _interval(part: int, whole: int) -> list[float] | None:
    if not whole:
        return None
    between = wilson(part, whole)
    return [round(between.low, 4), round(between.high, 4)]
