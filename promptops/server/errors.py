"""Errors as JSON: the same parts that the command line prints as a line."""

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from promptops.errors import PromptOpsError

_RETRY_AFTER = "10"  # seconds


def error_body(code: str, message: str, *, where: str = "", hint: str = "") -> dict[str, object]:
    """The one shape of an error answer."""
    return {"error": {"code": code, "message": message, "where": where, "hint": hint}}


def error_of(problem: PromptOpsError) -> dict[str, str]:
    """The parts of one of our own errors."""
    return {
        "code": problem.code,
        "message": problem.message,
        "where": problem.where,
        "hint": problem.hint,
    }


async def expected_error(_request: Request, problem: Exception) -> JSONResponse:
    """Answer one of our own errors with its status."""
    assert isinstance(problem, PromptOpsError)
    headers = {"Retry-After": _RETRY_AFTER} if problem.http_status == 429 else None
    return JSONResponse(
        {"error": error_of(problem)}, status_code=problem.http_status, headers=headers
    )


async def unexpected_error(request: Request, problem: Exception) -> JSONResponse:
    """Answer a mistake of our own; it is raised again behind this, and so logged."""
    where = f"{request.method} {request.url.path}"
    hint = "the server's log has the details"
    body = error_body("internal", type(problem).__name__, where=where, hint=hint)
    return JSONResponse(body, status_code=500)


async def no_such_route(request: Request, problem: Exception) -> JSONResponse:
    """Answer a path or a method that nothing serves."""
    assert isinstance(problem, HTTPException)
    where = f"{request.method} {request.url.path}"
    code = "request" if problem.status_code == 400 else "route"
    body = error_body(code, str(problem.detail).lower(), where=where, hint="see /openapi.json")
    return JSONResponse(body, status_code=problem.status_code, headers=problem.headers)


async def wrong_request(_request: Request, problem: Exception) -> JSONResponse:
    """Answer a body that is not what the interface asks for: the first fault, with its place."""
    assert isinstance(problem, RequestValidationError)
    first = problem.errors()[0]
    where = ".".join(str(part) for part in first["loc"] if part != "body")
    body = error_body("request", str(first["msg"]), where=where, hint="see /openapi.json")
    return JSONResponse(body, status_code=422)
