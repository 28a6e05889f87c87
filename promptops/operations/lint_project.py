"""What the linter may know beyond one prompt, read from a workspace."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from promptops.errors import (
    GoldenSetError,
    PolicyError,
    PromptOpsError,
    PromptSyntaxError,
    SettingsError,
    UnknownModelError,
)
from promptops.golden.case import GoldenCase
from promptops.golden.loading import read_cases
from promptops.lint.options import LintOptions
from promptops.lint.project.model import Member, Need, Project, Route, Unread
from promptops.lint.project_engine import project_rules
from promptops.models.card import ModelCard
from promptops.operations.git_history import GitHistory
from promptops.prompts.loader import PromptFile, load_prompt, parse_prompt
from promptops.prompts.model import Prompt
from promptops.prompts.registry import HISTORY, SUFFIX
from promptops.wiring import Services

_MEASURED = ("expected_cost_usd_max", "latency_p95_ms_max", "error_rate_max")


def read_project(
    services: Services,
    files: Sequence[PromptFile],
    options: LintOptions,
    *,
    about: Collection[str] | None = None,
) -> Project:
    """The prompts with their golden sets, routes and earlier versions.

    Only what the selected rules need is read. What is there and cannot be read is noted, so that
    the rules that need it are reported as skipped; what is not there at all is nobody's fault.

    Args:
        services: The workspace.
        files: The prompts; comparisons are among these.
        options: Which rules run, and how paths are shown.
        about: Ids of the prompts whose own surroundings are wanted; all when None. The others are
            only compared with, which is much less to read.
    """
    needs: set[Need] = {need for rule in project_rules(options) for need in rule.needs}
    unread: list[Unread] = []
    asked = [file for file in files if about is None or file.prompt.id in about]
    areas = {folder: services.registry.area(folder / "_") for folder in _folders(files)}
    earlier = _earlier(services, asked, unread) if "history" in needs else {}
    members = sorted(
        (
            Member(
                file=file,
                path=options.shown(file.path),
                area=areas[file.path.parent],
                earlier=earlier.get(file.prompt.id),
                dialects=options.dialects,
            )
            for file in files
        ),
        key=lambda member: member.path,
    )
    wanted = {file.prompt.id for file in asked}
    concerned = [member for member in members if member.prompt.id in wanted]
    return Project(
        members=tuple(members),
        golden=_golden(services, asked, unread) if "golden" in needs else {},
        routes=_routes(services, concerned, unread) if "policies" in needs else {},
        unread=tuple(unread),
    )


def _folders(files: Iterable[PromptFile]) -> set[Path]:
    return {file.path.parent for file in files}


def _golden(
    services: Services, files: Iterable[PromptFile], unread: list[Unread]
) -> dict[str, tuple[GoldenCase, ...]]:
    found: dict[str, tuple[GoldenCase, ...]] = {}
    for path in sorted({item.dataset for file in files for item in file.prompt.evals}):
        place = services.workspace.root / path
        if not place.exists():
            continue
        try:
            cases, problems = read_cases(place)
        except (GoldenSetError, OSError) as problem:
            unread.append(Unread(need="golden", where=path, reason=_reason(problem)))
            continue
        if problems:
            line, reason = problems[0]
            unread.append(Unread(need="golden", where=f"{path}:{line}", reason=reason))
        found[path] = cases
    return found


def _routes(
    services: Services, members: Iterable[Member], unread: list[Unread]
) -> dict[str, tuple[Route, ...]]:
    from promptops.routing.ask import ask_for
    from promptops.routing.constraints import refusal
    from promptops.routing.loading import load_policies, policy_for

    try:
        policies = load_policies(services.workspace.policies)
        cards = _cards(services, {spec.model for each in policies for spec in each.targets})
    except (PolicyError, SettingsError) as problem:
        where = problem.where or str(services.workspace.policies)
        unread.append(Unread(need="policies", where=where, reason=problem.message))
        return {}
    found: dict[str, tuple[Route, ...]] = {}
    for member in members:
        ask = ask_for(member.prompt, area=member.area)
        try:
            policy = policy_for(policies, ask)
        except PolicyError as problem:
            unread.append(
                Unread(
                    need="policies",
                    where=member.path,
                    reason=problem.message,
                    prompt_id=member.prompt.id,
                )
            )
            continue
        if policy is None:
            continue
        # Measured limits say nothing about the data, and change with every call.
        off = dict.fromkeys(_MEASURED)
        constraints = tuple(
            each.model_copy(update={"require": each.require.model_copy(update=off)})
            for each in policy.constraints
        )
        found[member.prompt.id] = tuple(
            Route(
                policy=policy.name,
                target=target.name,
                card=cards.get(target.model),
                constraint=refused[0] if refused else "",
                reason=refused[1] if refused else "",
            )
            for target in policy.targets
            for refused in [
                refusal(target, cards.get(target.model), constraints, ask, lambda _runs: None)
            ]
        )
    return found


def _cards(services: Services, models: Iterable[str]) -> Mapping[str, ModelCard]:
    found = {}
    for model in sorted(models):
        with suppress(UnknownModelError):
            found[model] = services.catalog.get(model)
    return found


def _earlier(
    services: Services, files: Sequence[PromptFile], unread: list[Unread]
) -> dict[str, Prompt]:
    """The version before: the committed one of a changed file, else the last kept one."""
    found: dict[str, Prompt] = {}
    kept = {folder for folder in _folders(files) if (folder / HISTORY).is_dir()}
    for file in files:
        if file.path.parent not in kept:
            continue
        versions = services.registry.versions(file)
        if versions:
            with suppress(PromptSyntaxError):
                old = load_prompt(services.registry.history_path(file, versions[-1]))
                found[file.prompt.id] = old.prompt
    root = services.workspace.root
    if not any((folder / ".git").exists() for folder in (root, *root.parents)):
        return found
    try:
        found |= _committed(root, files)
    except PromptOpsError as problem:
        unread.append(Unread(need="history", where=str(root), reason=_reason(problem)))
    return found


def _committed(root: Path, files: Iterable[PromptFile]) -> dict[str, Prompt]:
    """The prompts of HEAD whose files have changed since; broken texts of HEAD are left out."""
    history = GitHistory(root)
    head = history.head()
    if head is None:
        return {}
    before = {
        (root / item.path).resolve(): item.before
        for item in history.changes(head, suffix=SUFFIX)
        if item.before is not None
    }
    found = {}
    for file in files:
        path = before.get(file.path.resolve())
        if path is not None:
            with suppress(PromptSyntaxError):
                found[file.prompt.id] = parse_prompt(history.text(head, path), path).prompt
    return found


def _reason(problem: Exception) -> str:
    return problem.message if isinstance(problem, PromptOpsError) else str(problem)
