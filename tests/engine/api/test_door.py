"""Nobody comes in by another host name, from a web page, or without a key."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from engine.api.guard import MAX_BODY
from tests.api_world import HOST, TOKEN, World
from tests.engine.api.operations import WRITING, Operation, operations

pytestmark = pytest.mark.anyio
HOSTS = (
    "evil.example",
    "evil.example:8000",
    "127.0.0.1",
    "127.0.0.1:8001",
    "localhost:8001",
    "127.0.0.1.evil.example:8000",
    "127.0.0.2:8000",
    "[::1]:8000",
    "0.0.0.0:8000",
    "127.0.0.1:8000.",
    "127.0.0.1:8000@evil.example",
    "",
)
PAGES = (
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:9999"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
)
KEYS: tuple[dict[str, str], ...] = (
    {},
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer wrong"},
    {"Authorization": f"Basic {TOKEN}"},
    {"X-API-Key": ""},
    {"X-API-Key": TOKEN[:-1]},
)


async def _answers(
    client: httpx.AsyncClient, asked: list[Operation], headers: dict[str, str]
) -> set[int]:
    found = set()
    for operation in asked:
        answer = await client.request(operation.method, operation.path, headers=headers)
        assert answer.headers["content-type"] == "application/problem+json"
        found.add(answer.status_code)
    return found


async def test_no_route_answers_under_another_host_name(
    world: World, client: httpx.AsyncClient
) -> None:
    every = await operations(client)
    assert len(every) > 30
    for host in HOSTS:
        assert await _answers(client, every, {"Host": host}) == {421}, host


async def test_no_route_answers_a_foreign_web_page(world: World, client: httpx.AsyncClient) -> None:
    every = await operations(client)
    for page in PAGES:
        assert await _answers(client, every, page) == {403}, page


async def test_no_route_but_health_answers_without_a_key(
    world: World, client: httpx.AsyncClient
) -> None:
    every = [one for one in await operations(client) if one.template != "/health"]
    async with world.client(None) as stranger:
        for headers in KEYS:
            assert await _answers(stranger, every, headers) == {401}, headers
        assert (await stranger.get("/health")).json()["status"] == "ok"
        assert (await stranger.get("/docs?once=guessed")).status_code == 401
        odd = [(b"x-api-key", b"\xc3\xbc\xff")]
        assert (await stranger.get("/api/v1/status", headers=odd)).status_code == 401


async def test_no_route_reads_what_a_form_of_a_web_page_can_send(
    client: httpx.AsyncClient,
) -> None:
    writing = [one for one in await operations(client) if one.method in WRITING]
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        for operation in writing:
            answer = await client.request(
                operation.method, operation.path, content=b"x=1", headers={"Content-Type": kind}
            )
            assert answer.status_code == 415, operation


async def test_reading_changes_nothing(client: httpx.AsyncClient, world: World) -> None:
    before = len(world.changes)
    for operation in await operations(client):
        if operation.method == "GET" and operation.template != "/api/v1/events":
            await client.get(operation.path)
    assert len(world.changes) == before
    assert (await client.get("/api/v1/journal")).json()["total"] == 0


@pytest.mark.parametrize("headers", [{"Authorization": f"Bearer {TOKEN}"}, {"X-API-Key": TOKEN}])
async def test_the_key_works_in_either_header_and_from_the_own_page(
    world: World, headers: dict[str, str]
) -> None:
    async with world.client(None, Origin=f"http://{HOST}", **headers) as caller:
        assert (await caller.get("/api/v1/status")).status_code == 200


async def test_a_body_is_bounded_with_and_without_a_length(client: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY // 1_000_000 + 2):
            yield b" " * 1_000_000

    kind = {"Content-Type": "application/json"}
    long = await client.post("/api/v1/rules", content=b" " * (MAX_BODY + 1), headers=kind)
    stream = await client.post("/api/v1/rules", content=endless(), headers=kind)
    odd = await client.post("/api/v1/rules", headers={**kind, "Content-Length": "-1"})
    assert [long.status_code, stream.status_code, odd.status_code] == [413, 413, 413]


async def test_the_documentation_opens_once_by_its_link(
    world: World, client: httpx.AsyncClient
) -> None:
    url = (await client.post("/api/v1/docs-link")).json()["url"]
    async with world.client(None) as browser:
        page = await browser.get(url)
        assert page.status_code == 200
        assert "/api/v1/rules/preview" in page.text
        assert "http://" not in page.text.replace(f"http://{HOST}", "")
        assert "https://" not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert (await browser.get(url)).status_code == 401


@pytest.mark.expects_log("bug")
async def test_a_fault_of_ours_is_numbered_and_tells_no_secrets(
    client: httpx.AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> int:
        raise RuntimeError(f"inner words {TOKEN}")

    monkeypatch.setattr(world.platform, "calls", broken)
    answer = await client.get("/api/v1/status")
    assert answer.status_code == 500
    assert "number" in answer.json()["detail"]
    assert TOKEN not in answer.text
