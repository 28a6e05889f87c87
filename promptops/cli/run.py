"""``promptops run``: a flow, here and now."""

from typing import Any

import click

from promptops.cli.guard import open_package
from promptops.cli.lazy import Cli
from promptops.cli.options import PROMPT, common, open_workspace, reports
from promptops.cli.output import emit, emit_json, emit_table
from promptops.config.environment import make_prefect_home, quiet_prefect
from promptops.errors import UsageError

_BUDGET = {"calls": int, "usd": float, "minutes": float}
_UNDONE = ("refused for ", "cannot be sent to ")
"""How an outcome of ``run rewriting`` tells what a person has to look at."""


@click.group()
def command() -> None:
    """Run a flow, here and now."""


@command.command()
@click.option("--only", multiple=True, type=PROMPT, metavar="REF", help="Only this prompt; again.")
@click.option(
    "--budget",
    metavar="LIMITS",
    help="Such as 500 (calls) or calls=500,usd=2,minutes=10.",
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Call no model, write no proposal and no report; tell what is due.",
)
@reports()
@common
@click.pass_obj
def nightly(
    cli: Cli, only: tuple[str, ...], budget: str | None, dry_run: bool, format_: str
) -> int:
    """Lint, group, measure, improve, test, route and pack: the whole job of a night.

    Writes proposals, a report and MLflow runs; changes no prompt. What was measured before is not
    measured again. Exit 1 when a step failed or a prompt regressed.
    """
    limits = parse_budget(budget)
    services = _open(cli)
    for ref in only:
        services.registry.get(ref)
    flow = open_package("flows", "nightly").nightly
    report = flow(str(services.workspace.root), only=only, dry_run=dry_run, **limits)
    if format_ == "json":
        emit_json(report.to_json())
    else:
        from promptops.reporting.terminal import closing

        emit(closing(report))
    return int(bool(report.errors) or any(r.verdict == "REGRESSED" for r in report.regressions))


@command.command("kb-regression")
@click.option("--kb", default="", help="Only prompts that read this knowledge base.")
@reports()
@common
@click.pass_obj
def kb_regression(cli: Cli, kb: str, format_: str) -> int:
    """Test what retrieves against the present version of its knowledge base."""
    verdicts = _simple(cli, "kb_regression", kb=kb)
    _show(verdicts, format_, "prompt", "verdict")
    return int("REGRESSED" in verdicts.values())


@command.command()
@click.option("--report-only", is_flag=True, help="Leave the estimates in force as they are.")
@reports()
@common
@click.pass_obj
def recalibration(cli: Cli, report_only: bool, format_: str) -> None:
    """Learn from logged runs which target should answer what."""
    _show(_simple(cli, "recalibration", apply=not report_only), format_, "policy", "changed")


@command.command()
@reports()
@common
@click.pass_obj
def clustering(cli: Cli, format_: str) -> None:
    """Group prompts and find duplicates."""
    _show(_simple(cli, "clustering"), format_, "what", "count")


@command.command()
@click.option("--only", multiple=True, type=PROMPT, metavar="REF", help="Only this prompt; again.")
@click.option("--family", "families", multiple=True, metavar="NAME", help="A model family; again.")
@click.option("--model", "models", multiple=True, metavar="ID", help="One model; again for more.")
@click.option("--all", "every_family", is_flag=True, help="Every family that has a dialect.")
@reports()
@common
@click.pass_obj
def rewriting(cli: Cli, /, format_: str, **what: Any) -> int:
    """Propose wording for other models and families, for every prompt.

    Ends with 1 when a rewrite was refused or a target refuses the request until a person mends it,
    with 2 when a prompt could not be rewritten at all.
    """
    found = _simple(cli, "rewriting", **what)
    _show(found, format_, "prompt", "outcome")
    if any(outcome.startswith("error[") for outcome in found.values()):
        return 2
    return int(any(mark in outcome for outcome in found.values() for mark in _UNDONE))


@command.command("pack-release")
@click.option("--pack", default="", help="The pack; else the workspace's setting.")
@reports()
@common
@click.pass_obj
def pack_release(cli: Cli, pack: str, format_: str) -> int:
    """Build a candidate pack and log it to MLflow."""
    built = _simple(cli, "pack_release", pack=pack)
    _show(built, format_, "pack", "")
    return int(built["status"] != "candidate")


def parse_budget(text: str | None) -> dict[str, float]:
    """Read ``500`` or ``calls=500,usd=2,minutes=10``; no limit of its own when None.

    Raises:
        UsageError: Anything else: an empty text is not the absence of a limit.
    """
    limits: dict[str, float] = {}
    if text is None:
        return limits
    for part in text.replace(" ", "").split(","):
        name, equals, value = part.rpartition("=")
        name = name if equals else "calls"
        try:
            limit = _BUDGET[name](value)
        except (KeyError, ValueError) as problem:
            raise _wrong_budget(f'"{part}" is not a limit') from problem
        if not 0 <= limit < float("inf"):
            raise _wrong_budget(f'"{part}" is not a number from 0 up')
        if name in limits:
            raise _wrong_budget(f'"{name}" is limited twice')
        limits[name] = limit
    return limits


def _wrong_budget(message: str) -> UsageError:
    hint = "write calls=500,usd=2,minutes=10, or just a number of calls"
    return UsageError(message, where="--budget", hint=hint)


def _open(cli: Cli) -> Any:
    if not cli.debug:
        quiet_prefect()
    services = open_workspace(cli)
    make_prefect_home()
    # Named again under its own key, so that a mistake in it shows before the server starts.
    services.catalog.get(services.settings.llm.model)
    services.notice("starting Prefect …")
    return services


def _simple(cli: Cli, name: str, **parameters: Any) -> Any:
    services = _open(cli)
    flow = getattr(open_package("flows", name), name)
    return flow(str(services.workspace.root), **parameters)


def _show(values: dict[str, Any], format_: str, key: str, value: str) -> None:
    if format_ == "json":
        emit_json(values)
    else:
        emit_table(list(values.items()), [key, value])
