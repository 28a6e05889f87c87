"""Hard constraints: pure checks that fail closed.

What a model card does not say is not satisfied. Besides the policy's own constraints, every target
must offer what the prompt itself declares: the variant, the capabilities, the context, and the
residency of its data.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Protocol

from promptops.models.card import ModelCard
from promptops.routing.ask import Ask
from promptops.routing.estimates import Estimate
from promptops.routing.policy import Constraint, Require, TargetSpec, When

_STAYS_HERE = "local"
"""The jurisdiction of a model in our own process: the data never leaves the machine."""


class KnownTo(Protocol):
    """A lookup of one target's estimate resting on at least so many runs."""

    def __call__(self, min_runs: float) -> Estimate | None:
        """The estimate, or None."""


def applies(when: When, ask: Ask) -> bool:
    """Whether a constraint is about this ask.

    An undeclared data class or PII flag counts as the sensitive case: what nobody classified is
    not waved through.
    """
    checks = (
        not when.data_class_in or ask.data_class is None or ask.data_class in when.data_class_in,
        when.contains_pii is None
        or (ask.contains_pii is None and when.contains_pii)
        or ask.contains_pii == when.contains_pii,
        not when.residency_any or bool(_lower(when.residency_any) & _lower(ask.residency)),
        not when.tags_any or bool(set(when.tags_any) & set(ask.tags)),
        not when.needs or bool(set(when.needs) & ask.needs),
        not when.prompts or any(matches(pattern, ask) for pattern in when.prompts),
    )
    return all(checks)


def matches(pattern: str, ask: Ask) -> bool:
    """Whether a glob over ``area/id``, or a bare id, names the prompt of an ask."""
    return fnmatchcase(ask.path, pattern) or fnmatchcase(ask.prompt_id, pattern)


def refusal(
    target: TargetSpec,
    card: ModelCard | None,
    constraints: tuple[Constraint, ...],
    ask: Ask,
    known: KnownTo,
) -> tuple[str, str] | None:
    """The first constraint a target breaks.

    Args:
        target: The target.
        card: Its model card; None when no catalog knows the model.
        constraints: The policy's constraints.
        ask: What is asked.
        known: The target's estimate for this prompt.

    Returns:
        (constraint id, reason), or None when the target may be tried.
    """
    if card is None:
        return "catalog", f"no model card describes {target.model}"
    if (declared := next(_undeclared(target, card, ask), None)) is not None:
        return declared
    for constraint in constraints:
        if applies(constraint.when, ask):
            reason = next(_unmet(constraint.require, card, known), None)
            if reason is not None:
                return constraint.id, reason
    return None


def _undeclared(target: TargetSpec, card: ModelCard, ask: Ask) -> Iterator[tuple[str, str]]:
    if target.variant is not None and target.variant not in ask.variants:
        yield "variant", f"the prompt has no variant {target.variant}"
    missing = sorted(ask.needs - set(card.capabilities))
    if missing:
        yield "capabilities", f"the prompt needs {', '.join(missing)}"
    if ask.context_tokens is not None and not _at_least(card.context, ask.context_tokens):
        yield "context", f"the prompt needs {ask.context_tokens} tokens of context"
    allowed = _lower(ask.residency)
    jurisdiction = (card.jurisdiction or "").lower()
    if allowed and jurisdiction != _STAYS_HERE and jurisdiction not in allowed:
        place = card.jurisdiction or "an unknown jurisdiction"
        yield (
            "residency",
            f"the data stays in {', '.join(sorted(allowed))}, the model is in {place}",
        )


def _unmet(require: Require, card: ModelCard, known: KnownTo) -> Iterator[str]:
    yield from _unmet_attributes(require, card)
    yield from _unmet_measurements(require, known)


def _unmet_attributes(require: Require, card: ModelCard) -> Iterator[str]:
    for name, allowed, value in (
        ("jurisdiction", require.jurisdiction_in, card.jurisdiction),
        ("region", require.region_in, card.region),
        ("provider", require.provider_in, card.provider),
        ("family", require.family_in, card.family),
    ):
        if allowed and (value is None or value.lower() not in _lower(allowed)):
            yield f"{name} is {value or 'unknown'}, not {' or '.join(allowed)}"
    if card.provider in require.provider_not_in:
        yield f"provider {card.provider} is excluded"
    missing = sorted(set(require.capabilities_all) - set(card.capabilities))
    if missing:
        yield f"the model lacks {', '.join(missing)}"
    if require.context_min is not None and not _at_least(card.context, require.context_min):
        yield f"context is {card.context or 'unknown'}, less than {require.context_min}"
    days, most = card.retention_days, require.retention_days_max
    if most is not None and (days is None or days > most):
        yield f"data is kept {'an unknown time' if days is None else f'{days} days'}, over {most}"
    trains = require.trains_on_data
    if trains is not None and card.trains_on_data is not trains:
        yield "training on the data is " + _said(card.trains_on_data)


def _unmet_measurements(require: Require, known: KnownTo) -> Iterator[str]:
    limits = (
        ("cost", require.expected_cost_usd_max, "cost_usd", "USD"),
        ("p95 latency", require.latency_p95_ms_max, "latency_p95_ms", "ms"),
        ("error rate", require.error_rate_max, "error_rate", ""),
    )
    asked = [limit for limit in limits if limit[1] is not None]
    if not asked:
        return
    estimate = known(require.min_samples)
    enough = estimate is not None and estimate.runs >= require.min_samples
    for name, most, attribute, unit in asked:
        value = getattr(estimate, attribute) if estimate is not None and enough else None
        if value is None:
            if require.on_missing == "reject":
                runs = estimate.runs if estimate else 0
                yield f"{name} is not measured: {runs} of {require.min_samples} runs"
        elif most is not None and value > most:
            yield f"{name} {value:g} {unit}".rstrip() + f" is over {most:g}"


def _said(value: bool | None) -> str:
    return {True: "stated", False: "ruled out", None: "unknown"}[value]


def _at_least(value: int | None, least: int) -> bool:
    return value is not None and value >= least


def _lower(values: tuple[str, ...]) -> set[str]:
    return {value.lower() for value in values}
