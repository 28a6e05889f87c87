"""An open document: what the linter finds in it, and how it would fix that."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from promptops.core.clock import system_clock
from promptops.core.globs import matches
from promptops.lint.engine import Checked, Linter
from promptops.lint.finding import Finding
from promptops.lint.fixes import fix_text, is_applicable
from promptops.lint.paths import check_read
from promptops.lint.sources import FORMATS, detect, parse_source
from promptops.operations.lint_fixing import fix_source
from promptops.operations.linting import LintScope, open_scope

_SETTINGS = ("lint.toml", "prompt_registry/lint.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text that an editor shows.

    Attributes:
        path: Where it is, or will be, saved.
        text: What stands there now.
        scope: The workspace, or the folder's settings.
        format_: How it is read.
    """

    path: Path
    text: str
    scope: LintScope
    format_: str

    @property
    def shown(self) -> str:
        """The path that findings carry."""
        return self.scope.options.shown(self.path)

    def checked(self) -> Checked:
        """Lint it as it stands, saved or not."""
        read = parse_source(self.text, shown=self.shown, format_=self.format_, path=self.path)
        return check_read(Linter(self.scope.options), read)

    def fixed(self, finding: Finding) -> str | None:
        """The text after one finding's fix; None when the fix cannot be proved harmless."""
        if not is_applicable(finding, unsafe=True):
            return None
        outcome = fix_text(self.text, [finding], unsafe=True)
        return outcome.text if outcome.applied else None

    def fixed_all(self) -> str:
        """The text after every safe fix."""
        return fix_source(
            self.scope, self.text, shown=self.shown, format_=self.format_, path=self.path
        ).text


def open_document(path: Path, text: str) -> Document | None:
    """The document at a path; None when it is nothing that holds prompts.

    Raises:
        SettingsError: ``lint.toml`` is wrong.
    """
    scope = _scope(path.parent, system_clock().date().isoformat(), _stamp(path.parent))
    name = detect(path)
    if name is None or FORMATS[name].streamed:
        return None
    if not FORMATS[name].in_folders and not _is_included(path, scope):
        return None
    return Document(path=path, text=text, scope=scope, format_=name)


def _is_included(path: Path, scope: LintScope) -> bool:
    root = scope.options.root
    if root is None or not path.is_relative_to(root):
        return False
    relative = path.relative_to(root).as_posix()
    return any(matches(relative, glob) for glob in scope.options.include)


@lru_cache(maxsize=64)
def _scope(folder: Path, day: str, stamp: Sequence[tuple[str, int]]) -> LintScope:
    del day, stamp  # they only say when the settings have to be read again
    return open_scope(today=system_clock().date(), start=folder)


def _stamp(folder: Path) -> tuple[tuple[str, int], ...]:
    """The settings files that could speak for a folder, with when they were written."""
    places = (place / name for place in (folder, *folder.parents) for name in _SETTINGS)
    return tuple((str(path), path.stat().st_mtime_ns) for path in places if path.is_file())
