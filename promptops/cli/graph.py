"""``promptops graph``."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptops.cli.broken import end_with
from promptops.cli.destination import REPORT_FILE
from promptops.cli.lazy import Cli
from promptops.cli.options import common, open_workspace, reports, watching
from promptops.cli.output import emit_json, emit_table, emit_text
from promptops.errors import KnowledgeBaseError, PackError, PolicyError, PromptOpsError

if TYPE_CHECKING:
    from promptops.knowledge.kb import KnowledgeBase
    from promptops.prompts.loader import PromptFile
    from promptops.regression.lineage import Lineage, Observation, State
    from promptops.wiring import Services


@click.command
@click.option(
    "--html", type=REPORT_FILE, metavar="FILE", help="Write one HTML file to click through."
)
@click.option("--impact", metavar="NODE", help="What a change of this reaches: kb:store-policies.")
@click.option(
    "--observe", is_flag=True, help="Also which documents each golden case sees (embeds questions)."
)
@reports("mermaid", "json")
@common
@click.pass_obj
def command(cli: Cli, html: Path | None, impact: str | None, observe: bool, format_: str) -> None:
    """Draw what hangs on what: documents, knowledge bases, golden sets, targets, prompts, packs.

    What cannot be read is left out, named on stderr, and the command ends with 2.
    """
    from promptops.core.files import write_atomic
    from promptops.regression import drawing

    watch = watching(cli)
    services = open_workspace(cli, watch=watch)
    lineage, broken = _lineage(services, observe=observe)
    watch.close()
    if html is not None:
        title = f"{services.settings.general.name}: what hangs on what"
        write_atomic(html, drawing.page(lineage, title=title))
        emit_text(str(html))
    elif impact is not None:
        _show_impact(lineage, impact, format_)
    elif format_ == "json":
        emit_json(lineage.to_json())
    else:
        emit_text(drawing.mermaid(lineage))
    end_with(broken)


def _lineage(services: "Services", *, observe: bool) -> "tuple[Lineage, list[PromptOpsError]]":
    from promptops.packs.loading import load_definitions, select
    from promptops.regression.lineage import graph

    files, unreadable = services.registry.load_all()
    broken: list[PromptOpsError] = [*unreadable]
    folder = services.workspace.kb
    names = sorted(path.name for path in folder.glob("*") if path.is_dir())
    kbs: dict[str, KnowledgeBase] = {}
    for name in names:
        try:
            kbs[name] = services.knowledge(name)
        except KnowledgeBaseError as problem:
            broken.append(problem)
    packs: dict[str, list[str]] = {}
    for item in load_definitions(services.workspace.packs, broken):
        try:
            packs[f"{item.id} {item.version}"] = [f.prompt.id for f in select(item, files)]
        except PackError as problem:
            broken.append(problem)
    seen = [f for f in files if f.prompt.retrieval is None or f.prompt.retrieval.kb in kbs]
    lineage = graph(
        files,
        kbs=kbs,
        targets=_targets(services, broken),
        packs=packs,
        observed=_observed(services, seen) if observe else (),
        states=_states(files, kbs),
    )
    return lineage, broken


def _targets(services: "Services", broken: "list[PromptOpsError]") -> dict[str, list[str]]:
    from promptops.operations.routing import asks
    from promptops.routing.loading import load_policies

    known = load_policies(services.workspace.policies, broken)
    try:
        return {
            file.prompt.id: [target.name for target in policy.targets]
            for policy in known
            for file, _ in asks(services, policy, among=known)
        }
    except PolicyError as problem:
        broken.append(problem)
        return {}


def _states(
    files: "tuple[PromptFile, ...]", kbs: "dict[str, KnowledgeBase]"
) -> "dict[str, tuple[State, str]]":
    found: dict[str, tuple[State, str]] = {}
    for file in files:
        retrieval = file.prompt.retrieval
        if retrieval is None:
            continue
        live = kbs.get(retrieval.kb)
        if live is None:
            found[f"prompt:{file.prompt.id}"] = ("broken", f"{retrieval.kb} cannot be read")
        elif retrieval.version != live.version:
            found[f"prompt:{file.prompt.id}"] = ("stale", "bound to another version")
            found[f"kb:{live.name}"] = ("changed", "newer than what a prompt is bound to")
    return found


def _observed(services: "Services", files: "Sequence[PromptFile]") -> "list[Observation]":
    from promptops.operations.evaluation import golden_for
    from promptops.prompts.rendering import render_text
    from promptops.regression.lineage import Observation

    seen: list[Observation] = []
    for file in files:
        retrieval = file.prompt.retrieval
        if retrieval is None or not file.prompt.evals:
            continue
        cases = golden_for(services, file).cases
        queries = [render_text(retrieval.query, c.inputs, file.prompt.variables) for c in cases]
        found = services.index(retrieval.kb).retrieve_many(queries, retrieval.top_k)
        seen += [
            Observation(
                prompt_id=file.prompt.id,
                case_id=case.id,
                kb=retrieval.kb,
                documents=tuple(dict.fromkeys(hit.chunk.doc for hit in hits)),
            )
            for case, hits in zip(cases, found, strict=True)
        ]
    return seen


def _show_impact(lineage: "Lineage", node: str, format_: str) -> None:
    from promptops.core.suggest import did_you_mean
    from promptops.errors import UsageError

    known = [item.id for item in lineage.nodes]
    if node not in known:
        raise UsageError(
            f'nothing is called "{node}"',
            hint=did_you_mean(node, known) or "`promptops graph --format json` lists the nodes",
        )
    found = lineage.impact(node)
    parts = {
        "prompts": found.prompts,
        "perhaps": found.possible,
        "golden cases": found.cases,
        "packs": found.packs,
    }
    if format_ == "json":
        emit_json({name: list(ids) for name, ids in parts.items()})
    else:
        rows = [(name, len(ids), ", ".join(ids)) for name, ids in parts.items()]
        emit_table(rows, ("reaches", "", "which"), right=(1,))
