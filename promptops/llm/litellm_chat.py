"""Every real model through LiteLLM: hosted providers, compatible servers, and the embedded one."""

import asyncio
import functools
import logging
import os
import time
import warnings
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from promptops.core.suggest import did_you_mean
from promptops.errors import (
    MissingKeyError,
    PromptOpsError,
    ProviderRefusedError,
    UnknownModelError,
)
from promptops.llm.background import BackgroundLoop
from promptops.llm.chat import ChatRequest, Completion, ToolCall, Usage
from promptops.llm.embedded.engine import DEFAULT_CONTEXT
from promptops.llm.embedded.provider import EmbeddedModels, register
from promptops.llm.embedded.weights import is_embedded
from promptops.llm.openai_form import litellm_body
from promptops.llm.provider_errors import meaning, own_error, retry_after_s, translate
from promptops.llm.sampling import wrong_param

_LOG = logging.getLogger(__name__)

_LOOP = BackgroundLoop("promptops-litellm")
_LONGEST_WAIT_S = 30.0

Price = Callable[[str, Usage], float | None]


class LiteLLMChat:
    """Chat and StreamingChat over LiteLLM; safe to share between threads and event loops.

    Provider keys come from the environment, by LiteLLM's names (``OPENAI_API_KEY``, …). Failures
    that may pass (rate limits, outages, timeouts) are tried again here and nowhere below.
    """

    def __init__(
        self,
        *,
        weights: Path,
        threads: int | None = None,
        context: int = DEFAULT_CONTEXT,
        notice: Callable[[str], None] | None = None,
        timeout_s: float = 120.0,
        retries: int = 2,
        backoff_s: float = 0.5,
        price: Price = lambda _model, _usage: None,
    ) -> None:
        """Nothing is loaded until the first call.

        Args:
            weights: Folder of the weights of ``embedded/…`` models.
            threads: Threads of the embedded model; None for all cores but one.
            context: Tokens that a prompt and its answer share in the embedded model.
            notice: Told one line before an embedded model is loaded.
            timeout_s: Seconds one try may take.
            retries: Further tries after a passing failure.
            backoff_s: Seconds before the first further try; doubles with each.
            price: USD of a call for models that LiteLLM's price table does not have.
        """
        self._embedded = EmbeddedModels(
            folder=weights, threads=threads or 0, context=context, notify=notice
        )
        self._timeout_s = timeout_s
        self._retries = retries
        self._backoff_s = backoff_s
        self._price = price
        self._usable: set[str] = set()
        self._unpriced: set[str] = set()

    async def complete(self, request: ChatRequest) -> Completion:
        """Answer one request; see ``Chat.complete`` for the errors."""
        return await _LOOP.run(self._complete(request))

    async def stream(self, request: ChatRequest) -> AsyncIterator[str]:
        """Yield the answer piece by piece; tried again only while nothing was yielded."""
        async for piece in _LOOP.stream(lambda: self._stream(request)):
            yield piece

    async def _complete(self, request: ChatRequest) -> Completion:
        await self._prepare(request)
        started = time.perf_counter()
        response = await self._try(request, stream=False)
        latency_ms = (time.perf_counter() - started) * 1000
        usage = _usage(response)
        choice = response.choices[0]
        return Completion(
            text=choice.message.content or "",
            tool_calls=_tool_calls(choice.message),
            usage=usage,
            latency_ms=latency_ms,
            cost_usd=self._cost(request.model, response, usage),
            model=request.model,
            finish_reason=choice.finish_reason or "stop",
        )

    async def _stream(self, request: ChatRequest) -> AsyncIterator[str]:
        await self._prepare(request)
        response = await self._try(request, stream=True)
        try:
            async for chunk in response:
                piece = chunk.choices[0].delta.content if chunk.choices else None
                if piece:
                    yield piece
        except Exception as problem:
            raise translate(problem, request.model) from problem

    async def _prepare(self, request: ChatRequest) -> None:
        """Load what the call needs, so that loading is not counted as its latency."""
        _check_params(request)
        if is_embedded(request.model):
            if request.tools:
                raise ProviderRefusedError(
                    "the embedded model calls no tools",
                    where=request.model,
                    hint="choose a model whose card lists `tools`: `promptops models list`",
                )
            engine = self._embedded.engine(request.model)
            await asyncio.to_thread(engine.load)
        self._check(await asyncio.to_thread(load_litellm), request.model)

    async def _try(self, request: ChatRequest, *, stream: bool) -> Any:
        litellm = load_litellm()
        body = {
            **litellm_body(request),
            "num_retries": 0,
            "max_retries": 0,
            "timeout": self._timeout_s,
            "stream": stream,
        }
        if request.tools:
            # Else it imports what its MCP gateway needs, which is an extra of its own.
            body["_skip_mcp_handler"] = True
        if is_embedded(request.model):
            body["client"] = self._embedded
            # A draw that is not the first one differs from it, and is the same tomorrow.
            body.setdefault("seed", request.repeat)
        for attempt in range(self._retries + 1):
            try:
                return await litellm.acompletion(**body)
            except PromptOpsError:
                raise
            except Exception as problem:
                last = attempt == self._retries
                if last or own_error(problem) or not meaning(problem).transient:
                    raise translate(problem, request.model) from problem
                wait = self._wait(request, attempt, problem)
                _LOG.info("%s: %s; again in %.1f s", request.model, type(problem).__name__, wait)
            await asyncio.sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _wait(self, request: ChatRequest, attempt: int, problem: Exception) -> float:
        asked = retry_after_s(problem)
        if asked is not None:
            return min(asked, _LONGEST_WAIT_S)
        # Requests that failed together come back spread out: each has its own share of the wait.
        share = int(request.digest()[-4:], 16) / 0xFFFF
        return float(min(_LONGEST_WAIT_S, self._backoff_s * 2**attempt * (0.5 + share)))

    def _check(self, litellm: Any, model: str) -> None:
        """Refuse what cannot work before a call is made."""
        if is_embedded(model) or model in self._usable:
            return
        try:
            provider = litellm.get_llm_provider(model=model)[1]
        except Exception as problem:
            hint = did_you_mean(model, litellm.model_cost)
            raise UnknownModelError(
                f'"{model}" is no model id that LiteLLM knows',
                hint=hint or "write provider/model, such as openai/gpt-4.1-mini",
            ) from problem
        missing = litellm.validate_environment(model=model)["missing_keys"]
        usual = f"{provider.upper()}_API_KEY"
        if os.environ.get(usual) == "":  # noqa: TID251  # LiteLLM takes an empty key for a key
            missing = [usual]
        if missing:
            raise MissingKeyError(
                f"{provider} needs {' and '.join(missing)} in the environment",
                where=model,
                hint=f"export {missing[0]}=…, or choose embedded/smollm2-135m, which needs no key",
            )
        self._usable.add(model)

    def _cost(self, model: str, response: Any, usage: Usage) -> float:
        if is_embedded(model):
            return 0.0
        known = (getattr(response, "_hidden_params", None) or {}).get("response_cost")
        if known is None:
            known = self._price(model, usage)
        if known is None:
            if model not in self._unpriced:
                self._unpriced.add(model)
                _LOG.warning(
                    "no price is known for %s: its calls count as 0 USD (give it a price in"
                    " models.yaml)",
                    model,
                )
            return 0.0
        return float(known)


@functools.cache
def load_litellm() -> Any:
    """LiteLLM, imported once (four seconds) and set up: offline price table, silent, no retries."""
    for name, value in {
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # its price table as installed: no download
        "LITELLM_MODE": "PRODUCTION",  # no .env file of the working directory is read
        "LITELLM_LOG": "ERROR",
    }.items():
        os.environ.setdefault(name, value)  # noqa: TID251
    # Said by pydantic about LiteLLM's own types, at the first streamed answer.
    warnings.filterwarnings("ignore", message="Item .* is using the `ReadOnly` qualifier")
    import litellm

    litellm.telemetry = False
    litellm.suppress_debug_info = True
    litellm.num_retries = 0
    litellm.drop_params = False
    # It logs tracebacks of failures that it also raises: here each is raised once, as ours.
    logging.getLogger("LiteLLM").setLevel(logging.CRITICAL)
    register()
    litellm.encode(model="", text="")  # reads its tokenizer now, not in the first call's latency
    return litellm


def _check_params(request: ChatRequest) -> None:
    if wrong := wrong_param(request.params):
        raise ProviderRefusedError(wrong.what, where=request.model, hint=wrong.hint)


def _tool_calls(message: Any) -> tuple[ToolCall, ...]:
    return tuple(
        ToolCall(name=call.function.name or "", arguments=call.function.arguments or "")
        for call in getattr(message, "tool_calls", None) or ()
    )


def _usage(response: Any) -> Usage:
    usage = getattr(response, "usage", None)
    details = getattr(usage, "prompt_tokens_details", None)
    return Usage(
        input_tokens=int(getattr(usage, "prompt_tokens", 0) or 0),
        output_tokens=int(getattr(usage, "completion_tokens", 0) or 0),
        cached_tokens=int(getattr(details, "cached_tokens", 0) or 0),
    )
