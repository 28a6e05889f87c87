"""``promptops config``."""

import click

from promptops.cli.lazy import Cli
from promptops.cli.options import common, reports
from promptops.cli.output import emit_json, emit_table, emit_text


@click.group
def command() -> None:
    """Show settings and where each comes from."""


@command.command
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--sources", is_flag=True, help="Also where each value comes from, and its meaning.")
@reports()
@common
@click.pass_obj
def show(cli: Cli, names: tuple[str, ...], sources: bool, format_: str) -> None:
    """Show the settings in force, all or those named (llm.model, nightly)."""
    from promptops.config import find_workspace, load_settings
    from promptops.core.suggest import did_you_mean
    from promptops.errors import SettingsError

    workspace = find_workspace(cli.workspace)
    settings = list(load_settings(workspace))
    known = {setting.name for setting in settings}
    known |= {name.partition(".")[0] for name in known}
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known) or "`promptops config show` lists them"
            raise SettingsError(f'unknown setting "{name}"', hint=hint)
    chosen = [
        setting
        for setting in settings
        if not names or setting.name in names or setting.name.partition(".")[0] in names
    ]
    if format_ == "json":
        emit_json(
            {
                "workspace": str(workspace.root),
                "settings": [
                    {
                        "name": setting.name,
                        "value": setting.value,
                        "source": setting.source,
                        "description": setting.description,
                    }
                    for setting in chosen
                ],
            }
        )
    elif sources:
        rows = [(s.name, _shown(s.value), s.source, s.description) for s in chosen]
        emit_table(rows, ("setting", "value", "from", "meaning"))
    else:
        for setting in chosen:
            emit_text(f"{setting.name} = {_shown(setting.value)}")


def _shown(value: object) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(str(item) for item in value)
    return '""' if value == "" else str(value)
