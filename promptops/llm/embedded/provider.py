"""The embedded model as a LiteLLM provider, so that one path serves every model."""

import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import anyio.to_thread

from promptops.errors import PromptOpsError
from promptops.llm.embedded.engine import Engine

PROVIDER = "embedded"

EngineFor = Callable[[str], Engine]
"""Finds the engine of a model name without its prefix."""


def register(engine_for: EngineFor) -> None:
    """Make LiteLLM answer ``embedded/…`` by the engines that ``engine_for`` finds.

    The last registration of a process stands.
    """
    import litellm

    handler = _handler(engine_for)
    others = [item for item in litellm.custom_provider_map if item["provider"] != PROVIDER]
    litellm.custom_provider_map = [*others, {"provider": PROVIDER, "custom_handler": handler}]
    litellm.utils.custom_llm_setup()


def _handler(engine_for: EngineFor) -> Any:
    """LiteLLM's handler; made here because its base class costs seconds to import."""
    import litellm

    class Embedded(litellm.CustomLLM):  # type: ignore[misc]
        """Answers by llama.cpp, in a thread, so that an event loop never waits."""

        async def acompletion(self, model: str, messages: list[Any], **given: Any) -> Any:
            """One answer, as LiteLLM's response type."""
            params, schema = _split(given["optional_params"])
            answer = await anyio.to_thread.run_sync(
                _carry, engine_for(model).complete, messages, params, schema
            )
            response = litellm.ModelResponse(
                model=f"{PROVIDER}/{model}",
                created=int(time.time()),
                choices=[
                    litellm.Choices(
                        finish_reason=answer.finish_reason,
                        message=litellm.Message(role="assistant", content=answer.text),
                    )
                ],
            )
            response.usage = litellm.Usage(
                prompt_tokens=answer.input_tokens,
                completion_tokens=answer.output_tokens,
                total_tokens=answer.input_tokens + answer.output_tokens,
                prompt_tokens_details={"cached_tokens": answer.cached_tokens},
            )
            return response

        async def astreaming(
            self, model: str, messages: list[Any], **given: Any
        ) -> AsyncIterator[Any]:
            """The answer in pieces, as LiteLLM's chunk type."""
            params, schema = _split(given["optional_params"])
            pieces = engine_for(model).stream(messages, params, schema)
            end = object()
            while (piece := await anyio.to_thread.run_sync(_carry, next, pieces, end)) is not end:
                yield _chunk(str(piece), last=False)
            yield _chunk("", last=True)

    return Embedded()


class CarriedError(Exception):
    """One of our errors on its way through LiteLLM, which would wrap it in its own."""

    def __init__(self, problem: PromptOpsError) -> None:
        """Keep the error."""
        super().__init__(str(problem))
        self.problem = problem


def _carry(call: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return call(*arguments)
    except PromptOpsError as problem:
        raise CarriedError(problem) from problem


def _split(optional: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any] | None]:
    params = dict(optional)
    form = params.pop("response_format", None)
    schema = form["json_schema"]["schema"] if isinstance(form, dict) else None
    return params, schema


def _chunk(text: str, *, last: bool) -> dict[str, Any]:
    return {
        "text": text,
        "is_finished": last,
        "finish_reason": "stop" if last else "",
        "index": 0,
        "tool_use": None,
        "usage": None,
    }
