"""Lint the prompts of a workspace."""

from collections.abc import Callable, Sequence
from pathlib import Path

from promptops.errors import PromptSyntaxError, UsageError
from promptops.lint.options import LintOptions, load_options
from promptops.lint.report import LintReport, Skipped
from promptops.lint.runner import lint_files
from promptops.prompts.loader import PromptFile, load_prompt
from promptops.wiring import Services

Progress = Callable[[int, int], None]


def lint_options(services: Services) -> LintOptions:
    """The rules and settings of the workspace's ``lint.toml``."""
    return load_options(services.workspace.lint_file, root=services.workspace.root)


def lint_registry(
    services: Services,
    *,
    files: Sequence[PromptFile] | None = None,
    options: LintOptions | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> LintReport:
    """Lint prompt files, every one of the registry when none are given.

    Files that cannot be loaded are reported as skipped, never passed over.
    """
    unreadable: tuple[PromptSyntaxError, ...] = ()
    if files is None:
        files, unreadable = services.registry.load_all()
    return lint_files(
        files,
        options=options or lint_options(services),
        unreadable=[Skipped(path=error.where, reason=error.message) for error in unreadable],
        workers=workers,
        progress=progress,
    )


def lint_paths(
    services: Services,
    paths: Sequence[Path],
    *,
    options: LintOptions | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> LintReport:
    """Lint the prompt files named, and those below the folders named.

    Raises:
        UsageError: A path with no prompt file at or below it.
    """
    found: list[Path] = []
    for path in paths:
        below = sorted(path.rglob("*.prompt.yaml")) if path.is_dir() else [path]
        if not below or not path.exists():
            raise UsageError("no prompt file is here", where=str(path))
        found += below
    files, unreadable = [], []
    for path in dict.fromkeys(found):
        try:
            files.append(load_prompt(path))
        except PromptSyntaxError as problem:
            unreadable.append(Skipped(path=problem.where, reason=problem.message))
    return lint_files(
        files,
        options=options or lint_options(services),
        unreadable=unreadable,
        workers=workers,
        progress=progress,
    )
