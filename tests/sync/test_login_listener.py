"""The way back from the browser: one answer, with the right state, and a page."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx
import pytest

from sync.login_listener import LoginListener, open_listener

pytestmark = pytest.mark.anyio
STATE = "a-state-nobody-guesses"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def listener() -> AsyncIterator[LoginListener]:
    made = await open_listener(STATE)
    yield made
    await made.close()


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, follow_redirects=True) as made:
        yield made


async def test_the_code_comes_back_and_leaves_the_address(
    listener: LoginListener, browser: httpx.AsyncClient
) -> None:
    page = await browser.get(listener.redirect, params={"code": "AQx", "state": STATE})
    assert await asyncio.wait_for(listener.wait(), 5) == {"code": "AQx", "state": STATE}
    assert page.status_code == 200
    assert page.url.query == b""
    assert [step.status_code for step in page.history] == [303]
    assert "You are back from Facebook" in page.text
    assert "Ви повернулися з Facebook" in page.text
    assert "AQx" not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]


async def test_an_answer_of_another_login_is_refused_and_the_waiting_goes_on(
    listener: LoginListener, browser: httpx.AsyncClient
) -> None:
    for query in ({"code": "evil", "state": "guess"}, {"code": "evil"}, {}):
        page = await browser.get(listener.redirect, params=query)
        assert page.status_code == 400
        assert "another login" in page.text
    await browser.get(listener.redirect, params={"code": "good", "state": STATE})
    assert (await asyncio.wait_for(listener.wait(), 5))["code"] == "good"


async def test_only_the_first_answer_counts(
    listener: LoginListener, browser: httpx.AsyncClient
) -> None:
    for code in ("first", "second"):
        await browser.get(listener.redirect, params={"code": code, "state": STATE})
    assert (await listener.wait())["code"] == "first"


async def test_a_declined_login_is_shown_as_such(
    listener: LoginListener, browser: httpx.AsyncClient
) -> None:
    denied = {"error": "access_denied", "error_reason": "user_denied", "state": STATE}
    page = await browser.get(listener.redirect, params=denied)
    assert "was not allowed" in page.text
    assert (await listener.wait())["error"] == "access_denied"


async def test_a_rebound_name_and_other_methods_reach_nothing(
    listener: LoginListener, browser: httpx.AsyncClient
) -> None:
    foreign = {"host": f"evil.example:{urlsplit(listener.redirect).port}"}
    query = {"code": "AQx", "state": STATE}
    page = await browser.get(listener.redirect, params=query, headers=foreign)
    assert page.status_code == 421
    assert (await browser.post(listener.redirect, params=query)).status_code == 405
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(listener.wait(), 0.05)


async def test_it_listens_on_this_machine_only_and_no_longer_than_asked() -> None:
    made = await open_listener(STATE)
    port = urlsplit(made.redirect).port
    assert {one.getsockname()[0] for one in made._sockets} <= {"127.0.0.1", "::1"}
    await made.close()
    with socket.socket() as tried:
        assert tried.connect_ex(("127.0.0.1", port)) != 0
