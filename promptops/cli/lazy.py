"""A group of commands known by name and loaded when called."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click

from promptops.cli.edge import BROKEN_PIPE

_CALLED_ELSEWHERE = {
    "list": "show",
    "ls": "show",
    "check": "lint",
    "test": "evaluate",
    "find": "search",
    "new": "init",
    "format": "fmt",
}
"""What commands are called in other tools, where our name is not a near one."""


@dataclass(slots=True)
class Cli:
    """What the options before (or after) the command's name say; one a process."""

    workspace: str | None = None
    quiet: bool = False
    debug: bool = False
    format: str = "text"


class LazyGroup(click.Group):
    """Commands from a table of sections; listing them imports none of them.

    The module of a command is ``<package>.<name>`` (dashes as underscores) unless ``modules`` names
    another; it defines ``command``.
    """

    def __init__(
        self,
        *args: Any,
        sections: dict[str, dict[str, str]],
        modules: dict[str, str],
        package: str,
        **kwargs: Any,
    ) -> None:
        """Keep the table."""
        super().__init__(*args, **kwargs)
        self._sections = sections
        self._modules = modules
        self._package = package

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """All names, in the order of the table."""
        return [name for section in self._sections.values() for name in section]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        default = f"{self._package}.{cmd_name.replace('-', '_')}"
        command: click.Command = import_module(self._modules.get(cmd_name, default)).command
        command.name = cmd_name
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; click itself would end with 1 when the reader of our output has gone.

        Raises:
            click.exceptions.Exit: The reader has gone.
        """
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise click.exceptions.Exit(BROKEN_PIPE) from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one may have been meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as problem:
            from promptops.core.suggest import did_you_mean

            meant = _CALLED_ELSEWHERE.get(args[0], args[0])
            hint = did_you_mean(meant, self.list_commands(ctx))
            if not hint or args[0].startswith("-"):
                raise
            raise click.UsageError(f'no command "{args[0]}": {hint}', ctx) from problem

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands under their sections; the texts come from the table."""
        del ctx
        for title, commands in self._sections.items():
            with formatter.section(title):
                formatter.write_dl(list(commands.items()))
