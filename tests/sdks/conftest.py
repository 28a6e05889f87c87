"""A server that records what clients send, and the requests that they are given."""

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from promptops.models.catalog import Catalog
from promptops.models.dialects import dialects
from promptops.prompts.model import Prompt
from promptops.requests.body import Body
from promptops.requests.build import build_body
from promptops.requests.recipient import find_recipient

CHAT = {
    "id": "c",
    "object": "chat.completion",
    "created": 0,
    "model": "m",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "yes"},
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}
MESSAGE = {
    "id": "m",
    "type": "message",
    "role": "assistant",
    "model": "m",
    "content": [{"type": "text", "text": "yes"}],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 1, "output_tokens": 1},
}
CONTENT = {
    "candidates": [
        {
            "content": {"role": "model", "parts": [{"text": "yes"}]},
            "finishReason": "STOP",
            "index": 0,
        }
    ],
    "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2},
    "modelVersion": "m",
}


@dataclass(frozen=True)
class Recorder:
    """Where clients send to, and the paths and bodies that came."""

    url: str
    requests: list[tuple[str, dict]]


@pytest.fixture(scope="session")
def recorder():
    """A server on the loopback that answers every API with "yes"."""
    came: list[tuple[str, dict]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            path = self.path.partition("?")[0]
            came.append((path, body))
            answer = CONTENT if "generateContent" in path else CHAT
            data = json.dumps(MESSAGE if path.endswith("/messages") else answer).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield Recorder(f"http://127.0.0.1:{server.server_port}", came)
    server.shutdown()
    server.server_close()


TOOLS = [
    {
        "name": "find_order",
        "description": "Find an order by its number.",
        "parameters": {
            "type": "object",
            "required": ["number"],
            "properties": {"number": {"type": "integer", "description": "As on the invoice."}},
            "additionalProperties": False,
        },
        "strict": True,
    },
    {
        "name": "list-shops",
        "description": "List the shops.",
        "parameters": {"type": "object", "properties": {}},
    },
]
SYSTEM = {"role": "system", "content": "Sort the message. Answer in JSON."}
QUESTION = {"role": "user", "content": "Where is my parcel?\n\nIt's “late” — 3 days."}
SCHEMA = {
    "type": "object",
    "required": ["label", "parts"],
    "properties": {
        "label": {"type": "string", "enum": ["delivery", "other"]},
        "parts": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "count": {"type": ["integer", "null"]}},
                "required": ["name", "count"],
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}
OPEN = {"type": "object", "properties": {"label": {"type": "string", "maxLength": 9}}}
PARAMS = {"temperature": 0.5, "top_p": 0.9, "max_tokens": 64, "stop": ["END"], "seed": 3}
KINDS = {
    "a chat": {"messages": [SYSTEM, QUESTION]},
    "a bare question": {"messages": [QUESTION]},
    "a chat with parameters": {"messages": [SYSTEM, QUESTION], "model": {"params": PARAMS}},
    "examples as turns": {
        "messages": [
            SYSTEM,
            {"role": "user", "content": "I want my money."},
            {"role": "assistant", "content": "refund"},
            QUESTION,
        ]
    },
    "the beginning of an answer": {
        "messages": [QUESTION, {"role": "assistant", "content": "The topic is"}]
    },
    "a schema": {"messages": [SYSTEM, QUESTION], "output": {"schema": SCHEMA}},
    "an open schema": {"messages": [SYSTEM, QUESTION], "output": {"schema": OPEN}},
    "tools": {"messages": [SYSTEM, QUESTION], "tools": TOOLS},
    "a schema and tools": {
        "messages": [SYSTEM, QUESTION],
        "output": {"schema": SCHEMA},
        "tools": TOOLS,
    },
}


def sample(kind: str) -> Prompt:
    """A prompt of one kind."""
    fields = {"id": "sample", "version": "1.0.0", "title": "Sample", "intent": "classify"}
    return Prompt.model_validate({**fields, **KINDS[kind]})


def body_of(kind: str, model: str, format_: str) -> Body:
    """The body of a sample prompt."""
    recipient = find_recipient(model, Catalog.load(), dialects())
    return build_body(sample(kind), {}, recipient=recipient, format=format_)


@pytest.fixture(scope="session")
def kinds():
    """The sample prompts."""
    return KINDS


@pytest.fixture(scope="session")
def body():
    """Makes the body of a sample prompt for a model."""
    return body_of
