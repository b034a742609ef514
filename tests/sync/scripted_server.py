"""A loopback server that speaks real HTTP and answers by a script.

Each connection or request takes the next step of the script; after the last
step it is repeated. Requests are kept as they arrived.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

import msgspec

DATE = "Sun, 22 Nov 2026 12:00:00 GMT"


@dataclass(frozen=True)
class Request:
    """One request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query))

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))


Step = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


def reply(
    value: object = None,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
    kind: str = "application/json; charset=UTF-8",
) -> Step:
    """Answer with a value as JSON, or with these bytes."""
    data = msgspec.json.encode(value) if body is None else body
    lines = {"Content-Type": kind, "Date": DATE, "Content-Length": str(len(data))}
    return raw(status, {**lines, **(headers or {})}, data)


def raw(status: int, headers: dict[str, str], body: bytes) -> Step:
    """Answer with exactly these header lines and bytes, then keep the connection."""

    async def send(_: Request, writer: asyncio.StreamWriter) -> None:
        head = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
        head += [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*head, "", ""]).encode() + body)
        await writer.drain()

    return send


def error(code: int, *, status: int = 400, **rest: object) -> Step:
    """Answer with one of Meta's errors; `headers` go beside it."""
    headers = rest.pop("headers", None)
    assert headers is None or isinstance(headers, dict)
    return reply({"error": {"code": code, **rest}}, status=status, headers=headers)


def page(rows: Sequence[object], *, after: str = "", more: bool = False) -> Step:
    """Answer with one page of a list."""
    paging: dict[str, object] = {"cursors": {"before": "B", "after": after}}
    if more:
        paging["next"] = f"http://127.0.0.1:1/leak?access_token=SECRET&after={after}"
    return reply({"data": list(rows), "paging": paging})


async def hang_up(_: Request, writer: asyncio.StreamWriter) -> None:
    """Close the connection without an answer, the request being read."""
    writer.close()


def half(body: bytes, promised: int) -> Step:
    """Promise more bytes than are sent, then close."""

    async def send(request: Request, writer: asyncio.StreamWriter) -> None:
        headers = {"Content-Type": "application/json", "Content-Length": str(promised)}
        await raw(200, headers, body)(request, writer)
        writer.close()

    return send


async def silence(_: Request, writer: asyncio.StreamWriter) -> None:
    """Never answer; the connection stays open until the other side gives up."""
    await asyncio.Event().wait()


@dataclass
class ScriptedServer:
    """The running server: its address, what it was asked, connections open."""

    url: str
    steps: list[Step]
    requests: list[Request] = field(default_factory=list)
    open: int = 0

    def next_step(self) -> Step:
        return self.steps[min(len(self.requests), len(self.steps)) - 1]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        try:
            while (request := await _read_request(reader)) is not None:
                self.requests.append(request)
                await _answer(self.next_step(), request, reader, writer)
                if writer.is_closing():
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open -= 1
            writer.close()


async def _answer(
    step: Step, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Take one step, unless the other side hangs up first."""
    answering = asyncio.ensure_future(step(request, writer))
    try:
        while not answering.done() and not reader.at_eof():
            await asyncio.wait({answering}, timeout=0.01)
    finally:
        if not answering.done():
            answering.cancel()
    if answering.done():
        answering.result()


async def _read_request(reader: asyncio.StreamReader) -> Request | None:
    """Read one request, none when the connection ends."""
    first = await reader.readline()
    if not first.strip().endswith(b"HTTP/1.1"):
        return None
    method, target, _ = first.decode().split(" ", 2)
    headers: dict[str, str] = {}
    while line := (await reader.readline()).strip():
        name, _, value = line.decode().partition(":")
        headers[name.strip().lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, target, headers, body)


@asynccontextmanager
async def scripted(*steps: Step) -> AsyncIterator[ScriptedServer]:
    """Run a server that answers by `steps`, the last one for ever."""
    script = ScriptedServer("", list(steps))
    connections: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        try:
            await script.serve(reader, writer)
        except asyncio.CancelledError:
            writer.close()
        finally:
            connections.discard(task)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    script.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield script
    finally:
        server.close()
        for task in list(connections):
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
