"""The prompts of a workspace: files in area folders, found by id.

``<root>/<area>/<id>.prompt.yaml``. Hidden folders are passed over; ``.history`` keeps every text
that a proposal replaced.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath

from promptops.core.files import storage_refusals
from promptops.core.references import PromptRef
from promptops.core.suggest import did_you_mean
from promptops.errors import PromptSyntaxError, StorageError, UnknownPromptError
from promptops.prompts.digests import file_digest
from promptops.prompts.loader import PromptFile, load_prompt
from promptops.prompts.positions import Position

SUFFIX = ".prompt.yaml"
HISTORY = ".history"


class Registry:
    """The prompt files under one folder."""

    def __init__(self, root: Path) -> None:
        """Name the folder; nothing is read yet."""
        self.root = root

    def paths(self) -> tuple[Path, ...]:
        """Every prompt file, sorted by path.

        Raises:
            StorageError: A folder cannot be read: its prompts must not seem to be gone.
        """
        return tuple(sorted(self._walk()))

    def load_all(
        self, *, progress: Callable[[int, int], None] | None = None
    ) -> tuple[tuple[PromptFile, ...], tuple[PromptSyntaxError, ...]]:
        """Every prompt that can be read, and an error for every file that cannot.

        A file whose name is not its id is an error, and so is every file of an id that two have:
        nobody can say which of them is meant.

        Args:
            progress: Called with files done and files in all.

        Raises:
            StorageError: A folder cannot be read.
        """
        files: list[PromptFile] = []
        errors: list[PromptSyntaxError] = []
        by_id = self._by_id()
        paths = sorted(path for group in by_id.values() for path in group)
        for done, path in enumerate(paths, start=1):
            try:
                files.append(self._load_only(path, by_id[_id_of(path)]))
            except PromptSyntaxError as problem:
                errors.append(problem)
            if progress is not None:
                progress(done, len(paths))
        return tuple(files), tuple(errors)

    def get(self, ref: str | PromptRef) -> PromptFile:
        """One prompt: its current version, or an older one from the history.

        Raises:
            UsageError: ``ref`` is not a reference.
            UnknownPromptError: No prompt has this id or version.
            PromptSyntaxError: The file is broken, or two files have this id.
            StorageError: A folder cannot be read.
        """
        reference = PromptRef.parse(ref) if isinstance(ref, str) else ref
        by_id = self._by_id()
        found = by_id.get(reference.id, [])
        if not found:
            hint = did_you_mean(reference.id, by_id) or "run `promptops show` to list the prompts"
            raise UnknownPromptError(f'no prompt is called "{reference.id}"', hint=hint)
        file = self._load_only(found[0], found)
        if reference.version in (None, file.prompt.version):
            return file
        old = self.history_path(file, reference.version or "")
        if old.is_file():
            return load_prompt(old)
        known = [*self.versions(file), file.prompt.version]
        raise UnknownPromptError(
            f'"{reference.id}" has no version {reference.version}',
            hint=f"versions: {', '.join(known)}",
        )

    def readable(self, ids: Iterable[str]) -> dict[str, PromptFile]:
        """The current versions of these prompts; without those that are gone or broken."""
        by_id, found = self._by_id(), {}
        for name in ids:
            if len(paths := by_id.get(name, [])) == 1:
                with suppress(PromptSyntaxError):
                    found[name] = self._load(paths[0])
        return found

    def area(self, file: PromptFile | Path) -> str:
        """The folder of a prompt below the root, ``support`` or ``support/billing``."""
        path = file.path if isinstance(file, PromptFile) else file
        folder = path.resolve().parent
        root = self.root.resolve()
        return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else ""

    def below(self, area: str) -> tuple[Path, ...]:
        """The prompt files of an area and the areas in it; none when there is no such area."""
        folder = PurePosixPath(area)
        if folder.is_absolute() or not folder.parts or ".." in folder.parts:
            return ()
        return tuple(path for path in self.paths() if path.is_relative_to(self.root / folder))

    def history_path(self, file: PromptFile, version: str) -> Path:
        """Where the text of an older version of a prompt is kept."""
        return file.path.parent / HISTORY / f"{file.prompt.id}@{version}.yaml"

    def free_history_path(self, file: PromptFile) -> Path:
        """Where to keep the text of a file so that no other text is lost.

        A second text of one version (someone changed the file and left its version) is kept as
        ``<id>@<version>+<12 hex of its digest>.yaml``.
        """
        text = file.text.encode("utf-8")
        path = self.history_path(file, file.prompt.version)
        with storage_refusals(path):
            if not path.exists() or path.read_bytes() == text:
                return path
        mark = file_digest(file.text).removeprefix("sha256:")[:12]
        return self.history_path(file, f"{file.prompt.version}+{mark}")

    def texts_of(self, file: PromptFile, version: str) -> tuple[PromptFile, ...]:
        """Every kept text of an older version that can be read, the first one kept first."""
        first = self.history_path(file, version)
        found = []
        for path in (first, *sorted(first.parent.glob(f"{first.stem}+*.yaml"))):
            with suppress(PromptSyntaxError):
                found.append(load_prompt(path))
        return tuple(found)

    def versions(self, file: PromptFile) -> tuple[str, ...]:
        """The older versions of a prompt that are kept, oldest first."""
        folder = file.path.parent / HISTORY
        prefix = f"{file.prompt.id}@"
        names = [path.stem.removeprefix(prefix) for path in folder.glob(f"{prefix}*.yaml")]
        return tuple(sorted((name for name in names if "+" not in name), key=_version_key))

    def _by_id(self) -> dict[str, list[Path]]:
        by_id: dict[str, list[Path]] = {}
        for path in self.paths():
            by_id.setdefault(_id_of(path), []).append(path)
        return by_id

    def _load(self, path: Path) -> PromptFile:
        file = load_prompt(path)
        if file.prompt.id != _id_of(path):
            raise _id_error(
                file,
                f'the file is called {path.name} but its id is "{file.prompt.id}"',
                hint=f"rename it to {file.prompt.id}{SUFFIX}",
            )
        return file

    def _load_only(self, path: Path, same_id: Sequence[Path]) -> PromptFile:
        """One file, if it is the only one with its id."""
        file = self._load(path)
        others = [str(other) for other in same_id if other != path]
        if others:
            raise _id_error(
                file,
                f'the id "{file.prompt.id}" is taken by {", ".join(others)} too',
                hint="give one of them another id and file name",
            )
        return file

    def _walk(self) -> Iterator[Path]:
        def refuse(problem: OSError) -> None:
            # No folder at all is an empty registry; so is one that was removed a moment ago.
            if not isinstance(problem, FileNotFoundError):
                place = str(problem.filename or self.root)
                raise StorageError(f"cannot be read: {problem.strerror}", where=place) from problem

        for folder, folders, names in os.walk(self.root, onerror=refuse):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                if name.endswith(SUFFIX) and not name.startswith("."):
                    yield Path(folder, name)


def path_of(problem: PromptSyntaxError) -> Path:
    """The prompt file that an error is about."""
    return Path(problem.where.removesuffix(f":{problem.line}:{problem.column}"))


def _id_of(path: Path) -> str:
    return path.name.removesuffix(SUFFIX)


def _id_error(file: PromptFile, message: str, *, hint: str = "") -> PromptSyntaxError:
    place: Position = file.position("/id")
    return PromptSyntaxError(
        message, where=str(file.path), hint=hint, line=place.line, column=place.column
    )


def _version_key(version: str) -> tuple[list[int], str]:
    core, _, rest = version.partition("-")
    return [int(part) if part.isdigit() else 0 for part in core.split(".")], rest or "~"
