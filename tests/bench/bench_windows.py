"""All windows of 10,000 campaigns from 8.4 million hourly rows.

One ring scan over the file, as known at the end, against NumPy on the drawn
arrays: every window of every campaign must be equal. Bound: 1.5 s.
"""

from __future__ import annotations

import secrets
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pytest

from engine.domain.windows import WINDOW_NAMES, Grain, Span, Window
from engine.storage.coverage import naive
from engine.storage.ring import RingScan, RingSums, literal, scan_ring
from engine.storage.warehouse_facts import store_batch
from engine.storage.warehouse_file import WarehouseFile
from tests.bench.insights_payload import (
    CAMPAIGNS,
    CLIENTS,
    FIRST,
    SUMS,
    Numbers,
    draw,
    hourly_batch,
)

DAYS = 35
BOUND_SECONDS = 1.5
RUNS = 5
START = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC)


def spans(numbers: Numbers) -> list[Span]:
    """Return every window with a span, and the one before where there are hours for it."""
    zone = ZoneInfo("UTC")
    windows = [Window(name) for name in WINDOW_NAMES]
    windows = [window for window in windows if window.grain in {Grain.HOUR, Grain.DAY}]
    found = [window.span(numbers.end, zone) for window in windows]
    found += [window.preceding(numbers.end, zone) for window in windows]
    return [span for span in dict.fromkeys(found) if span.start >= START]


def expected(numbers: Numbers, name: str, span: Span) -> npt.NDArray[np.int64]:
    """Return one window's sums straight from the array."""
    first = int((span.start - START).total_seconds() // 3600)
    last = int((span.end - START).total_seconds() // 3600)
    sums: npt.NDArray[np.int64] = numbers.sums[name][:, :, first:last].sum(axis=2)
    return sums.ravel()


@pytest.mark.timeout(600)
def test_all_windows_from_hourly_rows(tmp_path: Path) -> None:
    seed = secrets.randbits(32)
    numbers = draw(DAYS, seed)
    file = WarehouseFile(tmp_path / "warehouse.duckdb")
    for client in range(CLIENTS):
        with file.writing() as cursor:
            store_batch(cursor, hourly_batch(numbers, client))
    file.checkpoint()
    asked = spans(numbers)
    scan = RingScan(
        "hourly",
        "hour_start",
        {name: name for name in SUMS},
        f"known_at <= {literal(naive(numbers.end))}",
    )
    edges = [(naive(span.start), naive(span.end)) for span in asked]

    seconds: list[float] = []
    for _ in range(RUNS):
        with file.reading() as cursor:
            begun = time.perf_counter()
            result = scan_ring(cursor, scan, edges)
            seconds.append(time.perf_counter() - begun)
    file.close()

    check(result, numbers, asked)
    median = statistics.median(seconds)
    print(
        f"\nseed {seed}: {CLIENTS * CAMPAIGNS * DAYS * 24:,} rows, {CLIENTS * CAMPAIGNS:,} "
        f"campaigns, {len(asked)} windows x {len(SUMS)} sums: median {median:.3f} s of "
        f"{[round(value, 3) for value in seconds]}, bound {BOUND_SECONDS} s"
    )
    assert median <= BOUND_SECONDS


def check(result: RingSums, numbers: Numbers, asked: list[Span]) -> None:
    """Compare every window of every campaign; keys were given in the drawn order."""
    for name in SUMS:
        for place, span in enumerate(asked):
            assert np.array_equal(result.values[name][:, place], expected(numbers, name, span))
