"""Fix files: what the linter would change in them, proved harmless, not yet written."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from promptops.lint.engine import Linter
from promptops.lint.finding import Finding
from promptops.lint.fixes import FixOutcome, Refused, fix_until_stable, unified_diff
from promptops.lint.paths import Target, check_read
from promptops.lint.report import Skipped
from promptops.lint.sources import FORMATS, detect, parse_source
from promptops.operations.linting import LintScope, lint_text

__all__ = ["FixedFile", "FixedPipe", "LintScope", "fix_file", "fix_pipe", "fix_source"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedFile:
    """A file before and after its fixes; nothing is written yet."""

    path: Path
    shown: str
    before: bytes
    data: bytes
    applied: tuple[Finding, ...]
    refused: tuple[Refused, ...]

    @property
    def diff(self) -> str:
        """The change as a unified diff."""
        return unified_diff(self.shown, self.before.decode(), self.data.decode())


def fix_file(scope: LintScope, target: Target, *, unsafe: bool = False) -> FixedFile | None:
    """What fixing one file would make of it.

    Returns:
        None for a file that cannot be read as text, or whose format holds many prompts (tables):
        linting says what is wrong there.
    """
    name = target.format_ or detect(target.path) or "text"
    if name not in FORMATS or FORMATS[name].streamed or not target.path.is_file():
        return None
    try:
        before = target.path.read_bytes()
        text = before.decode()
    except (OSError, UnicodeDecodeError):
        return None
    shown = scope.options.shown(target.path)
    outcome = fix_source(scope, text, shown=shown, format_=name, unsafe=unsafe, path=target.path)
    return FixedFile(
        path=target.path,
        shown=shown,
        before=before,
        data=outcome.text.encode(),
        applied=outcome.applied,
        refused=outcome.refused,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedPipe:
    """What came through a pipe, fixed; ``data`` is what came where nothing could be done.

    ``unread`` says what could not be read, or why nothing of this format is rewritten.
    """

    data: bytes
    refused: tuple[Refused, ...]
    unread: tuple[Skipped, ...]


def fix_pipe(
    scope: LintScope,
    data: bytes,
    *,
    filename: str | None = None,
    column: str | None = None,
    format_: str | None = None,
    unsafe: bool = False,
) -> FixedPipe:
    """Fix a text that lies in no file.

    Args:
        scope: Under which settings.
        data: All of it.
        filename: What it is called: it says the format.
        column: The column with the prompts, for tables, which are not rewritten.
        format_: The format; it counts before the name.
        unsafe: Also apply fixes that may change the meaning.

    Raises:
        InputError: Two rules whose fixes call for each other.
        UsageError: An unknown format.
    """
    text = data.decode("utf-8", "surrogateescape")
    report = lint_text(scope, text, filename=filename, column=column, format_=format_)
    shown = filename or "<stdin>"
    name = format_ or (detect(Path(filename)) if filename else None) or "text"
    if FORMATS[name].streamed:
        table = Skipped(path=shown, reason="the texts of a table are not rewritten")
        return FixedPipe(data=data, refused=(), unread=(*report.skipped, table))
    if report.skipped:
        return FixedPipe(data=data, refused=(), unread=report.skipped)
    outcome = fix_source(scope, text, shown=shown, format_=name, unsafe=unsafe)
    return FixedPipe(data=outcome.text.encode(), refused=outcome.refused, unread=())


def fix_source(
    scope: LintScope,
    text: str,
    *,
    shown: str,
    format_: str | None = None,
    unsafe: bool = False,
    path: Path | None = None,
) -> FixOutcome:
    """Fix a text until nothing is left to fix.

    Raises:
        InputError: Two rules whose fixes call for each other.
        UsageError: An unknown format.
    """
    linter = Linter(scope.options)
    name = format_ or detect(Path(shown)) or "text"

    def lint(source: str) -> Sequence[Finding]:
        read = parse_source(source, shown=shown, format_=name, path=path)
        return check_read(linter, read).findings

    # A name that does not say the format does not say how such a file is edited either.
    kind = None
    if name in FORMATS and detect(Path(shown)) != name:
        kind = FORMATS[name].patterns[0].replace("*", "a")
    return fix_until_stable(text, lint, unsafe=unsafe, kind=kind)
