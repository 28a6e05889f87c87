"""``promptops rewrite``."""

from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from promptops.cli.broken import end_with
from promptops.cli.finding import chosen_files
from promptops.cli.lazy import Cli
from promptops.cli.options import PROMPT, FiniteRange, common, open_workspace, reports, watching
from promptops.cli.output import emit_json, emit_text
from promptops.cli.rewrite_report import document, show
from promptops.errors import PromptOpsError

if TYPE_CHECKING:
    from promptops.operations.rewriting import Rewritten


@click.command
@click.argument("prompts", nargs=-1, type=PROMPT)
@click.option("--every-prompt", is_flag=True, help="Every prompt of the registry.")
@click.option(
    "--family", "families", multiple=True, metavar="NAME", help="A model family; again for more."
)
@click.option("--model", "models", multiple=True, metavar="ID", help="One model; again for more.")
@click.option("--all", "every_family", is_flag=True, help="Every family that has a dialect.")
@click.option("--without", multiple=True, metavar="STEP", help="Decline a step; again for more.")
@click.option("--required-only", is_flag=True, help="Only what the target's API demands.")
@click.option("--polish", metavar="MODEL", default="", help="Let a model reword the result.")
@click.option("--judge", metavar="MODEL", default="", help="Let a model compare the meaning.")
@click.option("--measure", is_flag=True, help="Compare the answers on the golden set.")
@click.option(
    "--margin",
    type=FiniteRange(0, 1, min_open=True, max_open=True),
    default=0.1,
    show_default=True,
    help="Loss of score that counts as none, for --measure.",
)
@click.option("--overwrite", is_flag=True, help="Drop edits by hand of derived variants.")
@click.option("--diff", "show_diff", is_flag=True, help="Show what changes, line by line.")
@click.option("--explain", is_flag=True, help="Show the source of every step, and what was left.")
@click.option("--dry-run", is_flag=True, help="Show the rewrites; write no proposal.")
@reports()
@common
@click.pass_obj
def command(
    cli: Cli,
    /,
    prompts: tuple[str, ...],
    every_prompt: bool,
    families: tuple[str, ...],
    models: tuple[str, ...],
    every_family: bool,
    without: tuple[str, ...],
    required_only: bool,
    polish: str,
    judge: str,
    measure: bool,
    margin: float,
    overwrite: bool,
    show_diff: bool,
    explain: bool,
    dry_run: bool,
    format_: str,
) -> None:
    """Adapt PROMPTS to models and families, the workspace's families when none are named.

    A rewrite keeps variables, numbers, names, negations and the output; one that would not is
    refused. Steps are required (the API demands them) or optional (they tend to help). A variant
    that was edited by hand is merged with what is derived now. Writes one proposal a prompt for all
    its targets; changes no prompt. Ends with 1 when a rewrite was refused, or when the target
    refuses the request until a person mends what the report names.
    """
    from promptops.operations.rewrite_proof import ProofOptions
    from promptops.operations.rewriting import RewriteOptions, rewrite_prompt, targets_of

    if every_prompt and prompts:
        raise click.UsageError("name prompts, or --every-prompt, not both")
    if not (every_prompt or prompts):
        raise click.UsageError("name prompts, or rewrite all of them with --every-prompt")
    given = click.get_current_context().get_parameter_source("margin")
    if given is not ParameterSource.DEFAULT and not measure:
        raise click.UsageError("--margin goes with --measure")
    watch = watching(cli)
    services = open_workspace(cli, watch=watch)
    targets = targets_of(services, families=families, models=models, every=every_family)
    found: list[Rewritten] = []
    chosen, unread = chosen_files(services, prompts)
    files = list({(each.prompt.id, each.prompt.version): each for each in chosen}.values())
    broken: list[PromptOpsError] = [*unread]
    for number, file in enumerate(files, 1):
        progress = watch.of(f"measure {file.prompt.id}") if measure else None
        options = RewriteOptions(
            without=without,
            required_only=required_only,
            overwrite=overwrite,
            proof=ProofOptions(
                polish=polish, judge=judge, measure=measure, margin=margin, progress=progress
            ),
            propose=not dry_run,
        )
        try:
            found.append(rewrite_prompt(services, file, targets=targets, options=options))
        except PromptOpsError as problem:
            if not every_prompt:
                raise
            broken.append(problem)
        if len(files) > 1:
            watch.tell("rewrite", number, len(files))
    watch.close()
    if format_ == "json":
        documents = [document(each) for each in found]
        emit_json(documents if every_prompt or len(documents) > 1 else documents[0])
    else:
        for each in found:
            if len(files) > 1:
                emit_text(each.prompt_id)
            show(each, texts=dry_run, diff=show_diff, explain=explain)
    end_with(broken)
    if any(each.refused or each.by_hand for each in found):
        click.get_current_context().exit(1)
