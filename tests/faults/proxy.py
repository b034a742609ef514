"""A proxy that spoils chosen exchanges between an engine and a sandbox.

It works on bytes, below HTTP's own manners: answers may drip, break off, lie
about their length or never come, and requests may be lost, held or doubled.
"""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import unquote_plus, urlsplit

_END_OF_HEAD = b"\r\n\r\n"
_NOT_PASSED_ON = ("accept-encoding", "connection", "keep-alive")


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came: its line, its headers and its whole body."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path without the query."""
        return urlsplit(self.target).path

    @property
    def is_write(self) -> bool:
        """Whether it changes something: a POST, or a batch with a POST in it."""
        if self.method != "POST":
            return False
        return "batch=" not in self.form or '"method":"POST"' in self.form.replace(" ", "")

    @property
    def form(self) -> str:
        """The body as text, percent signs resolved."""
        return unquote_plus(self.body.decode("latin-1"))

    def encoded(self) -> bytes:
        """Return the bytes for the sandbox, which is asked to close afterwards."""
        kept = [(name, text) for name, text in self.headers if name.lower() not in _NOT_PASSED_ON]
        lines = [f"{self.method} {self.target} HTTP/1.1", *(f"{n}: {t}" for n, t in kept)]
        head = "\r\n".join([*lines, "Connection: close", "", ""])
        return head.encode("latin-1") + self.body


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: status line, headers, body; the length is set when it is sent."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def with_body(self, body: bytes) -> Answer:
        """Return the answer with another body."""
        return replace(self, body=body)

    def with_header(self, name: str, text: str | None) -> Answer:
        """Return the answer with a header set, or without it for none."""
        kept = tuple(one for one in self.headers if one[0].lower() != name.lower())
        return replace(self, headers=kept if text is None else (*kept, (name, text)))

    def encoded(self) -> bytes:
        """Return the answer's bytes."""
        given = self.with_header("content-length", str(len(self.body)))
        lines = [f"HTTP/1.1 {self.status} Spoilt", *(f"{n}: {t}" for n, t in given.headers)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


@dataclass(slots=True)
class Exchange:
    """A request that waits for its answer, and what may be done about it."""

    request: Request
    upstream: tuple[str, int]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def forward(self) -> Answer:
        """Let the sandbox answer."""
        reader, writer = await asyncio.open_connection(*self.upstream)
        try:
            writer.write(self.request.encoded())
            await writer.drain()
            return _parse_answer(await reader.read())
        finally:
            writer.close()

    async def reply(self, answer: Answer) -> None:
        """Send a whole answer."""
        await self.send(answer.encoded())

    async def send(self, part: bytes) -> None:
        """Send bytes as they are."""
        self.writer.write(part)
        await self.writer.drain()

    def reset(self) -> None:
        """Cut the connection with a TCP reset."""
        plug = self.writer.get_extra_info("socket")
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def until_gone(self) -> None:
        """Wait until the engine gives up."""
        while await self.reader.read(65536):
            pass


Spoil = Callable[[Exchange], Awaitable[None]]
Meets = Callable[[Request], bool]


@dataclass(slots=True)
class Armed:
    """A spoil and which matching requests it strikes: nth, and `times` in all."""

    meets: Meets
    spoil: Spoil
    nth: int = 1
    times: int = 1
    seen: int = 0
    hits: int = 0

    def strikes(self, request: Request) -> bool:
        """Count a request and tell whether it is struck."""
        if not self.meets(request):
            return False
        self.seen += 1
        struck = self.nth <= self.seen < self.nth + self.times
        self.hits += struck
        return struck


@dataclass(slots=True)
class FaultProxy:
    """The proxy itself; runs in a thread of its own."""

    upstream: tuple[str, int]
    url: str = ""
    armed: list[Armed] = field(default_factory=list)

    def arm(self, meets: Meets, spoil: Spoil, *, nth: int = 1, times: int = 1) -> Armed:
        """Spoil the nth matching request from now on, and so many after it."""
        made = Armed(meets, spoil, nth, times)
        self.armed.append(made)
        return made

    def calm(self) -> None:
        """Let everything pass from now on."""
        self.armed.clear()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection in turn."""
        try:
            while (request := await _read_request(reader)) is not None:
                exchange = Exchange(request, self.upstream, reader, writer)
                struck = next((one for one in list(self.armed) if one.strikes(request)), None)
                if struck is None:
                    await exchange.reply(await exchange.forward())
                else:
                    await struck.spoil(exchange)
                if writer.transport.is_closing():
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()


@contextmanager
def fault_proxy(sandbox_url: str) -> Iterator[FaultProxy]:
    """Yield a running proxy before a sandbox."""
    parts = urlsplit(sandbox_url)
    proxy = FaultProxy((parts.hostname or "127.0.0.1", parts.port or 80))
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(proxy.serve, "127.0.0.1", 0))
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


async def _read_request(reader: asyncio.StreamReader) -> Request | None:
    """Return the next request of a connection, none at its end."""
    try:
        head = (await reader.readuntil(_END_OF_HEAD)).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    line, *rest = head.strip().split("\r\n")
    method, target, _ = line.split(" ", 2)
    headers = tuple(_header(one) for one in rest)
    length = next((int(text) for name, text in headers if name.lower() == "content-length"), 0)
    return Request(method, target, headers, await reader.readexactly(length))


def _parse_answer(raw: bytes) -> Answer:
    head, _, body = raw.partition(_END_OF_HEAD)
    line, *rest = head.decode("latin-1").split("\r\n")
    headers = tuple(_header(one) for one in rest)
    kept = tuple(one for one in headers if one[0].lower() != "connection")
    found = re.match(r"HTTP/1\.1 (\d{3})", line)
    assert found, f"the sandbox answered {line!r}"
    return Answer(int(found[1]), kept, body)


def _header(line: str) -> tuple[str, str]:
    name, _, text = line.partition(":")
    return name.strip(), text.strip()
