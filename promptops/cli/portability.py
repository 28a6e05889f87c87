"""``promptops portability``."""

from collections import Counter
from typing import TYPE_CHECKING

import click

from promptops.cli.broken import end_with
from promptops.cli.finding import chosen_files
from promptops.cli.lazy import Cli
from promptops.cli.options import PROMPT, common, open_workspace, reports
from promptops.cli.output import emit_json, emit_table, emit_text
from promptops.core.counting import counted

if TYPE_CHECKING:
    from promptops.core.canonical import JSON
    from promptops.operations.portability import Delta
    from promptops.rewrite.portability import Passage


@click.command
@click.argument("prompts", nargs=-1, type=PROMPT)
@click.option(
    "--family", "families", multiple=True, metavar="NAME", help="A model family; again for more."
)
@click.option("--model", "models", multiple=True, metavar="ID", help="One model; again for more.")
@click.option("--check", is_flag=True, help="End with 1 when something hard does not travel.")
@reports()
@common
@click.pass_obj
def command(
    cli: Cli,
    prompts: tuple[str, ...],
    families: tuple[str, ...],
    models: tuple[str, ...],
    check: bool,
    format_: str,
) -> None:
    """Show what of PROMPTS does not travel to other models: the whole registry, to every family.

    Hard: the API or the chat template refuses or ignores it. Soft: it tends to work worse. Scores
    are those measured before, of the wording that the model gets against the prompt's own.
    """
    from promptops.operations.portability import deltas
    from promptops.operations.rewriting import passages, targets_of

    services = open_workspace(cli)
    named = targets_of(services, families=families, models=models)
    files, broken = chosen_files(services, prompts)
    found = {
        file.prompt.id: (passages(services, file, named), deltas(services, file)) for file in files
    }
    if format_ == "json":
        emit_json(
            [
                {"prompt": name, "targets": [_document(each, known) for each in row]}
                for name, (row, known) in found.items()
            ]
        )
    elif len(found) == 1:
        ((row, known),) = found.values()
        for each in row:
            _show(each, known)
    else:
        _show_matrix({name: row for name, (row, _) in found.items()})
    end_with(broken)
    if check and any(each.hard for row, _ in found.values() for each in row):
        click.get_current_context().exit(1)


def _document(passage: "Passage", known: "tuple[Delta, ...]") -> "JSON":
    return {
        "target": passage.target.shown,
        "family": passage.target.family,
        "variant": passage.variant,
        "stale": passage.stale,
        "hard": [each.to_json() for each in passage.hard],
        "soft": [each.to_json() for each in passage.soft],
        "rewrite": {"status": passage.rewrite.status, "reason": passage.rewrite.reason or None},
        "measured": [each.to_json() for each in known if each.is_about(passage)],
    }


def _show(passage: "Passage", known: "tuple[Delta, ...]") -> None:
    old = ", stale: `promptops rewrite` derives it again" if passage.stale else ""
    wording = f" (variant {passage.variant}{old})" if passage.variant else ""
    emit_text(f"{passage.target.title}{wording}: {_summary(passage) or 'travels as it is'}")
    for each in passage.obstacles:
        source = f" ({each.source})" if each.source else ""
        emit_text(f"  {each.kind}: {each.code}: {each.text}{source}")
    for delta in known:
        if delta.is_about(passage):
            emit_text(f"  measured: {delta}")


def _summary(passage: "Passage") -> str:
    counts = Counter(each.kind for each in passage.obstacles)
    return ", ".join(f"{counts[kind]} {kind}" for kind in ("hard", "soft") if counts[kind])


def _show_matrix(rows: "dict[str, tuple[Passage, ...]]") -> None:
    if not rows:
        emit_text("No prompts.")
        return
    names = [each.target.title for each in next(iter(rows.values()))]
    emit_table(
        [(name, *(_cell(each) for each in row)) for name, row in rows.items()], ("prompt", *names)
    )
    hard = sum(bool(each.hard) for row in rows.values() for each in row)
    emit_text(
        "H: refused or ignored, s: tends to work worse, v: has a variant of its own "
        "(v!: a stale one), -: travels. "
        f"{counted(hard, 'place')} with something hard; name a prompt to see what."
    )


def _cell(passage: "Passage") -> str:
    parts = [
        f"{len(passage.hard)}H" if passage.hard else "",
        f"{len(passage.soft)}s" if passage.soft else "",
    ]
    return (
        " ".join(
            filter(None, [*parts, ("v!" if passage.stale else "v") if passage.variant else ""])
        )
        or "-"
    )
