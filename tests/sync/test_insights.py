"""The questions put to insights: spans of days, parameters, answers put together."""

from __future__ import annotations

import asyncio
import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.errors import Refused
from engine.domain.objects import Account, Level
from engine.domain.windows import Grain
from engine.ports import InsightsBatch, InsightsQuery
from sync.graph_client import GraphClient
from sync.insight_questions import divide, parameters
from sync.insights import InsightsSettings, read_insights
from sync.reports import ForgetfulReports
from tests.sync.clients import joined, talking
from tests.sync.scripted_server import error, page

ACCOUNT = Account("77", "A", "C", "USD", "Europe/Kyiv")
LAST = date(2026, 3, 30)


def query(grain: Grain, days: int = 1, account: Account = ACCOUNT) -> InsightsQuery:
    return InsightsQuery(account, Level.AD, grain, LAST - timedelta(days=days - 1), LAST)


async def read(
    client: GraphClient, asked: InsightsQuery, settings: InsightsSettings | None = None
) -> list[InsightsBatch]:
    """Return the batches of an answer."""
    batches = read_insights(client, asked, settings or InsightsSettings(), ForgetfulReports())
    return [batch async for batch in batches]


@given(days=st.integers(1, 100), parts=st.integers(1, 9))
def test_spans_cover_every_day_once_and_in_order(days: int, parts: int) -> None:
    spans = divide(query(Grain.DAY, days), parts)
    covered = [
        span.since + timedelta(days=day)
        for span in spans
        for day in range((span.until - span.since).days + 1)
    ]
    assert covered == [LAST - timedelta(days=days - 1 - day) for day in range(days)]
    assert len(spans) <= parts


def test_lifetime_is_never_divided() -> None:
    assert len(divide(query(Grain.LIFETIME, 30), 5)) == 1


def test_the_question_by_the_hour() -> None:
    asked = parameters(query(Grain.HOUR, 2))
    assert asked["level"] == "ad"
    assert asked["fields"] == "ad_id,impressions,clicks,inline_link_clicks,spend"
    assert json.loads(asked["time_range"]) == {"since": "2026-03-29", "until": "2026-03-30"}
    assert asked["breakdowns"] == "hourly_stats_aggregated_by_advertiser_time_zone"
    (condition,) = json.loads(asked["filtering"])
    assert condition["field"] == "ad.effective_status"
    assert {"ARCHIVED", "DELETED"} <= set(condition["value"])


def test_the_question_for_a_lifetime_is_metas_maximum() -> None:
    asked = parameters(query(Grain.LIFETIME))
    assert (asked["date_preset"], asked["time_increment"]) == ("maximum", "all_days")
    assert "time_range" not in asked
    assert "breakdowns" not in asked


@pytest.mark.parametrize(
    "account",
    [Account("77", "A", "C", "XXX", "Europe/Kyiv"), Account("77", "A", "C", "USD", "Mars/Base")],
)
def test_an_account_whose_money_or_days_are_not_known_is_refused(account: Account) -> None:
    async def run() -> None:
        async with talking(page([])) as talk:
            with pytest.raises(Refused, match="can't be read"):
                await read(talk.client, query(Grain.DAY, account=account))
            assert talk.server.requests == []

    asyncio.run(run())


def test_a_dead_cursor_starts_the_list_again_and_keeps_each_row_once() -> None:
    def row(number: int) -> dict[str, str]:
        day = LAST.isoformat()
        return {"ad_id": str(number), "spend": "1.00", "date_start": day, "date_stop": day}

    async def run() -> None:
        steps = (
            page([row(1)], after="A", more=True),
            error(2642),
            page([row(1)], after="B", more=True),
            page([row(2), row(1)], after="C"),
        )
        async with talking(*steps) as talk:
            batch = joined(await read(talk.client, query(Grain.DAY)))
        assert sorted(batch.rows["object_id"]) == ["1", "2"]
        assert batch.complete
        assert "1 rows came twice" in batch.faults[0]

    asyncio.run(run())
