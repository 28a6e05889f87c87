"""What of a request a model refuses, or does badly with: one place for the rules that say so."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast

from promptops.lint.targets import Call
from promptops.models.claims import Certainty, Claim
from promptops.models.names import ModelName
from promptops.models.params import (
    misplaced_temperature,
    refused_sampling,
    stop_counts,
    thinking_budgets,
)

Topic = Literal["prefill", "sampling", "thinking_budget", "temperature", "stop_sequences"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """One thing that does not fit a target.

    ``param`` is the parameter at fault, "" when it is the last message; ``text`` says what is
    wrong, without a full stop.
    """

    topic: Topic
    target: ModelName
    claim: Claim
    certainty: Certainty
    param: str
    text: str


def misfits(call: Call) -> Iterator[Misfit]:
    """Everything in a call that the claims about its targets speak against."""
    if call.messages[-1].role == "assistant":
        for target, claim, certainty in call.claims("prefill", "rejected"):
            yield _misfit(
                target, claim, certainty, "", "a prefilled answer is refused by {target}: {why}"
            )
    for target, claim, certainty in call.claims("sampling"):
        for name in refused_sampling(call.params, claim.value):
            yield _misfit(
                target, claim, certainty, name, '"{name}" is not taken by {target}: {why}'
            )
    for target, claim, certainty in call.claims("thinking_budget", "rejected"):
        for name in thinking_budgets(call.params):
            yield _misfit(
                target, claim, certainty, name, '"{name}" is not taken by {target}: {why}'
            )
    yield from _temperature(call)
    yield from _stops(call)


def _temperature(call: Call) -> Iterator[Misfit]:
    value = call.params.get("temperature")
    text = f"temperature {value} does not fit {{target}}: {{why}}"
    for target, claim, certainty in call.claims("temperature"):
        if certainty == "certain" and misplaced_temperature(call.params, claim.value) is not None:
            yield _misfit(target, claim, certainty, "temperature", text)


def _stops(call: Call) -> Iterator[Misfit]:
    for target, claim, certainty in call.claims("stop_sequences"):
        for name, count in stop_counts(call.params):
            if count > int(claim.value):
                yield _misfit(target, claim, certainty, name, f"{count} stop sequences: {{why}}")


def _misfit(target: ModelName, claim: Claim, certainty: Certainty, name: str, text: str) -> Misfit:
    return Misfit(
        topic=cast("Topic", claim.topic),
        target=target,
        claim=claim,
        certainty=certainty,
        param=name,
        text=text.format(
            name=name,
            target=target.shown if certainty == "certain" else f"some {target.shown} models",
            why=claim.text.rstrip("."),
        ),
    )
