"""The one door to llama.cpp: a model in this process, loaded once, on first use."""

import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from promptops.core.canonical import JSON
from promptops.errors import InputError, ProviderError

Notice = Callable[[str], None]

# JSON as `json.dumps` writes it: llama.cpp's own schema grammar lets a model indent, which doubles
# the tokens of a short answer. Syntax of llguidance.
_GRAMMAR = "%llguidance {}\nstart: %json "
_COMPACT = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
_PASSED_ON = ("temperature", "max_tokens", "seed", "stop", "top_p", "top_k", "min_p")


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions:
    """How a model is run.

    Attributes:
        threads: Threads; None takes all cores but one, for with all of them llama.cpp waits in
            spin locks and slows down by an order of magnitude as soon as anything else runs.
        context: Context window in tokens.
    """

    threads: int | None = None
    context: int = 2048

    @property
    def thread_count(self) -> int:
        """The number of threads."""
        return self.threads or max(1, (os.cpu_count() or 2) - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the engine returned: text and token counts."""

    text: str
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    finish_reason: str


class Engine:
    """One GGUF model; safe to use from several threads, which take turns.

    One slot, so that the beginning that calls share (the prompt, its examples) is computed once
    and kept while their endings change.
    """

    def __init__(self, path: Path, options: EngineOptions, notice: Notice | None = None) -> None:
        """Name the model; it is loaded by the first call.

        Args:
            path: The GGUF file.
            options: How to run it.
            notice: Told one line before the model is loaded.
        """
        self._path = path
        self._options = options
        self._notice = notice
        self._lock = threading.Lock()
        self._server: Any = None

    def complete(
        self,
        messages: Sequence[Mapping[str, str]],
        params: Mapping[str, JSON],
        schema: Mapping[str, JSON] | None = None,
    ) -> Answer:
        """Answer a conversation.

        Raises:
            InputError: The conversation is longer than the context, or the schema cannot be used.
            ProviderError: llama.cpp failed.
        """
        with self._lock:
            reply = self._load().handle_chat_completions(_body(messages, params, schema))
        self._check(reply)
        choice, usage = reply["choices"][0], reply["usage"]
        return Answer(
            text=choice["message"]["content"] or "",
            input_tokens=int(usage["prompt_tokens"]),
            output_tokens=int(usage["completion_tokens"]),
            cached_tokens=int((usage.get("prompt_tokens_details") or {}).get("cached_tokens", 0)),
            finish_reason=str(choice["finish_reason"]),
        )

    def stream(
        self,
        messages: Sequence[Mapping[str, str]],
        params: Mapping[str, JSON],
        schema: Mapping[str, JSON] | None = None,
    ) -> Iterator[str]:
        """Answer piece by piece; raises as `complete` does.

        The model is busy until the answer is whole, also when nobody reads on.
        """
        pieces: SimpleQueue[Any] = SimpleQueue()

        def work() -> None:
            try:
                with self._lock:
                    body = {**_body(messages, params, schema), "stream": True}
                    last = self._load().handle_chat_completions(body, pieces.put)
                if last is not None:
                    pieces.put(last)
            except BaseException as problem:  # noqa: BLE001 - handed to the reader's thread
                pieces.put(problem)
            finally:
                pieces.put(None)

        threading.Thread(target=work, daemon=True).start()
        while (piece := pieces.get()) is not None:
            if isinstance(piece, BaseException):
                raise piece
            self._check(piece)
            for choice in piece.get("choices", ()):
                if text := (choice.get("delta") or {}).get("content"):
                    yield text

    def load(self) -> None:
        """Load the model unless it is loaded.

        Raises:
            ProviderError: The file is not a model.
        """
        with self._lock:
            self._load()

    def _load(self) -> Any:
        if self._server is None:
            import xllamacpp

            if self._notice is not None:
                count = self._options.thread_count
                threads = "1 thread" if count == 1 else f"{count} threads"
                self._notice(f"loading {self._path.name} ({threads}) …")
            params = xllamacpp.CommonParams()
            params.model.path = str(self._path)
            params.n_parallel = 1
            params.n_ctx = self._options.context
            params.cpuparams.n_threads = self._options.thread_count
            params.cpuparams_batch.n_threads = self._options.thread_count
            params.port = 0
            params.verbosity = -1
            try:
                self._server = xllamacpp.Server(params)
            except Exception as problem:
                raise ProviderError(
                    f"the model could not be loaded: {problem}",
                    where=str(self._path),
                    hint="delete the file and run `promptops models pull` again",
                ) from problem
        return self._server

    def _check(self, reply: Any) -> None:
        error = reply.get("error") if isinstance(reply, Mapping) else {"message": str(reply)}
        if not error:
            return
        if error.get("type") == "exceed_context_size_error":
            raise InputError(
                f"the prompt has {error['n_prompt_tokens']} tokens, more than the context of "
                f"{error['n_ctx']}",
                where=self._path.name,
                hint="shorten it, retrieve less, or raise llm.context",
            )
        kind = InputError if error.get("code") == 400 else ProviderError
        raise kind(str(error.get("message", error)), where=self._path.name)


def _body(
    messages: Sequence[Mapping[str, str]],
    params: Mapping[str, JSON],
    schema: Mapping[str, JSON] | None,
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "messages": [dict(message) for message in messages],
        "cache_prompt": True,
        "seed": 0,
        **{name: params[name] for name in _PASSED_ON if params.get(name) is not None},
    }
    if schema is not None:
        body["grammar"] = _GRAMMAR + json.dumps({**_closed(schema), "x-guidance": _COMPACT})
    return body


def _closed(schema: JSON) -> Any:
    """The schema with objects that hold what they declare and no more.

    As in the strict mode of hosted providers: left open, a small model goes on inventing fields.
    """
    if isinstance(schema, Mapping):
        closed = {name: _closed(part) for name, part in schema.items()}
        if "properties" in closed:
            closed.setdefault("additionalProperties", False)
        return closed
    return [_closed(part) for part in schema] if isinstance(schema, list | tuple) else schema


_ENGINES: dict[tuple[Path, EngineOptions], Engine] = {}
_ENGINES_LOCK = threading.Lock()


def engine(path: Path, options: EngineOptions, notice: Notice | None = None) -> Engine:
    """The engine of a model, one a process: weights are loaded once however many ask."""
    key = (path.resolve(), options)
    with _ENGINES_LOCK:
        if key not in _ENGINES:
            _ENGINES[key] = Engine(path, options, notice)
        return _ENGINES[key]
