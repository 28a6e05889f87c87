"""The one door to LiteLLM: every model, hosted or embedded, is called here."""

import logging
import os
import random
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread

from promptops.core.suggest import did_you_mean
from promptops.errors import (
    InputError,
    MissingKeyError,
    PromptOpsError,
    ProviderError,
    ProviderRefusedError,
    ProviderTimeoutError,
    UnknownModelError,
)
from promptops.llm.chat import ChatRequest, Completion, Usage
from promptops.llm.embedded.engine import EngineOptions, engine
from promptops.llm.embedded.provider import CarriedError, register
from promptops.llm.embedded.weights import PREFIX, is_embedded, weights_path

_BASE_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 20.0

# LiteLLM's exceptions by what they mean here; the first class that fits decides. Named, not
# imported: importing LiteLLM takes seconds.
TRANSIENT = (
    "RateLimitError",
    "ServiceUnavailableError",
    "InternalServerError",
    "BadGatewayError",
    "APIConnectionError",
)
TIMEOUTS = ("Timeout",)
KEYS = ("AuthenticationError", "PermissionDeniedError")
UNKNOWN = ("NotFoundError", "LiteLLMUnknownProvider", "ModelNotMappedError")
REFUSED = (
    "BadRequestError",
    "InvalidRequestError",
    "UnprocessableEntityError",
    "BudgetExceededError",
    "GuardrailRaisedException",
    "BlockedPiiEntityError",
    "ModifyResponseException",
    "SensitiveDataRouteException",
)


class LiteLLMChat:
    """Calls any model by its LiteLLM id; keys come from the environment.

    Passing failures are tried again here, with growing pauses, and nowhere else. Prices come from
    the table that LiteLLM carries; the embedded model costs nothing.
    """

    def __init__(
        self,
        *,
        timeout_s: float = 120.0,
        retries: int = 2,
        weights: Path | None = None,
        threads: int | None = None,
        context: int = 2048,
        notice: Callable[[str], None] | None = None,
        api_base: str | None = None,
        seed: int = 0,
    ) -> None:
        """Keep the options; nothing is imported before the first call.

        Args:
            timeout_s: Seconds one try may take (hosted models).
            retries: Further tries after a passing failure.
            weights: Folder of embedded models' weights.
            threads: Threads of the embedded model; None for all cores but one.
            context: Context window of the embedded model, in tokens.
            notice: Told one line before a model is loaded.
            api_base: Another address than the provider's own, such as a local server.
            seed: Seed of the jitter of pauses.
        """
        self._timeout_s = timeout_s
        self._retries = retries
        self._weights = weights or Path()
        self._options = EngineOptions(threads=threads, context=context)
        self._notice = notice
        self._api_base = api_base
        self._random = random.Random(seed)  # noqa: S311 - jitter
        self._library: Any = None

    async def complete(self, request: ChatRequest) -> Completion:
        """Answer one request; see `Chat.complete`."""
        litellm = self._prepare(request)
        await self._load(request.model)
        start = time.perf_counter()
        reply = await self._try(request, lambda: litellm.acompletion(**self._arguments(request)))
        latency_ms = (time.perf_counter() - start) * 1000
        choice, usage = reply.choices[0], reply.usage
        details = getattr(usage, "prompt_tokens_details", None)
        return Completion(
            text=choice.message.content or "",
            usage=Usage(
                input_tokens=int(usage.prompt_tokens),
                output_tokens=int(usage.completion_tokens),
                cached_tokens=int(getattr(details, "cached_tokens", 0) or 0),
            ),
            latency_ms=latency_ms,
            cost_usd=self._cost(litellm, request, reply),
            model=request.model,
            finish_reason=str(choice.finish_reason or "stop"),
        )

    async def stream(self, request: ChatRequest) -> AsyncIterator[str]:
        """Answer piece by piece; see `StreamingChat.stream`."""
        litellm = self._prepare(request)
        arguments = {**self._arguments(request), "stream": True}
        parts = await self._try(request, lambda: litellm.acompletion(**arguments))
        try:
            async for part in parts:
                for choice in part.choices:
                    if choice.delta.content:
                        yield choice.delta.content
        except Exception as problem:
            raise translate(problem, request.model) from problem

    def _prepare(self, request: ChatRequest) -> Any:
        """LiteLLM, set up; what can be known to fail does so before it is asked."""
        if is_embedded(request.model):
            weights_path(request.model, self._weights)
        if self._library is None:
            import litellm

            # Its worker warns whenever another thread's event loop calls, which is normal here.
            logging.getLogger("LiteLLM").setLevel(logging.ERROR)
            litellm.telemetry = False
            litellm.suppress_debug_info = True
            litellm.drop_params = True
            litellm.modify_params = False
            litellm.num_retries = 0
            register(
                lambda name: engine(
                    weights_path(PREFIX + name, self._weights), self._options, self._notice
                )
            )
            self._library = litellm
        if not is_embedded(request.model) and self._api_base is None:
            _check_key(self._library, request.model)
        return self._library

    async def _load(self, model: str) -> None:
        """Load an embedded model before the clock starts: a call's latency is the call's."""
        if is_embedded(model):
            path = weights_path(model, self._weights)
            await anyio.to_thread.run_sync(engine(path, self._options, self._notice).load)

    def _arguments(self, request: ChatRequest) -> dict[str, Any]:
        arguments: dict[str, Any] = {
            "model": request.model,
            "messages": [{"role": m.role, "content": m.content} for m in request.messages],
            "num_retries": 0,
            "max_retries": 0,
            **request.params,
        }
        if request.response_schema is not None:
            schema = {"name": "answer", "schema": dict(request.response_schema), "strict": True}
            arguments["response_format"] = {"type": "json_schema", "json_schema": schema}
        if is_embedded(request.model):
            # A custom provider's parameters are all its own: none may be dropped.
            arguments["allowed_openai_params"] = [*request.params, "response_format"]
        else:
            arguments["timeout"] = self._timeout_s
            if self._api_base is not None:
                arguments["api_base"] = self._api_base
                arguments.setdefault("api_key", os.environ.get("OPENAI_API_KEY", "none"))  # noqa: TID251
        return arguments

    async def _try(self, request: ChatRequest, call: Callable[[], Any]) -> Any:
        for attempt in range(self._retries + 1):
            try:
                return await call()
            except Exception as problem:
                if attempt == self._retries or not is_transient(problem):
                    raise translate(problem, request.model) from problem
                await anyio.sleep(self._pause(attempt, problem))
        raise AssertionError("the last attempt returns or raises")

    def _pause(self, attempt: int, problem: Exception) -> float:
        """What the provider asks for, else full jitter over a doubling pause (AWS, 2015)."""
        headers = getattr(getattr(problem, "response", None), "headers", None) or {}
        try:
            return min(_LONGEST_PAUSE_S, float(str(headers.get("retry-after"))))
        except (TypeError, ValueError):
            longest = min(_LONGEST_PAUSE_S, _BASE_PAUSE_S * 2**attempt)
            return self._random.uniform(longest / 2, longest)

    def _cost(self, litellm: Any, request: ChatRequest, reply: Any) -> float:
        if is_embedded(request.model):
            return 0.0
        try:
            cost = litellm.completion_cost(completion_response=reply, model=request.model)
            return float(cost or 0.0)
        except Exception:  # noqa: BLE001 - a model that is in no price table costs what is unknown
            return 0.0


def is_transient(problem: Exception) -> bool:
    """Whether the same call may work a moment later."""
    names = _names(problem)
    return bool(names & {*TRANSIENT, *TIMEOUTS}) and not names & {*KEYS, *UNKNOWN, *REFUSED}


def translate(problem: Exception, model: str) -> PromptOpsError:
    """Our error for one of LiteLLM's (or for one of ours that went through it)."""
    cause: BaseException | None = problem
    while cause is not None:
        if isinstance(cause, CarriedError):
            return cause.problem
        if isinstance(cause, PromptOpsError):
            return cause
        cause = cause.__cause__ or cause.__context__
    names = _names(problem)
    text = str(problem).removeprefix("litellm.").split("\n")[0]
    if names & set(TIMEOUTS):
        return ProviderTimeoutError("no answer in time", where=model, hint="raise llm.timeout_s")
    if names & set(KEYS):
        return MissingKeyError(f"the key was not accepted: {text}", where=model)
    if names & set(UNKNOWN):
        return UnknownModelError(f"the provider has no such model: {text}", where=model)
    if "ContextWindowExceededError" in names:
        return InputError("the prompt is longer than the model's context", where=model)
    if names & set(REFUSED):
        return ProviderRefusedError(text, where=model)
    return ProviderError(text, where=model)


def _names(problem: Exception) -> set[str]:
    return {kind.__name__ for kind in type(problem).__mro__}


def _check_key(litellm: Any, model: str) -> None:
    """Fail before the call when the provider or its key is not there."""
    try:
        litellm.get_llm_provider(model)
    except Exception as problem:
        known = litellm.model_list_set if hasattr(litellm, "model_list_set") else ()
        raise UnknownModelError(
            f'LiteLLM knows no provider for "{model}"',
            hint=did_you_mean(model, known) or "write provider/model, such as openai/gpt-5",
        ) from problem
    found = litellm.validate_environment(model=model)
    if not found["keys_in_environment"] and found["missing_keys"]:
        names = " and ".join(found["missing_keys"])
        raise MissingKeyError(
            f'"{model}" needs {names}, which is not set',
            where="environment",
            hint=f"export {found['missing_keys'][0]}=…, or use {PREFIX}smollm2-135m",
        )
