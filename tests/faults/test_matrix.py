"""The fault matrix on the real engine: nothing lost, doubled or hidden.

Each case is a home and an engine process of its own on an account of its own. One
cycle runs into the fault; then the fault is over, an hour passes, and the next
cycles must put everything right by themselves. `make bench-faults` runs them all.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.sandbox_process import Sandbox
from tests.faults.matrix import Case, whole_matrix
from tests.faults.trial import (
    Trial,
    journal_against_ledger,
    one_clear_sentence,
    trial,
    warehouse_against_fresh,
    world,
)
from tests.whole.processes import sandbox

ALL = os.environ.get("FAULTS") == "all"
CASES = [case for case in whole_matrix() if case.core or ALL]
MOST_CYCLES = 4

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with sandbox(tmp_path_factory.mktemp("faults"), world(len(CASES) + 1)) as running:
        yield running


@pytest.fixture(scope="module")
def accounts(shared: Sandbox) -> Iterator[str]:
    answer = httpx.get(
        f"{shared.url}/v26.0/me/adaccounts",
        params={"fields": "account_id", "limit": "500"},
        headers={"Authorization": f"Bearer {shared.access_token}"},
        trust_env=False,
    )
    return iter([str(row["account_id"]) for row in answer.json()["data"]])


@pytest.fixture
def one(shared: Sandbox, accounts: Iterator[str], tmp_path: Path) -> Iterator[Trial]:
    """Yield an engine on an account that no other case touched."""
    httpx.delete(f"{shared.url}/_sandbox/faults", trust_env=False)
    with trial(shared, next(accounts), tmp_path) as made:
        yield made


def test_without_a_fault_each_object_is_acted_on_once(one: Trial, tmp_path: Path) -> None:
    one.first_cycle()
    assert one.said == [""]
    settle(one)
    judge(one, tmp_path)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_fault_is_told_and_mended_without_a_hand(case: Case, one: Trial, tmp_path: Path) -> None:
    case.arm(one)
    one.first_cycle()
    assert one.was_spoilt(), "the fault met no request"
    if case.told:
        said = one.said[-1]
        assert one_clear_sentence(said) == []
        assert re.search(case.told, said), said
        assert one.ledger() == [], "nothing acts on what was not read whole"
    one.calm()
    settle(one)
    judge(one, tmp_path)


def settle(one: Trial) -> None:
    """Let hours and cycles pass until nothing is open any more."""
    for _ in range(MOST_CYCLES):
        one.later()
        told = one.cycle()
        if one.said[-1] == "" and one.is_settled() and not told.get("settled"):
            return
    assert one.is_settled(), f"still open: {[entry.state for entry in one.entries()]}"
    assert one.said[-1] == "", one.said


def judge(one: Trial, folder: Path) -> None:
    """Hold the journal against the ledger, the warehouse against a fresh reading."""
    rows = [(str(row["object_id"]), str(row["field"])) for row in one.ledger()]
    assert len(rows) == len(set(rows)), "nothing is done twice"
    assert set(rows) == one.expected, "nothing is lost"
    assert journal_against_ledger(one) == []
    one.end()
    assert warehouse_against_fresh(one, folder) == []
