"""What a workspace already knew when it began to lint: only what is new counts.

A baseline holds fingerprints with their counts, no lines and no paths, so it outlives moved lines
and renamed files. A count that grows is news: the surplus is reported. An entry that is found less
often than it says is stale, and is to be pruned, or the defect may come back unseen.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from promptops.core.canonical import JSON
from promptops.core.files import read_text, write_atomic
from promptops.errors import SettingsError
from promptops.lint.finding import Finding
from promptops.lint.fingerprint import fingerprint
from promptops.lint.report import LintReport

FORMAT = "promptops-lint-baseline/1"
_HINT = "write it anew with `promptops lint --write-baseline`"
_KEYS = {"fingerprint": str, "code": str, "name": str, "prompt": str, "count": int}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One entry: findings that are equal, and how many of them there were.

    ``code``, ``name`` and ``prompt`` are for readers, and for telling what a narrower run covers.
    """

    fingerprint: str
    code: str
    name: str
    prompt: str
    count: int

    @property
    def order(self) -> tuple[str, str, str]:
        """The key of the one order in which entries are written."""
        return self.prompt, self.code, self.fingerprint

    def to_json(self) -> JSON:
        """The entry as plain JSON."""
        return {name: getattr(self, name) for name in _KEYS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A report against a baseline.

    Attributes:
        report: The report with the new findings only.
        known: How many findings the baseline explains.
        stale: Entries that were found less often than they say; ``count`` is how often less.
    """

    report: LintReport
    known: int
    stale: tuple[Known, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Known findings, in the order in which they are written."""

    entries: tuple[Known, ...] = ()

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Self:
        """A baseline that knows exactly these findings."""
        counts: Counter[str] = Counter()
        first: dict[str, Finding] = {}
        for finding in findings:
            mark = fingerprint(finding)
            counts[mark] += 1
            first.setdefault(mark, finding)
        entries = [
            Known(
                fingerprint=mark,
                code=first[mark].code,
                name=first[mark].name,
                prompt=first[mark].prompt_id or first[mark].path,
                count=count,
            )
            for mark, count in counts.items()
        ]
        return cls(entries=tuple(sorted(entries, key=lambda entry: entry.order)))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a baseline.

        Raises:
            SettingsError: There is no such file, or it is not a baseline.
        """
        where = str(path)
        if not path.exists():
            raise SettingsError("there is no lint baseline here", where=where, hint=_HINT)
        try:
            document = json.loads(read_text(path, SettingsError))
        except json.JSONDecodeError as problem:
            raise SettingsError(
                f"not JSON: {problem.msg}",
                where=f"{where}:{problem.lineno}:{problem.colno}",
                hint=f"resolve the merge, or {_HINT}",
            ) from problem
        except RecursionError as problem:
            raise SettingsError("not a lint baseline", where=where, hint=_HINT) from problem
        if not isinstance(document, Mapping) or document.get("format") != FORMAT:
            raise SettingsError(
                f'not a lint baseline: "format" is not {FORMAT}', where=where, hint=_HINT
            )
        rows = document.get("findings")
        if not isinstance(rows, list):
            raise SettingsError('"findings" is not a list', where=where, hint=_HINT)
        entries = [_entry(row, f"{where}: findings[{n}]") for n, row in enumerate(rows)]
        return cls(entries=_merged(entries))

    def write(self, path: Path) -> None:
        """Write the baseline, whole or not at all; equal baselines give equal bytes.

        Raises:
            StorageError: The place cannot be written to; an old file stays whole.
        """
        rows = [json.dumps(entry.to_json(), ensure_ascii=False) for entry in self.entries]
        body = ",\n".join(f"    {row}" for row in rows)
        listed = f"[\n{body}\n  ]" if rows else "[]"
        write_atomic(path, f'{{\n  "format": "{FORMAT}",\n  "findings": {listed}\n}}\n')

    def split(
        self,
        report: LintReport,
        *,
        prompts: Collection[str] | None = None,
        codes: Collection[str] | None = None,
    ) -> Split:
        """Tell the new findings of a report from the known ones.

        Of more equal findings than the baseline knows, the last in the order of the report are new.

        Args:
            report: The findings of a run; where something was skipped, nothing is called stale.
            prompts: The ids of the prompts that were checked; None when all were. What was not
                checked is not stale, nor are texts without an id: nobody can say whose they were.
            codes: The rules that ran; None when all did.
        """
        left = Counter({entry.fingerprint: entry.count for entry in self.entries})
        new = []
        for finding in report.findings:
            mark = fingerprint(finding)
            if left[mark] > 0:
                left[mark] -= 1
            else:
                new.append(finding)
        stale = [
            replace(entry, count=left[entry.fingerprint])
            for entry in self.entries
            if left[entry.fingerprint] > 0
            and not report.skipped
            and (prompts is None or (entry.prompt and entry.prompt in prompts))
            and (codes is None or entry.code in codes)
        ]
        return Split(
            report=replace(report, findings=tuple(new)),
            known=len(report.findings) - len(new),
            stale=tuple(stale),
        )

    def pruned(self, stale: Iterable[Known]) -> Self:
        """This baseline without what is stale."""
        gone = {entry.fingerprint: entry.count for entry in stale}
        left = [
            replace(entry, count=entry.count - gone.get(entry.fingerprint, 0))
            for entry in self.entries
        ]
        return replace(self, entries=tuple(entry for entry in left if entry.count > 0))


def is_baseline(path: Path) -> bool:
    """Whether a file holds a baseline, so that a new one may take its place."""
    try:
        Baseline.load(path)
    except (SettingsError, OSError):
        return False
    return True


def _entry(row: JSON, where: str) -> Known:
    if not isinstance(row, Mapping):
        raise SettingsError("not an entry", where=where, hint=_HINT)
    for key, kind in _KEYS.items():
        value = row.get(key)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise SettingsError(f'"{key}" is missing or wrong', where=where, hint=_HINT)
    if row["count"] < 1:
        raise SettingsError('"count" is less than 1', where=where, hint=_HINT)
    return Known(**{key: row[key] for key in _KEYS})


def _merged(entries: Iterable[Known]) -> tuple[Known, ...]:
    """Entries in order, those of one fingerprint as one: a merge of two branches keeps both."""
    found: dict[str, Known] = {}
    for entry in entries:
        before = found.get(entry.fingerprint)
        count = entry.count if before is None else max(before.count, entry.count)
        found[entry.fingerprint] = replace(entry, count=count)
    return tuple(sorted(found.values(), key=lambda entry: entry.order))
