"""The door of the API: right host, no foreign web page, a known key.

The key is asked on every route but `/health`; being a header it is also the
guard against web pages, which can't set it. Addresses are compared before
routing, so that a rebound DNS name reaches nothing.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from engine.api.problems import problem

OPEN_PATHS = frozenset({"/health"})
WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
READ_ONLY_ROLES = frozenset({"analyst", "client"})
_MAX_BODY = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a name for the journal and a role."""

    name: str
    role: str

    @property
    def may_write(self) -> bool:
        """Whether this role may change anything."""
        return self.role not in READ_ONLY_ROLES


FindKey = Callable[[str], Caller | None]


def hash_key(key: str) -> str:
    """Return the form a key is stored in: SHA-256, hexadecimal."""
    return hashlib.sha256(key.encode()).hexdigest()


class Door:
    """ASGI middleware that lets in only who may come in."""

    def __init__(
        self, app: ASGIApp, *, hosts: frozenset[str], token: str, find_key: FindKey
    ) -> None:
        self._app = app
        self._hosts = hosts
        self._token = token
        self._find_key = find_key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request with a refusal, or pass it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send)
            return
        status, title, detail, hint = refusal
        await problem(status, title, detail, hint)(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[int, str, str, str] | None:
        headers = Headers(scope=scope)
        if self._hosts and headers.get("host", "").lower() not in self._hosts:
            return 421, "Wrong host", "This address does not serve that host name.", ""
        if self._is_foreign_page(headers):
            return 403, "Foreign page", "Web pages of other sites may not call the engine.", ""
        if scope["path"] in OPEN_PATHS:
            return None
        if int(headers.get("content-length") or 0) > _MAX_BODY:
            return 413, "Too large", "The request is larger than 16 MB.", "Send it in parts."
        caller = self._caller(headers)
        if caller is None:
            return (
                401,
                "No valid key",
                "This route needs a key.",
                "Send Authorization: Bearer <token> or X-API-Key.",
            )
        if scope["method"] in WRITING and not caller.may_write:
            return 403, "Not allowed", f"The role {caller.role} may only read.", ""
        scope.setdefault("state", {})["caller"] = caller
        return None

    def _is_foreign_page(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin and origin.partition("://")[2].lower() != headers.get("host", "").lower():
            return True
        return headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}

    def _caller(self, headers: Headers) -> Caller | None:
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        key = bearer.strip() if scheme.lower() == "bearer" else headers.get("x-api-key", "")
        if not key:
            return None
        if hmac.compare_digest(key.encode(), self._token.encode()):
            return Caller("local", "owner")
        return self._find_key(hash_key(key))
