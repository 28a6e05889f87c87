"""``promptops search``."""

import click

from promptops.cli.lazy import Cli
from promptops.cli.options import common, open_workspace, reports, watching
from promptops.cli.output import emit_json, emit_table


@click.command
@click.argument("text", nargs=-1, required=True)
@click.option(
    "-k", "--top", type=click.IntRange(1, 100), default=10, show_default=True, help="How many."
)
@reports()
@common
@click.pass_obj
def command(cli: Cli, text: tuple[str, ...], top: int, format_: str) -> None:
    """Find the prompts that are closest in meaning to TEXT."""
    from promptops.operations.clustering import search_prompts

    watch = watching(cli)
    services = open_workspace(cli, watch=watch)
    found = search_prompts(services, " ".join(text), top)
    watch.close()
    if format_ == "json":
        emit_json([{"prompt": hit.id, "title": hit.title, "passage": hit.passage} for hit in found])
    else:
        rows = [
            (place, hit.id, hit.title, " ".join(hit.passage.split()))
            for place, hit in enumerate(found, start=1)
        ]
        emit_table(rows, ("", "prompt", "title", "passage"), right=(0,))
