"""Decoding Meta's insights: JSON pages in memory to frames, rows a second.

    python -m tests.bench.bench_decode

Hourly rows as Meta shapes them, 5,000 a page, and daily rows with their actions.
A plain-Python reader (json, Decimal, a loop) does the same on a sample of the pages
and must find the same sums. The seed is drawn anew and printed; SEED in the
environment repeats a run.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from engine.domain.objects import Account, Level
from engine.domain.windows import Grain
from engine.ports import InsightsQuery
from sync.answers import decode_envelope
from sync.insight_rows import RowReader

PAGES, PAGE_ROWS, DAY_PAGES, ROUNDS = 40, 5_000, 8, 5
GOAL = 150_000
LAST = date(2026, 11, 21)
ACTIONS = ("link_click", "page_engagement", "post_engagement", "purchase", "omni_purchase")
HOUR = "hourly_stats_aggregated_by_advertiser_time_zone"
Checksum = tuple[int, int, int, int]


def query(grain: Grain) -> InsightsQuery:
    """Return the question the pages answer: three days of one account."""
    account = Account("1", "Bench", "Bench", "USD", "America/New_York")
    return InsightsQuery(account, Level.CAMPAIGN, grain, LAST - timedelta(days=2), LAST)


def row(draw: random.Random, place: int) -> dict[str, object]:
    """Return one hour of one campaign as Meta sends it: numbers as text, zeros left out."""
    day = (LAST - timedelta(days=place % 3)).isoformat()
    hour = place // 3 % 24
    made: dict[str, object] = {
        "campaign_id": str(120_200_000_000_000_000 + place // 72),
        "impressions": str(draw.randrange(20_000)),
        "clicks": str(draw.randrange(900)),
        "spend": f"{draw.randrange(60_000) / 100:.2f}",
        "date_start": day,
        "date_stop": day,
        HOUR: f"{hour:02d}:00:00 - {hour:02d}:59:59",
    }
    if links := draw.randrange(400):
        made["inline_link_clicks"] = str(links)
    return made


def day_row(draw: random.Random, place: int) -> dict[str, object]:
    """Return one day of one campaign with its actions."""
    made = row(draw, place)
    del made[HOUR]
    made["reach"] = str(draw.randrange(9_000))
    made["actions"] = [
        {"action_type": kind, "value": str(draw.randrange(1, 90))} for kind in ACTIONS
    ]
    made["action_values"] = [
        {"action_type": kind, "value": f"{draw.randrange(90_000) / 100:.2f}"}
        for kind in ACTIONS[3:]
    ]
    return made


def pages(make: Callable[[int], dict[str, object]], count: int) -> list[bytes]:
    """Return `count` answers as they come over the wire, paging and all."""
    made = []
    for page in range(count):
        rows = [make(page * PAGE_ROWS + place) for place in range(PAGE_ROWS)]
        paging = {"cursors": {"before": "MAZDZD", "after": f"{page}ZD"}, "next": "https://x/"}
        made.append(json.dumps({"data": rows, "paging": paging}).encode())
    return made


def decode(bodies: list[bytes], grain: Grain) -> pl.DataFrame:
    """Decode as the sync does: envelope, typed rows, columns, one frame."""
    reader = RowReader(query(grain))
    frames = []
    for body in bodies:
        decoded = decode_envelope(body)
        assert decoded is not None
        page = reader.read(decoded[0].data)
        assert page.rejected == 0
        frames.append(page.rows)
    return pl.concat(frames)


def checksum(rows: pl.DataFrame) -> Checksum:
    """Return four sums over all rows, ids and hours among them."""
    ids = rows["object_id"].cast(pl.Int64) - 120_200_000_000_000_000
    return (
        int(rows["spend"].sum()),
        int(rows["impressions"].sum()) + int(rows["clicks"].sum()),
        int(rows["link_clicks"].sum()),
        int((ids * (rows["hour"].cast(pl.Int64) + 2)).sum()),
    )


def reference(bodies: list[bytes]) -> Checksum:
    """Return the same sums by the plainest reading there is."""
    spend = shown = links = places = 0
    for body in bodies:
        for item in json.loads(body)["data"]:
            spend += int(Decimal(item["spend"]) * 100)
            shown += int(item["impressions"]) + int(item["clicks"])
            links += int(item.get("inline_link_clicks", "0"))
            hour = int(item[HOUR][:2]) if HOUR in item else -1
            places += (int(item["campaign_id"]) - 120_200_000_000_000_000) * (hour + 2)
    return spend, shown, links, places


def timed(work: Callable[[], object]) -> float:
    """Return the median seconds of several runs after one that does not count."""
    seconds = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds[1:])


def measure(name: str, bodies: list[bytes], grain: Grain) -> float:
    """Check one kind of page against the reference, print and return rows a second."""
    rows = decode(bodies, grain)
    assert checksum(rows) == reference(bodies), "the frames differ from the plain reading"
    ours = rows.height / timed(lambda: decode(bodies, grain))
    plain = rows.height / timed(lambda: reference(bodies))
    size = sum(map(len, bodies)) / rows.height
    print(f"{name}: {ours:,.0f} rows/s ({size:.0f} bytes a row); plain Python {plain:,.0f} rows/s")
    return ours


def test_decoding_keeps_pace() -> None:
    """Hourly rows decode at 150,000 a second or more, and rightly."""
    seed = int(os.environ.get("SEED") or secrets.randbits(32))
    print(f"\nseed {seed}")
    draw = random.Random(seed)
    hourly = measure("hourly", pages(lambda place: row(draw, place), PAGES), Grain.HOUR)
    measure("daily with actions", pages(lambda place: day_row(draw, place), DAY_PAGES), Grain.DAY)
    assert hourly >= GOAL


if __name__ == "__main__":
    test_decoding_keeps_pace()
