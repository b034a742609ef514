"""How long the sandbox needs for the whole history of 10,000 campaigns.

Run it as ``python -m tests.bench.bench_sandbox_history [accounts]``; the seed is drawn at
run time, so no result can have been prepared.
"""

import resource
import secrets
import sys
import time
import zlib
from datetime import UTC, datetime, timedelta

from sync.sandbox.clock import SandboxClock
from sync.sandbox.market.insights import InsightsTable, insights
from sync.sandbox.scenario_checks import Json
from sync.sandbox.scenarios import parse_scenario
from sync.sandbox.world import World

HISTORY_DAYS, HOURLY_DAYS = 90, 35
CAMPAIGNS = 100


def main(accounts: int = 100) -> None:
    """Build the world, ask every account for its history, and print what it took."""
    seed = secrets.randbelow(2**31)
    plan: Json = {
        "client": "Bench",
        "currency": "USD",
        "timezone": "Europe/Kyiv",
        "campaigns": CAMPAIGNS,
    }
    began = time.perf_counter()
    world = World(
        parse_scenario({"accounts": [plan] * accounts, "history_days": HISTORY_DAYS}),
        seed,
        SandboxClock(datetime(2026, 3, 3, 10, tzinfo=UTC), "manual"),
    )
    print(f"seed {seed}")
    print(
        f"{len(world.accounts)} accounts, {len(world.campaigns):,} campaigns, "
        f"{len(world.adsets):,} ad sets, {len(world.ads):,} ads"
    )
    print(f"objects built           {_since(began)}")
    today = world.clock.now().date()
    rows, checksum = [0, 0], 0
    asked = time.perf_counter()
    for hourly, days in ((False, HISTORY_DAYS), (True, HOURLY_DAYS)):
        for account in world.accounts:
            since = today - timedelta(days=days - 1)
            table = insights(world, account, "campaign", None, since, today, "daily", hourly)
            rows[hourly] += len(table)
            checksum = _checksum(table, checksum)
        print(f"{'hourly' if hourly else 'daily '} answers out      {_since(asked)}")
    print(f"{rows[0]:,} daily and {rows[1]:,} hourly rows, checksum {checksum:08x}")
    world.clock.advance(1)
    moved = time.perf_counter()
    for account in world.accounts:
        world.market_of(account)
    print(f"one more hour of all    {_since(moved)}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory             {peak:9.0f} MiB")


def _since(began: float) -> str:
    cpu = time.process_time()
    return f"{time.perf_counter() - began:9.2f} s (processor so far {cpu:.1f} s)"


def _checksum(table: InsightsTable, before: int) -> int:
    for column in (table.impressions, table.spend_minor, table.inline_link_clicks):
        before = zlib.crc32(column.tobytes(), before)
    return before


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
