"""Whatever Meta answers, the sync ends with rows, rows set aside, or one sentence.

The whole way is real: HTTP, paging, decoding, the warehouse. `make bench-fuzz` runs
10,000 cases, the suite a few hundred; FUZZ_CASES says how many.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.domain.errors import PlatformError
from engine.domain.objects import Account, Level
from engine.domain.windows import Grain
from engine.ports import InsightsBatch, InsightsQuery
from engine.storage.warehouse_duckdb import DuckDBWarehouse
from sync.insights import InsightsSettings, read_insights
from sync.reports import ForgetfulReports
from tests.sync.clients import Talk, talking
from tests.sync.scripted_server import reply

CASES = int(os.environ.get("FUZZ_CASES", "200"))
DAY = date(2026, 11, 22)
HOUR = "hourly_stats_aggregated_by_advertiser_time_zone"
ACCOUNT = Account("77", "A", "C", "USD", "Europe/Kyiv")
WHOLE: dict[str, object] = {
    "campaign_id": "120200000000000001",
    "date_start": str(DAY),
    "date_stop": str(DAY),
    HOUR: "10:00:00 - 10:59:59",
    "impressions": "185",
    "clicks": "9",
    "inline_link_clicks": "7",
    "spend": "14.35",
    "reach": "100",
    "actions": [{"action_type": "purchase", "value": "2", "7d_click": "1"}],
    "action_values": [{"action_type": "purchase", "value": "59.98"}],
}
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
_ODD = _JSON | st.sampled_from(
    ["NaN", "1e999", "-0", "12,34", "", "\x00", "\ud800", "9" * 30, -1, 2**70, "2026-02-30", "١٢"]
)
_NAMES = st.sampled_from([*WHOLE, "campaign_name", "video_play_actions"])
_ROWS = st.lists(st.dictionaries(_NAMES, _ODD, max_size=3), max_size=5)
_PAGING: st.SearchStrategy[object] = st.sampled_from(
    [{}, None, [], {"cursors": {"after": "A"}}, {"cursors": None, "next": 3}, {"next": "x"}]
)


class Place:
    """A client, a server that answers as told, a warehouse; one for all cases."""

    def __init__(self, folder: Path) -> None:
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.talk: Talk = self.runner.run(self.stack.enter_async_context(talking(reply({}))))
        self.warehouse = DuckDBWarehouse(folder / "warehouse.duckdb")
        self.stored = 0

    def close(self) -> None:
        self.runner.run(self.stack.aclose())
        self.runner.close()
        self.warehouse.close()

    def sync(self, body: bytes, grain: Grain) -> list[InsightsBatch]:
        """Let the server answer with these bytes; read and store what comes."""
        server = self.talk.server
        server.requests.clear()
        server.steps[:] = [reply(body=body)]
        query = InsightsQuery(ACCOUNT, Level.CAMPAIGN, grain, DAY, DAY, ("7d_click",))
        try:
            return self.runner.run(self._read(query))
        except PlatformError:
            # Whoever looks on is told in one sentence; nothing half is stored.
            return []

    async def _read(self, query: InsightsQuery) -> list[InsightsBatch]:
        found = []
        batches = read_insights(self.talk.client, query, InsightsSettings(), ForgetfulReports())
        async for batch in batches:
            self.warehouse.store_insights(batch)
            found.append(batch)
        return found


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    opened = Place(tmp_path_factory.mktemp("fuzz"))
    yield opened
    opened.close()


def check(batches: list[InsightsBatch], rows: int) -> None:
    """Every row is kept, set aside or told twice, and ids stay what they were."""
    for batch in batches:
        assert batch.rows.height + batch.rejected <= rows
        assert len(batch.set_aside) <= batch.rejected
        assert all(one.isdigit() for one in batch.rows["object_id"])
        assert batch.rows["spend"].min() is None or batch.rows["spend"].min() >= 0  # type: ignore[operator]


_FUZZ = settings(
    max_examples=CASES // 2,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.timeout(3600)
@given(changes=_ROWS, paging=_PAGING, grain=st.sampled_from(list(Grain)[:3]))
@_FUZZ
def test_no_row_crashes_the_sync(
    place: Place, changes: list[dict[str, object]], paging: object, grain: Grain
) -> None:
    rows = [{**WHOLE, **change} for change in changes]
    body = json.dumps({"data": rows, "paging": paging}).encode()
    check(place.sync(body, grain), len(rows))


@pytest.mark.timeout(3600)
@given(
    cut=st.integers(0, 2000),
    place_of=st.integers(0, 2000),
    junk=st.binary(max_size=6),
    grain=st.sampled_from([Grain.HOUR, Grain.DAY]),
)
@_FUZZ
def test_no_bytes_crash_the_sync(
    place: Place, cut: int, place_of: int, junk: bytes, grain: Grain
) -> None:
    whole = json.dumps({"data": [WHOLE] * 3, "paging": {}}).encode()
    body = whole[: min(place_of, len(whole))] + junk + whole[min(place_of + cut, len(whole)) :]
    check(place.sync(body, grain), body.count(b"{") + 1)


def test_what_could_not_be_read_is_kept_and_counted(place: Place) -> None:
    before = len(place.warehouse.readings.aside(limit=10_000))
    broken = {**WHOLE, "spend": "twelve"}
    body = json.dumps({"data": [WHOLE, broken], "paging": {}}).encode()
    (batch,) = place.sync(body, Grain.DAY)
    assert (batch.rows.height, batch.rejected) == (1, 1)
    kept = place.warehouse.readings.aside(limit=10_000)
    assert len(kept) > before or before >= 5000
    assert "twelve" in kept[0].raw
