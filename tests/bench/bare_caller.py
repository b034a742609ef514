"""The least that a caller can do: prepared requests over kept connections.

It shows what a sandbox can take, without any client's work in between.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from urllib.parse import quote, urlencode, urlsplit

import orjson

Step = tuple[bytes, ...]


def get(host: str, token: str, ids: Sequence[str], fields: str) -> bytes:
    """Return the bytes of a reading of several objects."""
    query = urlencode({"ids": ",".join(ids), "fields": fields})
    head = f"GET /v26.0/?{query} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n"
    return head.encode()


def batch(host: str, token: str, forms: Sequence[tuple[str, dict[str, str]]]) -> bytes:
    """Return the bytes of a batch of changes: object id and form of each."""
    items = [
        {"method": "POST", "relative_url": name, "body": urlencode(form, quote_via=quote)}
        for name, form in forms
    ]
    form = {
        "batch": orjson.dumps(items).decode(),
        "include_headers": "false",
        "access_token": token,
    }
    body = urlencode(form).encode()
    head = (
        f"POST /v26.0/ HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    return head.encode() + body


async def call_all(url: str, steps: Sequence[Step], at_once: int) -> float:
    """Make every step's requests one after another, steps side by side; seconds."""
    queue = list(reversed(steps))
    began = time.perf_counter()
    await asyncio.gather(*(_one(url, queue) for _ in range(at_once)))
    return time.perf_counter() - began


async def _one(url: str, queue: list[Step]) -> None:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        while queue:
            for request in queue.pop():
                writer.write(request)
                await _answer(reader)
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    status, _, fields = head.partition(b"\r\n")
    assert b" 200 " in status, head.decode()
    size = next(
        int(line.partition(b":")[2])
        for line in fields.lower().splitlines()
        if line.startswith(b"content-length:")
    )
    body = await reader.readexactly(size)
    refused = b'"error"' in body or b'{\\"error' in body
    assert not refused, body[:300].decode()
    return body
