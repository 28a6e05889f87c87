"""One OpenAI-compatible endpoint on loopback for every optimizer: counts, limits, remembers calls.

The API key of a request names the run it belongs to. A run has a budget of calls; what comes after
it is refused (HTTP 429), so no optimizer takes more than another. Answers are kept on disk by what
was asked: a repeated benchmark computes nothing, yet a kept answer counts against the budget as any
other. At temperature 0 an answer depends on the request alone; otherwise a request without a
seed gets one from the run's seed and the number of the call.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol

from promptops.config.environment import default_weights
from promptops.core.canonical import JSON, digest
from promptops.core.store import BlobStore
from promptops.errors import PromptOpsError, ProviderRefusedError
from promptops.llm.embedded.engine import DEFAULT_MAX_TOKENS, shared_engine
from promptops.llm.embedded.weights import fingerprint, weights_path

MODEL = "smollm2-135m"
CONTEXT = 2048
_SAMPLING = frozenset({"temperature", "top_p", "top_k", "seed", "stop", "max_tokens"})
_IGNORED = frozenset({"model", "messages", "n", "stream", "max_completion_tokens"})
_SLOWEST_S = 600.0

Messages = list[dict[str, str]]
ScoreAnswer = Callable[[str, str, str], float]
"""Task, case id and answer to a score from 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer and what it took.

    Args:
        text: The answer.
        finish_reason: ``stop`` or ``length``.
        input_tokens: Tokens of the prompt.
        output_tokens: Tokens of the answer.
        seconds: What computing it took, when it was computed.
        cached: Whether it was known.
    """

    text: str
    finish_reason: str = "stop"
    input_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    cached: bool = False


class Model(Protocol):
    """Anything that answers: the embedded model, or a simulated one."""

    def reply(self, messages: Messages, params: Mapping[str, JSON]) -> Reply:
        """Answer one conversation.

        Raises:
            ProviderRefusedError: The conversation cannot be answered, such as when it is too long.
        """
        ...


class EmbeddedModel:
    """The embedded model on one thread, with its answers kept in a database."""

    def __init__(self, answers: Path, *, threads: int = 1) -> None:
        """Nothing is loaded before the first answer that is not known."""
        model, folder = f"embedded/{MODEL}", default_weights()
        self._engine = shared_engine(weights_path(model, folder), threads=threads, context=CONTEXT)
        self._weights = fingerprint(model, folder)
        self._known = BlobStore(answers)

    def reply(self, messages: Messages, params: Mapping[str, JSON]) -> Reply:
        """See `Model.reply`; a refusal is remembered as well."""
        key = digest({"weights": self._weights, "messages": messages, "params": dict(params)})
        if (known := self._known.get(key)) is not None:
            value = json.loads(known)
            if "refused" in value:
                raise ProviderRefusedError(value["refused"])
            return Reply(**value, cached=True)
        started = time.perf_counter()
        try:
            answer = self._engine.answer(messages, params, timeout_s=_SLOWEST_S)
        except ProviderRefusedError as problem:
            self._known.put(key, json.dumps({"refused": problem.message}).encode())
            raise
        value = {
            "text": answer.text,
            "finish_reason": answer.finish_reason,
            "input_tokens": answer.input_tokens,
            "output_tokens": answer.output_tokens,
            "seconds": round(time.perf_counter() - started, 4),
        }
        self._known.put(key, json.dumps(value).encode())
        return Reply(**value)


@dataclass(slots=True, kw_only=True)
class Run:
    """What one optimizer took of its budget.

    Args:
        name: The run; the API key of its calls.
        budget: Calls it may make; None for no limit.
        seed: Where seeds of sampled answers come from.
        model: Who answers.
        log: File that gets a line a call.
        calls: Answers given, remembered ones included.
        cached: Those of them that were remembered.
        refused: Requests that could not be answered; they cost nothing, but there may be no more
            of them than calls.
        denied: Requests after the budget was used up.
        input_tokens: Tokens sent.
        output_tokens: Tokens received.
        model_seconds: What computing the answers takes, remembered ones included.
    """

    name: str
    budget: int | None
    seed: int
    model: Model
    log: Path | None = None
    calls: int = 0
    cached: int = 0
    refused: int = 0
    denied: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    model_seconds: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def exhausted(self) -> bool:
        """Whether it asked for more than its budget."""
        return self.denied > 0

    def record(self) -> dict[str, JSON]:
        """The numbers by name."""
        left_out = {"lock", "log", "model"}
        numbers = {name: getattr(self, name) for name in self.__slots__ if name not in left_out}
        return {**numbers, "exhausted": self.exhausted}

    def take(self) -> int | None:
        """Reserve a call: its number from 1, or None when the budget is used up."""
        with self.lock:
            spent = max(self.calls, self.refused)
            if self.budget is not None and spent >= self.budget:
                self.denied += 1
                return None
            self.calls += 1
            return self.calls

    def give_back(self) -> None:
        """A reserved call could not be answered."""
        with self.lock:
            self.calls -= 1
            self.refused += 1

    def note(self, number: int, params: Mapping[str, JSON], reply: Reply) -> None:
        """Count an answer."""
        with self.lock:
            self.cached += reply.cached
            self.input_tokens += reply.input_tokens
            self.output_tokens += reply.output_tokens
            self.model_seconds += reply.seconds
            if self.log is not None:
                line = {"call": number, **params, **asdict(reply)}
                with self.log.open("a", encoding="utf-8") as stream:
                    stream.write(json.dumps(line, ensure_ascii=False) + "\n")


class Endpoint:
    """The endpoint, in a thread of this process; a context manager."""

    def __init__(self, model: Model, *, score: ScoreAnswer | None = None) -> None:
        """Listen on a free port of loopback from now on.

        Args:
            model: Who answers.
            score: Scores answers for optimizers that run in other processes.
        """
        self.model = model
        self.score = score
        self.runs: dict[str, Run] = {}
        handler = type("Handler", (_Handler,), {"endpoint": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def open_run(
        self,
        name: str,
        *,
        budget: int | None = 150,
        seed: int = 0,
        log: Path | None = None,
        model: Model | None = None,
    ) -> Run:
        """Let calls with the API key ``name`` in; a run of that name begins anew.

        Args:
            name: The run.
            budget: Calls it may make; None for no limit.
            seed: Where seeds of sampled answers come from.
            log: File that gets a line a call.
            model: Who answers; the endpoint's own when not given.
        """
        if log is not None:
            log.unlink(missing_ok=True)
        run = Run(name=name, budget=budget, seed=seed, log=log, model=model or self.model)
        self.runs[name] = run
        return run

    def complete(self, run: Run, body: Mapping[str, Any]) -> dict[str, JSON]:
        """Answer a body of ``/chat/completions`` on the account of a run.

        Raises:
            RefusalError: It is not served.
        """
        messages, params, draws = _read(body)
        replies = []
        for _ in range(draws):
            if (number := run.take()) is None:
                raise RefusalError(
                    429,
                    "insufficient_quota",
                    f"the budget of {run.budget} calls of run {run.name} is used up",
                )
            own = {**params}
            if own["temperature"]:
                own.setdefault("seed", int(digest([run.seed, number])[-7:], 16))
            try:
                reply = run.model.reply(messages, own)
            except ProviderRefusedError as problem:
                run.give_back()
                code = "context_length_exceeded" if "context" in problem.message else "refused"
                raise RefusalError(400, code, problem.message) from problem
            run.note(number, own, reply)
            replies.append(reply)
        return _response(str(body.get("model", MODEL)), replies)

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> "Endpoint":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class RefusalError(Exception):
    """A request that is not served, as HTTP says it."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"message": message, "type": code, "code": code, "param": None}}


def _read(body: Mapping[str, Any]) -> tuple[Messages, dict[str, JSON], int]:
    """Messages, sampling parameters and the number of draws that a request asks for."""
    if body.get("stream"):
        raise RefusalError(400, "unsupported", "answers are not streamed here")
    unknown = sorted(
        name
        for name, value in body.items()
        if name not in _SAMPLING | _IGNORED and value not in (None, 0, False, [], {})
    )
    if unknown:
        raise RefusalError(400, "unsupported", f"not supported here: {', '.join(unknown)}")
    messages = [
        {"role": str(each["role"]), "content": _text(each.get("content"))}
        for each in body.get("messages") or ()
    ]
    if not messages:
        raise RefusalError(400, "invalid", "no messages")
    params = {name: body[name] for name in sorted(_SAMPLING) if body.get(name) is not None}
    longest = params.get("max_tokens") or body.get("max_completion_tokens") or DEFAULT_MAX_TOKENS
    params["max_tokens"] = int(longest)
    # As OpenAI has it: a request that names no temperature is sampled at 1.
    params["temperature"] = float(params.get("temperature", 1.0))
    return messages, params, int(body.get("n") or 1)


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content)
    return "" if content is None else str(content)


def _response(model: str, replies: list[Reply]) -> dict[str, JSON]:
    sent = sum(reply.input_tokens for reply in replies)
    received = sum(reply.output_tokens for reply in replies)
    return {
        "id": "chatcmpl-loopback",
        "object": "chat.completion",
        "created": 0,
        "model": model,
        "choices": [
            {
                "index": index,
                "finish_reason": reply.finish_reason,
                "message": {"role": "assistant", "content": reply.text},
            }
            for index, reply in enumerate(replies)
        ],
        "usage": {
            "prompt_tokens": sent,
            "completion_tokens": received,
            "total_tokens": sent + received,
        },
    }


class _Handler(BaseHTTPRequestHandler):
    """Routes requests; ``endpoint`` is set on a subclass."""

    endpoint: Endpoint
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """``/v1/models``, and ``/v1/run``: the numbers of the caller's run."""
        if self.path == "/v1/models":
            self._send(200, {"object": "list", "data": [{"id": MODEL, "object": "model"}]})
        elif self.path == "/v1/run":
            self._answer(lambda run, _: run.record())
        else:
            self._send(404, {"error": {"message": self.path}})

    def do_POST(self) -> None:
        """``/v1/chat/completions``, and ``/v1/score``: how good an answer is."""
        if self.path == "/v1/chat/completions":
            self._answer(self.endpoint.complete)
        elif self.path == "/v1/score" and self.endpoint.score is not None:
            score = self.endpoint.score
            self._answer(
                lambda _, body: {"score": score(body["task"], body["case"], body["answer"])}
            )
        else:
            self._send(404, {"error": {"message": self.path}})

    def _answer(self, work: Callable[[Run, Mapping[str, Any]], dict[str, JSON]]) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        data = self.rfile.read(length)
        key = self.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        run = self.endpoint.runs.get(key)
        if run is None:
            self._send(401, {"error": {"message": f"no run is called {key!r}"}})
            return
        try:
            self._send(200, work(run, json.loads(data) if data else {}))
        except RefusalError as refusal:
            self._send(refusal.status, refusal.body)
        except PromptOpsError as problem:
            self._send(500, {"error": {"message": str(problem)}})

    def _send(self, status: int, body: Mapping[str, JSON]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        # Clients of OpenAI's wait and try again after a 429 unless they are told not to.
        self.send_header("x-should-retry", "false")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing: runs are logged by themselves."""
