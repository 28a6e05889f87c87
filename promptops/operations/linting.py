"""Lint: the prompts of a workspace, or files wherever they are."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from promptops.config import Workspace, find_workspace
from promptops.config.environment import user_cache
from promptops.errors import (
    PromptSyntaxError,
    SettingsError,
    StorageError,
    UnknownPromptError,
    UsageError,
    WorkspaceNotFoundError,
)
from promptops.lint.cache import VerdictCache
from promptops.lint.engine import Linter
from promptops.lint.options import LintOptions, Option, load_options
from promptops.lint.paths import Places, Target, check_read, lint_targets
from promptops.lint.project_engine import project_rules, with_project
from promptops.lint.report import LintReport, Skipped
from promptops.lint.rules.unknown_target import UnknownTarget
from promptops.lint.runner import lint_files, report_of
from promptops.lint.sources import FORMATS, detect, find_files, parse_source
from promptops.models.catalog import Catalog
from promptops.models.dialects import load_dialects
from promptops.operations.lint_project import read_project
from promptops.prompts.loader import PromptFile
from promptops.prompts.registry import Registry, path_of
from promptops.wiring import Services

Progress = Callable[[int, int], None]
Notice = Callable[[str], None]
SETTINGS = "lint.toml"
_TARGETS = UnknownTarget.code


@dataclass(frozen=True, slots=True, kw_only=True)
class LintScope:
    """Where linting takes place: a workspace, or a folder that is none.

    Attributes:
        options: Rules and settings.
        workspace: The workspace, None outside of one.
        database: Where verdicts are kept.
        settings_file: The ``lint.toml`` that was read, or would be.
    """

    options: LintOptions
    workspace: Workspace | None
    database: Path
    settings_file: Path


def lint_options(services: Services) -> LintOptions:
    """The rules and settings of the workspace's ``lint.toml``, as of today."""
    return _workspace_options(services.workspace, services.clock().date())


def open_scope(
    folder: Path | str | None = None, *, today: date, start: Path | None = None
) -> LintScope:
    """The workspace named or found; outside of any, the nearest ``lint.toml`` above.

    Args:
        folder: The workspace that the user named.
        today: The day by which suppressions and model facts expire.
        start: Where the search upward begins; the current folder when None.

    Raises:
        WorkspaceNotFoundError: A folder was named and is no workspace.
        SettingsError: ``lint.toml`` is wrong.
    """
    here = (start or Path.cwd()).resolve()
    try:
        workspace = find_workspace(folder, start=here)
    except WorkspaceNotFoundError:
        if folder is not None:
            raise
        above = (place / SETTINGS for place in (here, *here.parents))
        found = next((path for path in above if path.is_file()), here / SETTINGS)
        options = load_options(found, root=found.parent)
        return LintScope(
            options=replace(options, today=today, compiled=_compiled()),
            workspace=None,
            database=user_cache() / "lint.db",
            settings_file=found,
        )
    return LintScope(
        options=_workspace_options(workspace, today),
        workspace=workspace,
        database=workspace.state / "lint.db",
        settings_file=workspace.lint_file,
    )


def _workspace_options(workspace: Workspace, today: date) -> LintOptions:
    options = load_options(workspace.lint_file, root=workspace.root)
    return replace(
        options,
        today=today,
        compiled=_compiled(),
        options=_with_own_models(options.options, workspace),
        dialects=load_dialects(workspace.dialects) if workspace.dialects.is_dir() else None,
    )


def _with_own_models(
    given: Mapping[str, Mapping[str, Option]], workspace: Workspace
) -> dict[str, Mapping[str, Option]]:
    """The rules' options, where the workspace's own models are no unknown targets."""
    if not workspace.models_file.is_file():
        return dict(given)
    try:
        cards = Catalog.load(workspace.models_file).cards
    except SettingsError:
        return dict(given)  # `promptops doctor` and every command that needs it say what is wrong
    built_in = {card.id for card in Catalog.load().cards}
    # Targets have no provider in their names.
    names = [card.id.lower().rpartition("/")[2] for card in cards if card.id not in built_in]
    named = str(given.get(_TARGETS, {}).get("known", ""))
    known = ",".join(part for part in (named, *names) if part)
    return {**given, _TARGETS: {**given.get(_TARGETS, {}), "known": known}}


def _compiled() -> Path:
    """Where compiled patterns are kept: they are the same for every workspace."""
    return user_cache() / "lint"


def named_targets(
    scope: LintScope,
    names: Sequence[str],
    *,
    column: str | None = None,
    format_: str | None = None,
) -> list[Target]:
    """The files that arguments name, each once: paths, folders, prompt ids, areas.

    All prompts of the workspace when none are named.

    Raises:
        UsageError: A folder without prompts, or nothing of that name.
        UnknownPromptError: No prompt of the workspace has this id.
    """
    if not names:
        if scope.workspace is None:
            raise UsageError(
                "nothing is named, and no workspace is here",
                hint="name files or folders, or run it inside a workspace",
            )
        folder = scope.workspace.prompts
        # The search passes over folders such as venv, the registry does not.
        everything = {*find_files(folder), *Registry(folder).paths()} if folder.exists() else ()
        return [Target(path=path) for path in sorted(everything)]
    found: dict[str, Target] = {}
    places = Places(scope.options.root)
    for name in names:
        for path in _paths(scope, name, format_):
            place, key = places.of(path)
            found.setdefault(key, Target(path=place, column=column, format_=format_))
    return list(found.values())


def _paths(scope: LintScope, name: str, format_: str | None) -> Sequence[Path]:
    path = Path(name)
    if path.is_dir():
        # A format that is named says which files are meant, also those that need naming.
        named = FORMATS[format_].patterns if format_ in FORMATS else ()
        files = find_files(path, include=(*scope.options.include, *named))
        if not files:
            raise UsageError(
                "no prompt is in this folder",
                where=name,
                hint="name the files, or let `include` in lint.toml say which they are",
            )
        return files
    if path.exists() or scope.workspace is None or path.suffix:
        return [path]
    registry = Registry(scope.workspace.prompts)
    if "/" in name:
        if area := registry.below(name):
            return area
        hint = "`promptops show` lists the prompts with their areas"
        raise UsageError("no file, folder or area is called so", where=name, hint=hint)
    try:
        return [registry.get(name).path]
    except (UnknownPromptError, UsageError):
        if area := registry.below(name):
            return area
        raise
    except PromptSyntaxError as problem:
        return [Path(problem.where.partition(":")[0])]


def lint_named(
    scope: LintScope,
    targets: Sequence[Target],
    *,
    cached: bool = True,
    workers: int = 1,
    progress: Progress | None = None,
    notice: Notice = lambda _line: None,
) -> LintReport:
    """Lint files, each by itself: the rules about a whole project are `with_context`.

    Args:
        scope: Where they are.
        targets: The files.
        cached: Whether verdicts that are known already count.
        workers: Processes, used when there is much to read.
        progress: Told the files done and their number.
        notice: Told when the cache cannot be used.
    """
    options = scope.options

    def refused(problem: StorageError) -> None:
        notice(f"verdicts cannot be kept: {problem}")

    if cached:
        try:
            cache = VerdictCache(scope.database, options, refused)
            return lint_targets(
                targets, options=options, cache=cache, workers=workers, progress=progress
            )
        except StorageError as problem:
            refused(problem)
    return lint_targets(targets, options=options, workers=workers, progress=progress)


def with_context(
    scope: LintScope,
    report: LintReport,
    targets: Sequence[Target],
    *,
    open_services: Callable[[], Services],
) -> LintReport:
    """A report with what the prompts' surroundings say added: golden sets, policies, each other.

    It speaks of targets in the workspace's registry only; elsewhere nothing surrounds a prompt.
    What the registry does not take for a prompt is skipped, see `with_registry`.

    Args:
        scope: Where they are.
        report: What each file says by itself.
        targets: The files of the report.
        open_services: Opens the workspace; called only when there is something to ask.
    """
    named = _in_registry(scope, targets)
    if not named:
        return report
    services = open_services()
    files, broken = services.registry.load_all()
    report = _with_broken(scope, report, named, broken)
    if not project_rules(scope.options):
        return report
    everything = named.issuperset(file.path for file in files)
    about = None if everything else {file.prompt.id for file in files if file.path in named}
    project = read_project(services, files, scope.options, about=about)
    whole = with_project(report, project, scope.options)
    if everything:
        return whole
    shown = {scope.options.shown(path) for path in named}
    before = set(report.findings)
    return replace(
        whole,
        findings=tuple(each for each in whole.findings if each in before or each.path in shown),
        skipped=tuple(
            each for each in whole.skipped if each in report.skipped or each.path in shown
        ),
    )


def with_registry(scope: LintScope, report: LintReport, targets: Sequence[Target]) -> LintReport:
    """A report that skips what every other command refuses: an id that two files have, for one.

    A file by itself may look well: that another one has its id is known to the registry alone.
    """
    named = _in_registry(scope, targets)
    if scope.workspace is None or not named:
        return report
    _, broken = Registry(scope.workspace.prompts).load_all()
    return _with_broken(scope, report, named, broken)


def _in_registry(scope: LintScope, targets: Sequence[Target]) -> set[Path]:
    if scope.workspace is None:
        return set()
    folder = scope.workspace.prompts
    return {target.path for target in targets if target.path.is_relative_to(folder)}


def _with_broken(
    scope: LintScope,
    report: LintReport,
    named: Collection[Path],
    broken: Iterable[PromptSyntaxError],
) -> LintReport:
    told = {item.path for item in report.skipped}
    more = [
        Skipped(
            path=shown,
            reason=problem.message + (f" ({problem.hint})" if problem.hint else ""),
            line=problem.line or None,
            column=problem.column or None,
        )
        for problem in broken
        if (path := path_of(problem)) in named and (shown := scope.options.shown(path)) not in told
    ]
    skipped = sorted((*report.skipped, *more), key=lambda item: item.order)
    return replace(report, skipped=tuple(skipped))


def with_sources(scope: LintScope, report: LintReport, targets: Sequence[Target]) -> LintReport:
    """A report that can quote the lines it speaks of; what cannot be read is not quoted."""
    wanted = {finding.path for finding in report.findings if finding.row is None}
    sources = dict(report.sources)
    for target in targets:
        shown = scope.options.shown(target.path)
        if shown in wanted and shown not in sources:
            with suppress(OSError, UnicodeDecodeError):
                sources[shown] = target.path.read_bytes().decode("utf-8-sig")
    return replace(report, sources=sources)


def lint_text(
    scope: LintScope,
    text: str,
    *,
    filename: str | None = None,
    column: str | None = None,
    format_: str | None = None,
) -> LintReport:
    """Lint a text that lies in no file.

    Args:
        scope: Under which settings.
        text: The whole text.
        filename: What it is called: it says the format, and findings carry it.
        column: The column with the prompts, for tables.
        format_: The format; it counts before the name.

    Raises:
        UsageError: An unknown format.
    """
    shown = filename or "<stdin>"
    kind = format_ or (detect(Path(shown)) if filename else None) or "text"
    read = parse_source(text, shown=shown, format_=kind, column=column)
    checked = check_read(Linter(scope.options), read)
    return replace(report_of([checked], scope.options), sources={shown: text})


def lint_registry(
    services: Services,
    *,
    files: Sequence[PromptFile] | None = None,
    options: LintOptions | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> LintReport:
    """Lint prompt files that are loaded, or every one of the registry with its surroundings.

    Files that cannot be loaded are reported as skipped, never passed over.
    """
    unreadable: tuple[PromptSyntaxError, ...] = ()
    settings = options or lint_options(services)
    whole = files is None
    if files is None:
        files, unreadable = services.registry.load_all()
    report = lint_files(
        files,
        options=settings,
        unreadable=[Skipped(path=error.where, reason=error.message) for error in unreadable],
        workers=workers,
        progress=progress,
    )
    if not whole:
        return report
    return with_project(report, read_project(services, files, settings), settings)
