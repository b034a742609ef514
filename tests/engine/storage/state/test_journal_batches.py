"""Many entries at once: one transaction, and each by its own right."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine.domain.decision import Decision, Reason
from engine.domain.journal import JournalState
from engine.storage.state.journal_moves import Move
from engine.storage.state.state import State, open_state
from tests.builders import NOW, campaign
from tests.deciding import decision, proposal

S = JournalState
WHY = Reason("why", "Because.")


@pytest.fixture
def state(tmp_path: Path) -> State:
    return open_state(tmp_path / "state.db")


def several(count: int) -> list[Decision]:
    """Return a change for each of so many campaigns."""
    numbers = range(1, count + 1)
    return [decision(proposal(campaign(str(one)), 6000), f"d{one}") for one in numbers]


def states(found: State, *entry_ids: str) -> list[str]:
    return [str(found.reader.entry(entry_id).state) for entry_id in entry_ids]


def test_a_batch_is_sent_in_one_transaction_and_each_for_itself(state: State) -> None:
    quarantined = decision(proposal(campaign("3"), 7000, rule_id="r2"), "d5")
    follower = decision(proposal(campaign("1"), "PAUSED", position=1), "d6", follows="d1")
    state.journal.record([*several(4), quarantined, follower])
    state.journal.move("d2", S.CANCELLED, NOW, WHY)
    state.journal.send(["d3"], NOW)
    sent = state.journal.send(["d4", "d1", "d2", "d3", "d5"], NOW + timedelta(seconds=1))
    assert [one.entry_id for one in sent] == ["d4", "d1"], "in the order of asking"
    assert {one.sent_at for one in sent} == {NOW + timedelta(seconds=1)}
    assert states(state, "d2", "d3", "d5") == ["cancelled", "sent", "cancelled"]
    assert state.reader.entry("d5").reason_code == "quarantined"
    assert state.journal.send(["d6"], NOW) == []
    assert state.reader.entry("d6").state is S.CANCELLED, "what it follows is not applied"
    assert state.reader.first_broken_seal() is None


def test_the_stop_switch_stops_a_whole_batch(state: State) -> None:
    state.journal.record(several(3))
    state.stop.stop(NOW, "Olena")
    assert state.journal.send(["d1", "d2", "d3"], NOW) == []
    assert states(state, "d1", "d2", "d3") == ["cancelled"] * 3


def test_a_batch_larger_than_one_statement_takes_is_sent_whole(state: State) -> None:
    decisions = several(1100)
    state.journal.record(decisions)
    ids = [one.decision_id for one in decisions]
    assert len(state.journal.send(ids, NOW)) == 1100
    moves = [Move(one, S.APPLIED, WHY) for one in ids]
    assert len(state.journal.settle(moves, NOW)) == 1100
    assert state.reader.counts()[S.APPLIED] == 1100
    assert state.reader.first_broken_seal() is None


def test_outcomes_differ_and_what_is_settled_already_stays(state: State) -> None:
    state.journal.record(several(4))
    state.journal.send(["d1", "d2", "d3", "d4"], NOW)
    state.journal.move("d4", S.UNKNOWN, NOW, WHY)
    state.journal.move("d4", S.NEEDS_HUMAN, NOW, WHY)
    moved = state.journal.settle(
        [
            Move("d1", S.APPLIED, Reason("read_back", "Yes.")),
            Move("d2", S.NOT_APPLIED, Reason("refused", "No.")),
            Move("d3", S.UNKNOWN, Reason("outcome_unknown", "Who knows.")),
            Move("d4", S.UNKNOWN, WHY),
        ],
        NOW,
    )
    assert [(one.entry_id, str(one.state), one.reason_code) for one in moved] == [
        ("d1", "applied", "read_back"),
        ("d2", "not_applied", "refused"),
        ("d3", "unknown", "outcome_unknown"),
    ]
    assert states(state, "d4") == ["needs_human"]


def test_what_a_batch_takes_back_becomes_undone(state: State) -> None:
    state.journal.record(several(2))
    state.journal.send(["d1", "d2"], NOW)
    state.journal.settle([Move(one, S.APPLIED, WHY) for one in ("d1", "d2")], NOW)
    back = replace(
        decision(proposal(campaign("1", daily_budget=6000), 5000, rule_id="r2"), "d3"), undoes="d1"
    )
    state.journal.record([back])
    state.journal.send(["d3"], NOW)
    state.journal.settle([Move("d3", S.APPLIED, WHY)], NOW)
    assert states(state, "d1", "d2", "d3") == ["undone", "applied", "applied"]


def test_decisions_are_read_together(state: State) -> None:
    decisions = several(3)
    state.journal.record(decisions)
    found = state.reader.decisions(["d3", "d1", "d9"])
    assert found == {"d1": decisions[0], "d3": decisions[2]}
