"""Bytes: bounded in size, packing and time, whatever the other side does."""

from __future__ import annotations

import asyncio
import gzip

import pytest

from engine.domain.errors import Temporary
from sync.graph_client import GraphSettings
from tests.sync.clients import failed_read, read
from tests.sync.scripted_server import Request, Step, raw, silence


def test_a_body_that_unpacks_to_too_much_is_refused() -> None:
    bomb = gzip.compress(b'{"data": "' + b"x" * (80 * 1024 * 1024) + b'"}')
    headers = {
        "Content-Type": "application/json",
        "Content-Encoding": "gzip",
        "Content-Length": str(len(bomb)),
    }
    problem, _ = failed_read(raw(200, headers, bomb), settings=GraphSettings(attempts=1))
    assert type(problem) is Temporary
    assert "larger than" in problem.text


@pytest.mark.parametrize("packing", ["gzip, gzip", "br", "zstd", "deflate"])
def test_a_packing_that_was_not_asked_for_is_not_opened(packing: str) -> None:
    body = gzip.compress(gzip.compress(b"{}"))
    headers = {
        "Content-Type": "application/json",
        "Content-Encoding": packing,
        "Content-Length": str(len(body)),
    }
    problem, _ = failed_read(raw(200, headers, body), settings=GraphSettings(attempts=1))
    assert type(problem) is Temporary
    assert "not asked for" in problem.text


def test_a_packed_answer_is_read_and_one_cut_off_is_asked_for_again() -> None:
    body = gzip.compress(b'{"id":"1"}')

    def packed(data: bytes) -> Step:
        headers = {
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
            "Content-Length": str(len(data)),
        }
        return raw(200, headers, data)

    found, requests, _ = read(packed(body[:-9]), packed(body))
    assert found == b'{"id":"1"}'
    assert requests == 2


def test_a_silent_server_is_given_up_at_the_deadline() -> None:
    settings = GraphSettings(attempts=1, read_deadline=0.05)
    problem, _ = failed_read(silence, settings=settings)
    assert type(problem) is Temporary


def test_an_answer_that_drips_is_given_up_at_the_deadline() -> None:
    """A byte every few milliseconds: never silent, never whole."""

    async def drip(request: Request, writer: asyncio.StreamWriter) -> None:
        headers = {"Content-Type": "application/json", "Content-Length": "1000000"}
        await raw(200, headers, b"")(request, writer)
        while not writer.is_closing():
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.005)

    settings = GraphSettings(attempts=1, read_deadline=0.1)
    problem, _ = failed_read(drip, settings=settings)
    assert type(problem) is Temporary
    assert "no whole answer" in problem.text
