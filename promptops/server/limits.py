"""What a request may cost, and who may ask: checked before anything is read into memory."""

import hmac
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from fastapi.responses import JSONResponse

from promptops.server.errors import error_body

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class LimitBody:
    """Refuse bodies above a size, whether or not they declare it.

    Args:
        app: The app behind it.
        most: Bytes.
    """

    def __init__(self, app: App, most: int) -> None:
        """Keep the limit."""
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on while it keeps to the limit."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        parts, size = [], 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return  # the client is gone
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self._most:
                text = f"the body is larger than {self._most:,} bytes"
                body = error_body("too-large", text, hint="send fewer prompts at a time")
                await JSONResponse(body, status_code=413)(scope, receive, send)
                return
            if not message.get("more_body", False):
                break
        whole = {"type": "http.request", "body": b"".join(parts), "more_body": False}
        waiting = [whole]

        async def replay() -> MutableMapping[str, Any]:
            return waiting.pop() if waiting else await receive()

        await self._app(scope, replay, send)


class RequireToken:
    """Let only those in who know the token (``Authorization: Bearer …``); ``/health`` is open."""

    def __init__(self, app: App, token: str) -> None:
        """Keep the token."""
        self._app = app
        self._token = f"bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on when its token is right."""
        if scope["type"] == "http" and scope["path"] != "/health":
            given = dict(scope["headers"]).get(b"authorization", b"")
            scheme, _, rest = given.partition(b" ")
            if not hmac.compare_digest(scheme.lower() + b" " + rest, self._token):
                body = error_body("unauthorized", "the token is missing or wrong",
                                  hint="send it as `Authorization: Bearer TOKEN`")  # fmt: skip
                await JSONResponse(body, status_code=401)(scope, receive, send)
                return
        await self._app(scope, receive, send)


_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]*)(?::[0-9]{0,5})?")


class RequireHost:
    """Refuse what asks for us under a name that is not ours: a page's own name may lead here."""

    def __init__(self, app: App, names: Iterable[str]) -> None:
        """Keep the names; IPv6 addresses in brackets."""
        self._app = app
        self._names = frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on when its ``Host`` is one of the names, on any port."""
        if scope["type"] == "http":
            given = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
            name = _HOST.fullmatch(given)
            if name is None or name[1].lower() not in self._names:
                text = f'this server is not called "{given}"'
                hint = "ask for " + " or ".join(sorted(self._names))
                body = error_body("host", text, where="header.Host", hint=hint)
                await JSONResponse(body, status_code=400)(scope, receive, send)
                return
        await self._app(scope, receive, send)


_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class RefuseCrossSite:
    """Refuse what a page of another site sends: without a token, a browser could act for us.

    A browser names the page's site in ``Origin`` with every request that changes something.
    """

    def __init__(self, app: App) -> None:
        """Keep the app behind it."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on when it is no page's, or a page's of our own."""
        if scope["type"] == "http" and scope["method"] not in _READING:
            headers = dict(scope["headers"])
            origin = headers.get(b"origin", b"").decode("latin-1")
            if origin and urlsplit(origin).netloc != headers.get(b"host", b"").decode("latin-1"):
                body = error_body("cross-site", "a page of another site sent this", where=origin)
                await JSONResponse(body, status_code=403)(scope, receive, send)
                return
        await self._app(scope, receive, send)
