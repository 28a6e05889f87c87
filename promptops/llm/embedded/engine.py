"""llama.cpp in this process: one model, loaded on first use, one computation at a time.

An answer depends on the request alone, not on what was asked before or on the number of threads:

* flash attention is off: its CPU kernel splits a row differently for other batch sizes and thread
  counts, and the last bits of the logits change with it;
* one request computes at a time: rows of two requests in one batch are multiplied by another
  kernel. Batching would not be faster either: on a CPU the cost of this model is per token.

What was computed for a prompt's beginning is kept (two live slots, more in memory), so a prompt
with a long fixed part pays for its varying part only. A reused beginning changes no answer.

Where a schema leaves few answers, such as labels, an answer that can go on in one way only is
finished without the model: ``"ref`` among refund and delivery. That changes no answer either, but
its tokens are fewer: they are those that were computed.
"""

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promptops.core.canonical import JSON
from promptops.errors import (
    ModelNotInstalledError,
    ProviderError,
    ProviderRefusedError,
    ProviderTimeoutError,
)
from promptops.llm.embedded.grammar import check_constrained, only_texts, schema_grammar

DEFAULT_CONTEXT = 2048
"""Tokens that prompt and answer share."""

DEFAULT_MAX_TOKENS = 512
"""Length of an answer when the request names none: a small model may never stop by itself."""

_SLOTS = 2
_SLOT_SIMILARITY = 0.5
_PREFIX_MEMORY_MIB = 256
_QUIET = -1

Notify = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the engine computed.

    Args:
        text: The answer.
        finish_reason: ``stop`` or ``length``.
        input_tokens: Tokens of the prompt.
        cached_tokens: Those of them that were already computed.
        output_tokens: Tokens of the answer.
    """

    text: str
    finish_reason: str
    input_tokens: int
    cached_tokens: int
    output_tokens: int


def default_threads() -> int:
    """All cores but one, at least one.

    With every core taken, the threads wait for each other at each of hundreds of barriers a token
    whenever anything else runs.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, (cores or 1) - 1)


class Engine:
    """One GGUF model; safe to share between threads."""

    def __init__(
        self,
        path: Path,
        *,
        threads: int = 0,
        context: int = DEFAULT_CONTEXT,
        notify: Notify | None = None,
    ) -> None:
        """Name the model; it is loaded by the first call.

        Args:
            path: The GGUF file.
            threads: Threads to compute with; 0 for ``default_threads()``.
            context: Tokens that prompt and answer share.
            notify: Told, once, that the model is being loaded.
        """
        self._path = path
        self._threads = threads or default_threads()
        self._context = context
        self._notify = notify or (lambda _: None)
        self._lock = threading.Lock()
        self._server: Any = None

    def load(self) -> None:
        """Load the weights now, unless they are in memory; the first answer does it otherwise.

        Raises:
            ModelNotInstalledError: The file cannot be loaded.
        """
        with self._lock:
            self._loaded()

    def answer(
        self,
        messages: list[dict[str, str]],
        params: Mapping[str, JSON],
        *,
        schema: Mapping[str, JSON] | None = None,
        timeout_s: float | None = None,
        on_text: Callable[[str], bool] | None = None,
    ) -> Answer:
        """Answer one conversation; other callers wait their turn.

        Args:
            messages: Role and content of each message, oldest first.
            params: Sampling parameters by their OpenAI names.
            schema: JSON schema that the answer is held to while it is sampled.
            timeout_s: Seconds of computing after which the call fails; waiting for other calls
                does not count.
            on_text: Gets each piece of text as it is sampled; returning False stops the answer.

        Raises:
            ModelNotInstalledError: The file cannot be loaded.
            ProviderRefusedError: The prompt is too long or the schema cannot be enforced.
            ProviderTimeoutError: The answer took too long.
            ProviderError: The engine failed.
        """
        body: dict[str, Any] = {
            "max_tokens": DEFAULT_MAX_TOKENS,
            **params,
            "messages": messages,
            "stream": True,
            "cache_prompt": True,
        }
        texts: tuple[str, ...] = ()
        if schema is not None:
            body["grammar"] = schema_grammar(schema)
            texts = () if params.get("stop") else only_texts(schema)
            body["timings_per_token"] = bool(texts)
        with self._lock:
            server = self._loaded()
            deadline = None if timeout_s is None else time.monotonic() + timeout_s
            listener = _Listener(deadline, on_text, texts, int(body["max_tokens"] or 0))
            try:
                server.handle_chat_completions(body, listener)
            except (RuntimeError, ValueError) as problem:
                raise ProviderRefusedError(
                    f"the embedded engine refused the request: {problem}"
                ) from problem
        answer = listener.result(self._context, timeout_s)
        if schema is not None and not listener.stopped:
            check_constrained(answer.text, schema, answer.finish_reason)
        return answer

    def _loaded(self) -> Any:
        if self._server is None:
            count = "1 thread" if self._threads == 1 else f"{self._threads} threads"
            self._notify(f"loading {self._path.name} ({count}) …")
            self._server = _serve(self._path, self._threads, self._context)
        return self._server


class _Listener:
    """Collects what the engine sends; returning True tells it to stop."""

    def __init__(
        self,
        deadline: float | None,
        on_text: Callable[[str], bool] | None,
        texts: Sequence[str] = (),
        most_tokens: int = 0,
    ) -> None:
        self._deadline = deadline
        self._on_text = on_text
        self._texts = texts
        self._most_tokens = most_tokens
        self._pieces: list[str] = []
        self._finish = ""
        self._timings: Mapping[str, Any] = {}
        self._error: Mapping[str, Any] | None = None
        self._late = False
        self.stopped = False

    def __call__(self, chunk: Mapping[str, Any]) -> bool:
        if "error" in chunk:
            self._error = chunk["error"]
            return True
        self._timings = chunk.get("timings") or self._timings
        for choice in chunk.get("choices") or ():
            self._finish = choice.get("finish_reason") or self._finish
            piece = (choice.get("delta") or {}).get("content")
            if piece:
                self._take(piece)
        if self._texts and not self._finish and not self.stopped:
            rest = self._rest()
            if rest is not None:
                self._finish = "stop"
                if rest:
                    self._take(rest)
                return True
        if self._deadline is not None and time.monotonic() > self._deadline and not self._finish:
            self._late = True
        return self.stopped or self._late

    def _take(self, piece: str) -> None:
        self._pieces.append(piece)
        if self._on_text is not None and not self._on_text(piece):
            self.stopped = True

    def _rest(self) -> str | None:
        """What is sure to follow; None where more than one answer is left, or the end of tokens.

        A token holds a character at least, so as many tokens as characters are enough for the rest.
        """
        begun = "".join(self._pieces)
        left = [text for text in self._texts if text.startswith(begun)]
        computed = int(self._timings.get("predicted_n", self._most_tokens))
        if len(left) != 1 or not begun:
            return None
        rest = left[0].removeprefix(begun)
        return rest if computed + len(rest) < self._most_tokens else None

    def result(self, context: int, timeout_s: float | None) -> Answer:
        """What was collected, or the error it amounts to."""
        if self._error is not None:
            raise _engine_error(self._error, context)
        if self._late:
            raise ProviderTimeoutError(
                f"the embedded model did not finish within {timeout_s:g} s",
                hint="lower max_tokens or raise llm.timeout_s",
            )
        if not self._finish and not self.stopped:
            raise ProviderError("the embedded engine broke off its answer")
        cached = int(self._timings.get("cache_n", 0))
        return Answer(
            text="".join(self._pieces),
            finish_reason=self._finish or "stop",
            input_tokens=cached + int(self._timings.get("prompt_n", 0)),
            cached_tokens=cached,
            output_tokens=int(self._timings.get("predicted_n", len(self._pieces))),
        )


def _engine_error(error: Mapping[str, Any], context: int) -> ProviderError:
    if error.get("type") == "exceed_context_size_error":
        length = error.get("n_prompt_tokens", "?")
        return ProviderRefusedError(
            f"the prompt is {length} tokens long, the embedded model's context holds {context}",
            hint="shorten the prompt or raise llm.context",
        )
    text = str(error.get("message", error))
    kind = ProviderRefusedError if error.get("code") in {400, 404, 422} else ProviderError
    return kind(f"the embedded engine refused the request: {text}")


def _serve(path: Path, threads: int, context: int) -> Any:
    # GNU OpenMP reads this when it is loaded: threads that wait for work sleep and do not spin, or
    # a machine that is busy with anything else slows the engine down twentyfold.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # noqa: TID251
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_parallel = _SLOTS
    params.n_ctx = context * _SLOTS
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    params.n_gpu_layers = 0
    params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    params.slot_prompt_similarity = _SLOT_SIMILARITY
    params.cache_ram_mib = _PREFIX_MEMORY_MIB
    params.verbosity = _QUIET
    try:
        return xllamacpp.Server(params)
    except (RuntimeError, ValueError, MemoryError) as problem:
        raise ModelNotInstalledError(
            f"this file cannot be loaded as a model: {problem}",
            where=str(path),
            hint="is it a whole GGUF file? `promptops models pull` brings one that works",
        ) from problem


_ENGINES: dict[tuple[Path, int, int], Engine] = {}
_ENGINES_LOCK = threading.Lock()


def shared_engine(
    path: Path, *, threads: int = 0, context: int = DEFAULT_CONTEXT, notify: Notify | None = None
) -> Engine:
    """The one engine of this process for a file and its settings: weights are loaded once."""
    key = (path.resolve(), threads or default_threads(), context)
    with _ENGINES_LOCK:
        if key not in _ENGINES:
            _ENGINES[key] = Engine(key[0], threads=key[1], context=context, notify=notify)
        return _ENGINES[key]
