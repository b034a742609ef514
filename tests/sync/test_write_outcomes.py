"""Writes: sent once, and each answer read as what it proves and no more."""

from __future__ import annotations

import asyncio
import socket

import pytest

from engine.domain.errors import (
    OutcomeUnknown,
    PlatformError,
    RateLimited,
    Refused,
    Temporary,
    TokenExpired,
)
from sync.batch import Item
from sync.credentials import Credentials
from sync.errors import Missing, NeedsPerson, PermissionMissing, VersionRetired
from sync.graph_client import GraphClient, GraphSettings
from tests.sync.clients import TOKEN, talking
from tests.sync.scripted_server import Step, error, half, hang_up, reply, silence

CHANGE = {"daily_budget": "1500"}
DONE = reply({"success": True})


def outcome(step: Step, settings: GraphSettings | None = None) -> type[PlatformError] | None:
    """Write once against a server that answers by `step`; check it was sent once."""

    async def run() -> type[PlatformError] | None:
        async with talking(step, settings=settings) as talk:
            try:
                await talk.client.post("123", CHANGE, account_id="77")
            except PlatformError as problem:
                return type(problem)
            finally:
                assert len(talk.server.requests) == 1
                assert talk.client.calls == 1
            return None

    return asyncio.run(run())


def test_a_confirmed_write_is_a_form_posted_once() -> None:
    async def run() -> None:
        async with talking(DONE) as talk:
            await talk.client.post("123", CHANGE)
            sent = talk.server.requests[0]
            assert (sent.method, sent.path) == ("POST", "/v26.0/123")
            assert sent.form["daily_budget"] == "1500"
            assert sent.headers["content-type"] == "application/x-www-form-urlencoded"

    asyncio.run(run())


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (error(4, error_subcode=1504022), RateLimited),
        (error(17, error_subcode=2446079), RateLimited),
        (error(80004), RateLimited),
        (error(613, error_subcode=1487742), RateLimited),
        (error(613, error_subcode=1487632), RateLimited),
        (error(341), RateLimited),
        (error(32), RateLimited),
        (error(368), NeedsPerson),
        (error(190, error_subcode=463), TokenExpired),
        (error(190, error_subcode=458), TokenExpired),
        (error(190, error_subcode=459), NeedsPerson),
        (error(10), PermissionMissing),
        (error(200, status=403), PermissionMissing),
        (error(294), PermissionMissing),
        (error(100, error_subcode=33), Missing),
        (error(104), Refused),
        (error(100, error_subcode=1885272), Refused),
        (error(100, error_subcode=1885621), Refused),
        (error(1487901), Refused),
        (error(2635), VersionRetired),
        (error(1, error_subcode=2853001), Refused),
        (reply({}, status=307, headers={"Location": "http://127.0.0.1:1/"}), Refused),
    ],
)
def test_a_definite_no_says_that_nothing_changed(step: Step, expected: type[PlatformError]) -> None:
    assert outcome(step) is expected


@pytest.mark.parametrize(
    "step",
    [
        error(1, status=500),
        error(1, status=500, error_subcode=99),
        error(1, status=500, message="Please reduce the amount of data you're asking for"),
        error(2, is_transient=True),
        error(5000),
        reply(body=b"<html></html>", status=502, kind="text/html"),
        reply(body=b"<html></html>", status=503, kind="text/html"),
        reply(body=b"<html></html>", kind="text/html"),
        reply(body=b"Too many requests", status=429, kind="text/plain"),
        reply(body=b""),
        reply({}),
        reply({"success": False}),
        reply({"success": "true"}),
        reply({"success": 1}),
        reply({"id": "123"}),
        reply({"success": True}, status=500),
        reply(body=b"true"),
        reply(body=b'{"success": tr'),
        reply({"error": "something"}),
        half(b'{"success": true', 17),
        hang_up,
    ],
)
def test_an_unclear_answer_leaves_the_outcome_unknown(step: Step) -> None:
    assert outcome(step) is OutcomeUnknown


def test_silence_leaves_the_outcome_unknown() -> None:
    assert outcome(silence, GraphSettings(write_deadline=0.05)) is OutcomeUnknown


def test_a_refused_connection_sent_nothing() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"

        async def run() -> None:
            client = GraphClient(Credentials(TOKEN), GraphSettings(base_url=address))
            try:
                with pytest.raises(Temporary, match="not sent"):
                    await client.post("123", CHANGE)
            finally:
                await client.close()

        asyncio.run(run())


def test_a_server_without_a_good_certificate_is_sent_nothing() -> None:
    async def run() -> None:
        async with talking(DONE) as talk:
            plain = talk.server.url.replace("http://", "https://")
            client = GraphClient(Credentials(TOKEN), GraphSettings(base_url=plain))
            try:
                with pytest.raises(Refused, match="not safe"):
                    await client.post("123", CHANGE)
            finally:
                await client.close()

    asyncio.run(run())


def test_a_blocked_account_is_not_written_to() -> None:
    async def run() -> None:
        async with talking(error(80004), DONE) as talk:
            for _ in range(2):
                with pytest.raises(RateLimited):
                    await talk.client.post("123", CHANGE, account_id="77")
            assert len(talk.server.requests) == 1

    asyncio.run(run())


def test_one_objects_hour_of_rest_does_not_stop_its_account() -> None:
    async def run() -> None:
        async with talking(error(613, error_subcode=1487632), DONE) as talk:
            with pytest.raises(RateLimited):
                await talk.client.post("123", CHANGE, account_id="77")
            await talk.client.post("124", CHANGE, account_id="77")

    asyncio.run(run())


def test_each_change_of_a_batch_has_its_own_outcome() -> None:
    parts = [
        {"code": 200, "body": '{"success":true}'},
        None,
        {"code": 400, "body": '{"error":{"code":100,"error_subcode":1885272}}'},
        {"code": 200, "body": "<html>"},
    ]

    async def run() -> None:
        async with talking(reply(parts)) as talk:
            items = [Item("POST", str(n), form=CHANGE) for n in range(5)]
            outcomes = await talk.client.post_batch(items, account_id="77")
            kinds = [type(result) if result else None for result in outcomes]
            unknown = OutcomeUnknown
            assert kinds == [None, unknown, Refused, unknown, unknown]
            assert len(talk.server.requests) == 1
            assert talk.client.calls == 5

    asyncio.run(run())


@pytest.mark.parametrize(
    ("step", "expected"),
    [(hang_up, OutcomeUnknown), (reply({}), OutcomeUnknown), (error(190), TokenExpired)],
)
def test_a_batch_that_fails_whole_says_so(step: Step, expected: type[PlatformError]) -> None:
    async def run() -> None:
        async with talking(step) as talk:
            with pytest.raises(expected):
                await talk.client.post_batch([Item("POST", "1", form=CHANGE)])
            assert len(talk.server.requests) == 1

    asyncio.run(run())
