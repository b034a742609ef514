"""kill -9 at any moment loses no action and doubles none; the ledger is the judge."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from engine.domain.journal import JournalState
from engine.storage.state.state import State, open_state
from tests.crash.one_cycle import Address, Plan, Wish, live

ROOT = Path(__file__).resolve().parents[2]
# The suite kills at every named place and at some random moments. More of them:
# CRASH_RUNS=50 make test ARGS=tests/crash
RANDOM_RUNS = int(os.environ.get("CRASH_RUNS", "6"))
PLACES = (
    "before-record",
    "after-record",
    "after-intent",
    "after-pre-read",
    "after-sent",
    "after-sent:4",
    "after-response",
    "after-response:3",
    "after-read-back",
    "after-applied",
    "before-notification",
    "after-notification",
)
# Six changes in batches of four: the first batch holds four, the second two.
BATCH_PLACES = (
    "after-pre-read:2",
    "after-sent",
    "after-sent:2",
    "after-response",
    "after-response:2",
    "after-read-back",
    "after-applied",
)
BATCH = 4
WORLD = {
    "start": "2026-03-10T09:30:00Z",
    "history_days": 3,
    "accounts": [
        {
            "client": "Alpha",
            "currency": "USD",
            "timezone": "Europe/Kyiv",
            "campaigns": 6,
            "campaign_budget_share": 1.0,
            "paused_share": 0.0,
            "adsets_per_campaign": [1, 1],
            "ads_per_adset": [1, 1],
            "daily_budget": [40, 60],
        }
    ],
}


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox with its controls."""

    address: Address

    def control(self, path: str, body: object = None) -> Any:  # noqa: ANN401  # any JSON
        """Call a control; without a body it is a GET."""
        url = f"{self.address.url}/_sandbox/{path}"
        answer = httpx.get(url) if body is None else httpx.post(url, json=body)
        answer.raise_for_status()
        return answer.json()

    def ledger(self, after: int) -> list[dict[str, Any]]:
        """Return the writes that took effect after a number."""
        got = self.control(f"ledger?after={after}")
        rows = (
            got if isinstance(got, list) else next(v for v in got.values() if isinstance(v, list))
        )
        return list(rows)

    def graph(self, path: str, **query: str) -> Any:  # noqa: ANN401  # any JSON
        """Read from the Graph API."""
        headers = {"Authorization": f"Bearer {self.address.token}"}
        answer = httpx.get(f"{self.address.url}/v25.0/{path}", params=query, headers=headers)
        answer.raise_for_status()
        return answer.json()


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    scenario = tmp_path_factory.mktemp("world") / "scenario.json"
    scenario.write_text(json.dumps(WORLD), "utf-8")
    command = [sys.executable, "-m", "sync.sandbox", "--port", "0", "--seed", "5"]
    command += ["--clock", "manual", "--scenario", str(scenario)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        yield Sandbox(
            Address(told["url"], told["access_token"], told["app_id"], told["app_secret"])
        )
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(scope="module")
def birth() -> multiprocessing.context.ForkServerContext:
    """Return the way to start engines quickly: forked from a process that has imported all."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.crash.one_cycle"])
    return context


@dataclass(frozen=True)
class Trial:
    """A plan for one account, and where the ledger stood before it."""

    sandbox: Sandbox
    birth: multiprocessing.context.ForkServerContext
    path: Path
    plan: Plan
    ledger_began: int

    def live(self, *buckets: str, crash: str = "") -> int:
        """Let an engine live once and return its exit code; negative when it was killed."""
        arguments = (self.path, self.sandbox.address, self.plan, buckets, crash)
        process = self.birth.Process(target=live, args=arguments)
        process.start()
        process.join(timeout=60)
        assert process.exitcode is not None
        return process.exitcode

    def check(self) -> None:
        """Compare the ledger with the journal and with the plan."""
        rows = self.sandbox.ledger(self.ledger_began)
        written = Counter((str(row["object_id"]), row["field"], str(row["after"])) for row in rows)
        state = open_state(self.path)
        try:
            self._check(written, state)
        finally:
            state.close()

    def _check(self, written: Counter[tuple[str, str, str]], state: State) -> None:
        entries = state.reader.page(limit=1000).entries
        still_open = {JournalState.INTENT, JournalState.SENT, JournalState.UNKNOWN}
        assert [entry for entry in entries if entry.state in still_open] == []
        changes = [entry for entry in entries if not entry.is_notification]
        applied = Counter(
            (entry.object_id, entry.field, str(entry.after))
            for entry in changes
            if entry.state is JournalState.APPLIED
        )
        assert written == applied, "the journal tells what the ledger knows"
        assert set(written.values()) == {1}, "nothing is doubled"
        wanted = {wish.object_id for wish in self.plan.wishes}
        assert {object_id for object_id, _, _ in written} == wanted, "nothing is lost"
        told = Counter(one.message.text for one in state.notifications.latest())
        assert max(told.values()) == 1, "no message is doubled"
        assert state.reader.first_broken_seal() is None


def make_trial(
    sandbox: Sandbox,
    birth: multiprocessing.context.ForkServerContext,
    path: Path,
    batch: int = 1,
) -> Trial:
    """Return a plan that raises four campaigns and pauses two, in the world as it is."""
    account = sandbox.graph("me/adaccounts", fields="account_id")["data"][0]["account_id"]
    fields = "id,daily_budget,status"
    campaigns = sandbox.graph(f"act_{account}/campaigns", fields=fields, limit="50")["data"]
    for one in campaigns:
        if one["status"] != "ACTIVE":
            url = f"{sandbox.address.url}/v25.0/{one['id']}"
            headers = {"Authorization": f"Bearer {sandbox.address.token}"}
            form = {"status": "ACTIVE"}
            httpx.post(url, data=form, headers=headers).raise_for_status()
    # Meta takes four budget changes an hour; the next trial begins in the next hour.
    sandbox.control("advance", {"hours": 1})
    wishes = tuple(
        Wish(one["id"], round(int(one["daily_budget"]) / 100 + 1, 2) if at < 4 else None)
        for at, one in enumerate(campaigns)
    )
    began = max((row["seq"] for row in sandbox.ledger(0)), default=0)
    plan = Plan(account, wishes, batch=batch)
    return Trial(sandbox, birth, path / "state.db", plan, began)


def kill_and_restart(trial: Trial, crash: str) -> int:
    """Kill an engine, start it anew, and check; returns how the first one ended."""
    code = trial.live("b1", crash=crash)
    assert code in {0, -signal.SIGKILL}, "it ends well or is killed, nothing else"
    assert trial.live("b1", "b2") == 0, "the cycle repeated on the same data, then a new one"
    trial.check()
    return code


def test_without_a_crash_the_plan_is_carried_out(
    sandbox: Sandbox, birth: multiprocessing.context.ForkServerContext, tmp_path: Path
) -> None:
    trial = make_trial(sandbox, birth, tmp_path)
    assert trial.live("b1") == 0
    trial.check()


@pytest.fixture(scope="module")
def usual_life(
    sandbox: Sandbox,
    birth: multiprocessing.context.ForkServerContext,
    tmp_path_factory: pytest.TempPathFactory,
) -> float:
    """Return the seconds an engine lives that nobody kills."""
    trial = make_trial(sandbox, birth, tmp_path_factory.mktemp("usual"))
    began = time.monotonic()
    assert trial.live("b1") == 0
    return time.monotonic() - began


@pytest.mark.parametrize("place", PLACES)
def test_a_kill_at_a_named_place_loses_and_doubles_nothing(
    sandbox: Sandbox,
    birth: multiprocessing.context.ForkServerContext,
    tmp_path: Path,
    place: str,
) -> None:
    trial = make_trial(sandbox, birth, tmp_path)
    assert kill_and_restart(trial, place) == -signal.SIGKILL


@pytest.mark.parametrize("place", BATCH_PLACES)
def test_a_kill_in_the_middle_of_batches_loses_and_doubles_nothing(
    sandbox: Sandbox,
    birth: multiprocessing.context.ForkServerContext,
    tmp_path: Path,
    place: str,
) -> None:
    trial = make_trial(sandbox, birth, tmp_path, BATCH)
    assert kill_and_restart(trial, place) == -signal.SIGKILL


@pytest.mark.parametrize("fault", ["drop_after_apply", "drop_before_apply"])
@pytest.mark.parametrize(
    ("path", "first", "times"),
    [("/v[0-9.]+$", 1, 1), ("/v[0-9.]+/[0-9]+$", 2, 2)],
    ids=["the whole", "two items"],
)
def test_a_batch_that_lost_its_answer_is_settled(
    sandbox: Sandbox,
    birth: multiprocessing.context.ForkServerContext,
    tmp_path: Path,
    path: str,
    first: int,
    times: int,
    fault: str,
) -> None:
    """The whole batch of four, or two of its items, with or without having taken effect."""
    trial = make_trial(sandbox, birth, tmp_path, BATCH)
    lost = {"method": "POST", "path": path, "nth": first, "times": times}
    sandbox.control("faults", {**lost, "fault": fault})
    assert kill_and_restart(trial, "") == 0


@pytest.mark.parametrize("fault", ["drop_after_apply", "drop_before_apply"])
@pytest.mark.parametrize("place", ["", "after-reconcile-read", "after-reconcile"])
def test_lost_answers_are_settled_even_through_a_kill(
    sandbox: Sandbox,
    birth: multiprocessing.context.ForkServerContext,
    tmp_path: Path,
    place: str,
    fault: str,
) -> None:
    """Two of the six writes lose their answer, with or without having taken effect."""
    trial = make_trial(sandbox, birth, tmp_path)
    writes = {"method": "POST", "path": "/v[0-9.]+/[0-9]+$", "nth": 2, "times": 2}
    sandbox.control("faults", {**writes, "fault": fault})
    code = kill_and_restart(trial, place)
    assert code == (-signal.SIGKILL if place else 0)


@pytest.mark.parametrize("number", range(RANDOM_RUNS))
def test_a_kill_at_a_random_moment_loses_and_doubles_nothing(
    sandbox: Sandbox,
    birth: multiprocessing.context.ForkServerContext,
    tmp_path: Path,
    usual_life: float,
    number: int,
) -> None:
    moment = random.Random(number).uniform(0, usual_life)
    batch = (1, BATCH, 50)[number % 3]
    kill_and_restart(make_trial(sandbox, birth, tmp_path, batch), f"at:{moment:.3f}")
