"""Data contracts: what golden sets, logged runs and knowledge bases must look like to be used.

The suites themselves, in great-expectations, are in `promptops.golden.expectations`. A broken data
set stops only what depends on it, and its report names the rows.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from promptops.core.canonical import JSON, digest, digest_file
from promptops.errors import (
    DataContractError,
    GoldenSetError,
    KnowledgeBaseError,
    PromptOpsError,
    RunLogError,
)

CONTRACT_VERSION = "contracts@1"
"""Changes with the suites: evidence that a data set is sound counts for one version of them."""

_ROWS_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One broken rule.

    Args:
        rule: Its short name.
        column: The column or field, empty when the rule is about the table.
        rows: Lines (JSON Lines) or rows (tables; a CSV's header is row 1), from 1; empty when the
            rule is about the table.
        message: What is wrong.
        file: The file within the data set that the rows belong to, when it has several.
    """

    rule: str
    column: str
    rows: tuple[int, ...]
    message: str
    file: str = ""

    def __str__(self) -> str:
        """``rows 3, 17: id: values must be unique``."""
        named = ", ".join(str(row) for row in self.rows[:_ROWS_NAMED])
        more = f" and {len(self.rows) - _ROWS_NAMED} more" if len(self.rows) > _ROWS_NAMED else ""
        rows = f"row{'s' if len(self.rows) > 1 else ''} {named}{more}" if self.rows else ""
        return ": ".join(part for part in (self.file, rows, self.column, self.message) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractReport:
    """What checking one data set found.

    Args:
        dataset: Its path.
        kind: ``golden``, ``runs``, ``kb``, or ``prompt``: a prompt file held against its data.
        checked_rows: Rows that were looked at.
        violations: Every broken rule, in the order of the suite.
        digest: Digest of the bytes that were checked.
    """

    dataset: str
    kind: str
    checked_rows: int
    violations: tuple[Violation, ...]
    digest: str

    @property
    def ok(self) -> bool:
        """Whether the contract holds."""
        return not self.violations

    def require(self) -> None:
        """Stop what depends on a broken data set.

        Raises:
            DataContractError: The contract is broken; names the first rule and its rows.
        """
        if self.violations:
            first, *others = self.violations
            more = f" (and {len(others)} more broken rules)" if others else ""
            raise DataContractError(f"{first}{more}", where=self.dataset)

    def to_json(self) -> dict[str, JSON]:
        """The report as JSON; `from_json` reads it."""
        return {
            "dataset": self.dataset,
            "kind": self.kind,
            "ok": self.ok,
            "checked_rows": self.checked_rows,
            "violations": [{**asdict(v), "rows": list(v.rows)} for v in self.violations],
            "digest": self.digest,
        }

    @classmethod
    def from_json(cls, value: dict[str, JSON]) -> Self:
        """The report that `to_json` wrote."""
        return cls(
            dataset=value["dataset"],
            kind=value["kind"],
            checked_rows=value["checked_rows"],
            violations=tuple(
                Violation(**{**entry, "rows": tuple(entry["rows"])})
                for entry in value["violations"]
            ),
            digest=value["digest"],
        )


def check_golden(path: Path) -> ContractReport:
    """Check a golden set.

    Raises:
        GoldenSetError: There is no such file.
    """
    if not path.exists():
        raise GoldenSetError("no such golden set", where=str(path))
    from promptops.golden.expectations import golden_suite
    from promptops.golden.frames import golden_frame

    return _check(path, "golden", golden_frame, golden_suite, GoldenSetError)


def check_runs(path: Path) -> ContractReport:
    """Check logged runs: one parquet part, or a folder of them.

    Raises:
        RunLogError: There is no such file or folder.
    """
    if not path.exists():
        raise RunLogError("no such run log", where=str(path))
    from promptops.golden.expectations import runs_suite
    from promptops.golden.frames import runs_frame

    return _check(path, "runs", runs_frame, runs_suite, RunLogError)


def check_kb(folder: Path) -> ContractReport:
    """Check a knowledge base; rows are its documents in order of their path.

    Raises:
        KnowledgeBaseError: There is no such folder.
    """
    if not folder.is_dir():
        raise KnowledgeBaseError("no such knowledge base", where=str(folder))
    from promptops.golden.expectations import kb_suite
    from promptops.golden.frames import kb_frame

    return _check(folder, "kb", kb_frame, kb_suite, KnowledgeBaseError)


def data_digest(path: Path) -> str:
    """Digest of a data set's bytes: a file, or every file of a folder with its path.

    Cheap, so that a check whose result is known already need not run.
    """
    if not path.is_dir():
        return digest_file(path)
    files = sorted(
        file
        for file in path.rglob("*")
        if file.is_file() and not any(p.startswith(".") for p in file.relative_to(path).parts)
    )
    return digest([[file.relative_to(path).as_posix(), digest_file(file)] for file in files])


def _check(
    path: Path,
    kind: str,
    read: Callable[[Path], Any],
    suite: Callable[[Any], list[Any]],
    unreadable: type[PromptOpsError],
) -> ContractReport:
    from promptops.golden.expectations import run_suite

    content = data_digest(path)
    try:
        frame = read(path)
    except unreadable as problem:
        violation = Violation(
            rule="readable",
            column="",
            rows=_lines(problem.where.removeprefix(str(path))),
            message=problem.message,
        )
        return ContractReport(
            dataset=str(path), kind=kind, checked_rows=0, violations=(violation,), digest=content
        )
    return ContractReport(
        dataset=str(path),
        kind=kind,
        checked_rows=len(frame),
        violations=tuple(
            Violation(**asdict(failure)) for failure in run_suite(kind, suite(frame), frame)
        ),
        digest=content,
    )


def _lines(place: str) -> tuple[int, ...]:
    """The line of ``:line:column``."""
    line = place.lstrip(":").partition(":")[0]
    return (int(line),) if line.isdigit() else ()
