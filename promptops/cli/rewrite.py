"""``promptops rewrite``."""

import click

from promptops.cli.lazy import Cli
from promptops.cli.options import PROMPT, common, open_workspace, reports
from promptops.cli.output import emit_json, emit_text


@click.command
@click.argument("prompt", type=PROMPT)
@click.option(
    "--family", "families", multiple=True, metavar="NAME", help="A model family; again for more."
)
@click.option("--dry-run", is_flag=True, help="Show the rewrites; write no proposal.")
@reports()
@common
@click.pass_obj
def command(cli: Cli, prompt: str, families: tuple[str, ...], dry_run: bool, format_: str) -> None:
    """Adapt PROMPT to model families, the workspace's when none are named.

    A rewrite keeps variables, numbers, names, negations and the output; one that would not is
    refused. Writes one proposal for all families; changes no prompt.
    """
    from promptops.operations.rewriting import rewrite_prompt

    services = open_workspace(cli)
    found = rewrite_prompt(
        services, services.registry.get(prompt), families=families, propose=not dry_run
    )
    if format_ == "json":
        emit_json(
            {
                "prompt": found.prompt_id,
                "proposal": found.proposal.id if found.proposal else None,
                "families": {
                    item.family: {
                        "steps": [{"step": name, "reason": why} for name, why in item.steps],
                        "refused": item.refused,
                        "messages": [
                            {"role": m.role, "content": m.content}
                            for m in (item.variant.messages or () if item.variant else ())
                        ],
                    }
                    for item in found.rewrites
                },
            }
        )
        return
    for item in found.rewrites:
        if item.refused:
            emit_text(f"{item.family}: refused, {item.refused}")
        elif item.variant is None:
            emit_text(f"{item.family}: nothing to change")
        else:
            emit_text(f"{item.family}:")
            for name, why in item.steps:
                emit_text(f"  {name}: {why}")
            if dry_run:
                for message in item.variant.messages or ():
                    emit_text(f"  [{message.role}]\n{message.content}")
    if found.proposal:
        emit_text(f"Look at it: promptops proposals show {found.proposal.id}")
