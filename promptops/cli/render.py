"""``promptops render``."""

from pathlib import Path

import click

from promptops.cli.finding import find_prompt, read_values
from promptops.cli.lazy import Cli
from promptops.cli.options import PATH, PROMPT, common, open_workspace, reports
from promptops.cli.output import emit_json, emit_text


@click.command
@click.argument("prompt", type=PROMPT)
@click.option(
    "--set", "pairs", multiple=True, metavar="NAME=VALUE", help="A variable; NAME=@FILE reads one."
)
@click.option("--values", type=PATH, metavar="FILE", help="A JSON object of variables.")
@click.option("--variant", metavar="ID", help="The wording to use; else the prompt's own.")
@reports()
@common
@click.pass_obj
def command(
    cli: Cli,
    prompt: str,
    pairs: tuple[str, ...],
    values: Path | None,
    variant: str | None,
    format_: str,
) -> None:
    """Fill in the variables of PROMPT and show the messages that a model would get.

    A retrieving prompt takes its context from the knowledge base unless it is given.
    """
    from promptops.prompts.rendering import render, render_text

    services = open_workspace(cli)
    found = find_prompt(services, prompt).prompt
    given = read_values(found, pairs, values)
    retrieval = found.retrieval
    if retrieval is not None and retrieval.into not in given:
        from promptops.knowledge.index import context_text

        query = render_text(retrieval.query, given, found.variables)
        hits = services.index(retrieval.kb).retrieve(query, retrieval.top_k)
        given[retrieval.into] = context_text(hits)
    rendered = render(found, given, variant=variant)
    if format_ == "json":
        emit_json(
            [
                {
                    "role": message.role,
                    "content": message.content,
                    "segments": [
                        {"text": s.text, "kind": s.kind, "source": s.source, "trust": s.trust}
                        for s in message.segments
                    ],
                }
                for message in rendered.messages
            ]
        )
        return
    for place, message in enumerate(rendered.messages):
        emit_text(f"{'' if place == 0 else chr(10)}[{message.role}]")
        emit_text(message.content)
