"""The journal: moves that are allowed, once, with a trail that can be checked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine.domain.decision import Decision, Outcome, Reason
from engine.domain.errors import StorageError, UserError
from engine.domain.journal import JournalState
from engine.domain.rule import Mode
from engine.storage.state.journal_moves import WrongState
from engine.storage.state.journal_reader import JournalFilter
from engine.storage.state.journal_store import DailyCap
from engine.storage.state.notifications_store import Message
from engine.storage.state.state import State, open_state
from tests.builders import NOW, campaign
from tests.deciding import decision, notify, proposal

WHY = Reason("because", "Because.")
S = JournalState


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    opened = open_state(tmp_path / "state.db")
    yield opened
    opened.close()


def states(found: State, *entry_ids: str) -> list[str]:
    return [str(found.reader.entry(entry_id).state) for entry_id in entry_ids]


def applied(state: State, one: Decision) -> None:
    state.journal.record([one])
    state.journal.send([one.decision_id], NOW)
    state.journal.move(one.decision_id, S.APPLIED, NOW, WHY)


def test_a_decision_comes_back_whole_with_its_trace(state: State) -> None:
    one = decision(proposal(after=6000))
    state.journal.record([one])
    assert state.reader.decision("d1") == one


def test_an_entry_remembers_every_step(state: State) -> None:
    applied(state, decision(proposal(after=6000)))
    entry = state.reader.entry("d1")
    assert (entry.state, entry.before, entry.after) == (S.APPLIED, 5000, 6000)
    assert (entry.intent_at, entry.sent_at, entry.settled_at) == (NOW, NOW, NOW)
    steps = [event.state for event in state.reader.events("d1")]
    assert steps == [S.DECIDED, S.INTENT, S.SENT, S.APPLIED]


@pytest.mark.parametrize(
    ("outcome", "first"),
    [
        (Outcome.ACT, S.INTENT),
        (Outcome.DRY_RUN, S.DECIDED),
        (Outcome.AWAIT_APPROVAL, S.AWAITING_APPROVAL),
        (Outcome.VETOED, S.VETOED),
        (Outcome.SKIPPED, S.SKIPPED),
        (Outcome.HELD_OUT, S.HELD_OUT),
    ],
)
def test_an_outcome_says_where_an_entry_begins(
    state: State, outcome: Outcome, first: JournalState
) -> None:
    (entry,) = state.journal.record([decision(outcome=outcome)])
    assert (entry.state, entry.outcome) == (first, outcome)


def test_a_move_that_is_not_allowed_is_refused(state: State) -> None:
    state.journal.record([decision()])
    with pytest.raises(WrongState, match="can't become applied"):
        state.journal.move("d1", S.APPLIED, NOW, WHY)
    assert states(state, "d1") == ["intent"]


def test_nothing_is_sent_twice(state: State) -> None:
    state.journal.record([decision()])
    assert [one.state for one in state.journal.send(["d1"], NOW)] == [S.SENT]
    assert state.journal.send(["d1"], NOW) == []
    assert states(state, "d1") == ["sent"]


def test_a_repeated_cycle_does_not_act_twice(state: State) -> None:
    state.journal.record([decision()])
    (again,) = state.journal.record([decision(decision_id="d2", cycle_id="c2")])
    assert (again.state, again.reason_code) == (S.SKIPPED, "repeated")
    (next_bucket,) = state.journal.record([decision(decision_id="d3", bucket="b2")])
    assert next_bucket.state is S.INTENT


def test_the_database_itself_refuses_a_second_act_in_a_bucket(tmp_path: Path) -> None:
    state = open_state(tmp_path / "state.db")
    state.journal.record([decision(), decision(decision_id="d2")])
    state.close()
    with (
        closing(sqlite3.connect(tmp_path / "state.db")) as file,
        pytest.raises(sqlite3.IntegrityError, match="UNIQUE"),
    ):
        file.execute("UPDATE journal SET state = 'intent' WHERE entry_id = 'd2'")


def test_what_was_cancelled_may_be_tried_again(state: State) -> None:
    state.journal.record([decision()])
    state.journal.move("d1", S.CANCELLED, NOW, WHY)
    (again,) = state.journal.record([decision(decision_id="d2")])
    assert again.state is S.INTENT


def test_the_stop_is_looked_at_when_an_entry_is_sent(state: State) -> None:
    state.journal.record([decision()])
    state.stop.stop(NOW, "Olena")
    assert state.journal.send(["d1"], NOW) == []
    entry = state.reader.entry("d1")
    assert (entry.state, entry.reason_code) == (S.CANCELLED, "stopped")


def test_an_object_with_an_open_outcome_is_not_touched(state: State) -> None:
    other = proposal(after=6000, rule_id="r2")
    state.journal.record([decision(), decision(other, "d2")])
    state.journal.send(["d1"], NOW)
    state.journal.move("d1", S.UNKNOWN, NOW, WHY)
    assert state.journal.send(["d2"], NOW) == []
    assert state.reader.entry("d2").reason_code == "quarantined"


def test_money_is_reserved_with_the_decision(state: State) -> None:
    """Three rises of 10.00 against a cap of 25.00: the third finds no room."""
    rises = [decision(proposal(campaign(str(number)), 6000), f"d{number}") for number in (1, 2, 3)]
    cap = DailyCap(NOW - timedelta(hours=12), change=2500)
    entries = state.journal.record(rises, {"100": cap})
    assert [one.state for one in entries] == [S.INTENT, S.INTENT, S.VETOED]
    assert entries[2].reason_code == "daily_cap"


def test_money_of_an_unknown_outcome_stays_reserved(state: State) -> None:
    cap = {"100": DailyCap(NOW - timedelta(hours=12), increase=1500)}
    state.journal.record([decision(proposal(after=6000))], cap)
    state.journal.send(["d1"], NOW)
    state.journal.move("d1", S.UNKNOWN, NOW, WHY)
    other = decision(proposal(campaign("2"), 6000), "d2")
    assert state.journal.record([other], cap)[0].state is S.VETOED
    state.journal.move("d1", S.NOT_APPLIED, NOW, WHY)
    again = replace(other, decision_id="d3")
    assert state.journal.record([again], cap)[0].state is S.INTENT


def announced(state: State) -> None:
    message = proposal(field="notification", before=None, after="Hi", position=1)
    state.journal.record([decision(), decision(message, "d2", follows="d1")])


def test_a_message_is_told_once_its_change_is_applied(state: State) -> None:
    announced(state)
    message = Message("Hi", "100", "client")
    assert state.journal.tell("d2", message, NOW).state is S.INTENT, "not known yet"
    state.journal.send(["d1"], NOW)
    state.journal.move("d1", S.APPLIED, NOW, WHY)
    assert state.journal.tell("d2", message, NOW).state is S.APPLIED
    with pytest.raises(WrongState):
        state.journal.tell("d2", message, NOW)
    assert [one.message.entry_id for one in state.notifications.pending()] == ["d2"]


def test_a_message_about_nothing_is_not_told(state: State) -> None:
    announced(state)
    state.journal.move("d1", S.CANCELLED, NOW, WHY)
    told = state.journal.tell("d2", Message("Hi", "100", "client"), NOW)
    assert (told.state, told.reason_code) == (S.CANCELLED, "follows_nothing")
    assert state.notifications.pending() == []


def test_a_decision_whose_leader_was_refused_is_not_carried_out(state: State) -> None:
    state.journal.record([decision(decision_id="d0")])
    announced_again = [
        decision(),
        decision(
            proposal(field="notification", before=None, after="Hi", action=notify()),
            "d2",
            follows="d1",
        ),
    ]
    entries = state.journal.record(announced_again)
    assert [one.reason_code for one in entries] == ["repeated", "follows_nothing"]


def test_an_applied_undo_marks_what_it_took_back(state: State) -> None:
    applied(state, decision(proposal(after=6000)))
    back = proposal(campaign(daily_budget=6000), 5000)
    applied(state, decision(back, "d2", bucket="undo", undoes="d1", actor="Olena"))
    assert states(state, "d1", "d2") == ["undone", "applied"]


def test_pages_run_from_the_newest_to_the_oldest(state: State) -> None:
    state.journal.record(
        [decision(proposal(campaign(str(number))), f"d{number}") for number in range(5)]
    )
    first = state.reader.page(limit=2)
    second = state.reader.page(limit=2, cursor=first.next_cursor)
    third = state.reader.page(limit=2, cursor=second.next_cursor)
    listed = [one.entry_id for page in (first, second, third) for one in page.entries]
    assert listed == ["d4", "d3", "d2", "d1", "d0"]
    assert third.next_cursor is None
    with pytest.raises(UserError, match="not a cursor"):
        state.reader.page(cursor="'; DROP TABLE journal")


def test_lists_are_filtered(state: State) -> None:
    dry = proposal(campaign("2"), mode=Mode.DRY_RUN, rule_id="r2")
    state.journal.record([decision(), decision(dry, "d2", Outcome.DRY_RUN)])
    for asked, expected in (
        (JournalFilter(rule_id="r2"), ["d2"]),
        (JournalFilter(states=[S.INTENT]), ["d1"]),
        (JournalFilter(modes=[Mode.DRY_RUN]), ["d2"]),
        (JournalFilter(accounts=["100"], object_id="1"), ["d1"]),
        (JournalFilter(since=NOW + timedelta(seconds=1)), []),
        (JournalFilter(until=NOW), []),
    ):
        assert [one.entry_id for one in state.reader.page(asked).entries] == expected
    assert state.reader.counts() == {S.INTENT: 1, S.DECIDED: 1}


def test_the_recent_past_leaves_announcements_out(state: State) -> None:
    announced(state)
    dry = proposal(campaign("2"), mode=Mode.DRY_RUN)
    vetoed = proposal(campaign("3"))
    state.journal.record(
        [decision(dry, "d3", Outcome.DRY_RUN), decision(vetoed, "d4", Outcome.VETOED)]
    )
    since = NOW - timedelta(hours=1)
    assert [one.entry_id for one in state.reader.recent("100", since)] == ["d1", "d3"]
    live = state.reader.recent("100", since, dry_run=False)
    assert [one.entry_id for one in live] == ["d1"]
    assert state.reader.totals_by_rule() == {"r1": 1}


def test_a_changed_row_breaks_the_seal(tmp_path: Path) -> None:
    state = open_state(tmp_path / "state.db")
    applied(state, decision())
    assert state.reader.first_broken_seal() is None
    with closing(sqlite3.connect(tmp_path / "state.db")) as file:
        file.execute("DROP TRIGGER journal_events_no_update")
        file.execute("UPDATE journal_events SET actor = 'nobody' WHERE seq = 3")
        file.commit()
    assert state.reader.first_broken_seal() == 3
    state.close()


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM journal_events", "UPDATE decisions SET document = '{}'", "DELETE FROM decisions"],
)
def test_the_database_refuses_to_change_the_past(tmp_path: Path, statement: str) -> None:
    state = open_state(tmp_path / "state.db")
    state.journal.record([decision()])
    state.close()
    with (
        closing(sqlite3.connect(tmp_path / "state.db")) as file,
        pytest.raises(sqlite3.IntegrityError, match="never changed"),
    ):
        file.execute(statement)


def test_an_unknown_entry_is_told(state: State) -> None:
    for ask in (state.reader.entry, state.reader.decision):
        with pytest.raises(UserError, match="no entry 'd9'"):
            ask("d9")
    with pytest.raises(StorageError, match="no entry 'd9'"):
        state.journal.send(["d9"], NOW)
