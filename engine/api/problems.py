"""Errors as problem documents (RFC 9457), by who must act on them."""

from __future__ import annotations

import secrets

import msgspec
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from engine.api.messages import Fault, Problem
from engine.domain.errors import InvalidDocument, PlatformError, StorageError, UserError

log = structlog.get_logger(__name__)
_MEDIA_TYPE = "application/problem+json"


class NotFound(UserError):
    """What the path names does not exist, or this caller may not know that it does."""


class Clash(UserError):
    """The request does not fit the present state of the thing."""


def problem_response(problem: Problem) -> Response:
    """Return `problem` as an HTTP answer."""
    return Response(msgspec.json.encode(problem), problem.status, media_type=_MEDIA_TYPE)


def problem(status: int, title: str, detail: str, hint: str = "") -> Response:
    """Return a problem without faults as an HTTP answer."""
    return problem_response(Problem("about:blank", title, status, detail, hint))


def install(app: FastAPI) -> None:
    """Teach `app` to answer every kind of error with a problem document."""

    @app.exception_handler(InvalidDocument)
    async def invalid(_request: Request, error: InvalidDocument) -> Response:
        faults = tuple(Fault(f.path, f.found, f.allowed, f.nearest) for f in error.faults)
        title = f"{error.what} is not valid"
        return problem_response(
            Problem("/problems/invalid-document", title, 422, error.text, error.hint, faults)
        )

    @app.exception_handler(UserError)
    async def user(_request: Request, error: UserError) -> Response:
        status = {NotFound: 404, Clash: 409}.get(type(error), 422)
        return problem(status, "This can't be done", error.text, error.hint)

    @app.exception_handler(PlatformError)
    async def platform(_request: Request, error: PlatformError) -> Response:
        return problem(502, "Meta did not do what was asked", error.text)

    @app.exception_handler(StorageError)
    async def storage(_request: Request, error: StorageError) -> Response:
        log.error("storage failed", error=str(error))
        return problem(503, "A database can't be used", error.text, error.hint)

    @app.exception_handler(RequestValidationError)
    async def validation(_request: Request, error: RequestValidationError) -> Response:
        faults = tuple(
            Fault("/".join(str(part) for part in row["loc"]), repr(row.get("input")), row["msg"])
            for row in error.errors()
        )
        return problem_response(
            Problem("about:blank", "The request is not valid", 422, "See the faults.", "", faults)
        )

    @app.exception_handler(HTTPException)
    async def http(_request: Request, error: HTTPException) -> Response:
        return problem(error.status_code, error.detail, f"{error.detail}.")

    @app.exception_handler(Exception)
    async def bug(request: Request, error: Exception) -> Response:
        number = secrets.token_hex(4)
        log.error("bug", number=number, path=request.url.path, exc_info=error)
        return problem(
            500,
            "A fault in AI-Buyer",
            f"Something went wrong that should not (number {number}); nothing was lost.",
            "The log holds the details under this number.",
        )
