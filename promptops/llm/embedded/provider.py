"""The embedded engine as a LiteLLM provider, so that one path serves every model."""

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from promptops.core.canonical import JSON
from promptops.llm.embedded.engine import DEFAULT_CONTEXT, Answer, Engine, Notify, shared_engine
from promptops.llm.embedded.weights import PROVIDER, weights_path

# Threads that hold a call while it waits for the engine, which computes one at a time. Not the
# event loop's own pool: calls that wait here must not keep others from using that one.
_POOL = ThreadPoolExecutor(16, thread_name_prefix="promptops-embedded")

_NOT_SAMPLING = frozenset(
    {"response_format", "stream", "stream_options", "extra_body", "max_retries"}
)

_SUPPORTED = frozenset(
    {
        *("temperature", "top_p", "top_k", "min_p", "max_tokens", "stop", "seed"),
        *("presence_penalty", "frequency_penalty", "repeat_penalty", "logit_bias"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedModels:
    """Which weights to run, and how.

    Args:
        folder: Where packaged weights are kept.
        threads: Threads to compute with; 0 for all cores but one.
        context: Tokens that prompt and answer share.
        notify: Told, once for each model, that it is being loaded.
    """

    folder: Path
    threads: int = 0
    context: int = DEFAULT_CONTEXT
    notify: Notify | None = field(default=None, compare=False)

    def engine(self, model_id: str) -> Engine:
        """The engine of a model id (see ``weights_path`` for the errors)."""
        path = weights_path(model_id, self.folder)
        return shared_engine(path, threads=self.threads, context=self.context, notify=self.notify)


@functools.cache
def register() -> None:
    """Make ``embedded/…`` a provider of LiteLLM; once in a process."""
    import litellm

    litellm.custom_provider_map = [
        *litellm.custom_provider_map,
        {"provider": PROVIDER, "custom_handler": _handler()},
    ]
    litellm.utils.custom_llm_setup()


def _handler() -> Any:
    from litellm import CustomLLM
    from litellm.types.utils import Choices, Message, Usage

    class Handler(CustomLLM):  # type: ignore[misc]  # litellm is not typed
        """Serves LiteLLM's calls; ``client`` carries the ``EmbeddedModels`` of the caller."""

        async def acompletion(self, **call: Any) -> Any:
            """One answer as LiteLLM's response."""
            answer = await asyncio.get_running_loop().run_in_executor(_POOL, _work(call))
            response = call["model_response"]
            response.model = call["model"]
            response.choices = [
                Choices(
                    index=0,
                    finish_reason=answer.finish_reason,
                    message=Message(role="assistant", content=answer.text),
                )
            ]
            response.usage = Usage(**_usage(answer))
            return response

        async def astreaming(self, **call: Any) -> AsyncIterator[Any]:
            """The answer as LiteLLM's generic chunks."""
            async for chunk in _stream(call):
                yield chunk

    return Handler()


def _work(
    call: Mapping[str, Any], on_text: Callable[[str], bool] | None = None
) -> Callable[[], Answer]:
    """The blocking computation that a call of LiteLLM asks for."""
    models: EmbeddedModels = call["client"]
    options: Mapping[str, Any] = call["optional_params"]
    return functools.partial(
        models.engine(call["model"]).answer,
        call["messages"],
        _sampling(call["model"], options),
        schema=_schema(options),
        timeout_s=_seconds(call["timeout"]),
        on_text=on_text,
    )


async def _stream(call: Mapping[str, Any]) -> AsyncIterator[dict[str, Any]]:
    loop = asyncio.get_running_loop()
    pieces: asyncio.Queue[str | None] = asyncio.Queue()
    wanted = True

    def on_text(piece: str) -> bool:
        loop.call_soon_threadsafe(pieces.put_nowait, piece)
        return wanted

    work = _work(call, on_text)

    def to_the_end() -> Answer:
        try:
            return work()
        finally:
            loop.call_soon_threadsafe(pieces.put_nowait, None)

    running = loop.run_in_executor(_POOL, to_the_end)
    try:
        while (piece := await pieces.get()) is not None:
            yield _chunk(piece)
        yield _chunk("", await running)
    finally:
        wanted = False


def _sampling(model: str, options: Mapping[str, Any]) -> dict[str, JSON]:
    from litellm import UnsupportedParamsError

    params = {key: value for key, value in options.items() if key not in _NOT_SAMPLING}
    params |= options.get("extra_body") or {}
    unknown = sorted(set(params) - _SUPPORTED)
    if unknown:
        raise UnsupportedParamsError(
            message=f"the embedded model has no parameter {', '.join(unknown)}",
            model=model,
            llm_provider=PROVIDER,
        )
    return params


def _schema(options: Mapping[str, Any]) -> Mapping[str, JSON] | None:
    wanted = options.get("response_format") or {}
    if wanted.get("type") == "json_schema":
        schema: Mapping[str, JSON] = wanted["json_schema"]["schema"]
        return schema
    return {"type": "object"} if wanted.get("type") == "json_object" else None


def _seconds(timeout: Any) -> float | None:
    return float(timeout) if isinstance(timeout, int | float) else None


def _usage(answer: Answer) -> dict[str, Any]:
    return {
        "prompt_tokens": answer.input_tokens,
        "completion_tokens": answer.output_tokens,
        "total_tokens": answer.input_tokens + answer.output_tokens,
        "prompt_tokens_details": {"cached_tokens": answer.cached_tokens},
    }


def _chunk(text: str, answer: Answer | None = None) -> dict[str, Any]:
    return {
        "text": text,
        "index": 0,
        "tool_use": None,
        "is_finished": answer is not None,
        "finish_reason": answer.finish_reason if answer else "",
        "usage": _usage(answer) if answer else None,
    }
