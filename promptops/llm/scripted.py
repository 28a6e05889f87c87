"""A chat that answers from a script: for tests and examples that must not depend on a model."""

import threading
from collections.abc import AsyncIterator, Callable, Mapping

from promptops.errors import ProviderRefusedError
from promptops.llm.chat import ChatRequest, Completion, Usage

_WORDS_SHOWN = 60


class ScriptedChat:
    """Answers each request as its script says; counts a token for each word.

    ``requests`` holds everything that was asked, in order.
    """

    def __init__(
        self,
        answers: Mapping[str, str] | Callable[[ChatRequest], str],
        *,
        latency_ms: float = 1.0,
        cost_usd: float = 0.0,
    ) -> None:
        """Write the script.

        Args:
            answers: Text to look for in the last message -> answer (the first that is found
                counts; an empty key fits everything), or a function of the request.
            latency_ms: Latency that every completion claims.
            cost_usd: Price that every completion claims.
        """
        self._answers = answers
        self._latency_ms = latency_ms
        self._cost_usd = cost_usd
        self._lock = threading.Lock()
        self.requests: list[ChatRequest] = []

    async def complete(self, request: ChatRequest) -> Completion:
        """Answer by the script.

        Raises:
            ProviderRefusedError: The script has no answer.
        """
        with self._lock:
            self.requests.append(request)
        text = self._answer(request)
        return Completion(
            text=text,
            usage=Usage(
                input_tokens=sum(len(each.content.split()) for each in request.messages),
                output_tokens=len(text.split()),
            ),
            latency_ms=self._latency_ms,
            cost_usd=self._cost_usd,
            model=request.model,
            finish_reason="stop",
        )

    async def stream(self, request: ChatRequest) -> AsyncIterator[str]:
        """Yield the scripted answer word by word."""
        text = (await self.complete(request)).text
        for position, word in enumerate(text.split(" ")):
            yield f" {word}" if position else word

    def _answer(self, request: ChatRequest) -> str:
        if callable(self._answers):
            return self._answers(request)
        asked = request.messages[-1].content if request.messages else ""
        for fragment, answer in self._answers.items():
            if fragment in asked:
                return answer
        raise ProviderRefusedError(
            f"the script has no answer to: {asked[:_WORDS_SHOWN]}", where=request.model
        )
