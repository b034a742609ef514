"""One sync of one account's hours, in a process of its own.

    python -m tests.bench.one_sync URL TOKEN ACCOUNT CAMPAIGNS SINCE UNTIL FOLDER

Prints seconds, rows, sums and the process's peak of memory as one JSON line.
"""

from __future__ import annotations

import asyncio
import json
import logging
import resource
import sys
import time
from datetime import date
from pathlib import Path

import structlog

from engine.domain.frame import Freshness
from engine.domain.objects import Level
from engine.domain.windows import Grain
from engine.ports import InsightsQuery
from engine.pull import PullReport, read_numbers
from engine.storage.warehouse_duckdb import DuckDBWarehouse
from engine.storage.warehouse_file import WarehouseFile
from sync.credentials import Credentials
from sync.graph_client import GraphSettings
from sync.graph_platform import GraphPlatform, PlatformSettings
from sync.insight_questions import parameters


async def sync(arguments: list[str]) -> dict[str, float]:
    """Read and store; return what it took."""
    url, token, account_id, campaigns, since, until, folder = arguments
    first, last = date.fromisoformat(since), date.fromisoformat(until)
    platform = GraphPlatform(Credentials(token), PlatformSettings(GraphSettings(base_url=url)))
    path = Path(folder) / f"{account_id}-{time.time_ns()}.duckdb"
    warehouse = DuckDBWarehouse(path)
    accounts = {one.account_id: one for one in await platform.accounts()}
    query = InsightsQuery(
        accounts[account_id],
        Level.CAMPAIGN,
        Grain.HOUR,
        first,
        last,
        expected_rows=int(campaigns) * 24 * ((last - first).days + 1),
    )
    # A running engine has loaded Meta's names of fields long before.
    parameters(query)
    calls = platform.calls()
    begun = time.perf_counter()
    report = PullReport(account_id, Freshness())
    report = await read_numbers(platform, warehouse, query, report)
    seconds = time.perf_counter() - begun
    assert report.complete, report.faults
    calls = platform.calls() - calls
    await platform.close()
    warehouse.close()
    file = WarehouseFile(path)
    with file.reading() as cursor:
        sums = cursor.execute(
            "SELECT count(*), sum(impressions)::BIGINT, sum(spend)::BIGINT FROM hourly"
        ).fetchall()[0]
    file.close()
    # Linux tells kilobytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    names = ("rows", "impressions", "spend")
    return {
        "seconds": seconds,
        "calls": calls,
        "peak_mb": peak,
        **dict(zip(names, sums, strict=True)),
    }


if __name__ == "__main__":
    quiet = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(wrapper_class=quiet)
    print(json.dumps(asyncio.run(sync(sys.argv[1:]))))
