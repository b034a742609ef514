"""Keys of the API: shown once, kept as hashes, revoked within a second."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from engine.api.guard import Caller, Tickets, hash_key
from engine.api.keys import REMEMBERED_SECONDS, KeyRing
from engine.commands import api_keys
from tests.api_world import World

pytestmark = pytest.mark.anyio


async def test_a_key_is_shown_once_and_its_file_does_not_hold_it(
    client: httpx.AsyncClient, world: World, tmp_path: Path
) -> None:
    made = (await client.post("/api/v1/api-keys", json={"role": "buyer", "name": "Ad desk"})).json()
    token = made["token"]
    assert len(token) > 40
    (listed,) = (await client.get("/api/v1/api-keys")).json()
    assert (listed["name"], listed["role"], listed["token"]) == ("Ad desk", "buyer", None)
    async with world.client(token) as caller:
        assert (await caller.get("/api/v1/status")).status_code == 200
    assert _files_holding(tmp_path, made["id"])
    assert not _files_holding(tmp_path, token)


def _files_holding(folder: Path, text: str) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if text.encode() in path.read_bytes()]


async def test_a_change_by_a_key_carries_its_name(client: httpx.AsyncClient, world: World) -> None:
    made = await client.post("/api/v1/api-keys", json={"role": "buyer", "name": "Ad desk"})
    async with world.client(made.json()["token"]) as caller:
        changed = await caller.put("/api/v1/campaigns/1", json={"status": "PAUSED"})
    assert changed.json()["items"][0]["actor"] == "Ad desk"


@pytest.mark.parametrize(
    "body",
    [
        {"role": "god", "name": "x"},
        {"role": "buyer", "name": "  "},
        {"role": "buyer", "name": "a\nb"},
        {"role": "buyer", "name": "x", "client": "Bakery"},
        {"role": "buyer"},
        {"role": "buyer", "name": "x", "hash": "0"},
    ],
)
async def test_a_key_that_cannot_be_is_refused(
    client: httpx.AsyncClient, body: dict[str, str]
) -> None:
    assert (await client.post("/api/v1/api-keys", json=body)).status_code == 422
    assert (await client.get("/api/v1/api-keys")).json() == []


async def test_a_revoked_key_is_remembered_for_less_than_a_second(world: World) -> None:
    seconds = [100.0]
    made = api_keys.create(world.engine, "analyst", "Desk", "owner")
    ring = KeyRing(world.engine.state.api_keys, world.engine.clock, lambda: seconds[0])
    hashed = hash_key(made.token)
    assert await ring.find(hashed) == Caller("Desk", "analyst")
    api_keys.revoke(world.engine, made.key.key_id)
    assert await ring.find(hashed) is not None
    seconds[0] += REMEMBERED_SECONDS
    assert await ring.find(hashed) is None
    assert REMEMBERED_SECONDS <= 1


async def test_the_use_of_a_key_is_noted(world: World) -> None:
    made = api_keys.create(world.engine, "analyst", "Desk", "owner")
    ring = KeyRing(world.engine.state.api_keys, world.engine.clock)
    await ring.find(hash_key(made.token))
    (kept,) = world.engine.state.api_keys.all()
    assert kept.last_used_at == world.engine.clock.now()
    assert await ring.find(hash_key("another")) is None


async def test_revoking_over_http_works_and_an_unknown_key_is_told(
    client: httpx.AsyncClient, world: World
) -> None:
    made = (await client.post("/api/v1/api-keys", json={"role": "buyer", "name": "x"})).json()
    assert (await client.delete(f"/api/v1/api-keys/{made['id']}")).status_code == 200
    async with world.client(made["token"]) as caller:
        assert (await caller.get("/api/v1/status")).status_code == 401
    assert (await client.delete("/api/v1/api-keys/none")).status_code == 404


def test_a_ticket_grows_old() -> None:
    seconds = [0.0]
    tickets = Tickets(lambda: seconds[0])
    ticket = tickets.issue(Caller("owner", "owner"))
    seconds[0] += timedelta(minutes=1).total_seconds()
    assert tickets.redeem(ticket) is None
