"""A sync of 10,000 campaigns x 3 days of hours: rows stored per second.

Measured from JSON pages in memory (decoding, then storing) and from decoded
batches (storing alone); then the same numbers again with one in twenty
restated. What is in the file afterwards must add up to what was drawn.
Bound: 100,000 rows a second from JSON for the first reading.
"""

from __future__ import annotations

import secrets
import statistics
import time
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import polars as pl
import pytest

from engine.ports import InsightsBatch
from engine.storage.warehouse_duckdb import DuckDBWarehouse
from engine.storage.warehouse_file import WarehouseFile
from sync.insight_rows import RowReader
from tests.bench.insights_payload import (
    CAMPAIGNS,
    CLIENTS,
    Numbers,
    draw,
    hourly_batch,
)

DAYS = 3
PAGE = 2000
ROWS = CLIENTS * CAMPAIGNS * DAYS * 24
BOUND_ROWS_PER_SECOND = 100_000
RUNS = 3
# Sums that the hourly breakdown of Meta carries.
BY_HOUR = ("impressions", "clicks", "link_clicks", "spend")


def pages(batch: InsightsBatch) -> list[bytes]:
    """Return the batch as Meta sends it: pages of rows, every number a text."""
    written = batch.rows.select(
        pl.col("object_id").alias("campaign_id"),
        pl.col("date").cast(pl.String).alias("date_start"),
        pl.col("date").cast(pl.String).alias("date_stop"),
        pl.col("impressions").cast(pl.String),
        pl.col("clicks").cast(pl.String),
        pl.col("link_clicks").cast(pl.String).alias("inline_link_clicks"),
        (pl.col("spend") / 100).cast(pl.String).alias("spend"),
        pl.format(
            "{}:00:00 - {}:59:59",
            pl.col("hour").cast(pl.String).str.zfill(2),
            pl.col("hour").cast(pl.String).str.zfill(2),
        ).alias("hourly_stats_aggregated_by_advertiser_time_zone"),
    ).to_dicts()
    return [
        msgspec.json.encode(written[start : start + PAGE]) for start in range(0, len(written), PAGE)
    ]


def decode(batch: InsightsBatch, sent: list[bytes]) -> InsightsBatch:
    """Return the batch read from its pages."""
    reader = RowReader(batch.query)
    return replace(batch, rows=pl.concat([reader.read(page).rows for page in sent]))


def restated(numbers: Numbers, seed: int) -> Numbers:
    """Return the numbers with one hour in twenty a little higher."""
    more = np.random.default_rng(seed).random(numbers.sums["clicks"].shape) < 0.05
    return replace(numbers, sums={name: v + more for name, v in numbers.sums.items()})


def totals(path: Path) -> dict[str, int]:
    """Return what the file holds, added up."""
    file = WarehouseFile(path)
    with file.reading() as cursor:
        texts = ", ".join(f"sum({name})::BIGINT" for name in BY_HOUR)
        row = cursor.execute(f"SELECT {texts} FROM hourly").fetchall()[0]
    file.close()
    return dict(zip(BY_HOUR, row, strict=True))


@pytest.mark.timeout(600)
def test_a_sync_is_stored_fast_enough(tmp_path: Path) -> None:
    seed = secrets.randbits(32)
    numbers = draw(DAYS, seed)
    changed = restated(numbers, seed + 1)
    batches = [hourly_batch(numbers, client) for client in range(CLIENTS)]
    payload = [pages(batch) for batch in batches]
    again = [hourly_batch(changed, client) for client in range(CLIENTS)]

    speeds: dict[str, list[float]] = {"JSON": [], "batches": [], "restated": []}
    for run in range(RUNS):
        path = tmp_path / f"{run}-json.duckdb"
        warehouse = DuckDBWarehouse(path)
        begun = time.perf_counter()
        for batch, sent in zip(batches, payload, strict=True):
            warehouse.store_insights(decode(batch, sent))
        speeds["JSON"].append(ROWS / (time.perf_counter() - begun))
        warehouse.close()
        assert totals(path) == {name: int(numbers.sums[name].sum()) for name in BY_HOUR}

        path = tmp_path / f"{run}-batches.duckdb"
        warehouse = DuckDBWarehouse(path)
        for name, read in (("batches", batches), ("restated", again)):
            begun = time.perf_counter()
            for batch in read:
                warehouse.store_insights(batch)
            speeds[name].append(ROWS / (time.perf_counter() - begun))
        warehouse.close()
        assert totals(path) == {name: int(changed.sums[name].sum()) for name in BY_HOUR}

    medians = {name: statistics.median(values) for name, values in speeds.items()}
    words = ", ".join(f"from {name} {value:,.0f} rows/s" for name, value in medians.items())
    print(f"\nseed {seed}: {ROWS:,} rows, medians of {RUNS}: {words}")
    assert medians["JSON"] >= BOUND_ROWS_PER_SECOND
