"""Pushed insights rows: kinds of bodies, once for each batch, bad rows set aside."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import timedelta

import httpx
import polars as pl
import pytest

from engine.domain.objects import Level
from tests.api_world import NOW, World

pytestmark = pytest.mark.anyio

PUSH = "/api/v1/ingest"
ACCOUNT = "100"
# Long before anything that the world's platform tells of.
DAY = "2026-02-03"
ROW: dict[str, object] = {
    "account_id": f"act_{ACCOUNT}",
    "level": "campaign",
    "object_id": "1",
    "date": DAY,
    "impressions": 5000,
    "clicks": 60,
    "spend": 12.34,
    "conversions": {"purchase": 3},
    "revenue": {"purchase": "90.05"},
}
META_ROW: dict[str, object] = {
    "account_id": ACCOUNT,
    "campaign_id": "1",
    "date_start": DAY,
    "date_stop": DAY,
    "impressions": "5000",
    "clicks": "60",
    "spend": "12.34",
    "ctr": "1.2",
    "actions": [{"action_type": "purchase", "value": "3"}],
    "action_values": [{"action_type": "purchase", "value": "90.05"}],
}


def numbers(world: World, object_id: str = "1", day: str = DAY) -> dict[str, object]:
    """Return what the warehouse knows of a campaign on one day."""
    account = next(one for one in world.engine.accounts() if one.account_id == ACCOUNT)
    since = pl.Series([day]).str.to_date().item()
    rows = world.engine.warehouse.daily(account, Level.CAMPAIGN, since, since, NOW + _LATER)
    found = rows.filter(object_id=object_id).to_dicts()
    return dict(found[0]) if found else {}


_LATER = timedelta(days=1)


async def push(client: httpx.AsyncClient, body: object, **query: str) -> httpx.Response:
    return await client.post(PUSH, json=body, params={"batch_id": "b1", **query})


@pytest.mark.parametrize("row", [ROW, META_ROW], ids=["our words", "Meta's words"])
async def test_a_pushed_row_is_kept_in_minor_units(
    client: httpx.AsyncClient, world: World, row: Mapping[str, object]
) -> None:
    answer = await push(client, [row])
    assert answer.status_code == 200
    told = answer.json()
    assert (told["rows"], told["added"], told["repeated"]) == (1, 2, False)
    known = numbers(world)
    assert (known["impressions"], known["spend"], known["clicks"]) == (5000, 1234, 60)
    assert told["ignored_fields"] == (["ctr"] if "ctr" in row else [])


async def test_json_ndjson_and_arrow_say_the_same(client: httpx.AsyncClient, world: World) -> None:
    rows = [{**ROW, "object_id": str(number), "conversions": None} for number in (1, 2)]
    lines = "\n".join(json.dumps(row) for row in rows).encode()
    stream = io.BytesIO()
    columns = ("account_id", "level", "object_id", "impressions", "clicks", "spend")
    frame = pl.DataFrame([{name: row[name] for name in columns} for row in rows])
    frame.with_columns(date=pl.lit(DAY).str.to_date()).write_ipc_stream(stream)
    bodies = {
        "application/json": json.dumps({"batch_id": "json", "rows": rows}).encode(),
        "application/x-ndjson": lines,
        "application/vnd.apache.arrow.stream": stream.getvalue(),
    }
    for number, (kind, body) in enumerate(bodies.items()):
        query = {} if kind == "application/json" else {"batch_id": kind}
        answer = await client.post(PUSH, content=body, params=query, headers={"Content-Type": kind})
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert told["rows"] == 2
        if number:
            assert (told["added"], told["changed"]) == (0, 0), kind
    assert numbers(world, "2")["spend"] == 1234


async def test_a_batch_is_stored_once(client: httpx.AsyncClient, world: World) -> None:
    first = (await push(client, [ROW])).json()
    again = (await push(client, [ROW])).json()
    assert again == {**first, "repeated": True}
    other = await push(client, [{**ROW, "spend": 99}])
    assert other.status_code == 409
    assert "other content" in other.json()["detail"]
    assert numbers(world)["spend"] == 1234
    corrected = await push(client, [{**ROW, "spend": 99}], batch_id="b2")
    assert corrected.json()["changed"] == 1
    assert numbers(world)["spend"] == 9900


async def test_what_a_push_does_not_tell_stays_as_it_is(
    client: httpx.AsyncClient, world: World
) -> None:
    both = [ROW, {**ROW, "object_id": "2", "reach": 800}]
    await push(client, both)
    partly = {name: ROW[name] for name in ("account_id", "level", "object_id", "date", "clicks")}
    await push(client, [{**partly, "clicks": 61}], batch_id="b2")
    assert numbers(world)["clicks"] == 61
    assert numbers(world)["spend"] == 1234, "not told, not touched"
    assert numbers(world, "2")["spend"] == 1234, "another object's row stays"


async def test_hours_are_hours_of_the_account(client: httpx.AsyncClient) -> None:
    hours = [{**ROW, "hour": hour, "conversions": None, "revenue": None} for hour in (0, 23)]
    told = (await push(client, hours)).json()
    assert (told["rows"], told["added"]) == (2, 2)
    label = {"hourly_stats_aggregated_by_advertiser_time_zone": "00:00:00 - 00:59:59"}
    same = [{**META_ROW, **label}]
    again = (await push(client, same, batch_id="b2")).json()
    assert (again["added"], again["unchanged"]) == (0, 1)


async def test_bad_rows_are_set_aside_with_their_place_and_reason(
    client: httpx.AsyncClient,
) -> None:
    rows: list[object] = [
        ROW,
        {**ROW, "date": "03.02.2026"},
        {**ROW, "spend": -1},
        {**ROW, "account_id": "act_999"},
        {**ROW, "impressions": "many"},
        {**META_ROW, "date_stop": "2026-02-05"},
        {**ROW, "level": "country"},
        {**ROW, "object_id": "1; DROP TABLE daily"},
        {**ROW, "spend": None},
        7,
    ]
    told = (await push(client, rows)).json()
    assert (told["rows"], told["rejected"]) == (1, 9)
    reasons = {one["row"]: one["reason"] for one in told["set_aside"]}
    assert set(reasons) == set(range(2, 11))
    assert "no day such as" in reasons[2]
    assert reasons[3] == "spend below zero"
    assert reasons[4] == "no account 999 is known here"
    assert "more than one day" in reasons[6]
    assert reasons[9] == "impressions without spend"


@pytest.mark.parametrize(
    ("body", "kind", "part"),
    [
        (b"[", "application/json", "no list of rows"),
        (b'{"rows": 5}', "application/json", "no list of rows"),
        (b'{"rows": [], "btach_id": "x"}', "application/json", "btach_id"),
        (b"not arrow", "application/vnd.apache.arrow.stream", "no Arrow stream"),
        (b'{"spend": 1}', "application/x-ndjson", "No row of the push could be taken"),
    ],
)
async def test_what_is_no_push_is_refused_with_its_reason(
    client: httpx.AsyncClient, body: bytes, kind: str, part: str
) -> None:
    headers = {"Content-Type": kind}
    answer = await client.post(PUSH, content=body, params={"batch_id": "b"}, headers=headers)
    assert answer.status_code == 422
    assert part in answer.json()["detail"]


async def test_a_push_without_a_name_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post(PUSH, json=[ROW])
    assert answer.status_code == 422
    assert "batch id" in answer.json()["detail"]


async def test_days_never_read_count_as_known_after_a_push(
    client: httpx.AsyncClient, world: World
) -> None:
    await push(client, [ROW])
    answer = await client.get("/api/v1/campaigns/1/metrics", params={"since": DAY, "until": DAY})
    assert answer.status_code == 200
    assert world.engine.warehouse.counts()["daily"] > 0
