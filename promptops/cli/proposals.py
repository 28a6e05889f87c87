"""``promptops proposals``."""

from typing import TYPE_CHECKING, Literal

import click
from click.shell_completion import CompletionItem

from promptops.cli.lazy import Cli
from promptops.cli.options import common, open_workspace, reports
from promptops.cli.output import emit_json, emit_table, emit_text
from promptops.core.counting import counted

if TYPE_CHECKING:
    from promptops.prompts.proposals import Proposal


class ProposalName(click.ParamType[str]):
    """A proposal's id; completed from the workspace's files."""

    name = "proposal"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Ids that begin like this."""
        del param
        from promptops.config import find_workspace
        from promptops.errors import PromptOpsError

        try:
            folder = find_workspace(ctx.find_root().params.get("workspace")).proposals
        except PromptOpsError:
            return []
        names = (path.name.removesuffix(".proposal.yaml") for path in folder.glob("*.yaml"))
        return [CompletionItem(name) for name in sorted(names) if name.startswith(incomplete)]


PROPOSAL = ProposalName()


@click.group
def command() -> None:
    """List, show, accept or reject proposed versions."""


@command.command("list")
@click.option(
    "--state", type=click.Choice(["open", "accepted", "rejected"]), default="open", help="Which."
)
@reports()
@common
@click.pass_obj
def list_(cli: Cli, state: Literal["open", "accepted", "rejected"], format_: str) -> None:
    """List the proposals that wait for a decision, or those settled.

    Those whose prompt has changed since are marked stale: they can only be rejected. Files that
    are no proposals are named on stderr; while one waits the command ends with 2.
    """
    services = open_workspace(cli)
    found, broken = services.proposals.load_all(state)
    stale = services.proposals.stale(found, services.registry) if state == "open" else frozenset()
    if format_ == "json":
        emit_json(
            [
                {
                    "id": item.id,
                    "prompt": item.prompt_id,
                    "kind": item.kind,
                    "title": item.title,
                    "base_version": item.base_version,
                    "new_version": item.new_prompt.version,
                    "created_at": item.created_at,
                    "stale": item.id in stale,
                }
                for item in found
            ]
        )
    elif not found and not broken:
        emit_text("No proposal waits." if state == "open" else f"None is {state}.")
    else:
        rows = [
            (p.id, p.prompt_id, p.kind, _versions(p, stale=p.id in stale), p.title) for p in found
        ]
        emit_table(rows, ("proposal", "prompt", "kind", "version", "what"))
    for problem in broken:
        click.echo(f"error[{problem.code}]: {problem}", err=True)
    # What was rejected has no say any more, readable or not.
    if broken and state != "rejected":
        click.get_current_context().exit(2)


def _versions(proposal: "Proposal", *, stale: bool) -> str:
    change = f"{proposal.base_version} -> {proposal.new_prompt.version}"
    return f"{change} (stale)" if stale else change


@command.command()
@click.argument("proposal", type=PROPOSAL)
@reports()
@common
@click.pass_obj
def show(cli: Cli, proposal: str, format_: str) -> None:
    """Show what a proposal changes, why, and on what evidence."""
    from promptops.prompts.diff import diff
    from promptops.prompts.writing import dump_prompt, prompt_document

    services = open_workspace(cli)
    found = services.proposals.get(proposal)
    stale = found.state == "open" and services.proposals.is_stale(found, services.registry)
    if format_ == "json":
        emit_json(
            {
                "id": found.id,
                "prompt": found.prompt_id,
                "kind": found.kind,
                "title": found.title,
                "summary": found.summary,
                "base_version": found.base_version,
                "base_digest": found.base_digest,
                "state": found.state,
                "stale": stale,
                "evidence": found.evidence,
                "new_prompt": prompt_document(found.new_prompt),
                "created_at": found.created_at,
            }
        )
        return
    if stale:
        emit_text(
            f"Stale: {found.prompt_id} has changed since {found.base_version}, for which this was "
            "made, or is gone. It cannot be accepted.\n"
        )
    emit_text(f"{found.title}\n")
    emit_text(found.summary)
    emit_text("")
    base = services.proposals.base(found, services.registry)
    if base is None:
        emit_text(f"{found.prompt_id} {found.base_version} is no longer kept; the whole proposal:")
        emit_text("")
        emit_text(dump_prompt(found.new_prompt))
    else:
        emit_text(diff(base, found.new_prompt).unified)
    _measured(found)
    emit_text("")
    if found.state != "open":
        emit_text(f"{found.state.capitalize()}{': ' if found.reason else '.'}{found.reason}")
        return
    if not stale:
        emit_text(f"Accept it: promptops proposals accept {found.id}")
    emit_text(f"Reject it: promptops proposals reject {found.id} --reason TEXT")


def _measured(found: "Proposal") -> None:
    """The numbers of an optimization, and the cases that got worse."""
    evidence = found.evidence
    if "quantities" not in evidence:
        return
    parts = ("estimate", "low", "high")
    rows = [
        (
            name.replace("_", " "),
            f"{row['before']:.4g}",
            f"{row['after']:.4g}",
            *(f"{row['change'][part]:+.4g}" for part in parts),
        )
        for name, row in evidence["quantities"].items()
        if row["before"] or row["after"]
    ]
    comparison = evidence["held_out"]["comparison"]
    difference = [comparison["difference"][part] for part in parts]
    score = (evidence["metric"], f"{comparison['base']:.2f}", f"{comparison['new']:.2f}")
    emit_text("")
    emit_table(
        [(*score, *(f"{value:+.2f}" for value in difference)), *rows],
        ("measured", "before", "after", "change", "from", "to"),
        right=range(1, 6),
    )
    wins, losses, spent = evidence["wins"], evidence["losses"], evidence["search"]
    emit_text(
        f"\n{counted(len(wins), 'case')} won and {len(losses)} lost of {comparison['pairs']}; "
        f"a loss beyond {-comparison['lower_bound']:.2f} is ruled out; "
        f"found with {spent['answers']:,} answers and ${spent['usd']:,.2f}"
    )
    if losses:
        lost = [(each["case"], each["base_answer"], each["new_answer"]) for each in losses]
        emit_table(lost, ("lost", "before", "after"))


@command.command()
@click.argument("proposals", nargs=-1, required=True, type=PROPOSAL)
@common
@click.pass_obj
def accept(cli: Cli, proposals: tuple[str, ...]) -> None:
    """Make proposals the new versions of their prompts; the old ones stay in the history."""
    from promptops.prompts.loader import load_prompt

    services = open_workspace(cli)
    for proposal in proposals:
        if services.proposals.state_of(proposal) == "accepted":
            emit_text(f"{proposal}: was accepted before, nothing changes")
            continue
        path = services.proposals.accept(proposal, services.registry)
        emit_text(f"{path}: now {load_prompt(path).prompt.version}")


@command.command()
@click.argument("proposals", nargs=-1, required=True, type=PROPOSAL)
@click.option("--reason", default="", help="Why; kept with the proposal.")
@common
@click.pass_obj
def reject(cli: Cli, proposals: tuple[str, ...], reason: str) -> None:
    """Put proposals aside for good: the same is not proposed again."""
    services = open_workspace(cli)
    for proposal in proposals:
        before = services.proposals.state_of(proposal)
        services.proposals.reject(proposal, reason)
        again = before == "rejected"
        emit_text(f"{proposal}: {'was rejected before, nothing changes' if again else 'rejected'}")
