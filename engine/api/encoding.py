"""Answers leave as ready bytes, never through FastAPI's encoder."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

JSON = "application/json"
MSGPACK = "application/msgpack"


def answer(request: Request, message: object, status: int = 200) -> Response:
    """Return `message` as JSON, or as msgpack where the caller asks for it."""
    if MSGPACK in request.headers.get("accept", ""):
        return Response(msgspec.msgpack.encode(message), status, media_type=MSGPACK)
    return Response(msgspec.json.encode(message), status, media_type=JSON)
