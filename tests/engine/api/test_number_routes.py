"""Numbers over HTTP: status, accounts, scopes, the grid, the dashboard, settings."""

from __future__ import annotations

from datetime import timedelta

import httpx
import msgspec
import pytest

from engine.api.messages import Dashboard, EngineStatus, ObjectTable
from engine.domain.clock import FixedClock
from engine.domain.limits import LimitScope, LimitState
from tests.api_world import NOW, World

pytestmark = pytest.mark.anyio


async def test_the_status_counts_what_there_is(client: httpx.AsyncClient, world: World) -> None:
    world.engine.watch.next_cycle_at = NOW + timedelta(minutes=15)
    answer = await client.get("/api/v1/status")
    status = msgspec.json.decode(answer.content, type=EngineStatus)
    assert (status.accounts, status.campaigns, status.platform) == (2, 3, "sandbox")
    assert status.last_cycle_at == NOW.isoformat()
    assert status.next_cycle_at == (NOW + timedelta(minutes=15)).isoformat()


async def test_accounts_tell_how_fresh_they_are_by_the_setting(
    client: httpx.AsyncClient, world: World
) -> None:
    fresh = (await client.get("/api/v1/accounts")).json()
    assert [one["freshness"] for one in fresh] == ["fresh", "fresh"]
    assert [one["active_campaigns"] for one in fresh] == [2, 1]
    object.__setattr__(world.engine, "clock", FixedClock(NOW + timedelta(minutes=61)))
    stale = (await client.get("/api/v1/accounts")).json()
    assert [one["freshness"] for one in stale] == ["stale", "stale"]
    needs = (await client.get("/api/v1/analytics/dashboard")).json()["needs"]
    assert [need["kind"] for need in needs] == ["stale"]
    await client.put("/api/v1/settings/safety.stale_after_minutes", json={"value": 90})
    again = (await client.get("/api/v1/accounts")).json()
    assert [one["freshness"] for one in again] == ["fresh", "fresh"]


@pytest.mark.expects_log("cycle ended early")
async def test_one_account_in_trouble_is_told_until_it_is_over(
    client: httpx.AsyncClient, world: World
) -> None:
    world.platform.out_of_reach = {"100"}
    await client.post("/api/v1/engine/cycle", json={"accounts": ["100"]})
    # The other account's good cycle does not wipe the first one's trouble away.
    await client.post("/api/v1/engine/cycle", json={"accounts": ["200"]})
    status = (await client.get("/api/v1/status")).json()
    assert status["last_error"] == "Account 100: Meta is not to be reached."
    needs = (await client.get("/api/v1/analytics/dashboard")).json()["needs"]
    told = [need["text"]["en"] for need in needs if need["kind"] == "error"]
    assert told == ["Account 100: Meta is not to be reached."]
    world.platform.out_of_reach = set()
    await client.post("/api/v1/engine/cycle")
    assert (await client.get("/api/v1/status")).json()["last_error"] == ""


async def test_an_account_is_switched_and_given_a_client(client: httpx.AsyncClient) -> None:
    body = {"automation": False, "client": "Corner shop"}
    changed = await client.put("/api/v1/accounts/act_100", json=body)
    assert "accounts" in changed.json()["changed"]
    shown = {one["account_id"]: one for one in (await client.get("/api/v1/accounts")).json()}
    assert (shown["100"]["client"], shown["100"]["automation"]) == ("Corner shop", False)
    await client.put("/api/v1/accounts/100", json={"client": "", "enabled": False})
    scopes = [one["scope"] for one in (await client.get("/api/v1/scopes")).json()]
    assert scopes == ["currency:PLN", "client:Florist|PLN", "account:200"]
    assert (await client.put("/api/v1/accounts/9", json={})).status_code == 404


async def test_the_dashboard_covers_30_days_with_today_by_default(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/api/v1/analytics/dashboard", params={"scope": "account:100"})
    dashboard = msgspec.json.decode(answer.content, type=Dashboard)
    assert (dashboard.since, dashboard.until) == ("2026-05-12", "2026-06-10")
    tiles = {tile.metric: tile.value for tile in dashboard.tiles}
    assert tiles["spend"] == 20 * 2 * 4000
    assert tiles["revenue"] == 20 * 20_000
    assert dashboard.currency == "USD"
    # Two campaigns of 50.00 a day, less what each spent today: 40.00.
    assert dashboard.exposure_today == 2 * (5000 - 4000)


async def test_the_grid_comes_as_rows_or_as_columns(client: httpx.AsyncClient) -> None:
    days = {"since": "2026-06-09", "until": "2026-06-10"}
    rows = (await client.get("/api/v1/campaigns", params=days)).json()
    first = rows["items"][0]
    assert (first["id"], first["spend"], first["revenue"]) == ("1", 8000, 40_000)
    columns = await client.get("/api/v1/campaigns", params={**days, "format": "columns"})
    table = msgspec.json.decode(columns.content, type=ObjectTable)
    packed = await client.get(
        "/api/v1/campaigns", params=days, headers={"Accept": "application/msgpack"}
    )
    assert packed.headers["content-type"] == "application/msgpack"
    assert msgspec.msgpack.decode(packed.content, type=ObjectTable) == table
    assert table.object_id == ("1", "2", "3")
    assert table.trend[0] == (4000.0,) * 7


async def test_rows_are_paged_and_filtered(client: httpx.AsyncClient) -> None:
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": "1"} if cursor is None else {"limit": "1", "cursor": cursor}
        page = (await client.get("/api/v1/campaigns", params=query)).json()
        assert page["total"] == 3
        seen += [item["id"] for item in page["items"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert seen == ["1", "2", "3"]
    named = (await client.get("/api/v1/campaigns", params={"name": "[scale]"})).json()
    assert [item["id"] for item in named["items"]] == ["1"]
    scoped = await client.get("/api/v1/campaigns", params={"scope": "client:Florist|PLN"})
    assert [item["id"] for item in scoped.json()["items"]] == ["3"]


async def test_one_objects_days_and_the_trend_of_a_scope(client: httpx.AsyncClient) -> None:
    days = {"since": "2026-06-08", "until": "2026-06-10"}
    metrics = (await client.get("/api/v1/campaigns/1/metrics", params=days)).json()
    assert [day["spend"] for day in metrics["days"]] == [4000, 4000, 4000]
    trends = (await client.get("/api/v1/analytics/trends", params=days)).json()
    assert [day["spend"] for day in trends["days"]] == [8000, 8000, 8000]
    assert (await client.get("/api/v1/campaigns/none/metrics")).status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/campaigns?since=2026-06-10&until=2026-06-01", 422),
        ("/campaigns?since=2020-01-01", 422),
        ("/campaigns?since=yesterday", 422),
        ("/campaigns?level=account", 422),
        ("/campaigns?format=xml", 422),
        ("/campaigns?cursor=abc", 422),
        ("/campaigns?limit=0", 422),
        ("/campaigns?scope=client:Nobody|USD", 404),
        ("/analytics/dashboard?scope=galaxy", 404),
        ("/journal?state=perhaps", 422),
        ("/journal?cursor=abc", 422),
        ("/journal?since=now", 422),
        ("/rules?status=broken", 422),
        ("/nothing", 404),
    ],
)
async def test_a_question_that_cannot_be_answered_is_told_why(
    client: httpx.AsyncClient, path: str, status: int
) -> None:
    answer = await client.get(f"/api/v1{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "application/problem+json",
    )
    assert answer.json()["detail"]


async def test_settings_come_with_words_and_bounds_and_refuse_what_is_outside(
    client: httpx.AsyncClient,
) -> None:
    shown = {one["key"]: one for one in (await client.get("/api/v1/settings")).json()}
    every = shown["sync.every_minutes"]
    assert (every["value"], every["minimum"], every["maximum"]) == (5, 1, 1440)
    assert every["title"]["en"] != every["title"]["uk"]
    url = "/api/v1/settings/sync.every_minutes"
    assert (await client.put(url, json={"value": 30})).json()["changed"] == ["settings"]
    assert (await client.put(url, json={"value": 30})).json()["changed"] == []
    refused = await client.put(url, json={"value": 0})
    assert refused.status_code == 422
    assert "from 1 to 1440" in refused.json()["detail"]
    unknown = await client.put("/api/v1/settings/sync.evry_minutes", json={"value": 1})
    assert unknown.status_code == 404
    assert "sync.every_minutes" in unknown.json()["hint"]
    await client.delete(url)
    again = {one["key"]: one["value"] for one in (await client.get("/api/v1/settings")).json()}
    assert again["sync.every_minutes"] == 5


async def test_numbers_for_prometheus_bear_the_promised_names(client: httpx.AsyncClient) -> None:
    text = (await client.get("/metrics")).text
    assert "rules_evaluation_duration_seconds_bucket" in text
    assert "facebook_api_calls 0.0" in text
    assert 'facebook_api_rate_limit_remaining{account="100"} 75.0' in text


async def test_the_state_of_metas_limits_can_be_read(
    client: httpx.AsyncClient, world: World
) -> None:
    world.platform.known_limits = [
        LimitState(LimitScope("100", "ads_insights"), 83.5, NOW, "reserve"),
        LimitState(LimitScope(), 12.0),
    ]
    assert (await client.get("/api/v1/limits")).json() == [
        {
            "account_id": "100",
            "use_case": "ads_insights",
            "used_percent": 83.5,
            "blocked_until": NOW.isoformat(),
            "why": "reserve",
        },
        {
            "account_id": "",
            "use_case": "",
            "used_percent": 12.0,
            "blocked_until": None,
            "why": "",
        },
    ]
    text = (await client.get("/metrics")).text
    assert 'facebook_api_usage_percent{account="100",use_case="ads_insights"} 83.5' in text
    assert 'facebook_api_blocked{account="app",use_case="all"} 0.0' in text


async def test_an_engine_without_accounts_says_so(client: httpx.AsyncClient, world: World) -> None:
    for account_id in ("100", "200"):
        await client.put(f"/api/v1/accounts/{account_id}", json={"enabled": False})
    empty = await client.get("/api/v1/analytics/dashboard")
    assert empty.status_code == 404
    assert "no account" in empty.json()["detail"]
    assert (await client.get("/api/v1/status")).json()["accounts"] == 0
