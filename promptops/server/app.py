"""The app: which services it offers, under which limits."""

from collections.abc import Sequence

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from promptops import __version__
from promptops.core.clock import Clock, system_clock
from promptops.errors import PromptOpsError
from promptops.lint.options import LintOptions
from promptops.server.errors import expected_error, no_such_route, wrong_request
from promptops.server.limits import LimitBody, RequireToken
from promptops.server.linting import lint_router

MOST_BYTES = 8_000_000
"""Of one request's body."""


def create_app(
    *,
    options: LintOptions | None = None,
    token: str = "",
    hosts: Sequence[str] = (),
    most_bytes: int = MOST_BYTES,
    clock: Clock = system_clock,
) -> FastAPI:
    """Make the app.

    Args:
        options: The workspace's lint settings; the defaults when None.
        token: What callers must present; empty lets everyone in, which is for loopback only.
        hosts: The names under which it may be asked for; any when empty.
        most_bytes: The largest body that is read.
        clock: Says what day it is, for suppressions and model facts that expire.
    """
    # The interactive pages load their scripts from elsewhere: the plain document is enough.
    app = FastAPI(title="PromptOps", version=__version__, docs_url=None, redoc_url=None)
    app.include_router(lint_router(options or LintOptions(), clock))
    app.add_exception_handler(PromptOpsError, expected_error)
    app.add_exception_handler(RequestValidationError, wrong_request)
    app.add_exception_handler(HTTPException, no_such_route)
    app.add_middleware(LimitBody, most=most_bytes)
    if hosts:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    if token:
        app.add_middleware(RequireToken, token=token)

    @app.get("/health")
    def health() -> dict[str, str]:
        """Whether the service answers."""
        return {"status": "ok", "version": __version__}

    return app
