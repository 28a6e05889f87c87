"""``promptops show``."""

from typing import TYPE_CHECKING

import click

from promptops.cli.finding import find_prompt
from promptops.cli.lazy import Cli
from promptops.cli.options import PROMPT, common, open_workspace, reports
from promptops.cli.output import emit_json, emit_table, emit_text
from promptops.core.canonical import JSON

if TYPE_CHECKING:
    from promptops.prompts.loader import PromptFile


@click.command
@click.argument("prompt", required=False, type=PROMPT)
@reports()
@common
@click.pass_obj
def command(cli: Cli, prompt: str | None, format_: str) -> None:
    """Show PROMPT (an id, id@version or a file), or list all prompts.

    The list names broken files on stderr and then ends with status 2.
    """
    services = open_workspace(cli)
    if prompt is not None:
        file = find_prompt(services, prompt)
        if format_ == "json":
            emit_json(_details(file))
        else:
            emit_text(file.text)
        return
    files, broken = services.registry.load_all()
    areas = {file.prompt.id: services.registry.area(file) for file in files}
    if format_ == "json":
        emit_json([_summary(file, areas[file.prompt.id]) for file in files])
    else:
        rows = [
            (f.prompt.id, f.prompt.version, areas[f.prompt.id], f.prompt.intent, f.prompt.title)
            for f in files
        ]
        emit_table(rows, ("prompt", "version", "area", "intent", "title"))
    if broken:
        for problem in broken:
            click.echo(f"error[{problem.code}]: {problem}", err=True)
        click.get_current_context().exit(2)


def _summary(file: "PromptFile", area: str) -> dict[str, JSON]:
    prompt = file.prompt
    return {
        "id": prompt.id,
        "version": prompt.version,
        "area": area,
        "intent": prompt.intent,
        "title": prompt.title,
        "tags": list(prompt.tags),
        "variants": [variant.id for variant in prompt.variants],
        "path": str(file.path),
    }


def _details(file: "PromptFile") -> dict[str, JSON]:
    from promptops.prompts.digests import file_digest, semantic_digest, variant_digest
    from promptops.prompts.writing import prompt_document

    prompt = file.prompt
    return {
        "path": str(file.path),
        "semantic_digest": semantic_digest(prompt),
        "file_digest": file_digest(file.text),
        "variants": {
            name or "base": variant_digest(prompt, name)
            for name in (None, *(variant.id for variant in prompt.variants))
        },
        "prompt": prompt_document(prompt),
    }
