"""The door of the API: right host, no foreign web page, a known key.

The key is asked on every route but `/health`; being a header it is also the
guard against web pages, which can't set it. Addresses are compared before
routing, so that a rebound DNS name reaches nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine.api.problems import problem
from engine.ingest.decode import ARROW, NDJSON

HEALTH_PATH = "/health"
DOCS_PATH = "/docs"
WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
READING = frozenset({"GET", "HEAD"})
READ_ONLY_ROLES = frozenset({"analyst", "client"})
# These only ask, though what they are asked about needs a body.
ASKING = frozenset({"/api/v1/rules/check", "/api/v1/rules/preview", "/api/v1/docs-link"})
BODY_TYPES = frozenset(
    {"application/json", "application/yaml", "application/x-yaml", ARROW, *NDJSON}
)
MAX_BODY = 16 * 1024 * 1024
_TICKET_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a name and a role; `client` bounds what is seen."""

    name: str
    role: str
    client: str = ""

    @property
    def may_write(self) -> bool:
        """Whether this role may change anything."""
        return self.role not in READ_ONLY_ROLES


class FindKey(Protocol):
    """Looks a key up by its hash."""

    def __call__(self, hashed: str) -> Awaitable[Caller | None]:
        """Return whose key it is, none for an unknown or revoked one."""
        ...


class Tickets:
    """Tickets that open the documentation once, in a browser."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._open: dict[str, tuple[Caller, float]] = {}

    def issue(self, caller: Caller) -> str:
        """Return a ticket of `caller` that works once, within a minute."""
        now = self._seconds()
        self._open = {key: held for key, held in self._open.items() if held[1] > now}
        ticket = secrets.token_urlsafe(32)
        self._open[hash_key(ticket)] = (caller, now + _TICKET_SECONDS)
        return ticket

    def redeem(self, ticket: str) -> Caller | None:
        """Return whose ticket it is and use it up, none for an unknown or old one."""
        caller, until = self._open.pop(hash_key(ticket), (None, 0.0))
        return caller if self._seconds() < until else None


class _Refusal(Exception):
    def __init__(self, status: int, title: str, detail: str, hint: str = "") -> None:
        super().__init__(detail)
        self.answer = (status, title, detail, hint)


def hash_key(key: str) -> str:
    """Return the form a key is stored in: SHA-256, hexadecimal."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


class Door:
    """ASGI middleware that lets in only who may come in."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: frozenset[str],
        token: str,
        find_key: FindKey,
        tickets: Tickets,
    ) -> None:
        self._app = app
        self._hosts = hosts
        self._token = hash_key(token)
        self._find_key = find_key
        self._tickets = tickets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request with a refusal, or pass it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            self._check_origin(headers)
            if scope["path"] != HEALTH_PATH:
                await self._let_in(scope, headers)
            _check_body(scope["method"], headers)
        except _Refusal as no:
            await problem(*no.answer)(scope, receive, send)
            return
        await self._app(scope, _bounded(receive), send)

    def _check_origin(self, headers: Headers) -> None:
        host = headers.get("host", "").lower()
        if self._hosts and host not in self._hosts:
            raise _Refusal(421, "Wrong host", "This address does not serve that host name.")
        origin = headers.get("origin")
        foreign = origin is not None and origin.partition("://")[2].lower() != host
        if foreign or headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
            raise _Refusal(403, "Foreign page", "Web pages of other sites may not call the engine.")

    async def _let_in(self, scope: Scope, headers: Headers) -> None:
        caller = await self._caller(scope, headers)
        if caller is None:
            raise _Refusal(
                401,
                "No valid key",
                "This route needs a key.",
                "Send Authorization: Bearer <token> or X-API-Key.",
            )
        asks = scope["method"] in READING or scope["path"] in ASKING
        if not asks and not caller.may_write:
            raise _Refusal(403, "Not allowed", f"The role {caller.role} may only read.")
        scope.setdefault("state", {})["caller"] = caller

    async def _caller(self, scope: Scope, headers: Headers) -> Caller | None:
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        key = bearer.strip() if scheme.lower() == "bearer" else headers.get("x-api-key", "")
        if key:
            hashed = hash_key(key)
            if hmac.compare_digest(hashed, self._token):
                return Caller("owner", "owner")
            return await self._find_key(hashed)
        if scope["path"] == DOCS_PATH and scope["method"] == "GET":
            once = parse_qs(scope["query_string"].decode("latin-1")).get("once", [])
            return self._tickets.redeem(once[0]) if once else None
        return None


def _check_body(method: str, headers: Headers) -> None:
    """Refuse bodies that are too large, or of a kind that forms of web pages send."""
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > MAX_BODY:
        raise _Refusal(413, "Too large", "The request is larger than 16 MB.", "Send it in parts.")
    has_body = int(length) > 0 or "transfer-encoding" in headers
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if method in WRITING and has_body and kind not in BODY_TYPES:
        raise _Refusal(
            415,
            "Wrong kind of body",
            f"A body of the kind {kind or 'unnamed'!r} is not read here.",
            "Send Content-Type: application/json.",
        )


def _bounded(receive: Receive) -> Receive:
    """Return `receive` that stops a body without a length at the limit."""
    seen = 0

    async def read() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > MAX_BODY:
            raise HTTPException(413, "Too large")
        return message

    return read
