"""Ways to spoil an exchange, for the fault proxy."""

from __future__ import annotations

import gzip
import json
from asyncio import sleep
from collections.abc import Callable
from typing import Any

from tests.faults.proxy import Answer, Exchange, Request, Spoil

JSON = ("content-type", "application/json; charset=UTF-8")
HTML = ("content-type", "text/html; charset=utf-8")
# Any JSON value, as a spoil finds and leaves it.
Change = Callable[[Any], Any]


async def lost_on_the_way(exchange: Exchange) -> None:
    """Reset the connection before the sandbox sees the request."""
    exchange.reset()


async def answer_lost(exchange: Exchange) -> None:
    """Let it take effect and reset the connection instead of an answer."""
    await exchange.forward()
    exchange.reset()


async def answer_breaks_off(exchange: Exchange) -> None:
    """Let it take effect, send half of the answer, then reset."""
    whole = (await exchange.forward()).encoded()
    await exchange.send(whole[: len(whole) * 2 // 3])
    exchange.reset()


async def silence(exchange: Exchange) -> None:
    """Never pass it on and never answer."""
    await exchange.until_gone()


async def silence_after(exchange: Exchange) -> None:
    """Let it take effect and never answer."""
    await exchange.forward()
    await exchange.until_gone()


async def byte_by_byte(exchange: Exchange) -> None:
    """Let it take effect and answer one byte a second."""
    whole = (await exchange.forward()).encoded()
    for place in range(len(whole)):
        await exchange.send(whole[place : place + 1])
        await sleep(1)


async def delivered_twice(exchange: Exchange) -> None:
    """Pass it on twice, as a careless proxy does, and answer the second."""
    await exchange.forward()
    await exchange.reply(await exchange.forward())


def instead(status: int, body: bytes = b"", *headers: tuple[str, str]) -> Spoil:
    """Answer this; the sandbox never sees the request."""

    async def spoil(exchange: Exchange) -> None:
        await exchange.reply(Answer(status, headers or (JSON,), body))

    return spoil


def afterwards(status: int, body: bytes = b"", *headers: tuple[str, str]) -> Spoil:
    """Let it take effect and answer this."""

    async def spoil(exchange: Exchange) -> None:
        await exchange.forward()
        await exchange.reply(Answer(status, headers or (JSON,), body))

    return spoil


def error(
    code: int, subcode: int | None = None, status: int = 400, message: str = "Spoilt"
) -> bytes:
    """Return the body of one of Meta's errors."""
    told: dict[str, object] = {"message": message, "type": "OAuthException", "code": code}
    if subcode is not None:
        told["error_subcode"] = subcode
    return json.dumps({"error": told}).encode()


def bomb(size: int) -> Spoil:
    """Answer gzip that unfolds to `size` bytes of one JSON text."""
    packed = gzip.compress(b'{"data":["' + b"x" * size + b'"]}')
    return instead(200, packed, JSON, ("content-encoding", "gzip"))


def headers(**changed: str | None) -> Spoil:
    """Set headers of the answer, or take them out; _ stands for a dash."""

    async def spoil(exchange: Exchange) -> None:
        answer = await exchange.forward()
        for name, text in changed.items():
            answer = answer.with_header(name.replace("_", "-"), text)
        await exchange.reply(answer)

    return spoil


def edited(change: Change) -> Spoil:
    """Change the JSON of the answer."""

    async def spoil(exchange: Exchange) -> None:
        answer = await exchange.forward()
        told = json.dumps(change(json.loads(answer.body)))
        await exchange.reply(answer.with_body(told.encode()))

    return spoil


def replaced(old: bytes, new: bytes) -> Spoil:
    """Replace bytes of the answer, so that it may cease to be JSON."""

    async def spoil(exchange: Exchange) -> None:
        answer = await exchange.forward()
        await exchange.reply(answer.with_body(answer.body.replace(old, new, 1)))

    return spoil


def first_row(change: Change) -> Spoil:
    """Change the first row of a list."""

    def told(body: Any) -> Any:  # noqa: ANN401  # any JSON
        if body.get("data"):
            body["data"][0] = change(body["data"][0])
        return body

    return edited(told)


def with_value(field: str, value: object) -> Change:
    """Set one field of a row."""
    return lambda row: {**row, field: value}


def without(*fields: str) -> Change:
    """Take fields out of a row."""
    return lambda row: {name: value for name, value in row.items() if name not in fields}


def reads(edge: str) -> Callable[[Request], bool]:
    """Match the readings of an edge, for example `insights`."""
    return lambda request: request.method == "GET" and request.path.rstrip("/").endswith(edge)


def any_read(request: Request) -> bool:
    """Match every reading but the small one that asks for the time."""
    return request.method == "GET" and not request.path.rstrip("/").endswith("/me")


def any_write(request: Request) -> bool:
    """Match everything that changes something."""
    return request.is_write
