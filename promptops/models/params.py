"""Fit a prompt's parameters to what a model takes.

Parameters have OpenAI's names here. What an API calls them (``max_tokens`` or
``max_output_tokens``) is the business of whoever makes the request.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeGuard

from promptops.core.canonical import JSON
from promptops.models.claims import Claim
from promptops.models.dialects import Dialect, dialects

_DEFAULTS: Mapping[str, tuple[float, ...]] = {"temperature": (1,), "top_p": (1,), "top_k": ()}
_STOPS = ("stop", "stop_sequences")
_BUDGETS = ("budget_tokens", "thinking_budget")
_OF_REASONING = ("reasoning_effort", "thinking", "verbosity")
BOUNDS = frozenset({"max_tokens", "stop", "logit_bias"})
"""What bounds an answer: without it the request would be another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One parameter that is changed; ``new`` is None when it is left out."""

    param: str
    old: JSON
    new: JSON
    claim: Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One parameter that the model does not take and that only a person can mend.

    ``remedy`` says how, in the words of an order.
    """

    param: str
    value: JSON
    claim: Claim

    @property
    def remedy(self) -> str:
        """What to do."""
        if self.claim.topic == "stop_sequences":
            what = f"keep at most {self.claim.value} texts of `{self.param}`"
        else:
            what = f"set `{self.param}: null`"
        return f"{what} in the params of its variant"


class Fit(NamedTuple):
    """The parameters that a model takes, what was changed, and what is left to mend."""

    params: dict[str, JSON]
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]


def fit_params(params: Mapping[str, JSON], dialect: Dialect, *, soft: bool = True) -> Fit:
    """The parameters of a prompt as a model takes them.

    Sampling parameters that are refused, thinking budgets, what steers the reasoning of a model
    that has none and parameters that the API does not have are left out; a temperature outside the
    range is moved to its nearest end. Too many stop sequences are a problem: which one to give up
    is not for a program to say. So is a bound of the answer that the model does not take, and
    reasoning that cannot be switched off.

    Args:
        params: The prompt's own, by OpenAI's names.
        dialect: The dialect of the model (`Dialect.for_model`).
        soft: Also make changes that are a matter of quality only.
    """
    fitted = dict(params)
    changes = []
    for name, new, claim in _asked(params, dialect):
        if claim.kind == "soft" and not soft:
            continue
        if name in fitted:
            changes.append(Change(param=name, old=params[name], new=new, claim=claim))
            if new is None:
                del fitted[name]
            else:
                fitted[name] = new
    return Fit(fitted, tuple(changes), tuple(_problems(params, dialect)))


def fitted_params() -> frozenset[str]:
    """Every parameter that `fit_params` may change or find a problem with, for some model."""
    claims = (claim for dialect in dialects().values() for claim in dialect.claims)
    unsupported = {claim.value for claim in claims if claim.topic == "unsupported"}
    return frozenset({*_DEFAULTS, *_STOPS, *_BUDGETS, *_OF_REASONING, *unsupported})


def refused_sampling(params: Mapping[str, JSON], value: str) -> tuple[str, ...]:
    """The sampling parameters that a value of the topic ``sampling`` refuses."""
    if value == "one":
        both = _is_number(params.get("temperature")) and _is_number(params.get("top_p"))
        return ("top_p",) if both else ()
    refused = (
        value == "fixed"
        or (value == "fixed-by-default" and not _reasoning_is(params, off=True))
        or (value == "fixed-while-reasoning" and _reasoning_is(params, off=False))
    )
    return _non_default(params) if refused else ()


def thinking_budgets(params: Mapping[str, JSON]) -> tuple[str, ...]:
    """The parameters that set a budget of thinking tokens."""
    thinking = params.get("thinking")
    nested = isinstance(thinking, Mapping) and "budget_tokens" in thinking
    return ("thinking",) if nested else tuple(name for name in _BUDGETS if name in params)


def misplaced_temperature(params: Mapping[str, JSON], bounds: str) -> float | None:
    """The nearest temperature within ``"0.5..0.7"``; None when there is nothing to move."""
    value = params.get("temperature")
    if not _is_number(value):
        return None
    low, high = (float(bound) for bound in bounds.split(".."))
    nearest = min(max(float(value), low), high)
    return None if nearest == value else nearest


def stop_counts(params: Mapping[str, JSON]) -> Iterator[tuple[str, int]]:
    """The parameters that hold stop sequences, with their number; an empty text is none."""
    for name in _STOPS:
        stops = params.get(name)
        if isinstance(stops, str | list):
            texts = [stops] if isinstance(stops, str) else stops
            yield name, sum(text != "" for text in texts)


def _asked(params: Mapping[str, JSON], dialect: Dialect) -> Iterator[tuple[str, JSON, Claim]]:
    """Parameter, new value and claim of every change; a parameter that goes comes first."""
    for claim in dialect.claims:
        if claim.topic == "sampling":
            for name in refused_sampling(params, claim.value):
                yield name, None, claim
        elif claim.topic == "thinking_budget":
            for name in thinking_budgets(params):
                yield name, None, claim
        elif claim.topic == "reasoning" and claim.value == "none":
            for name in _OF_REASONING:
                if params.get(name) is not None:
                    yield name, None, claim
        elif _is_unsupported(params, claim) and claim.value not in BOUNDS:
            yield claim.value, None, claim
    bounds = dialect.claim("temperature")
    nearest = misplaced_temperature(params, bounds.value) if bounds else None
    if bounds and nearest is not None:
        yield "temperature", nearest, bounds


def _problems(params: Mapping[str, JSON], dialect: Dialect) -> Iterator[Problem]:
    limit = dialect.claim("stop_sequences")
    for name, count in stop_counts(params) if limit else ():
        if limit and count > int(limit.value):
            yield Problem(param=name, value=params[name], claim=limit)
    for claim in dialect.claims:
        if _is_unsupported(params, claim) and claim.value in BOUNDS:
            yield Problem(param=claim.value, value=params[claim.value], claim=claim)
        elif claim.topic == "reasoning" and claim.value == "always":
            for name in _switched_off(params):
                yield Problem(param=name, value=params[name], claim=claim)


def _is_unsupported(params: Mapping[str, JSON], claim: Claim) -> bool:
    """Whether a parameter is set that a claim says is refused; an empty one bounds nothing."""
    value = params.get(claim.value) if claim.topic == "unsupported" else None
    return value is not None and not (claim.value in BOUNDS and value in ("", [], {}))


def _switched_off(params: Mapping[str, JSON]) -> Iterator[str]:
    """The parameters that switch reasoning off."""
    thinking = params.get("thinking")
    if params.get("reasoning_effort") == "none":
        yield "reasoning_effort"
    if isinstance(thinking, Mapping) and thinking.get("type") == "disabled":
        yield "thinking"


def _non_default(params: Mapping[str, JSON]) -> tuple[str, ...]:
    return tuple(
        name
        for name, fine in _DEFAULTS.items()
        if _is_number(params.get(name)) and params[name] not in fine
    )


def _reasoning_is(params: Mapping[str, JSON], *, off: bool) -> bool:
    """Whether the parameters switch reasoning off, or on; neither when they do not speak of it."""
    if off:
        return any(_switched_off(params))
    thinking = params.get("thinking")
    kind = thinking.get("type") if isinstance(thinking, Mapping) else None
    effort = params.get("reasoning_effort")
    return (effort is not None and effort != "none") or kind in ("enabled", "adaptive")


def _is_number(value: JSON) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
