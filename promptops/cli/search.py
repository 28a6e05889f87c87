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
@click.option("--intent", default="", help="Only prompts of this intent.")
@click.option("--tag", "tags", multiple=True, help="Only prompts with this tag (repeatable).")
@click.option("--team", default="", help="Only prompts that this team owns.")
@click.option("--area", default="", help="Only prompts under a folder of this name.")
@click.option("--language", default="", help="Only prompts whose x-language is this.")
@click.option("--data", default="", help="Only prompts for this class of data.")
@click.option(
    "--variable", "variables", multiple=True, help="Only prompts with this variable (repeatable)."
)
@reports()
@common
@click.pass_obj
def command(
    cli: Cli,
    /,
    text: tuple[str, ...],
    top: int,
    format_: str,
    tags: tuple[str, ...],
    variables: tuple[str, ...],
    **facets: str,
) -> None:
    """Find prompts by the words and by the meaning of TEXT."""
    from promptops.operations.searching import Facets, search_prompts

    wanted = " ".join(text).strip()
    if not wanted:
        raise click.UsageError("name some words to search for")
    watch = watching(cli)
    services = open_workspace(cli, watch=watch, reading=True)
    files, broken = services.registry.load_all()
    asked = Facets(tags=tags, variables=variables, **facets)
    found = search_prompts(services, wanted, top, facets=asked, files=files)
    if not found:
        for sentence in asked.unknown(files, services.registry.root):
            watch.remark(sentence)
    watch.close()
    if format_ == "json":
        emit_json(
            [
                {
                    "prompt": each.hit.id,
                    "title": each.hit.title,
                    "score": each.hit.score,
                    "passage": each.hit.passage,
                    "path": str(each.file.path),
                    "line": each.line,
                    "lexical_rank": each.hit.lexical_rank,
                    "semantic_rank": each.hit.semantic_rank,
                }
                for each in found
            ]
        )
    elif not found:
        emit_text("Nothing found.")
    else:
        rows = [(place, each.hit.id, each.hit.passage) for place, each in enumerate(found, start=1)]
        emit_table(rows, ("", "prompt", "passage"), right=(0,))
    end_with(broken)
