"""The app: which services it offers, under which limits."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from promptops import __version__
from promptops.core.clock import Clock, system_clock
from promptops.errors import PromptOpsError
from promptops.lint.options import LintOptions
from promptops.server.errors import (
    expected_error,
    no_such_route,
    unexpected_error,
    wrong_request,
)
from promptops.server.jobs import JobStore
from promptops.server.limits import LimitBody, RefuseCrossSite, RequireHost, RequireToken
from promptops.server.linting import lint_router
from promptops.server.measuring import Opener, measuring_router, work_of
from promptops.server.proposing import proposals_router
from promptops.server.searching import search_router
from promptops.server.worker import Worker

MOST_BYTES = 8_000_000
"""Of one request's body."""

MOST_WAITING = 64
"""Jobs in the queue."""


def create_app(
    *,
    options: LintOptions | None = None,
    opener: Opener | None = None,
    token: str = "",
    hosts: Sequence[str] = (),
    most_bytes: int = MOST_BYTES,
    most_waiting: int = MOST_WAITING,
    clock: Clock = system_clock,
) -> FastAPI:
    """Make the app.

    Args:
        options: The workspace's lint settings; the defaults when None.
        opener: Opens the workspace; None serves linting alone.
        token: What callers must present; empty lets everyone in, which is for loopback only.
        hosts: The names under which it may be asked for; any when empty.
        most_bytes: The largest body that is read.
        most_waiting: Jobs that may wait at once.
        clock: Says what day it is, for suppressions and model facts that expire; dates jobs.
    """
    worker = None if opener is None else _worker(opener, clock, most_waiting)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        if worker is not None:
            worker.start()
        yield
        if worker is not None:
            worker.close()

    # FastAPI's interactive pages load their scripts from elsewhere: /docs is a page of our own.
    app = FastAPI(
        title="PromptOps", version=__version__, docs_url=None, redoc_url=None, lifespan=lifespan
    )
    app.include_router(lint_router(options or LintOptions(), clock))
    if opener is not None and worker is not None:
        app.include_router(measuring_router(worker, opener))
        app.include_router(proposals_router(opener))
        app.include_router(search_router(opener))
    _guard(app, token=token, hosts=hosts, most_bytes=most_bytes)

    @app.get("/health")
    def health() -> dict[str, str]:
        """Whether the service answers."""
        return {"status": "ok", "version": __version__}

    @app.get("/docs", response_class=HTMLResponse)
    def documentation() -> str:
        """The interface as a page."""
        from promptops.reporting.interface import interface_html

        return interface_html(app.openapi())

    return app


def _guard(app: FastAPI, *, token: str, hosts: Sequence[str], most_bytes: int) -> None:
    """Answer errors in one shape, and keep out what may not come in."""
    app.add_exception_handler(PromptOpsError, expected_error)
    app.add_exception_handler(RequestValidationError, wrong_request)
    app.add_exception_handler(HTTPException, no_such_route)
    app.add_exception_handler(Exception, unexpected_error)
    app.add_middleware(LimitBody, most=most_bytes)
    if hosts:
        app.add_middleware(RequireHost, names=hosts)
    if token:
        app.add_middleware(RequireToken, token=token)
    else:
        app.add_middleware(RefuseCrossSite)


def _worker(opener: Opener, clock: Clock, most_waiting: int) -> Worker:
    services = opener()
    path = services.workspace.state / "jobs.db"
    services.close()
    return Worker(JobStore(path, clock, most_waiting=most_waiting), work_of(opener))
