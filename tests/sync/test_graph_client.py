"""Reads: what is tried again, what is not, and what never leaves a trace."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import io
import logging
import traceback
from datetime import UTC, datetime, timedelta

import pytest
import structlog

from engine.domain.errors import (
    PlatformError,
    RateLimited,
    Refused,
    Temporary,
    TokenExpired,
    UserError,
)
from sync.batch import Item
from sync.credentials import Credentials
from sync.errors import (
    Missing,
    NeedsPerson,
    PermissionMissing,
    TooMuchData,
    VersionRetired,
)
from sync.graph_client import GraphClient, GraphSettings
from tests.sync.clients import SECRET, TOKEN, failed_read, read, talking
from tests.sync.scripted_server import (
    Step,
    error,
    half,
    hang_up,
    page,
    reply,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
GOOD = reply({"id": "1"})


def test_a_call_carries_version_header_and_proof_and_no_token_in_its_address() -> None:
    async def run() -> None:
        async with talking(GOOD) as talk:
            await talk.client.get("act_77/ads", {"fields": "id"})
            request = talk.server.requests[0]
        proof = hmac.new(SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
        assert request.path == "/v26.0/act_77/ads"
        assert request.query == {"fields": "id", "appsecret_proof": proof}
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        assert TOKEN not in request.target

    asyncio.run(run())


@pytest.mark.parametrize(
    "broken",
    [
        error(1, status=500, error_subcode=99),
        error(2, is_transient=True),
        reply(body=b"<html>502</html>", status=502, kind="text/html"),
        reply(body=b"<html>hello</html>", kind="text/html"),
        reply(body=b""),
        reply(body=b"true"),
        reply(body=b"[1]"),
        reply(body=b'{"id": "1'),
        reply(body=b'{"id": ' + b"[" * 100_000),
        reply({"id": "1"}, status=503),
        half(b'{"id": "1"', 500),
        hang_up,
    ],
    ids=[
        "code-1",
        "code-2",
        "html-502",
        "html-200",
        "empty",
        "true",
        "a-list",
        "truncated",
        "depth-bomb",
        "503-without-error",
        "half-a-body",
        "hang-up",
    ],
)
def test_a_broken_answer_is_asked_for_again(broken: Step) -> None:
    body, requests, pauses = read(broken, broken, GOOD)
    assert body == b'{"id":"1"}'
    assert requests == 3
    assert pauses == [0.3, 0.6]


def test_half_a_character_in_a_name_spoils_no_answer() -> None:
    body, requests, _ = read(reply(body=b'{"id": "1", "name": "cut \\ud83d"}'))
    assert body == b'{"id": "1", "name": "cut \\ufffd"}'
    assert requests == 1


def test_tries_run_out() -> None:
    problem, requests = failed_read(error(2), settings=GraphSettings(attempts=3))
    assert type(problem) is Temporary
    assert requests == 3


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (error(190, error_subcode=463), TokenExpired),
        (error(102), TokenExpired),
        (error(190, error_subcode=459), NeedsPerson),
        (error(368, error_subcode=1404082), NeedsPerson),
        (error(10), PermissionMissing),
        (error(200, status=403), PermissionMissing),
        (error(100, error_subcode=33), Missing),
        (error(100, message="(#100) nonexisting field"), Refused),
        (error(2635), VersionRetired),
        (error(3018), Refused),
        (error(100, error_subcode=1487534), TooMuchData),
        (error(1, status=500, message="Please reduce the amount of data"), TooMuchData),
        (reply({"id": "1"}, status=302, headers={"Location": "http://127.0.0.1:1/"}), Refused),
    ],
)
def test_a_clear_answer_is_not_asked_for_again(answer: Step, expected: type[PlatformError]) -> None:
    problem, requests = failed_read(answer)
    assert type(problem) is expected
    assert requests == 1


BUC = '{"77":[{"type":"ads_management","call_count":100,"estimated_time_to_regain_access":7}]}'


@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        (error(80004, headers={"X-Business-Use-Case-Usage": BUC}), timedelta(minutes=7)),
        (
            error(17, headers={"X-Ad-Account-Usage": '{"reset_time_duration": 300}'}),
            timedelta(0, 300),
        ),
        (error(4), timedelta(minutes=1)),
        (error(613, error_subcode=1487632), timedelta(hours=1)),
        (reply(body=b"slow down", status=429, kind="text/plain"), timedelta(minutes=1)),
    ],
)
def test_a_throttle_names_the_time_by_the_servers_clock(answer: Step, wait: timedelta) -> None:
    problem, requests = failed_read(answer)
    assert isinstance(problem, RateLimited)
    assert timedelta(0) <= problem.until - NOON - wait <= 0.1 * wait + timedelta(seconds=5)
    assert requests == 1


def test_nothing_is_asked_about_a_blocked_account_and_others_go_on() -> None:
    async def run() -> None:
        async with talking(error(80004), GOOD) as talk:
            for _ in range(2):
                with pytest.raises(RateLimited):
                    await talk.client.get("1", {}, account_id="77")
            assert len(talk.server.requests) == 1
            await talk.client.get("1", {}, account_id="78")

    asyncio.run(run())


def test_an_app_wide_throttle_stops_every_account() -> None:
    async def run() -> None:
        async with talking(error(4), GOOD) as talk:
            for account_id in ("77", "78"):
                with pytest.raises(RateLimited):
                    await talk.client.get("1", {}, account_id=account_id)
            assert len(talk.server.requests) == 1

    asyncio.run(run())


def test_reads_slow_down_near_the_limit_and_then_leave_the_rest_to_actions() -> None:
    async def run() -> None:
        def usage(percent: float) -> Step:
            header = {"X-App-Usage": f'{{"call_count": {percent}, "total_time": 5}}'}
            return reply({"id": "1"}, headers=header)

        async with talking(usage(79), usage(85)) as talk:
            for _ in range(2):
                await talk.client.get("1", {}, account_id="77")
            assert talk.pauses.seconds == [1.6]
            assert talk.client.remaining("77") == 15.0
            with pytest.raises(RateLimited, match="kept for changes"):
                await talk.client.get("1", {}, account_id="77")
            await talk.client.get("1", {}, account_id="77", urgent=True)
            assert len(talk.server.requests) == 3

    asyncio.run(run())


def test_a_sudden_permission_error_is_taken_for_a_throttle_once() -> None:
    sudden = error(200, error_subcode=4841013, status=403)

    async def run() -> None:
        async with talking(sudden) as talk:
            with pytest.raises(PermissionMissing):
                await talk.client.get("1", {}, account_id="77")
        later = reply({"id": "1"}, headers={"Date": "Sun, 22 Nov 2026 12:30:00 GMT"})
        async with talking(GOOD, sudden, later, sudden) as talk:
            await talk.client.get("1", {}, account_id="77")
            with pytest.raises(RateLimited):
                await talk.client.get("1", {}, account_id="77")
            await talk.client.get("1", {}, account_id="78")
            with pytest.raises(PermissionMissing):
                await talk.client.get("1", {}, account_id="77")

    asyncio.run(run())


def test_a_batch_reads_each_item_by_itself() -> None:
    parts = [
        {"code": 200, "body": '{"id":"1"}'},
        None,
        {"code": 400, "body": '{"error":{"code":100,"error_subcode":33}}'},
    ]

    async def run() -> None:
        async with talking(reply(parts), reply([{"code": 200, "body": '{"id":"2"}'}])) as talk:
            items = [Item("GET", number, {"fields": "id"}) for number in ("1", "2", "3")]
            first, second, third = await talk.client.read_batch(items, account_id="77")
            assert not isinstance(first, Exception)
            assert not isinstance(second, Exception)
            assert (first.body, second.body) == (b'{"id":"1"}', b'{"id":"2"}')
            assert isinstance(third, Missing)
            assert talk.client.calls == 4
            sent = talk.server.requests[0]
            assert sent.form["access_token"] == TOKEN
            assert TOKEN not in sent.target

    asyncio.run(run())


def test_the_server_clock_follows_the_date_header() -> None:
    async def run() -> None:
        async with talking(GOOD) as talk:
            now = await talk.client.server_clock.refresh()
            assert abs(now - NOON) < timedelta(seconds=5)

    asyncio.run(run())


def test_the_time_can_be_asked_for_while_meta_refuses_everything_else() -> None:
    later = "Sun, 22 Nov 2026 15:00:00 GMT"

    async def run() -> None:
        moved = reply({"id": "1"}, headers={"Date": later})
        async with talking(error(4), moved) as talk:
            with pytest.raises(RateLimited):
                await talk.client.get("1", {})
            await talk.client.server_clock.refresh()
            await talk.client.get("1", {})

    asyncio.run(run())


@pytest.mark.parametrize(
    "url", ["http://graph.example.com", "ftp://127.0.0.1", "graph.facebook.com", "http://10.0.0.1"]
)
def test_an_address_that_would_show_the_token_is_not_used(url: str) -> None:
    with pytest.raises(UserError, match="can't be used"):
        GraphClient(Credentials(TOKEN), GraphSettings(base_url=url))


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "ключ"])
def test_a_token_that_cannot_travel_is_refused(token: str) -> None:
    with pytest.raises(UserError):
        Credentials(token)


@pytest.mark.parametrize(
    "answer",
    [
        error(190, message=f"Malformed access token {TOKEN}"),
        error(2, message=f"token {TOKEN} is busy"),
        reply({"oops": TOKEN}, status=500),
        hang_up,
        page([], after="X", more=True),
    ],
)
@pytest.mark.parametrize("verb", ["get", "post"])
def test_the_token_is_in_no_log_and_no_error(
    answer: Step, verb: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told = io.StringIO()

    async def run() -> None:
        async with talking(answer) as talk:
            try:
                if verb == "get":
                    await talk.client.get("1", {}, listed=True)
                else:
                    await talk.client.post("1", {"status": "PAUSED"})
            except PlatformError as problem:
                told.write("".join(traceback.format_exception(problem)))
                told.write(repr(problem) + repr(vars(problem)))
            told.write(repr(talk.client) + repr(Credentials(TOKEN, "1", SECRET)))
            assert not any(TOKEN in request.target for request in talk.server.requests)

    with structlog.testing.capture_logs() as lines:
        asyncio.run(run())
    everything = told.getvalue() + caplog.text + repr(lines)
    assert TOKEN not in everything
    assert SECRET not in everything
