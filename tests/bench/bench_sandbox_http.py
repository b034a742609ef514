"""How long the sandbox takes to tell 10,000 campaigns' whole history over HTTP.

A real process plays 100 accounts of 100 campaigns. Every account is asked for its 90 days
by day (the page holds them all) and for the first page of its last 35 days by hour. Run it
as ``python -m tests.bench.bench_sandbox_http [accounts [seed]]``; else the seed is drawn
at run time, so no result can have been prepared.
"""

import json
import secrets
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import orjson

ACCOUNTS, CAMPAIGNS = 100, 100
HISTORY_DAYS, HOURLY_DAYS = 90, 35
WEIGHED_EVERY = 10
PAGE = 10_000
START = datetime(2026, 3, 3, 10, tzinfo=UTC)
BOUND_SECONDS, BOUND_MIB = 60.0, 2048
HOURS = "hourly_stats_aggregated_by_advertiser_time_zone"
COUNTS = "campaign_id,impressions,clicks,inline_link_clicks,spend"
RESULTS = "reach,actions,action_values,video_play_actions,video_thruplay_watched_actions"


@dataclass(slots=True)
class Measured:
    """What a run took; seconds of wall clock, memory of all the sandbox's processes."""

    ready: float = 0.0
    answered: float = 0.0
    processor: float = 0.0
    peak_mib: float = 0.0
    rows: int = 0
    size: int = 0
    checksum: int = 0


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks one sandbox process and keeps count."""

    process: subprocess.Popen[str]
    client: httpx.Client
    found: Measured

    def histories(self) -> None:
        """Ask every account for its days and for its first page of hours."""
        listed = self._get("/v25.0/me/adaccounts", {"limit": "1000", "fields": "account_id"})
        accounts = orjson.loads(listed)["data"]
        for place, account in enumerate(accounts):
            path = f"/v25.0/act_{account['account_id']}/insights"
            for hourly in (False, True):
                self.found.rows += self._get(path, _query(hourly)).count(b'"date_start"')
            # Adding up a process's pages takes the kernel long enough to spoil the time.
            if place % WEIGHED_EVERY == 0:
                self._weigh()
        self._weigh()

    def _get(self, path: str, query: dict[str, str]) -> bytes:
        answer = self.client.get(path, params=query)
        answer.raise_for_status()
        self.found.size += len(answer.content)
        before = self.found.checksum
        # Addresses of further pages hold the port, which differs between runs.
        self.found.checksum = zlib.crc32(answer.content.partition(b'],"paging"')[0], before)
        return answer.content

    def _weigh(self) -> None:
        memory, seconds = usage(self.process.pid)
        self.found.peak_mib = max(self.found.peak_mib, memory)
        self.found.processor = max(self.found.processor, seconds)


def _query(hourly: bool) -> dict[str, str]:
    days = HOURLY_DAYS if hourly else HISTORY_DAYS
    until = START.date()
    span = {"since": str(until - timedelta(days=days - 1)), "until": str(until)}
    query = {
        "level": "campaign",
        "fields": COUNTS if hourly else f"{COUNTS},{RESULTS}",
        "time_range": json.dumps(span),
        "time_increment": "1",
        "limit": str(PAGE),
    }
    return query | {"breakdowns": HOURS} if hourly else query


def usage(parent: int) -> tuple[float, float]:
    """Return memory in MiB and processor seconds of a process and its children."""
    memory = ticks = 0.0
    family = [parent]
    tasks = Path(f"/proc/{parent}/task/{parent}/children")
    if tasks.exists():
        family += [int(child) for child in tasks.read_text().split()]
    for each in family:
        try:
            smaps = Path(f"/proc/{each}/smaps_rollup").read_text()
            stat = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended since
        memory += next(int(line.split()[1]) for line in smaps.splitlines() if "Pss:" in line)
        ticks += sum(int(part) for part in stat[11:15])
    return memory / 1024, ticks / 100


@contextmanager
def sandbox(
    scenario: Path, seed: int, clock: str = "manual"
) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """Run a sandbox process; gives it, its address and its token."""
    command = [sys.executable, "-m", "sync.sandbox", "--scenario", str(scenario)]
    process = subprocess.Popen(
        [*command, "--seed", str(seed), "--clock", clock, "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = json.loads(process.stdout.readline())
        yield process, address["url"], address["access_token"]
    finally:
        process.terminate()
        process.wait(timeout=30)
        if process.stdout is not None:
            process.stdout.close()


def measure(accounts: int = ACCOUNTS, seed: int | None = None) -> Measured:
    """Run a world of so many accounts, ask all of it, print and return what it took."""
    seed = secrets.randbelow(2**31) if seed is None else seed
    plan = {"client": "Bench", "currency": "USD", "timezone": "Europe/Kyiv", "campaigns": CAMPAIGNS}
    document = {
        "start": START.isoformat(),
        "history_days": HISTORY_DAYS,
        "accounts": [plan] * accounts,
    }
    found = Measured()
    with tempfile.TemporaryDirectory() as folder:
        scenario = Path(folder, "scenario.json")
        scenario.write_text(json.dumps(document), encoding="utf-8")
        began = time.perf_counter()
        with sandbox(scenario, seed) as (process, url, token):
            found.ready = time.perf_counter() - began
            head = {"Authorization": f"Bearer {token}"}
            with httpx.Client(base_url=url, headers=head, timeout=120) as client:
                Asker(process, client, found).histories()
            found.answered = time.perf_counter() - began - found.ready
    print(
        f"\nseed {seed}: {accounts} accounts x {CAMPAIGNS} campaigns, {found.rows:,} rows in "
        f"{found.size / 2**20:.0f} MiB of JSON, checksum {found.checksum:08x}\n"
        f"ready after         {found.ready:8.1f} s\n"
        f"all answers out in  {found.answered:8.1f} s more\n"
        f"processor           {found.processor:8.1f} s\n"
        f"peak memory         {found.peak_mib:8.0f} MiB"
    )
    return found


def test_every_account_tells_its_history_within_a_minute_and_two_gigabytes() -> None:
    found = measure()
    assert found.ready + found.answered < BOUND_SECONDS
    assert found.peak_mib < BOUND_MIB


if __name__ == "__main__":
    measure(*(int(argument) for argument in sys.argv[1:3]))
