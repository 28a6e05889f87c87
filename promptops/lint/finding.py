"""What the linter says: one finding, its place, and the edit that would settle it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from promptops.core.canonical import JSON


class Severity(StrEnum):
    """How much a finding matters; ``rank`` orders them, 0 is the worst."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for errors, 1 for warnings, 2 for remarks."""
        return _RANKS[self]


_RANKS = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}

Applicability = Literal["safe", "unsafe", "display"]
"""``safe`` keeps the meaning, ``unsafe`` may change it, ``display`` is only shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Replace a stretch of the file by ``text``; lines and columns from 1, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A change that removes the finding."""

    title: str
    applicability: Applicability
    edits: tuple[Edit, ...]

    def to_json(self) -> JSON:
        """The fix as plain JSON."""
        return {
            "title": self.title,
            "applicability": self.applicability,
            "edits": [
                {
                    "line": edit.line,
                    "column": edit.column,
                    "end_line": edit.end_line,
                    "end_column": edit.end_column,
                    "text": edit.text,
                }
                for edit in self.edits
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One defect at one place.

    ``line`` and ``column`` count from 1 in characters of the file (not of the YAML value);
    ``end_line``/``end_column`` are exclusive. ``region`` names the kind of text (see `Region`),
    or ``metadata`` for a finding about the file's keys. In a table, ``row`` is the data row, from
    1 (the header does not count), and lines and columns count inside the cell. ``anchor`` is a
    digest of the words around the place (see `promptops.lint.fingerprint`); it is not reported.
    """

    code: str
    name: str
    severity: Severity
    message: str
    advice: str
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    region: str
    prompt_id: str
    row: int | None = None
    excerpt: str = ""
    variant: str | None = None
    tags: tuple[str, ...] = ()
    fix: Fix | None = None
    anchor: str = ""

    @property
    def order(self) -> tuple[str, int, int, int, str, str, str]:
        """The key of the one order in which findings are reported."""
        place = (self.path, self.row or 0, self.line, self.column)
        return (*place, self.code, self.message, self.variant or "")

    def to_json(self) -> JSON:
        """The finding as plain JSON."""
        return {
            "code": self.code,
            "name": self.name,
            "severity": self.severity.value,
            "message": self.message,
            "advice": self.advice,
            "path": self.path,
            "row": self.row,
            "line": self.line,
            "column": self.column,
            "end_line": self.end_line,
            "end_column": self.end_column,
            "region": self.region,
            "prompt_id": self.prompt_id,
            "variant": self.variant,
            "excerpt": self.excerpt,
            "tags": list(self.tags),
            "fix": self.fix.to_json() if self.fix else None,
        }
