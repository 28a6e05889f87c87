"""Parameters: those that a model takes, by the names that an API has for them."""

from collections.abc import Mapping

from promptops.core.canonical import JSON
from promptops.errors import RequestError
from promptops.llm.sampling import wrong_param
from promptops.models.dialects import Dialect
from promptops.models.params import BOUNDS, Problem, fit_params
from promptops.requests.body import Note, cite

_LIMITS = ("max_completion_tokens", "max_tokens")


def fitted(
    params: Mapping[str, JSON], dialect: Dialect, where: str
) -> tuple[dict[str, JSON], list[Note]]:
    """The parameters that a model takes, the same for every API (see `Ask.params`).

    What a hard claim asks for is done and noted; a soft one is only noted.

    Raises:
        RequestError: A parameter or a value that nobody takes, or that the model refuses.
    """
    if wrong := wrong_param(params):
        raise RequestError(wrong.what, where=where, hint=wrong.hint)
    fit = fit_params(params, dialect, soft=False)
    for problem in fit.problems:
        raise refusal(problem, where)
    notes = [
        cite(f"{change.param} {_shown(change.old)} {_becomes(change.new)}", change.claim)
        for change in fit.changes
    ]
    notes += [
        cite(
            f"{change.param} {_shown(change.old)} is kept, though another is advised", change.claim
        )
        for change in fit_params(fit.params, dialect).changes
        if change.claim.kind == "soft"
    ]
    return _plain(fit.params, where), notes


def refusal(problem: Problem, where: str) -> RequestError:
    """The error that a parameter is which only a person can mend."""
    return RequestError(
        f"{problem.param} is {_shown(problem.value)}: {problem.claim.text}",
        where=where,
        hint=f"{problem.remedy}, or choose another model; {problem.claim.source}, "
        f"{problem.claim.url}",
    )


def _plain(params: Mapping[str, JSON], where: str) -> dict[str, JSON]:
    """The parameters with one name for the longest answer and a list of stop sequences."""
    limits = [params[name] for name in _LIMITS if params.get(name) is not None]
    if len(limits) > 1 and limits[0] != limits[1]:
        raise RequestError(
            f"max_completion_tokens is {limits[0]} and max_tokens is {limits[1]}",
            where=where,
            hint="they say the same thing: keep one of them",
        )
    plain = {key: value for key, value in params.items() if key not in _LIMITS}
    plain = {key: value for key, value in plain.items() if value is not None}
    if limits:
        plain["max_tokens"] = limits[0]
    # An empty text stops nothing, and an empty bias moves nothing.
    if isinstance(stop := plain.get("stop"), str):
        plain["stop"] = [stop]
    if "stop" in plain:
        plain["stop"] = [text for text in plain["stop"] if text]
    return {
        key: value for key, value in plain.items() if key not in BOUNDS or value not in ([], {})
    }


def named(
    params: Mapping[str, JSON], names: Mapping[str, str], *, api: str
) -> tuple[dict[str, JSON], list[Note]]:
    """The parameters by an API's names, in the order of ``names``.

    What the API has no field for is left out with a note.

    Raises:
        RequestError: A parameter without a field bounds the answer: the request would be another.
    """
    notes = []
    for name, value in params.items():
        if name in names:
            continue
        if name in BOUNDS:
            raise RequestError(
                f"{api} has no field for {name}",
                hint="take it from the prompt's params, or choose another model",
            )
        notes.append(Note(text=f"{name} {_shown(value)} is left out: {api} has no field for it"))
    return {names[name]: params[name] for name in names if name in params}, notes


def _becomes(new: JSON) -> str:
    return "is left out" if new is None else f"becomes {_shown(new)}"


def _shown(value: JSON) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
