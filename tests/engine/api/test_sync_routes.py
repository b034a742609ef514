"""The quota plan, older days and rows set aside over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from datetime import date, timedelta

import httpx
import pytest

from engine.cycle.history import spans_without
from engine.domain.errors import PlatformError, RateLimited, Temporary
from engine.domain.readings import SetAside
from engine.domain.windows import Grain
from engine.ports import InsightsBatch, InsightsQuery
from tests import builders
from tests.api_world import NOW, World

pytestmark = pytest.mark.anyio
URL = "/api/v1/sync/history"
TODAY = NOW.date()


async def ended(client: httpx.AsyncClient, world: World) -> dict[str, object]:
    """Return how the reading of older days ended."""
    task = world.runner.history._task
    assert task is not None
    await asyncio.wait([task])
    found: dict[str, object] = (await client.get(URL)).json()
    return found


def answers(
    world: World, answer: Callable[[InsightsQuery], InsightsBatch | PlatformError]
) -> list[InsightsQuery]:
    """Let the platform answer by a function; return what it is asked."""
    asked: list[InsightsQuery] = []

    async def insights(query: InsightsQuery) -> AsyncGenerator[InsightsBatch, None]:
        asked.append(query)
        found = answer(query)
        if isinstance(found, PlatformError):
            raise found
        yield found

    world.platform.insights = insights  # type: ignore[method-assign]  # by a script
    return asked


def one_row(query: InsightsQuery) -> InsightsBatch:
    facts = [builders.day_row("1", query.until, spend=100)]
    return builders.batch(
        query.account, query.grain, (query.since, query.until), facts=facts, known_at=NOW
    )


async def test_the_plan_tells_pace_and_cost(client: httpx.AsyncClient) -> None:
    plan = (await client.get("/api/v1/sync/plan")).json()
    kyiv = next(one for one in plan["accounts"] if one["account_id"] == "100")
    assert kyiv["pace"] == "spending"
    assert {line["part"]: line["every_minutes"] for line in kyiv["lines"]}["today"] == 5
    assert plan["calls_per_hour"] == pytest.approx(
        sum(one["calls_per_hour"] for one in plan["accounts"]), abs=0.2
    )
    await client.put("/api/v1/settings/sync.every_minutes", json={"value": 30})
    slower = (await client.get("/api/v1/sync/plan")).json()
    assert slower["calls_per_hour"] < plan["calls_per_hour"]


async def test_older_days_are_read_in_pieces_newest_first(
    client: httpx.AsyncClient, world: World
) -> None:
    asked = answers(world, one_row)
    since = TODAY - timedelta(days=80)
    begun = await client.post(URL, json={"since": str(since), "accounts": ["act_100"]})
    assert begun.json()["state"] == "running"
    found = await ended(client, world)

    assert (found["state"], found["done"], found["total"]) == ("done", 2, 2)
    assert {query.grain for query in asked} == {Grain.DAY}
    assert asked[0].until == TODAY
    assert asked[-1].since == since
    assert int(str(found["rows"])) >= 2


async def test_days_that_meta_no_longer_restates_are_read_once(
    client: httpx.AsyncClient, world: World
) -> None:
    asked = answers(world, one_row)
    body = {"since": str(TODAY - timedelta(days=80)), "accounts": ["100"]}
    for _ in range(2):
        await client.post(URL, json=body)
        await ended(client, world)
    assert len(asked) == 2 + 1
    # The files of this world hold 70 days; their last 28 may still change.
    assert asked[-1].since == TODAY - timedelta(days=28)


@pytest.mark.parametrize(
    ("since", "words"),
    [("2020-01-01", "37 months"), ("2027-01-01", "has not come yet")],
)
async def test_days_that_meta_does_not_have_are_refused(
    client: httpx.AsyncClient, since: str, words: str
) -> None:
    refused = await client.post(URL, json={"since": since})
    assert refused.status_code == 422
    assert words in refused.json()["detail"]


async def test_only_one_reading_of_older_days_runs_and_it_can_be_cancelled(
    client: httpx.AsyncClient, world: World
) -> None:
    begun, never = asyncio.Event(), asyncio.Event()

    async def hang(_query: InsightsQuery) -> AsyncGenerator[InsightsBatch, None]:
        begun.set()
        await never.wait()
        yield one_row(_query)

    world.platform.insights = hang  # type: ignore[method-assign, assignment]  # by a script
    body = {"since": str(TODAY - timedelta(days=10))}
    await client.post(URL, json=body)
    await begun.wait()
    again = await client.post(URL, json=body)
    assert "being read already" in again.json()["detail"]
    cancelled = (await client.delete(URL)).json()
    assert cancelled["state"] == "cancelled"
    assert (await client.post(URL, json=body)).json()["state"] == "running"
    await client.delete(URL)


@pytest.mark.expects_log("older days could not be read")
async def test_a_failure_is_told_and_the_work_can_be_taken_up(
    client: httpx.AsyncClient, world: World
) -> None:
    answers(world, lambda _query: Temporary("Meta is busy."))
    await client.post(URL, json={"since": str(TODAY - timedelta(days=10))})
    found = await ended(client, world)
    assert (found["state"], found["words"]) == ("failed", "Meta is busy.")


async def test_a_throttle_is_waited_out(client: httpx.AsyncClient, world: World) -> None:
    over = RateLimited("Meta asked us to wait.", NOW - timedelta(seconds=1))
    turns = iter([over])
    answers(world, lambda query: next(turns, None) or one_row(query))
    since = TODAY - timedelta(days=5)
    await client.post(URL, json={"since": str(since), "accounts": ["100"]})
    assert (await ended(client, world))["state"] == "done"


async def test_rows_that_could_not_be_read_are_shown(
    client: httpx.AsyncClient, world: World
) -> None:
    def broken(query: InsightsQuery) -> InsightsBatch:
        aside = (SetAside("no object id", '{"spend": "1"}'),)
        return replace(one_row(query), rejected=1, set_aside=aside)

    answers(world, broken)
    since = TODAY - timedelta(days=5)
    await client.post(URL, json={"since": str(since), "accounts": ["100"]})
    await ended(client, world)
    found = (await client.get("/api/v1/sync/aside")).json()
    assert (found["total"], found["rows"][0]["raw"]) == (1, '{"spend": "1"}')
    assert (await client.get("/api/v1/sync/aside?account_id=200")).json()["total"] == 0


def test_spans_leave_out_what_is_final() -> None:
    day = timedelta(days=1)
    start, end = date(2026, 1, 1), date(2026, 3, 1)
    final = {start + n * day for n in range(20, 40)}
    spans = spans_without(start, end, final)
    assert spans == [
        (date(2026, 2, 10), end),
        (date(2026, 1, 1), date(2026, 1, 20)),
    ]
