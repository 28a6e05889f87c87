"""What each failure that LiteLLM reports means to us."""

from typing import Any, NamedTuple

from promptops.errors import (
    PromptOpsError,
    ProviderError,
    ProviderRefusedError,
    ProviderTimeoutError,
    UnknownModelError,
)


class Meaning(NamedTuple):
    """Our class for a failure, and whether trying again may help."""

    error: type[PromptOpsError]
    transient: bool


_REFUSED = Meaning(ProviderRefusedError, transient=False)
_UNKNOWN = Meaning(UnknownModelError, transient=False)
_BROKEN = Meaning(ProviderError, transient=False)
_PASSING = Meaning(ProviderError, transient=True)

MEANINGS = {
    "APIConnectionError": _PASSING,
    "APIError": _PASSING,
    "APIResponseValidationError": _BROKEN,
    "AuthenticationError": _REFUSED,
    "BadGatewayError": _PASSING,
    "BadRequestError": _REFUSED,
    "BlockedPiiEntityError": _REFUSED,
    "BudgetExceededError": _REFUSED,
    "ContentPolicyViolationError": _REFUSED,
    "ContextWindowExceededError": _REFUSED,
    "GuardrailInterventionNormalStringError": _REFUSED,
    "GuardrailRaisedException": _REFUSED,
    "ImageFetchError": _REFUSED,
    "InternalServerError": _PASSING,
    "InvalidRequestError": _REFUSED,
    "JSONSchemaValidationError": _BROKEN,
    "LiteLLMUnknownProvider": _UNKNOWN,
    "MidStreamFallbackError": _PASSING,
    "MockException": _BROKEN,
    "ModelNotMappedError": _UNKNOWN,
    "ModifyResponseException": _REFUSED,
    "NotFoundError": _UNKNOWN,
    "OpenAIError": _BROKEN,
    "PaymentRequiredError": _REFUSED,
    "PermissionDeniedError": _REFUSED,
    "RateLimitError": _PASSING,
    "RejectedRequestError": _REFUSED,
    "SensitiveDataRouteException": _REFUSED,
    "ServiceUnavailableError": _PASSING,
    "Timeout": Meaning(ProviderTimeoutError, transient=True),
    "UnprocessableEntityError": _REFUSED,
    "UnsupportedParamsError": _REFUSED,
    "VectorStoreSearchError": _REFUSED,
}
"""By the name of LiteLLM's class; a subclass that is not named means what its nearest base does."""

_HINTS = {
    "AuthenticationError": "the provider does not accept the key in the environment",
    "BudgetExceededError": "the provider account's budget is spent",
    "ContextWindowExceededError": "shorten the prompt or choose a model with a larger context",
    "NotFoundError": "check the model id, and that your account may use it",
    "PaymentRequiredError": "the provider asks for payment",
    "RateLimitError": "lower llm.concurrency or ask the provider for a higher limit",
    "Timeout": "raise llm.timeout_s",
    "UnsupportedParamsError": "remove the parameter from the prompt's model.params",
}
_SPENT = ("insufficient_quota", "exceeded your current quota", "billing")
_LONGEST = 300


def own_error(problem: BaseException) -> PromptOpsError | None:
    """The error of ours that a library wrapped in its own, if there is one."""
    seen: set[int] = set()
    current: BaseException | None = problem
    while current is not None and id(current) not in seen:
        if isinstance(current, PromptOpsError):
            return current
        seen.add(id(current))
        current = current.__cause__ or current.__context__
    return None


def meaning(problem: BaseException) -> Meaning:
    """What a failure means; one that nobody knows is a broken provider, not worth repeating."""
    for kind in type(problem).__mro__:
        if kind.__name__ in MEANINGS:
            found = MEANINGS[kind.__name__]
            break
    else:
        return _BROKEN
    if not found.transient:
        return found
    text = str(problem).lower()
    status = getattr(problem, "status_code", None)
    spent = any(word in text for word in _SPENT)
    plain = type(problem).__name__ == "APIError"
    refused = plain and isinstance(status, int) and status // 100 == 4
    return _REFUSED if spent or refused else found


def translate(problem: BaseException, model: str) -> PromptOpsError:
    """Our error for a failure of a call to ``model``."""
    ours = own_error(problem)
    if ours is not None:
        return ours
    hint = next(
        (_HINTS[kind.__name__] for kind in type(problem).__mro__ if kind.__name__ in _HINTS), ""
    )
    return meaning(problem).error(_said(problem), where=model, hint=hint)


def retry_after_s(problem: BaseException) -> float | None:
    """Seconds that the provider asks us to wait, if it says."""
    headers: Any = getattr(getattr(problem, "response", None), "headers", None) or {}
    try:
        return max(0.0, float(headers.get("retry-after")))
    except (AttributeError, TypeError, ValueError):
        return None


def _said(problem: BaseException) -> str:
    text = " ".join(str(problem).split()) or type(problem).__name__
    # LiteLLM puts its class names in front of what the provider said, sometimes twice.
    while text.startswith("litellm."):
        head, _, rest = text.partition(": ")
        if not rest or " " in head:
            break
        text = rest
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
