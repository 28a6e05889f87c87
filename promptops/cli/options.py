"""Options that many commands share; they may stand before or after the command's name."""

import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

from promptops.cli.lazy import Cli
from promptops.cli.watch import Watch

if TYPE_CHECKING:
    from promptops.wiring import Services

_F = TypeVar("_F", bound=Callable[..., Any])


def _keep(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def keep(ctx: click.Context, _parameter: click.Parameter, value: Any) -> None:
        if value not in (None, False):
            setattr(ctx.ensure_object(Cli), name, value)

    return keep


def common(function: _F) -> _F:
    """Add ``--workspace`` and ``--quiet``, kept in `Cli`."""
    workspace = click.option(
        "--workspace",
        "-w",
        metavar="DIR",
        expose_value=False,
        callback=_keep("workspace"),
        help="The workspace; else PROMPTOPS_WORKSPACE, else here or in a folder above.",
    )
    quiet = click.option(
        "--quiet",
        "-q",
        is_flag=True,
        expose_value=False,
        callback=_keep("quiet"),
        help="No progress and no remarks on stderr.",
    )
    return workspace(quiet(function))


def reports(*formats: str) -> Callable[[_F], _F]:
    """Add ``--format``, passed as ``format_``: text (the default) and json when none are named."""
    choices = formats or ("text", "json")

    def add(function: _F) -> _F:
        return click.option(
            "--format",
            "format_",
            type=click.Choice(choices),
            default=choices[0],
            show_default=True,
            help="How the report is written.",
        )(function)

    return add


class PromptName(click.ParamType[str]):
    """A prompt reference: an id, or ``id@version``; completed from the workspace's files."""

    name = "prompt"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Ids of the workspace that begin like this."""
        del param
        from promptops.config import find_workspace
        from promptops.errors import PromptOpsError

        root = ctx.find_root().params.get("workspace")
        try:
            folder = find_workspace(root).prompts
        except PromptOpsError:
            return []
        names = (path.name.removesuffix(".prompt.yaml") for path in folder.rglob("*.prompt.yaml"))
        return [CompletionItem(name) for name in sorted(names) if name.startswith(incomplete)]


class FiniteRange(click.FloatRange):
    """A number in a range; NaN, which no bound keeps out, and infinity are refused."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read the number."""
        found = float(super().convert(value, param, ctx))
        if not math.isfinite(found):
            self.fail(f"{value} is not a finite number", param, ctx)
        return found


PROMPT = PromptName()
PATH = click.Path(path_type=Path)


def watching(cli: Cli) -> Watch:
    """Remarks and progress of this command; taken away when it ends, however it ends."""
    watch = Watch(quiet=cli.quiet)
    click.get_current_context().call_on_close(watch.close)
    return watch


def open_workspace(
    cli: Cli,
    settings: Mapping[str, Any] | Iterable[tuple[str, Any]] = (),
    *,
    watch: Watch | None = None,
    reading: bool = False,
) -> "Services":
    """The services of the workspace that the options name.

    Args:
        cli: The options.
        settings: Settings that flags of the command override; None leaves one as it is.
        watch: Where remarks and progress go; a new one when None.
        reading: Whether the command works, too, where nothing can be kept for the next one.
    """
    from promptops.wiring import open_services

    told = watch or watching(cli)
    found = open_services(cli.workspace, dict(settings), notice=told.remark, progress=told.tell)
    found.forgo.allowed = reading
    return found
