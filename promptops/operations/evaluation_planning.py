"""Around a measurement: what it will take, and how it compares with another wording."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from promptops.core.statistics import Interval, holm
from promptops.errors import UnknownPromptError, UsageError
from promptops.evaluation.comparison import Comparison, change, compare
from promptops.evaluation.planning import EvaluationPlan
from promptops.evaluation.result import Evaluation
from promptops.evaluation.target import Target
from promptops.golden.leakage import Leak, find
from promptops.golden.splits import split
from promptops.operations.evaluation import (
    Measured,
    cases_of,
    check_scorable,
    default_target,
    eval_of,
    evaluate_prompt,
    kb_inputs,
    scorers_of,
)
from promptops.operations.git_history import GitHistory
from promptops.prompts.loader import PromptFile, load_prompt, parse_prompt
from promptops.wiring import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What measuring a prompt will take.

    Args:
        file: The prompt.
        target: What it would run on.
        plan: Cases, calls, tokens, and what the cases can show.
        usd: Price of the calls by the model's card; None when the output cannot be told.
        leaks: Near duplicates between the parts that an optimization would use.
        skipped: Broken rows of the golden set that were left out.
    """

    file: PromptFile
    target: Target
    plan: EvaluationPlan
    usd: float | None
    leaks: tuple[Leak, ...]
    skipped: tuple[str, ...] = ()


def plan_evaluation(
    services: Services,
    file: PromptFile,
    *,
    target: Target | None = None,
    eval_id: str | None = None,
    repeats: int = 1,
    skip_broken_rows: bool = False,
) -> Planned:
    """What `evaluate_prompt` with the same arguments would take; no model is called.

    Raises:
        PromptOpsError: The golden set, a scorer or the model cannot be loaded.
    """
    item = eval_of(file, eval_id)
    golden, skipped = cases_of(services, file, item, skip_broken_rows=skip_broken_rows)
    chosen = target or default_target(services)
    label, version = kb_inputs(services, file.prompt)
    scorers = scorers_of(services, item)
    check_scorable(file, golden, scorers, label)
    plan = services.evaluator().plan(
        file.prompt,
        golden,
        target=chosen,
        scorers=scorers,
        kb_label=label,
        kb_version=version,
        repeats=repeats,
    )
    price = services.catalog.get(chosen.model).price
    usd = None
    if plan.output_tokens is not None:
        usd = (plan.input_tokens * price.input + plan.output_tokens * price.output) / 1e6
    return Planned(
        file=file,
        target=chosen,
        plan=plan,
        usd=usd,
        leaks=find(split(golden)),
        skipped=skipped,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """Two wordings on the same cases.

    Args:
        name: The other wording, as it was named.
        evaluation: What it did.
        comparisons: By metric; the p-value of each is adjusted for their number (Holm).
        tokens: Change of the input tokens of a call.
    """

    name: str
    evaluation: Evaluation
    comparisons: tuple[Comparison, ...]
    tokens: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Another wording to compare with.

    Args:
        name: As it was named.
        file: The prompt that it is of.
        variant: The variant of that prompt; None is the base.
    """

    name: str
    file: PromptFile
    variant: str | None = None


def evaluate_against(
    services: Services,
    measured: Measured,
    wording: Wording,
    *,
    eval_id: str | None = None,
    repeats: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Against:
    """Measure another wording on the cases of a measurement, and compare the two case by case.

    Args:
        services: The workspace.
        measured: The wording in question.
        wording: What to compare it with.
        eval_id: The eval that was measured.
        repeats: Draws a case, as for the other.
        progress: Told after every case.

    Raises:
        UsageError: The two share no case with a score.
        PromptOpsError: See `Evaluator.run`.
    """
    other = wording.file
    item = eval_of(measured.file, eval_id)
    # The same scorers and bars, whatever the other prompt is usually measured by.
    borrowed = replace(other, prompt=other.prompt.model_copy(update={"evals": (item,)}))
    base = evaluate_prompt(
        services,
        borrowed,
        target=Target(model=measured.evaluation.target.model, variant=wording.variant),
        repeats=repeats,
        progress=progress,
        golden=measured.golden,
    ).evaluation
    new = measured.evaluation
    shared = [metric for metric in new.metrics if base.values(metric).keys() & new.values(metric)]
    if not shared:
        raise UsageError(f'"{wording.name}" and {measured.file.prompt.id} share no scored case')
    clusters = {case.id: case.cluster or case.id for case in measured.golden.cases}
    found = [compare(base, new, metric, clusters=clusters) for metric in shared]
    adjusted = holm([each.p_value for each in found])
    return Against(
        name=wording.name,
        evaluation=base,
        comparisons=tuple(
            replace(each, p_value=p) for each, p in zip(found, adjusted, strict=True)
        ),
        tokens=change(base, new, "input_tokens"),
    )


def find_wording(services: Services, file: PromptFile, name: str) -> Wording:
    """The wording that a name means beside a prompt.

    Args:
        services: The workspace.
        file: The prompt.
        name: A variant of it, another prompt (an id, ``id@version`` or a file), or a git revision.

    Raises:
        UsageError: The name means none of them.
        PromptOpsError: What it means cannot be read.
    """
    if any(variant.id == name for variant in file.prompt.variants):
        return Wording(name=name, file=file, variant=name)
    if name.endswith((".yaml", ".yml")):
        return Wording(name=name, file=load_prompt(Path(name)))
    try:
        return Wording(name=name, file=services.registry.get(name))
    except UnknownPromptError as unknown:
        hint = unknown.hint
    except UsageError:  # not even the form of a reference
        hint = ""
    return Wording(name=name, file=_revision(services, file, name, hint))


def _revision(services: Services, file: PromptFile, name: str, hint: str) -> PromptFile:
    root = services.workspace.root
    try:
        history = GitHistory(root)
        commit = history.commit(name)
    except UsageError as problem:
        raise UsageError(
            f'"{name}" is no variant of {file.prompt.id}, no prompt and no git revision',
            hint=hint or problem.hint,
        ) from problem
    path = file.path.resolve().relative_to(root.resolve()).as_posix()
    return parse_prompt(history.text(commit, path), where=f"{name}:{path}")
