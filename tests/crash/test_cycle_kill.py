"""The real engine, killed at random moments of its life; the sandbox's ledger is the judge.

One home lives through all rounds. In each the engine begins, as a server or as a
single `evaluate`, and is killed with SIGKILL at a moment drawn over its whole
life: start, recovery, pull, evaluation, acts. Between rounds the sandbox's clock
stands still, goes on by an hour or by a day, so that work left open is taken up
again or has grown too old, and new actions arise. Some answers get lost, too.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from app.paths import Home, prepare
from app.sandbox_process import Sandbox
from engine.domain.journal import JournalEntry, JournalState
from engine.domain.rule import RuleStatus
from engine.execution.crashpoints import VARIABLE
from engine.storage.state.journal_reader import JournalFilter
from engine.storage.state.rules_store import RuleDraft
from engine.storage.state.state import open_state
from tests.whole.processes import ROOT, ai_buyer, command, environment, sandbox

# The suite kills eight times; `make bench-crash` fifty times.
ROUNDS = int(os.environ.get("CRASH_ROUNDS", "8"))
SEED = int(os.environ.get("CRASH_SEED", "20261122"))
AT_META = {JournalState.APPLIED, JournalState.UNDONE}
STILL_OPEN = {JournalState.INTENT, JournalState.SENT, JournalState.UNKNOWN}
HOURS_BETWEEN = (0, 0, 1, 25, 25)
# The sandbox tells whole seconds and the engine's clock runs on between them.
TOLERANCE = timedelta(seconds=5)
WORLD: dict[str, object] = {
    "start": "2026-03-10T09:30:00Z",
    "history_days": 3,
    "accounts": [
        {
            "client": "Alpha",
            "currency": "USD",
            "timezone": "Europe/Kyiv",
            "campaigns": 5,
            "campaign_budget_share": 1.0,
            "paused_share": 0.0,
            "adsets_per_campaign": [1, 1],
            "ads_per_adset": [1, 1],
            "daily_budget": [40, 60],
        }
    ],
}
ALWAYS = [{"metric": "hours_since_creation", "operator": ">", "value": 0}]
LIMITS = {"cooldown": "1m", "max_per_day": 50}


def rule(name: str, level: str, status: str, action: dict[str, object]) -> dict[str, object]:
    """Return a rule that acts whenever it is looked at."""
    return {
        "name": name,
        "mode": "automatic",
        "level": level,
        "scope": {"include": [{"status": status}]},
        "conditions": ALWAYS,
        "actions": [action, {"type": "notify_team", "params": {"message": f"{name} {{name}}"}}],
        "limits": LIMITS,
    }


RULES = (
    rule("Pause ads", "ad", "ACTIVE", {"type": "pause"}),
    rule("Wake ads", "ad", "PAUSED", {"type": "activate"}),
    rule(
        "Raise budgets",
        "campaign",
        "ACTIVE",
        {"type": "increase_budget", "params": {"increase_by_percent": 3}},
    ),
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


@dataclass
class Trial:
    """One home on one sandbox, and how its engines ended so far."""

    home: Home
    sandbox: Sandbox
    ends: Counter[str] = field(default_factory=Counter)

    def evaluate(self) -> float:
        """Let an engine run one cycle that nobody disturbs; returns its seconds."""
        began = time.monotonic()
        done = ai_buyer(
            "evaluate", "--json", home=self.home.folder, extra=self.sandbox.environment()
        )
        assert done.code == 0, done.out + done.err
        return time.monotonic() - began

    def live_until(self, seconds: float, *words: str, acting: float | None = None) -> None:
        """Begin an engine and kill it after so many seconds, if it still lives.

        With `acting` it dies that many seconds after it began to settle or to act.
        """
        extra = dict(self.sandbox.environment())
        if acting is not None:
            extra[VARIABLE] = f"at:{acting:.3f}"
        with subprocess.Popen(
            command(*words),
            cwd=ROOT,
            env=environment(self.home.folder, extra),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=seconds)
            process.kill()
            _, said = process.communicate(timeout=30)
        assert "Traceback" not in said, said
        assert process.returncode in {0, -signal.SIGKILL}, said
        self.ends["killed" if process.returncode else "ended by itself"] += 1
        self.ends[f"left open: {', '.join(self.open_states()) or 'nothing'}"] += 1

    def open_states(self) -> list[str]:
        """Return the states without an outcome that stand in the journal now."""
        if not self.home.state.exists():
            return []
        state = open_state(self.home.state)
        try:
            return sorted({one.state.value for one in state.reader.in_states(sorted(STILL_OPEN))})
        finally:
            state.close()

    def lose_an_answer(self, number: int) -> None:
        """Let the write of that number take effect and its answer get lost."""
        fault = {"method": "POST", "path": "/v[0-9.]+/[0-9]+$", "nth": number, "times": 1}
        httpx.post(
            f"{self.sandbox.url}/_sandbox/faults",
            json={**fault, "fault": "drop_after_apply"},
            trust_env=False,
        ).raise_for_status()

    def forget_faults(self) -> None:
        """Answer everything again."""
        httpx.delete(f"{self.sandbox.url}/_sandbox/faults", trust_env=False).raise_for_status()


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    folder = tmp_path_factory.mktemp("killed")
    home = prepare(Home(folder / "home"))
    state = open_state(home.state)
    now = datetime(2026, 3, 1, tzinfo=UTC)
    for document in RULES:
        draft = RuleDraft(str(document["name"]), RuleStatus.ACTIVE, json.dumps(document))
        state.rules.add(draft, now, "test")
    state.settings.put(dict(SETTINGS), now, "test")
    state.close()
    with sandbox(folder, WORLD) as running:
        yield Trial(home, running)


@pytest.mark.timeout(60 + 30 * ROUNDS)
def test_kills_at_random_moments_lose_and_double_nothing(trial: Trial) -> None:
    trial.evaluate()
    trial.sandbox.advance(25)
    life = trial.evaluate()
    trial.evaluate()
    draws = random.Random(SEED)
    for number in range(ROUNDS):
        trial.sandbox.advance(draws.choice(HOURS_BETWEEN))
        if draws.random() < 0.3:
            trial.lose_an_answer(draws.randint(1, 6))
        # A server never ends by itself, so a moment of its life is always there to hit.
        serves = number % 2 == 1 or draws.random() < 0.5
        words = ("--server", "--port", "0") if serves else ("evaluate",)
        if number % 2:
            trial.live_until(draws.uniform(0, life), *words)
        else:
            # Half of the moments where it hurts most: while it recovers or acts.
            trial.live_until(1.3 * life, *words, acting=draws.uniform(0, life / 3))
        trial.forget_faults()
    trial.evaluate()
    print(f"\n{ROUNDS} rounds, a life lasts {life:.1f} s: {dict(trial.ends)}")
    assert trial.ends["killed"] >= ROUNDS / 2
    check(trial)


def check(trial: Trial) -> None:
    """Pair every applied entry with one row of the ledger, and leave none over."""
    state = open_state(trial.home.state)
    try:
        entries = state.reader.find(JournalFilter())
        told = [message.message.text for message in state.notifications.latest(10_000)]
        assert state.reader.first_broken_seal() is None
    finally:
        state.close()
    print(dict(Counter(entry.state.value for entry in entries)))
    assert [entry for entry in entries if entry.state in STILL_OPEN] == []
    applied = [one for one in entries if one.state in AT_META and not one.is_notification]
    rows = trial.sandbox.ledger()
    assert len(rows) >= ROUNDS, "there was something to lose"
    assert len(rows) == len(applied), "nothing is lost and nothing is doubled"
    pairs = _pairs(applied, rows)
    assert pairs == [], "each applied entry has its row in the ledger"
    messages = [one for one in entries if one.is_notification and one.state in AT_META]
    assert len(told) == len(messages), "each message was told once"


def _pairs(applied: list[JournalEntry], rows: list[dict[str, object]]) -> list[str]:
    """Return where journal and ledger differ when both are walked through in time."""
    ours: dict[tuple[str, str], list[JournalEntry]] = defaultdict(list)
    theirs: dict[tuple[str, str], list[dict[str, object]]] = defaultdict(list)
    for entry in sorted(applied, key=lambda one: one.sent_at or one.decided_at):
        ours[entry.object_id, entry.field].append(entry)
    for row in rows:
        theirs[str(row["object_id"]), str(row["field"])].append(row)
    wrong = [f"{key}: only on one side" for key in ours.keys() ^ theirs.keys()]
    for key in ours.keys() & theirs.keys():
        for entry, row in zip(ours[key], theirs[key], strict=True):
            at = datetime.fromisoformat(str(row["time"]))
            assert entry.sent_at is not None
            same = (entry.before, entry.after) == (row["before"], row["after"])
            if not same or abs(at - entry.sent_at) > TOLERANCE:
                wrong.append(f"{key}: {entry} and {row}")
    return wrong
