"""How an answer is written down: forms asked for, tags, fixed headers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import orjson

from sync.sandbox.graph.calls import GraphAnswer, GraphCall

_NOT_STORED = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "private, no-cache, no-store, must-revalidate",
    "Expires": "Sat, 01 Jan 2000 00:00:00 GMT",
    "Pragma": "no-cache",
}


@dataclass(frozen=True, slots=True)
class Written:
    """An answer as bytes, with the status and headers that go with it."""

    status: int
    body: bytes
    headers: dict[str, str]


def write_down(call: GraphCall, answer: GraphAnswer) -> Written:
    """Encode an answer as the call asks; an unchanged one is 304 and empty."""
    if answer.raw is not None:
        return Written(answer.status, answer.raw, {})
    value = answer.value
    if isinstance(value, dict) and call.params.get("debug") == "all":
        value = {**value, "__debug__": {}}
    body = orjson.dumps(value, option=orjson.OPT_INDENT_2 if _asked(call, "pretty") else None)
    headers = dict(_NOT_STORED)
    if answer.status == 200 and call.verb == "GET":
        tag = f'"{hashlib.sha1(body, usedforsecurity=False).hexdigest()}"'
        headers["ETag"] = tag
        if tag in call.known_tags:
            return Written(304, b"", headers)
    silent = _asked(call, "suppress_http_code")
    return Written(200 if silent else answer.status, body, headers)


def _asked(call: GraphCall, name: str) -> bool:
    return call.params.get(name, "").lower() in ("1", "true")
