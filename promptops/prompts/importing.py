"""Making prompt files out of a collection that somebody else wrote.

Foreign text is literal text: whatever braces it has are escaped, and every file is read and
rendered back before it is written, so that an imported prompt says exactly what its source said.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from promptops.core.canonical import digest_bytes
from promptops.core.files import write_atomic
from promptops.errors import ImportFormatError, PromptOpsError
from promptops.prompts.loader import parse_prompt
from promptops.prompts.model import Prompt
from promptops.prompts.registry import SUFFIX, Registry
from promptops.prompts.rendering import render
from promptops.prompts.sources import Row, count_others, read_rows
from promptops.prompts.template import escape_literal
from promptops.prompts.writing import dump_prompt

INTENT = "x-imported"
_BATCH = 64
_WRITERS = 8
_LONGEST_ID = 56  # leaves room for a number behind it
_LIKE_A_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_LICENSE = r"\(*[A-Za-z0-9][A-Za-z0-9.+-]*(?: WITH [A-Za-z0-9.-]+)?\)*"
_SPDX = re.compile(rf"{_LICENSE}(?: (?:AND|OR) {_LICENSE})*")
_UPDATE = "delete the file and import again to take the collection's text"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What became of a collection.

    Attributes:
        imported: Prompts that are in the registry now; those that were there already count.
        skipped: Place and reason of every row that was not imported although it could be read: it
            is blank, or a file says something else.
        failed: Place and reason of every row that cannot be read, or not be said in our files.
        files: The prompt files, in the order of the collection.
        kept: Files that say something else than the collection: they stay as they are.
        literal: Imported texts with what looks like ``{{ variables }}``; it stays text.
        others: Files of a folder that are of no kind that is imported.
    """

    imported: int
    skipped: tuple[tuple[str, str], ...]
    files: tuple[Path, ...]
    failed: tuple[tuple[str, str], ...] = ()
    kept: tuple[Path, ...] = ()
    others: int = 0
    literal: int = 0


def import_collection(
    source: Path,
    target: Path,
    *,
    text_column: str | None = None,
    id_column: str | None = None,
    area: str = "imported",
    license: str | None = None,  # noqa: A002 - the key's name in the prompt file
    most: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> ImportReport:
    """Write a prompt file for every text of a collection.

    Importing the same collection again changes nothing; a file that says something else is never
    overwritten.

    Args:
        source: CSV, TSV, JSON Lines, a text file, a Prompty, Dotprompt or GitHub Models file, or a
            folder of those files. A file of another tool keeps its roles, variables, parameters and
            output schema, or it is skipped with what our files cannot say.
        target: The registry's prompt folder.
        text_column: Column with the prompt; None guesses by the usual names.
        id_column: Column with the name; None guesses.
        area: Folder below ``target``.
        license: SPDX expression for all of them.
        most: Texts that a folder may hold; None takes all there are.
        progress: Called with the number of rows done, now and then.

    Raises:
        ImportFormatError: Not a collection, without the column, with too many texts, or without a
            single prompt.
        StorageError: A file cannot be written.
    """
    rows = read_rows(source, text_column, id_column, most=most)
    report = import_rows(rows, source, target, area=area, license=license, progress=progress)
    return replace(report, others=count_others(source))


def import_rows(
    rows: Iterable[Row],
    source: Path,
    target: Path,
    *,
    area: str = "imported",
    license: str | None = None,  # noqa: A002 - the key's name in the prompt file
    progress: Callable[[int], None] | None = None,
) -> ImportReport:
    """Write a prompt file for every row; see `import_collection`.

    Raises:
        ImportFormatError: Not an area, not a license, or without a single prompt.
        StorageError: A file cannot be written.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*", area):
        raise ImportFormatError(f'"{area}" is not an area: use lower-case letters and dashes')
    if license is not None and not _SPDX.fullmatch(license):
        raise ImportFormatError(
            f'"{license}" is no SPDX license expression',
            hint="such as MIT, CC-BY-4.0 OR MIT, or LicenseRef-Internal for terms of your own",
        )
    importer = _Importer(source, target, area, license)
    done = 0
    batch: list[tuple[Path, str]] = []
    with ThreadPoolExecutor(_WRITERS) as pool:
        for done, row in enumerate(rows, start=1):
            if (written := importer.take(row)) is not None:
                batch.append(written)
            if done % _BATCH == 0:
                _write(pool, batch)
                if progress is not None:
                    progress(done)
        _write(pool, batch)
    if progress is not None:
        progress(done)
    if not importer.files:
        left = [*importer.failed, *importer.skipped, (str(source), "there are none")]
        where, reason = left[0]
        hint = _UPDATE if importer.kept and not importer.failed else ""
        raise ImportFormatError(f"no prompt could be imported: {reason}", where=where, hint=hint)
    return ImportReport(
        imported=len(importer.files),
        skipped=tuple(importer.skipped),
        files=tuple(importer.files),
        failed=tuple(importer.failed),
        kept=tuple(importer.kept),
        literal=importer.literal,
    )


def slug(name: str) -> str:
    """A prompt id made from any name; empty when nothing of the name can be kept."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    whole = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(whole) <= _LONGEST_ID:
        return whole
    # Cut between words where there are words.
    return whole[: _LONGEST_ID + 1].rpartition("-")[0] or whole[:_LONGEST_ID]


class _Importer:
    def __init__(self, source: Path, target: Path, area: str, license_: str | None) -> None:
        self.files: list[Path] = []
        self.skipped: list[tuple[str, str]] = []
        self.failed: list[tuple[str, str]] = []
        self.kept: list[Path] = []
        self.literal = 0
        self._source = source
        self._folder = target / area
        self._license = license_
        # Ids are unique in the whole registry; those in this area may be from an earlier import.
        self._taken = {
            path.name.removesuffix(SUFFIX)
            for path in Registry(target).paths()
            if path.parent != self._folder
        }

    def take(self, row: Row) -> tuple[Path, str] | None:
        """The file to write for a row, None when there is nothing to write."""
        if row.problem:
            self.failed.append((row.where, row.problem))
            return None
        if not (row.text or "").strip():
            self.skipped.append((row.where, "empty"))
            return None
        text = row.text or ""
        prompt_id = self._free_id(slug(row.name) or _anonymous_id(text))
        path = self._folder / f"{prompt_id}{SUFFIX}"
        try:
            content = self._file_text(row, prompt_id, text)
        except (PromptOpsError, ValueError) as problem:
            self.failed.append((row.where, _reason(problem)))
            return None
        self._taken.add(prompt_id)
        if path.exists():
            if path.read_bytes() != content.encode("utf-8"):
                self.skipped.append((row.where, f"{path} says something else"))
                self.kept.append(path)
                return None
            self._count(path, row)
            return None
        self._count(path, row)
        return path, content

    def _count(self, path: Path, row: Row) -> None:
        self.files.append(path)
        self.literal += row.fields is None and _LIKE_A_TEMPLATE.search(row.text or "") is not None

    def _file_text(self, row: Row, prompt_id: str, text: str) -> str:
        title = " ".join(row.name.split())[:200] or prompt_id
        line = row.where.rpartition(":")[2]
        origin: dict[str, object] = {"collection": self._source.name}
        if line.isdigit():
            origin["line"] = int(line)
        prompt = Prompt.model_validate(
            {
                "id": prompt_id,
                "version": "1.0.0",
                "title": "".join(char if char.isprintable() else " " for char in title),
                "intent": INTENT,
                "license": self._license,
                **(
                    row.fields
                    or {"messages": [{"role": row.role, "content": escape_literal(text)}]}
                ),
                "x-source": origin,
            }
        )
        content = dump_prompt(prompt)
        if row.fields is not None:
            if parse_prompt(content).prompt != prompt:
                raise ValueError("cannot be written so that it reads back the same")
            return content
        if render(parse_prompt(content).prompt, {}).texts() != ((row.role, text),):
            raise ValueError("cannot be written so that it reads back the same")
        return content

    def _free_id(self, wanted: str) -> str:
        candidate, number = wanted, 1
        while candidate in self._taken:
            number += 1
            candidate = f"{wanted}-{number}"
        return candidate


def _write(pool: ThreadPoolExecutor, batch: list[tuple[Path, str]]) -> None:
    """Write files side by side: most of the time is waiting for the disk to confirm."""
    for _ in pool.map(lambda item: write_atomic(*item), batch):
        pass
    batch.clear()


def _anonymous_id(text: str) -> str:
    return f"prompt-{digest_bytes(text.encode('utf-8', 'replace'))[7:15]}"


def _reason(problem: Exception) -> str:
    if isinstance(problem, PromptOpsError):
        return problem.message
    if isinstance(problem, ValidationError):
        first = problem.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    return str(problem).splitlines()[0]
