"""``promptops duplicates``."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from promptops.cli.broken import end_with
from promptops.cli.lazy import Cli
from promptops.cli.options import PATH, common, open_workspace, reports, watching
from promptops.cli.output import emit_json, emit_table, emit_text
from promptops.cli.tables import check_table, read_table, table_embedder
from promptops.core.counting import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promptops.cluster.report import DuplicateGroup, DuplicateKind, DuplicatePair
    from promptops.errors import PromptOpsError
    from promptops.operations.duplicates import Found

_SHOWN = 50


@click.command
@click.option(
    "--kind", type=click.Choice(["exact", "near", "semantic"]), help="Only pairs of this kind."
)
@click.option(
    "--since", metavar="REV", help="Only what is new or changed since a git revision; 1 if any."
)
@click.option(
    "--texts",
    type=PATH,
    metavar="FILE",
    help="Compare the texts of a CSV, TSV, JSONL or Parquet file instead; needs no workspace.",
)
@click.option("--column", metavar="NAME", help="The column with the texts; else guessed.")
@click.option("--diff", is_flag=True, help="Show what each member would lose or gain by merging.")
@reports()
@common
@click.pass_obj
def command(
    cli: Cli,
    kind: "DuplicateKind | None",
    since: str | None,
    texts: Path | None,
    column: str | None,
    diff: bool,
    format_: str,
) -> None:
    """List prompts that say the same, and which of them to keep.

    Exact: the same words. Near: the same skeleton, small edits, other names. Semantic: other words
    for the same. With --since, ends with 1 when a new or changed prompt is a duplicate; to be
    quick, it is compared in full only with the prompts that are nearest to it in words.
    """
    from promptops.operations.duplicates import only_kind

    check_table(texts, column)
    if texts is not None and since is not None:
        raise click.UsageError("--since compares prompts of a workspace: leave --texts out")
    broken: list[PromptOpsError] = []
    if texts is not None:
        found = _of_table(cli, texts, column)
    else:
        found, broken = _of_workspace(cli, since)
    report = only_kind(found.report, kind) if kind else found.report
    groups = [_group(found, group, diff=diff) for group in report.groups]
    if format_ == "json":
        emit_json(
            {
                "items": report.items,
                "pairs": [
                    {
                        "a": pair.a,
                        "b": pair.b,
                        "kind": pair.kind,
                        "similarity": pair.similarity,
                        "jaccard": pair.jaccard,
                    }
                    for pair in report.pairs
                ],
                "groups": groups,
                "left_out": [{"id": name, "reason": reason} for name, reason in report.left_out],
            }
        )
    else:
        _show_pairs(report.pairs, kind, len(found.report.pairs))
        _show_groups(groups)
        for name, reason in report.left_out[:_SHOWN]:
            click.echo(f"left out: {name}: {reason}", err=True)
        _more(len(report.left_out), "row left out", err=True)
    end_with(broken)
    if since is not None and report.pairs:
        click.get_current_context().exit(1)


def _of_workspace(cli: Cli, since: str | None) -> "tuple[Found, list[PromptOpsError]]":
    from promptops.operations.duplicates import (
        changed_duplicates,
        changed_prompts,
        registry_duplicates,
    )

    watch = watching(cli)
    services = open_workspace(cli, watch=watch, reading=True)
    files, broken = services.registry.load_all()
    if since is None:
        found = registry_duplicates(services, files)
    else:
        changed = changed_prompts(files, services.workspace.root, since)
        watch.remark(f"{counted(len(changed), 'prompt')} new or changed since {since}")
        found = changed_duplicates(services, files, changed)
    watch.close()
    return found, list(broken)


def _of_table(cli: Cli, path: Path, column: str | None) -> "Found":
    from promptops.operations.duplicates import table_duplicates

    watch = watching(cli)
    found = table_duplicates(read_table(watch, path, column), table_embedder(cli))
    watch.close()
    return found


def _group(found: "Found", group: "DuplicateGroup", *, diff: bool) -> dict[str, Any]:
    from promptops.cluster.merging import lineage, merge_diff

    kept = group.representative
    others = []
    for name in group.members:
        if name == kept:
            continue
        texts = found.texts[kept], found.texts[name]
        member = {"id": name, "lineage": lineage(*texts)}
        if diff:
            member["diff"] = merge_diff(*texts, (kept, name))
        others.append(member)
    return {"kind": group.kind, "representative": kept, "others": others}


def _show_pairs(
    pairs: "Sequence[DuplicatePair]", kind: "DuplicateKind | None", of_any_kind: int
) -> None:
    if not pairs:
        others = counted(of_any_kind, "pair")
        emit_text(
            f"No {kind} pair; {others} of another kind."
            if kind and of_any_kind
            else "No two prompts say the same."
        )
        return
    rows = [
        (f"{pair.similarity:.3f}", f"{pair.jaccard:.2f}", pair.kind, pair.a, pair.b)
        for pair in sorted(pairs, key=lambda pair: (-pair.similarity, pair.a, pair.b))[:_SHOWN]
    ]
    headers = ("similarity", "same words", "kind", "prompt", "says the same as")
    emit_table(rows, headers, right=(0, 1))
    _more(len(pairs), "pair")


def _show_groups(groups: list[dict[str, Any]]) -> None:
    for group in groups[:_SHOWN]:
        others = ", ".join(
            f"{other['id']} ({other['lineage']})" for other in group["others"][:_SHOWN]
        )
        left = len(group["others"]) - _SHOWN
        more = f" and {left} more" if left > 0 else ""
        emit_text(f"\nkeep {group['representative']}; it can stand for {others}{more}")
        for other in group["others"][:_SHOWN]:
            if other.get("diff"):
                emit_text(other["diff"])
    _more(len(groups), "group")


def _more(count: int, noun: str, *, err: bool = False) -> None:
    if count > _SHOWN:
        left = counted(count - _SHOWN, f"more {noun}")
        click.echo(f"and {left} (--format json lists all)", err=err)
