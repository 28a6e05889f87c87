"""Learn from logged runs which target should answer what."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from promptops.core.canonical import canonical_json, digest
from promptops.core.files import read_text, write_atomic
from promptops.errors import PolicyError
from promptops.evaluation.target import Target
from promptops.models.card import ModelCard
from promptops.operations.evaluation import Measured, evaluate_prompt
from promptops.prompts.digests import variant_digest
from promptops.prompts.loader import PromptFile
from promptops.routing.ask import Ask, ask_for
from promptops.routing.estimates import Estimates
from promptops.routing.loading import load_policies, policy_for
from promptops.routing.policy import Policy
from promptops.routing.recalibration import recalibrate
from promptops.routing.report import RoutingReport, compare_choices
from promptops.tracking.run_log import LoggedRun
from promptops.wiring import Services

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalibrated:
    """A policy with its new estimates and what they change."""

    policy: Policy
    estimates: Estimates
    report: RoutingReport


def policies(services: Services) -> tuple[Policy, ...]:
    """The routing policies of the workspace."""
    return load_policies(services.workspace.policies)


def estimates_path(services: Services, policy: Policy) -> Path:
    """Where the estimates in force for a policy are kept."""
    return services.workspace.state / "routing" / f"{policy.metadata.name}.estimates.json"


def load_estimates(services: Services, policy: Policy) -> Estimates | None:
    """The estimates in force, or None before the first recalibration.

    Raises:
        PolicyError: The file is damaged.
    """
    path = estimates_path(services, policy)
    if not path.exists():
        return None
    try:
        document = json.loads(read_text(path, PolicyError))
    except ValueError as problem:
        raise PolicyError(
            f"not JSON: {problem}", where=str(path), hint="delete it: the next night makes it anew"
        ) from problem
    return Estimates.from_json(document, where=str(path))


def asks(
    services: Services,
    policy: Policy,
    topics: Mapping[str, str] | None = None,
    *,
    among: Sequence[Policy] | None = None,
) -> tuple[tuple[PromptFile, Ask], ...]:
    """The prompts that a policy speaks for, each with what is asked of a router.

    Args:
        services: The workspace.
        policy: The policy.
        topics: The cluster's label of each prompt.
        among: The policies that there are; all of the workspace when None.

    Raises:
        PolicyError: A policy is broken, or two speak for a prompt equally.
    """
    files, _ = services.registry.load_all()
    everyone = policies(services) if among is None else among
    found = []
    for file in files:
        area = services.registry.area(file)
        ask = ask_for(file.prompt, area=area, topic=(topics or {}).get(file.prompt.id, ""))
        chosen = policy_for(everyone, ask)
        if chosen is not None and chosen.metadata.name == policy.metadata.name:
            found.append((file, ask))
    return tuple(found)


def cards_for(services: Services, policy: Policy) -> dict[str, ModelCard]:
    """The model cards of a policy's targets.

    Raises:
        UnknownModelError: A target names a model that no card describes.
    """
    return {target.model: services.catalog.get(target.model) for target in policy.targets}


def recalibrate_policies(services: Services, *, apply: bool = True) -> tuple[Recalibrated, ...]:
    """Recalibrate every policy from the run log.

    Args:
        services: The workspace.
        apply: Put the new estimates in force; False only reports.

    Raises:
        RunLogError: The log is missing a column or holds a wrong value.
        PolicyError: A policy is malformed.
    """
    found = policies(services)
    if not found:
        return ()
    rows = services.run_log.read()
    return tuple(_recalibrate(services, policy, rows, apply=apply) for policy in found)


def _recalibrate(services: Services, policy: Policy, rows: object, *, apply: bool) -> Recalibrated:
    chosen = asks(services, policy)
    digests = {
        file.prompt.id: {
            variant_digest(file.prompt, variant)
            for variant in (None, *(each.id for each in file.prompt.variants))
        }
        for file, _ in chosen
    }
    estimates = recalibrate(rows, policy, current_digests=digests)
    before = load_estimates(services, policy)
    report = compare_choices(
        policy, cards_for(services, policy), before, estimates, [ask for _, ask in chosen]
    )
    if apply and (before is None or before.digest != estimates.digest):
        write_atomic(estimates_path(services, policy), canonical_json(estimates.to_json()))
    return Recalibrated(policy=policy, estimates=estimates, report=report)


def collect_runs(
    services: Services,
    *,
    only: Sequence[str] = (),
    progress: Progress | None = None,
) -> Path | None:
    """Run prompts on every target of their policy over their golden sets and log each call.

    How a workspace without live traffic gets its first log. Calls that were made before come
    from the answer cache with the latency they had.

    Returns:
        The new part of the log, or None when nothing could be run.

    Raises:
        PromptOpsError: A prompt cannot be evaluated.
    """
    work = [
        (file, ask, Target(model=target.model, variant=target.variant))
        for policy in policies(services)
        for file, ask in asks(services, policy)
        for target in policy.targets
        if file.prompt.evals
        and (not only or file.prompt.id in only)
        and (target.variant is None or target.variant in ask.variants)
    ]
    rows: list[LoggedRun] = []
    for done, (file, ask, target) in enumerate(work, start=1):
        measured = evaluate_prompt(services, file, target=target)
        rows.extend(logged(services, measured, topic=ask.topic))
        if progress is not None:
            progress(done, len(work))
    return services.run_log.append(rows)


def logged(services: Services, measured: Measured, *, topic: str) -> Iterable[LoggedRun]:
    """The calls of one evaluation as rows of the run log; equal calls have equal ids."""
    evaluation = measured.evaluation
    at = services.clock()
    for case in evaluation.cases:
        identity = [evaluation.subject, dict(evaluation.inputs), case.case_id, case.repeat]
        yield LoggedRun(
            run_id=digest(identity)[7:39],
            at=at,
            prompt_id=evaluation.prompt_id,
            prompt_digest=evaluation.subject,
            target=evaluation.target.name,
            model=evaluation.target.model,
            variant=evaluation.target.variant,
            input_tokens=case.input_tokens,
            output_tokens=case.output_tokens,
            cost_usd=case.cost_usd,
            latency_ms=case.latency_ms,
            quality=case.scores.get(measured.metric),
            case_id=case.case_id,
            error=case.error,
            topic=topic,
        )
