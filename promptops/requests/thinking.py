"""What Claude does not take while it thinks, whichever way the request goes."""

from collections.abc import Mapping

from promptops.core.canonical import JSON
from promptops.errors import RequestError
from promptops.requests.body import Ask, Note

_GUIDE = "Anthropic guide to extended thinking"
_GUIDE_URL = "https://platform.claude.com/docs/en/build-with-claude/extended-thinking"
_LEAST_BUDGET = 1024
# The guide: no temperature and no top_k, and a top_p from 0.95 to 1.
_LEAST_TOP_P = 0.95


def while_thinking(ask: Ask, limit: int | None) -> tuple[dict[str, JSON], list[Note]]:
    """The parameters that Claude takes while it thinks, and what is left out.

    Args:
        ask: The prompt for Claude.
        limit: The longest answer in tokens, thinking included; None when it is not sent.

    Raises:
        RequestError: The budget of thinking is not below the limit, or the answer is begun or a
            tool is forced, which the API refuses while the model thinks.
    """
    params = dict(ask.params)
    thinking = params.get("thinking")
    if not isinstance(thinking, Mapping) or thinking.get("type", "enabled") == "disabled":
        return params, []
    if problem := _problem(ask, thinking.get("budget_tokens"), limit):
        raise RequestError(problem, where=ask.model, hint=f"{_GUIDE}, {_GUIDE_URL}")
    refused = {
        "temperature": params.get("temperature", 1) != 1,
        "top_k": "top_k" in params,
        "top_p": not _LEAST_TOP_P <= params.get("top_p", 1) <= 1,
    }
    notes = [
        Note(
            text=f"{name} {params.pop(name)} is left out: it is refused while Claude thinks",
            source=_GUIDE,
            url=_GUIDE_URL,
        )
        for name, left_out in refused.items()
        if left_out
    ]
    return params, notes


def _problem(ask: Ask, budget: int | None, limit: int | None) -> str:
    """Why the request is refused; "" when it is not."""
    if budget is not None and budget < _LEAST_BUDGET:
        return f"thinking.budget_tokens is {budget}: {_LEAST_BUDGET} are the least"
    if budget is not None and limit is not None and budget >= limit:
        return f"thinking.budget_tokens is {budget}, which is not below max_tokens, {limit}"
    if ask.messages[-1].role == "assistant":
        return "the answer is begun for Claude, which takes no beginning while it thinks"
    if ask.forced:
        return "the answer is the call of a tool, which cannot be forced while Claude thinks"
    return ""
