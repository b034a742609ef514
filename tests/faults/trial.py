"""One engine in a spoilt world, and the judges of what became of it."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import httpx

from app.paths import Home, prepare
from app.sandbox_process import Sandbox
from app.settings import read_environment
from app.wiring import open_parts
from engine.domain.journal import JournalEntry, JournalState
from engine.domain.rule import RuleStatus
from engine.storage.state.journal_reader import JournalFilter
from engine.storage.state.rules_store import RuleDraft
from engine.storage.state.state import open_state
from engine.storage.warehouse_schema import FACT_MOMENTS, sums_of_table
from tests.faults.proxy import FaultProxy, fault_proxy
from tests.whole.processes import running

FIRST_CYCLE_SECONDS = 150
# A row of a warehouse: table, object, day, and the rest.
Row = tuple[Any, ...]
OPEN = {JournalState.INTENT, JournalState.SENT, JournalState.UNKNOWN}
AT_META = {JournalState.APPLIED, JournalState.UNDONE}
WRITTEN = datetime(2026, 3, 1, tzinfo=UTC)
# What the world of a trial looks like; each trial takes an account of its own.
ACCOUNT: dict[str, object] = {
    "client": "Alpha",
    "currency": "USD",
    "timezone": "Europe/Kyiv",
    "campaigns": 3,
    "campaign_budget_share": 1.0,
    "paused_share": 0.0,
    "adsets_per_campaign": [1, 1],
    "ads_per_adset": [2, 2],
    "daily_budget": [40, 60],
}
ALWAYS = [{"metric": "hours_since_creation", "operator": ">", "value": 0}]
LIMITS = {"cooldown": "1m", "max_per_day": 50}
RULES: tuple[dict[str, object], ...] = (
    {
        "name": "Set budgets",
        "mode": "automatic",
        "level": "campaign",
        "conditions": [{"metric": "budget", "operator": "!=", "value": 77}],
        "actions": [{"type": "set_budget", "params": {"amount": 77}}],
        "limits": LIMITS,
    },
    {
        "name": "Pause ads",
        "mode": "automatic",
        "level": "ad",
        "scope": {"include": [{"status": "ACTIVE"}]},
        "conditions": ALWAYS,
        "actions": [{"type": "pause"}],
        "limits": LIMITS,
    },
)
# What guards would hold back is not what this is about.
SETTINGS: dict[str, str | int | float] = {
    "safety.learning_phase": "allow",
    "safety.opposite_after_hours": 0,
    "safety.edits_per_object_per_day": 50,
    "safety.blast_minimum": 1000,
    "safety.unknowns_per_hour": 100,
    "money.median_factor": 1000,
    "money.account_change_percent_per_day": 1000,
    "money.account_increase_percent_per_day": 1000,
    "money.exposure_percent": 10000,
}


def world(accounts: int) -> dict[str, object]:
    """Return a scenario of so many small accounts."""
    each = [{**ACCOUNT, "name": f"Trial {number}"} for number in range(accounts)]
    return {"start": "2026-03-10T09:30:00Z", "history_days": 4, "accounts": each}


@dataclass
class Trial:
    """An engine process that reaches its account through a fault proxy."""

    sandbox: Sandbox
    proxy: FaultProxy
    account_id: str
    home: Home
    engines: ExitStack
    began: int
    expected: set[tuple[str, str]] = field(init=False)
    own: set[str] = field(init=False)
    said: list[str] = field(default_factory=list)
    api: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        """Look at the account before any fault is armed that could meet the look."""
        self.expected, self.own = self.wanted(), self.objects()

    def first_cycle(self) -> None:
        """Start the engine and wait until its first cycle is over."""
        extra = {
            **self.sandbox.environment(),
            "AI_BUYER_GRAPH_URL": self.proxy.url,
            "FACEBOOK_AD_ACCOUNT_ID": self.account_id,
        }
        words = ("--server", "--port", "0")
        _, told = self.engines.enter_context(running(*words, home=self.home.folder, extra=extra))
        token = json.loads(self.home.engine_file.read_text("utf-8"))["token"]
        headers = {"Authorization": f"Bearer {token}"}
        client = httpx.Client(base_url=told["url"], headers=headers, timeout=150, trust_env=False)
        self.api = self.engines.enter_context(client)
        deadline = time.monotonic() + FIRST_CYCLE_SECONDS
        while time.monotonic() < deadline:
            status = self.api.get("/api/v1/status").json()
            if status["cycle"] is None and (status["last_cycle_at"] or status["last_error"]):
                self.said.append(str(status["last_error"]))
                return
            time.sleep(0.05)
        raise AssertionError("the engine's first cycle does not end")

    def cycle(self) -> dict[str, Any]:
        """Let the engine run one cycle, and keep what it tells people."""
        answer = self.api.post("/api/v1/engine/cycle", json={"accounts": [self.account_id]})
        told = answer.json()
        if answer.is_success:
            told = told["items"][0]
            self.said.append(str(self.api.get("/api/v1/status").json()["last_error"]))
        else:
            self.said.append(f"{told['title']}. {told.get('detail', '')}")
        return dict(told)

    def script(self, fault: Mapping[str, object]) -> None:
        """Arm one of the sandbox's own faults."""
        self._faults("POST", fault)

    def calm(self) -> None:
        """End every fault."""
        self.proxy.calm()
        self._faults("DELETE")

    def was_spoilt(self) -> bool:
        """Whether a fault has struck."""
        scripted = self._faults("GET")["data"]
        return any(one.hits for one in self.proxy.armed) or any(one["hits"] for one in scripted)

    def _faults(self, verb: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        url = f"{self.sandbox.url}/_sandbox/faults"
        answer = httpx.request(verb, url, json=body, trust_env=False)
        answer.raise_for_status()
        return dict(answer.json())

    def end(self) -> None:
        """Ask the engine to end, and read everything once more before."""
        self.api.post("/api/v1/engine/sync").raise_for_status()
        self.engines.close()

    def later(self, hours: float = 1) -> None:
        """Let the sandbox's clock go on."""
        self.sandbox.advance(hours)

    def ledger(self) -> list[dict[str, object]]:
        """Return what took effect in this trial's account, oldest first."""
        rows = self.sandbox.ledger()[self.began :]
        return [row for row in rows if row["object_id"] in self.own]

    def wanted(self) -> set[tuple[str, str]]:
        """Return which field of which object the rules mean to change at the start."""
        edge = f"act_{self.account_id}"
        campaigns = self.graph("GET", f"{edge}/campaigns", fields="daily_budget", limit="500")
        ads = self.graph("GET", f"{edge}/ads", fields="status", limit="500")
        active = {str(row["id"]) for row in ads["data"] if row["status"] == "ACTIVE"}
        return {(str(row["id"]), "daily_budget") for row in campaigns["data"]} | {
            (ad, "status") for ad in active
        }

    def objects(self) -> set[str]:
        """Return the ids of everything in the account, as the sandbox has it."""
        found: set[str] = set()
        for edge in ("campaigns", "adsets", "ads"):
            told = self.graph("GET", f"act_{self.account_id}/{edge}", fields="id", limit="500")
            found |= {str(row["id"]) for row in told["data"]}
        return found

    def graph(self, verb: str, path: str, **values: str) -> dict[str, Any]:
        """Ask the sandbox itself, as another person at Meta would."""
        sent = {"data": values} if verb == "POST" else {"params": values}
        answer = httpx.request(
            verb,
            f"{self.sandbox.url}/v26.0/{path}",
            headers={"Authorization": f"Bearer {self.sandbox.access_token}"},
            trust_env=False,
            **sent,  # type: ignore[arg-type]  # one of two keywords
        )
        answer.raise_for_status()
        return dict(answer.json())

    def entries(self) -> list[JournalEntry]:
        """Return the whole journal."""
        state = open_state(self.home.state)
        try:
            return state.reader.find(JournalFilter())
        finally:
            state.close()

    def is_settled(self) -> bool:
        """Whether the journal holds nothing without an outcome."""
        return not [one for one in self.entries() if one.state in OPEN]


def home_with_rules(folder: Path) -> Home:
    """Make a home whose rules act on every campaign and ad once."""
    home = prepare(Home(folder))
    state = open_state(home.state)
    try:
        for document in RULES:
            draft = RuleDraft(str(document["name"]), RuleStatus.ACTIVE, json.dumps(document))
            state.rules.add(draft, WRITTEN, "test")
        state.settings.put(dict(SETTINGS), WRITTEN, "test")
    finally:
        state.close()
    return home


@contextmanager
def trial(sandbox: Sandbox, account_id: str, folder: Path) -> Iterator[Trial]:
    """Yield an engine on one account of the sandbox, with rules that always act."""
    home = home_with_rules(folder / "home")
    with fault_proxy(sandbox.url) as proxy, ExitStack() as engines:
        yield Trial(sandbox, proxy, account_id, home, engines, len(sandbox.ledger()))


def journal_against_ledger(one: Trial) -> list[str]:
    """Return where what is called applied and what took effect differ."""
    entries = [entry for entry in one.entries() if not entry.is_notification]
    ours = Counter(
        (entry.object_id, entry.field, str(entry.after))
        for entry in entries
        if entry.state in AT_META
    )
    theirs = Counter(
        (str(row["object_id"]), str(row["field"]), str(row["after"])) for row in one.ledger()
    )
    return [f"only in the journal: {key}" for key in (ours - theirs)] + [
        f"only in the ledger: {key}" for key in (theirs - ours)
    ]


def one_clear_sentence(said: str) -> list[str]:
    """Return what is wrong with a message to people."""
    wrong = []
    if not said.strip():
        wrong.append("nothing was said")
    if "\n" in said or len(said) > 400:
        wrong.append(f"not one sentence: {said!r}")
    if re.search(r"Traceback|Exception|Error\(|0x[0-9a-f]{6}|EAA\w{8}|None\b", said):
        wrong.append(f"not meant for people: {said!r}")
    return wrong


def warehouse_against_fresh(one: Trial, folder: Path) -> list[str]:
    """Return where a warehouse differs from one read anew without any fault.

    Both are taken as known now. The engine must have ended.
    """
    environment = read_environment(
        {**one.sandbox.environment(), "FACEBOOK_AD_ACCOUNT_ID": one.account_id}
    )

    async def read_anew() -> None:
        home = home_with_rules(folder / "fresh")
        async with open_parts(home, environment) as parts:
            reports = await parts.runner.sync_all([one.account_id])
            assert all(report.complete for report in reports)

    asyncio.run(read_anew())
    mine, fresh = contents(one.home.warehouse), contents(Home(folder / "fresh").warehouse)
    days = [min(row[2] for row in rows if row[0] == "hourly") for rows in (mine, fresh)]
    mine, fresh = _in_both(mine, max(days)), _in_both(fresh, max(days))
    assert len(fresh) > 100
    return [f"only ours: {row}" for row in list(mine - fresh)[:5]] + [
        f"only in a fresh reading: {row}" for row in list(fresh - mine)[:5]
    ]


def _in_both(rows: Counter[Row], since: date) -> Counter[Row]:
    """Leave out days that one of two readings had no reason to read."""
    return Counter({row: n for row, n in rows.items() if row[2] is None or row[2] >= since})


def contents(path: Path) -> Counter[Row]:
    """Return every object and every number of a warehouse as known now.

    A row is its table, object, day (none for objects and lifetimes) and the rest.
    """
    found: Counter[Row] = Counter()
    with duckdb.connect(str(path), read_only=True) as warehouse:
        for table, moments in FACT_MOMENTS.items():
            sums = sums_of_table(table)
            day = "date" if "date" in moments else "NULL::DATE"
            rest = [f"{name}::VARCHAR" for name in moments if name != "date"]
            rows = warehouse.execute(
                f"SELECT object_id, {', '.join([f'{day} AS day', *rest])}, "
                f"{', '.join(f'sum({name})' for name in sums)} "
                f"FROM {table} JOIN object_keys USING (scope, object_key) GROUP BY ALL "
                f"HAVING {' OR '.join(f'sum({name}) <> 0' for name in sums)}"
            ).fetchall()
            found.update((table, *row) for row in rows)
        told = warehouse.execute(
            "SELECT object_id, NULL::DATE, * EXCLUDE (object_id, edited, known_at, reading) "
            "FROM objects QUALIFY row_number() OVER (PARTITION BY object_id ORDER BY reading DESC) "
            "= 1"
        ).fetchall()
        found.update(("objects", *map(_hashable, row)) for row in told)
    return found


def _hashable(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
