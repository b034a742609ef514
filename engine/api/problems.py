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
from engine.domain.errors import (
    Clash,
    InvalidDocument,
    NotFound,
    PlatformError,
    StorageError,
    UserError,
)
from engine.domain.secrets import redact

log = structlog.get_logger(__name__)
MEDIA_TYPE = "application/problem+json"


class Forbidden(UserError):
    """The caller's role may not do this."""


def problem_response(problem: Problem) -> Response:
    """Return `problem` as an HTTP answer."""
    return Response(msgspec.json.encode(problem), problem.status, media_type=MEDIA_TYPE)


def problem(status: int, title: str, detail: str, hint: str = "") -> Response:
    """Return a problem without faults as an HTTP answer."""
    return problem_response(Problem("about:blank", title, status, detail, hint))


def faults_of(error: InvalidDocument) -> tuple[Fault, ...]:
    """Return the faults of a document as messages."""
    return tuple(Fault(one.path, one.found, one.allowed, one.nearest) for one in error.faults)


def install(app: FastAPI) -> None:
    """Teach `app` to answer every kind of error with a problem document."""
    for kind, handler in (
        (UserError, _user),
        (PlatformError, _platform),
        (StorageError, _storage),
        (RequestValidationError, _validation),
        (HTTPException, _http),
        (Exception, _bug),
    ):
        app.add_exception_handler(kind, handler)


async def _user(_request: Request, error: Exception) -> Response:
    assert isinstance(error, UserError)
    match error:
        case InvalidDocument():
            title = f"{error.what} is not valid"
            faults = faults_of(error)
            kind = "/problems/invalid-document"
            return problem_response(Problem(kind, title, 422, error.text, error.hint, faults))
        case NotFound():
            return problem(404, "There is no such thing", error.text, error.hint)
        case Clash():
            return problem(409, "This does not fit the present state", error.text, error.hint)
        case Forbidden():
            return problem(403, "Not allowed", error.text, error.hint)
    return problem(422, "This can't be done", error.text, error.hint)


async def _platform(_request: Request, error: Exception) -> Response:
    return problem(502, "Meta did not do what was asked", str(error))


async def _storage(_request: Request, error: Exception) -> Response:
    log.error("storage failed", error=str(error))
    assert isinstance(error, StorageError)
    return problem(503, "A database can't be used", error.text, error.hint)


async def _validation(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = tuple(
        Fault(
            "/".join(str(part) for part in row["loc"]),
            redact(repr(row.get("input"))[:200]),
            str(row["msg"]),
        )
        for row in error.errors()
    )
    detail = "; ".join(f"{one.path}: {one.allowed}" for one in faults)
    return problem_response(
        Problem("/problems/invalid-request", "The request is not valid", 422, detail, "", faults)
    )


async def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, error.detail, f"{error.detail}.")


async def _bug(request: Request, error: Exception) -> Response:
    number = secrets.token_hex(4)
    log.error("bug", number=number, path=request.url.path, exc_info=error)
    return problem(
        500,
        "A fault in AI-Buyer",
        f"Something went wrong that should not (number {number}); nothing was lost.",
        "The log holds the details under this number.",
    )
