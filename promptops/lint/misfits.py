"""What of a request a model refuses, or does badly with: one place for the rules that say so."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from promptops.core.canonical import JSON
from promptops.lint.targets import Call
from promptops.models.facts import Certainty, Fact, ModelName

Topic = Literal["prefill", "sampling", "thinking_budget", "temperature", "stop_sequences"]

_DEFAULTS: Mapping[str, tuple[float, ...]] = {"temperature": (1,), "top_p": (1,), "top_k": ()}
_STOPS = ("stop", "stop_sequences")


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """One thing that does not fit a target.

    ``param`` is the parameter at fault, "" when it is the last message; ``text`` says what is
    wrong, without a full stop.
    """

    topic: Topic
    target: ModelName
    fact: Fact
    certainty: Certainty
    param: str
    text: str


def misfits(call: Call) -> Iterator[Misfit]:
    """Everything in a call that the facts about its targets speak against."""
    if call.messages[-1].role == "assistant":
        yield from _made(call, "prefill", "", "{target} refuses a prefilled answer: {fact}")
    for name in _non_default(call.params):
        yield from _made(call, "sampling", name, '"{name}" is refused by {target}: {fact}')
    for name in _budgets(call.params):
        yield from _made(call, "thinking_budget", name, '"{name}" is refused by {target}: {fact}')
    yield from _temperature(call)
    yield from _stops(call)


def _temperature(call: Call) -> Iterator[Misfit]:
    value = call.params.get("temperature")
    if not isinstance(value, int | float) or isinstance(value, bool):
        return
    text = f"temperature {value} does not fit {{target}}: {{fact}}"
    for misfit in _made(call, "temperature", "temperature", text):
        low, high = (float(bound) for bound in misfit.fact.value.split(".."))
        if misfit.certainty == "certain" and not low <= value <= high:
            yield misfit


def _stops(call: Call) -> Iterator[Misfit]:
    for name in _STOPS:
        stops = call.params.get(name)
        if isinstance(stops, list):
            text = f"{len(stops)} stop sequences: {{fact}}"
            for misfit in _made(call, "stop_sequences", name, text):
                if len(stops) > int(misfit.fact.value):
                    yield misfit


def _made(call: Call, topic: Topic, name: str, text: str) -> Iterator[Misfit]:
    for target, fact, certainty in call.facts(topic):
        said = text.format(name=name, target=target.shown, fact=fact.text.rstrip("."))
        yield Misfit(
            topic=topic, target=target, fact=fact, certainty=certainty, param=name, text=said
        )


def _non_default(params: Mapping[str, JSON]) -> list[str]:
    return [
        name
        for name, fine in _DEFAULTS.items()
        if isinstance(params.get(name), int | float) and params[name] not in fine
    ]


def _budgets(params: Mapping[str, JSON]) -> list[str]:
    thinking = params.get("thinking")
    nested = isinstance(thinking, Mapping) and "budget_tokens" in thinking
    return ["thinking"] if nested else [name for name in ("budget_tokens",) if name in params]
