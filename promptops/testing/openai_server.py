"""A server on the loopback that speaks OpenAI's HTTP dialect: for tests of real client stacks."""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

Answer = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A failing answer.

    Args:
        status: HTTP status.
        message: What the error object says.
        code: Its machine-readable code.
        headers: Such as ``retry-after``.
        delay_s: Seconds before it is sent, to run a client into its timeout.
    """

    status: int
    message: str = "scripted failure"
    code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0


class OpenAIServer:
    """Serves chat completions and embeddings while it is entered.

    ``requests`` holds the bodies received. Put a ``Failure`` into ``failures`` and the next request
    gets it; each is used once.
    """

    def __init__(self, answer: Answer, embed: Callable[[str], list[float]] | None = None) -> None:
        """Say what to answer.

        Args:
            answer: Text for the body of a chat request.
            embed: Vector for a text.
        """
        self._answer = answer
        self._embed = embed or (lambda _text: [1.0])
        self.requests: list[dict[str, Any]] = []
        self.failures: deque[Failure] = deque()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """The base URL, version part included."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        """Begin to serve."""
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def chat(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The completion object for a request."""
        text = self._answer(body)
        asked = sum(len(str(each["content"]).split()) for each in body["messages"])
        message = {"role": "assistant", "content": text}
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 0,
            "model": body["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": _usage(asked, len(text.split())),
        }

    def embeddings(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The list object for a request; rows out of order, as the protocol allows."""
        rows = [
            {"object": "embedding", "index": number, "embedding": self._embed(text)}
            for number, text in enumerate(body["input"])
        ]
        usage = {"prompt_tokens": len(rows), "total_tokens": len(rows)}
        return {"object": "list", "data": rows[::-1], "model": body["model"], "usage": usage}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                owner.requests.append(body)
                if owner.failures:
                    self._fail(owner.failures.popleft())
                elif self.path.endswith("/embeddings"):
                    self._send(200, owner.embeddings(body))
                elif body.get("stream"):
                    self._stream(owner.chat(body))
                else:
                    self._send(200, owner.chat(body))

            def _fail(self, failure: Failure) -> None:
                time.sleep(failure.delay_s)
                error = {"message": failure.message, "type": "error", "code": failure.code}
                with suppress(ConnectionError):  # a client that waited too long is gone
                    self._send(failure.status, {"error": error}, failure.headers)

            def _send(
                self, status: int, value: object, headers: Mapping[str, str] | None = None
            ) -> None:
                data = json.dumps(value).encode()
                self.send_response(status)
                for name, text in {"content-type": "application/json", **(headers or {})}.items():
                    self.send_header(name, text)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def _stream(self, whole: Mapping[str, Any]) -> None:
                self.send_response(200)
                self.send_header("content-type", "text/event-stream")
                self.send_header("connection", "close")
                self.end_headers()
                words = whole["choices"][0]["message"]["content"].split(" ")
                pieces = [words[0], *(f" {word}" for word in words[1:])]
                ends = [*([None] * len(pieces)), "stop"]
                for piece, end in zip([*pieces, ""], ends, strict=True):
                    choice = {"index": 0, "delta": {"content": piece}, "finish_reason": end}
                    chunk = {**whole, "object": "chat.completion.chunk", "choices": [choice]}
                    chunk.pop("usage")
                    self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
                self.wfile.write(b"data: [DONE]\n\n")
                self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing."""

        return Handler


def _usage(sent: int, received: int) -> dict[str, int]:
    return {
        "prompt_tokens": sent,
        "completion_tokens": received,
        "total_tokens": sent + received,
    }
