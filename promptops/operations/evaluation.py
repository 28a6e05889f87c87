"""Measure a prompt on its golden set."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

import anyio

from promptops.core.statistics import Interval
from promptops.errors import GoldenSetError, UsageError
from promptops.evaluation.planning import asks_a_model
from promptops.evaluation.result import Evaluation
from promptops.evaluation.runner import EVIDENCE_KIND
from promptops.evaluation.target import Target
from promptops.golden.case import GoldenSet
from promptops.golden.fit import misfits
from promptops.golden.lenient import load_sound
from promptops.golden.loading import load_golden
from promptops.operations.judge_permission import permit_of
from promptops.prompts.digests import variant_digest
from promptops.prompts.loader import PromptFile
from promptops.prompts.model import Eval, Prompt
from promptops.scoring import Scorer, load_scorers
from promptops.scoring.scorer import fault
from promptops.wiring import Services

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A prompt's evaluation with what it was measured on.

    ``metric`` is the first metric of the prompt's eval: the one that optimization and routing
    look at. ``below`` lists the bars that are not kept, in words; ``skipped`` the rows of the
    golden set that are broken and were left out, ``shown`` the cases that were left out because
    the wording shows them as examples.
    """

    file: PromptFile
    golden: GoldenSet
    evaluation: Evaluation
    metric: str
    below: tuple[str, ...]
    skipped: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()

    @property
    def score(self) -> Interval:
        """The score over all cases with its interval."""
        return self.evaluation.score(self.metric)


def golden_for(services: Services, file: PromptFile, eval_id: str | None = None) -> GoldenSet:
    """The golden set of a prompt's eval (the first when none is named).

    Raises:
        GoldenSetError: The prompt names none, or the file is missing or malformed.
    """
    return load_golden(services.workspace.root / eval_of(file, eval_id).dataset)


def cases_of(
    services: Services, file: PromptFile, item: Eval, *, skip_broken_rows: bool
) -> tuple[GoldenSet, tuple[str, ...]]:
    """The golden set of an eval, and the rows that were left out.

    Those are the rows that are broken or do not fit the prompt.

    Raises:
        GoldenSetError: The file is missing, no row is sound and fits, or one is broken and is not
            to be left out.
    """
    path = services.workspace.root / item.dataset
    if not skip_broken_rows:
        return load_golden(path), ()
    golden, problems = load_sound(path)
    odd = misfits(file.prompt, golden.cases, metrics=item.scorers)
    ids = {each.case_id for each in odd}
    kept = tuple(case for case in golden.cases if case.id not in ids)
    if not kept:
        raise GoldenSetError(f"no row fits the prompt: {odd[0]}", where=f"{path}:{odd[0].line}")
    left_out = sorted([*problems, *((each.line, str(each)) for each in odd)])
    return replace(golden, cases=kept), tuple(f"{path}:{line}: {text}" for line, text in left_out)


def eval_of(file: PromptFile, eval_id: str | None = None) -> Eval:
    """The eval of this id, or the first.

    Raises:
        GoldenSetError: The prompt has no such eval.
    """
    evals = file.prompt.evals
    for candidate in evals:
        if eval_id in (None, candidate.id):
            return candidate
    raise GoldenSetError(
        f'eval "{eval_id}" is not declared' if evals else "this prompt names no golden set",
        where=str(file.path),
        hint=f"declared: {', '.join(each.id for each in evals)}"
        if evals
        else "add one under `evals:`, or leave it out of evaluation",
    )


def scorers_of(services: Services, item: Eval) -> tuple[Scorer, ...]:
    """The scorers that an eval's metrics name, in order.

    Raises:
        UnknownBackendError: A metric that nobody provides.
        UnknownModelError: A scorer asks a judge that no card describes.
        UsageError: A scorer refuses its options, or needs what is not there (a judge).
    """
    judge = services.settings.llm.judge
    scorers = load_scorers(
        item.metrics,
        embedder=services.embedder,
        chat=services.chat,
        judge=judge,
        permit=permit_of(services, judge),
    )
    if judge and any(asks_a_model(scorer) for scorer in scorers):
        services.catalog.get(judge)
    return scorers


def check_scorable(
    file: PromptFile, golden: GoldenSet, scorers: Iterable[Scorer], label: str | None
) -> None:
    """Refuse scorers that can score no case of a golden set, before anything is called.

    Raises:
        UsageError: There is one; the message has its reason.
    """
    labeled = [case for case in golden.cases if case.is_labeled(label)]
    for scorer in scorers:
        faults = [
            fault(scorer, case=case, expected=case.expected_for(label), prompt=file.prompt)
            for case in labeled
        ]
        if faults and all(faults):
            raise UsageError(
                f"{scorer.name} can score no case: {labeled[0].id}: {faults[0]}",
                where=file.prompt.id,
                hint="change the metric's options, or the golden set",
            )


def default_target(services: Services) -> Target:
    """The model of the workspace with a prompt's own wording.

    Raises:
        UnknownModelError: The workspace names a model that no card describes.
    """
    return Target(model=services.catalog.get(services.settings.llm.model).id)


def kb_inputs(services: Services, prompt: Prompt) -> tuple[str | None, str | None]:
    """Label and version (with its index's fingerprint) of the knowledge base a prompt reads."""
    if prompt.retrieval is None:
        return None, None
    kb = services.knowledge(prompt.retrieval.kb)
    return kb.label, f"{kb.version}+{services.index_fingerprint}"


def evaluate_prompt(
    services: Services,
    file: PromptFile,
    *,
    target: Target | None = None,
    eval_id: str | None = None,
    repeats: int = 1,
    progress: Progress | None = None,
    golden: GoldenSet | None = None,
    skip_broken_rows: bool = False,
) -> Measured:
    """Run a prompt over its golden set, or find in the evidence that it was.

    Args:
        services: The workspace.
        file: The prompt.
        target: What to run on; the workspace's model when None.
        eval_id: Which of its evals; the first when None.
        repeats: Draws a case.
        progress: Told after every case.
        golden: Cases to run on instead of the eval's.
        skip_broken_rows: Leave broken rows of the golden set out, rather than refuse it.

    Raises:
        PromptOpsError: See `Evaluator.run`.
    """
    item = eval_of(file, eval_id)
    skipped: tuple[str, ...] = ()
    if golden is None:
        golden, skipped = cases_of(services, file, item, skip_broken_rows=skip_broken_rows)
    label, version = kb_inputs(services, file.prompt)
    scorers = scorers_of(services, item)
    check_scorable(file, golden, scorers, label)
    run = partial(
        services.evaluator().run,
        file.prompt,
        golden,
        target=target or default_target(services),
        scorers=scorers,
        kb_label=label,
        kb_version=version,
        repeats=repeats,
        progress=progress,
    )
    with services.turn():
        evaluation = anyio.run(run)
    metric = next(iter(item.metrics))
    evaluation.score(metric)  # refuses what has no number to decide by
    measured = {case.case_id for case in evaluation.cases}
    return Measured(
        file=file,
        golden=golden,
        evaluation=evaluation,
        metric=metric,
        below=_below(item, evaluation),
        skipped=skipped,
        shown=tuple(
            case.id for case in golden.cases if case.is_labeled(label) and case.id not in measured
        ),
    )


def _below(item: Eval, evaluation: Evaluation) -> tuple[str, ...]:
    missed = []
    for name, bar in item.metrics.items():
        if not evaluation.values(name):
            if bar.min is not None or bar.max is not None:
                missed.append(f"{name} was scored on no case")
            continue
        mean = evaluation.mean(name)
        if bar.min is not None and mean < bar.min:
            missed.append(f"{name} {mean:.2f} is below {bar.min:g}")
        if bar.max is not None and mean > bar.max:
            missed.append(f"{name} {mean:.2f} is above {bar.max:g}")
    return tuple(missed)


def plan_calls(services: Services, file: PromptFile) -> int:
    """The calls that measuring a prompt would take at most; 0 when its evidence is there.

    Raises:
        PromptOpsError: The golden set or a scorer cannot be loaded.
    """
    item = eval_of(file)
    golden = golden_for(services, file, item.id)
    label, version = kb_inputs(services, file.prompt)
    target = default_target(services)
    inputs = services.evaluator().inputs(
        golden,
        target=target,
        scorers=scorers_of(services, item),
        kb_label=label,
        kb_version=version,
    )
    subject = variant_digest(file.prompt, target.variant)
    return 0 if services.evidence.find(subject, EVIDENCE_KIND, inputs) else len(golden)
