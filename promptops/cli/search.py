"""``promptops search``."""

import click

from promptops.cli.broken import end_with
from promptops.cli.lazy import Cli
from promptops.cli.options import common, open_workspace, reports, watching
from promptops.cli.output import emit_json, emit_table, emit_text


@click.command
@click.argument("text", nargs=-1, required=True)
@click.option(
    "-k", "--top", type=click.IntRange(1, 100), default=10, show_default=True, help="How many."
)
@reports()
@common
@click.pass_obj
def command(cli: Cli, text: tuple[str, ...], top: int, format_: str) -> None:
    """Find prompts by the words and by the meaning of TEXT."""
    from promptops.operations.clustering import search_prompts

    wanted = " ".join(text).strip()
    if not wanted:
        raise click.UsageError("name some words to search for")
    watch = watching(cli)
    services = open_workspace(cli, watch=watch)
    files, broken = services.registry.load_all()
    found = search_prompts(services, wanted, top, files=files)
    watch.close()
    if format_ == "json":
        emit_json(
            [
                {
                    "prompt": hit.id,
                    "title": hit.title,
                    "score": hit.score,
                    "passage": hit.passage,
                    "lexical_rank": hit.lexical_rank,
                    "semantic_rank": hit.semantic_rank,
                }
                for hit in found
            ]
        )
    elif not found:
        emit_text("Nothing found.")
    else:
        rows = [(place, hit.id, hit.passage) for place, hit in enumerate(found, start=1)]
        emit_table(rows, ("", "prompt", "passage"), right=(0,))
    end_with(broken)
