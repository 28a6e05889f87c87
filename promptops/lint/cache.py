"""Verdicts that are known already: a file that did not change is not checked again.

The key of a file's verdict is a digest of everything that it depends on: the content, the path it
is shown under, the rules with their options, the day, and the linter's own code. So nothing ever
has to be invalidated, and what is stored under a key is never wrong, only unused.
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from promptops.core.canonical import digest
from promptops.core.store import BlobStore
from promptops.errors import StorageError
from promptops.lint.engine import Checked
from promptops.lint.finding import Edit, Finding, Fix, Severity
from promptops.lint.options import LintOptions

_READ = 65_536
_LARGEST = 256_000_000
"""Bytes. Old verdicts are never looked up again, and nothing else says which those are."""


class VerdictCache:
    """What was found in files, kept in a database.

    Args:
        path: The database; it is made when first written to.
        options: What the verdicts are made under.
        refused: Told when verdicts cannot be kept, which then does no harm; None raises.
    """

    def __init__(
        self,
        path: Path,
        options: LintOptions,
        refused: Callable[[StorageError], None] | None = None,
    ) -> None:
        """Name the database and the settings; one that grew too large is begun anew."""
        if path.exists() and path.stat().st_size > _LARGEST:
            path.unlink(missing_ok=True)
        self._store = BlobStore(path, or_read=True)
        self._refused = refused
        self._settings = digest({"options": options.identity(), "code": _own_code()})

    def key(self, path: Path, *, shown: str, how: str = "") -> str:
        """The key of a file: its bytes, its shown path, and how it is read (format, column).

        Raises:
            OSError: The file cannot be read.
        """
        head = f"{self._settings}\0{how}\0{shown}\0".encode("utf-8", "surrogatepass")
        content = hashlib.sha256(head)
        # A buffered stream would take half as long again as all the rest of this.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            while data := os.read(descriptor, _READ):
                content.update(data)
        finally:
            os.close(descriptor)
        return content.hexdigest()

    def get_many(self, keys: Sequence[str]) -> dict[str, Checked]:
        """The verdicts known, by key."""
        return {key: _read(data) for key, data in self._store.get_many(keys).items()}

    def put_many(self, verdicts: Mapping[str, Checked]) -> None:
        """Keep verdicts. One with skipped rules is not kept: what failed may work next time."""
        kept = {key: _written(each) for key, each in verdicts.items() if not each.skipped}
        try:
            self._store.put_many(kept)
        except StorageError as problem:
            if self._refused is None:
                raise
            self._refused(problem)


@cache
def _own_code() -> str:
    """What identifies this linter's code: an edited rule must not meet old verdicts."""
    folder = Path(__file__).parent
    files = sorted(path for path in folder.rglob("*") if path.suffix in {".py", ".yaml"})
    stats = [(path.relative_to(folder).as_posix(), path.stat()) for path in files]
    return digest([[name, stat.st_size, str(stat.st_mtime_ns)] for name, stat in stats])


def _written(checked: Checked) -> bytes:
    rows = [{**finding.to_json(), "anchor": finding.anchor} for finding in checked.findings]
    return json.dumps([checked.prompts, checked.suppressed, rows], ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )


@lru_cache(maxsize=64)
def _read(data: bytes) -> Checked:
    """What was written; most files have the same verdict, that nothing was found."""
    prompts, suppressed, rows = json.loads(data.decode("utf-8", "surrogatepass"))
    return Checked(
        findings=tuple(_finding(row) for row in rows),
        skipped=(),
        suppressed=suppressed,
        prompts=prompts,
    )


_SEVERITIES = {level.value: level for level in Severity}


def _finding(row: dict[str, Any]) -> Finding:
    row["severity"] = _SEVERITIES[row["severity"]]
    row["tags"] = tuple(row["tags"])
    fix = row["fix"]
    if fix:
        edits = tuple(Edit(**edit) for edit in fix["edits"])
        row["fix"] = Fix(title=fix["title"], applicability=fix["applicability"], edits=edits)
    return Finding(**row)
