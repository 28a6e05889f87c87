"""Bodies of requests: JSON that says it is JSON and has every key once."""

from collections.abc import Callable, Coroutine
from email.message import Message
from json import JSONDecodeError
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from promptops.core.jsonl import parse_json


class JsonRoute(APIRoute):
    """A route that looks at the whole body before it is read into a model.

    FastAPI takes the last of two equal keys, and reads a body of another content type as a text.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler behind the check; a route without a body has none."""
        handler = super().get_route_handler()
        if self.body_field is None:
            return handler

        async def checked(request: Request) -> Response:
            body = await request.body()
            if body:
                _check(body, request.headers.get("content-type", ""))
            return await handler(request)

        return checked


def _check(body: bytes, content_type: str) -> None:
    """Refuse a body that is no strict JSON.

    Raises:
        RequestValidationError: With the place and the reason.
    """
    if not _is_json(content_type):
        told = f'it is "{content_type}"' if content_type else "it is missing"
        raise _fault(f"{told}: send application/json", "header", "Content-Type")
    try:
        parse_json(body.decode())
    except UnicodeDecodeError as problem:
        raise _fault("the body is not UTF-8", f"byte {problem.start}") from problem
    except JSONDecodeError as problem:
        place = f"line {problem.lineno} column {problem.colno}"
        raise _fault(f"the body is not JSON: {problem.msg}", place) from problem
    except ValueError as problem:
        raise _fault(str(problem)) from problem


def _is_json(content_type: str) -> bool:
    message = Message()
    message["content-type"] = content_type
    kind = message.get_content_type()
    return kind == "application/json" or (
        kind.startswith("application/") and kind.endswith("+json")
    )


def _fault(text: str, *place: str) -> RequestValidationError:
    return RequestValidationError([{"type": "body", "loc": place, "msg": text}])
