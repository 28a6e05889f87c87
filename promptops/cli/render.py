"""``promptops render``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptops.cli.finding import find_prompt, read_values
from promptops.cli.lazy import Cli
from promptops.cli.options import PATH, PROMPT, common, open_workspace, reports
from promptops.cli.output import emit_json, emit_text, remark

if TYPE_CHECKING:
    from promptops.core.canonical import JSON
    from promptops.prompts.model import Prompt
    from promptops.requests.recipient import Recipient
    from promptops.wiring import Services

_TEXTS = ("text", "json")


@click.command
@click.argument("prompt", type=PROMPT)
@click.option(
    "--set", "pairs", multiple=True, metavar="NAME=VALUE", help="A variable; NAME=@FILE reads one."
)
@click.option("--values", type=PATH, metavar="FILE", help="A JSON object of variables.")
@click.option(
    "--for", "model", metavar="MODEL", help="The model to write for; chooses its variant."
)
@click.option("--variant", metavar="ID", help="The wording to use; else the model's or the own.")
@reports(*_TEXTS, "litellm", "openai", "anthropic", "gemini", "mistral")
@common
@click.pass_obj
def command(
    cli: Cli,
    prompt: str,
    pairs: tuple[str, ...],
    values: Path | None,
    model: str | None,
    variant: str | None,
    format_: str,
) -> None:
    """Fill in the variables of PROMPT and show what a model would get.

    The formats text and json show the messages; the others, with --for, the exact body of a
    request to that API, with what was changed or is not enforced on stderr. A retrieving prompt
    takes its context from the knowledge base unless it is given.
    """
    from promptops.errors import UsageError

    if format_ not in _TEXTS and model is None:
        raise UsageError(
            f"--format {format_} writes a request, and no model is named",
            hint="name it with --for MODEL: `promptops models list` shows them",
        )
    services = open_workspace(cli)
    recipient = _recipient(cli, services, model) if model is not None else None
    found = find_prompt(services, prompt).prompt
    given = _given(services, found, read_values(found, pairs, values))
    if recipient is not None and variant is None:
        variant = _variant(cli, found, recipient)
    if recipient is None or format_ in _TEXTS:
        _messages(found, given, variant, format_)
    else:
        _body(cli, found, given, variant, recipient, format_)


def _recipient(cli: Cli, services: "Services", model: str) -> "Recipient":
    from promptops.requests.recipient import find_recipient

    recipient = find_recipient(model, services.catalog, services.dialects)
    if recipient.remark:
        remark(cli, recipient.remark)
    return recipient


def _given(services: "Services", prompt: "Prompt", values: "dict[str, JSON]") -> "dict[str, JSON]":
    """The values, with the context that the knowledge base has for them."""
    from promptops.prompts.rendering import render_text

    retrieval = prompt.retrieval
    if retrieval is None or retrieval.into in values:
        return values
    from promptops.knowledge.index import context_text

    query = render_text(retrieval.query, values, prompt.variables)
    hits = services.index(retrieval.kb).retrieve(query, retrieval.top_k)
    return {**values, retrieval.into: context_text(hits)}


def _variant(cli: Cli, prompt: "Prompt", recipient: "Recipient") -> str | None:
    from promptops.prompts.digests import is_outdated
    from promptops.prompts.selection import choose_variant

    name = recipient.name
    chosen = choose_variant(prompt, model=recipient.model, family=name.family, size_b=name.size_b)
    if chosen is not None:
        remark(cli, f'the variant "{chosen.id}" speaks to {recipient.model}')
        if is_outdated(prompt, chosen):
            why = "the prompt's own wording has changed since it was derived"
            remark(cli, f'"{chosen.id}" is stale: {why}; `promptops rewrite` derives it again')
    return chosen.id if chosen else None


def _messages(
    prompt: "Prompt", values: "dict[str, JSON]", variant: str | None, format_: str
) -> None:
    from promptops.prompts.rendering import render

    rendered = render(prompt, values, variant=variant)
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


def _body(
    cli: Cli,
    prompt: "Prompt",
    values: "dict[str, JSON]",
    variant: str | None,
    recipient: "Recipient",
    format_: str,
) -> None:
    from promptops.requests.build import FORMATS, build_body

    chosen = next(each for each in FORMATS if each == format_)
    body = build_body(prompt, values, recipient=recipient, format=chosen, variant=variant)
    remark(cli, f"for {body.path if body.format == 'litellm' else f'POST {body.path}'}")
    for note in body.notes:
        remark(cli, f"note: {note}")
    emit_json(body.body)
