"""After a crash or a lost answer: settled by evidence, never sent again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.domain.decision import Reason
from engine.domain.errors import Temporary, UserError
from engine.domain.journal import JournalState
from engine.execution.execute import execute
from engine.execution.recover import Recovery, reconcile, recover, settle_by_person
from engine.execution.settings import ExecutionSettings
from engine.storage.state.state import State
from tests.builders import NOW, campaign
from tests.deciding import decision, proposal
from tests.small_platform import SmallPlatform, answer_lost, request_lost

S = JournalState
QUICK = ExecutionSettings(second_read=timedelta(0))
SETTLED = timedelta(seconds=151)


def recovered(state: State, platform: SmallPlatform) -> Recovery:
    return asyncio.run(recover(state, platform, platform.clock, QUICK))


def reconciled(state: State, platform: SmallPlatform) -> list[str]:
    found = asyncio.run(reconcile(state, platform, platform.clock, QUICK))
    return [str(entry.state) for entry in found]


def lost(state: State, fault: Callable[..., None] = answer_lost) -> SmallPlatform:
    """Return a platform on which a rise to 60.00 had its answer lost."""
    platform = SmallPlatform.holding(campaign())
    platform.faults = [fault]
    state.journal.record([decision(proposal(after=6000))])
    asyncio.run(execute(["d1"], state, platform, platform.clock, QUICK))
    return platform


def test_an_outcome_is_not_judged_before_it_had_time_to_land(state: State) -> None:
    platform = lost(state)
    platform.clock.advance(timedelta(seconds=149))
    assert reconciled(state, platform) == []
    platform.clock.advance(timedelta(seconds=2))
    assert reconciled(state, platform) == ["applied"]


def test_a_write_that_never_arrived_is_not_applied(state: State) -> None:
    platform = lost(state, request_lost)
    platform.clock.advance(SETTLED)
    assert reconciled(state, platform) == ["not_applied"]
    assert platform.ledger == []


def test_an_old_value_put_back_by_a_person_does_not_hide_our_write(state: State) -> None:
    """By the value alone this would be taken for never applied."""
    platform = lost(state)
    platform.clock.advance(timedelta(seconds=60))
    platform.change("1", "daily_budget", 5000)
    platform.clock.advance(SETTLED)
    assert reconciled(state, platform) == ["applied"]
    assert "Olena" in state.reader.entry("d1").reason


def test_the_same_value_set_by_a_person_is_not_our_write(state: State) -> None:
    """By the value alone this would be taken for applied."""
    platform = lost(state, request_lost)
    platform.change("1", "daily_budget", 6000)
    platform.clock.advance(SETTLED)
    assert reconciled(state, platform) == ["conflict"]


def test_a_value_nobody_accounts_for_is_left_to_a_person(state: State) -> None:
    platform = lost(state)
    platform.history.clear()
    platform.clock.advance(SETTLED)
    assert reconciled(state, platform) == [], "the history may lag"
    platform.clock.advance(timedelta(minutes=15))
    assert reconciled(state, platform) == ["needs_human"]


def test_half_an_answer_proves_nothing(state: State) -> None:
    platform = lost(state)
    platform.clock.advance(SETTLED)
    platform.read_errors = [None, Temporary("busy")]
    assert reconciled(state, platform) == []
    assert reconciled(state, platform) == ["applied"]


def test_one_row_of_the_history_proves_one_entry_only(state: State) -> None:
    """The same rise was applied, taken back by a person, and lost when repeated."""
    platform = SmallPlatform.holding(campaign())
    first = decision(proposal(after=6000))
    state.journal.record([first])
    asyncio.run(execute(["d1"], state, platform, platform.clock, QUICK))
    platform.change("1", "daily_budget", 5000)
    platform.faults = [request_lost]
    state.journal.record([decision(proposal(after=6000), "d2", bucket="b2")])
    asyncio.run(execute(["d2"], state, platform, platform.clock, QUICK))
    platform.clock.advance(SETTLED)
    assert reconciled(state, platform) == ["conflict"]


def test_a_waiting_message_is_told_when_its_change_is_settled(state: State) -> None:
    told = proposal(field="notification", before=None, after="Up", message="Up", position=1)
    platform = SmallPlatform.holding(campaign())
    platform.faults = [answer_lost]
    state.journal.record([decision(proposal(after=6000)), decision(told, "d2", follows="d1")])
    asyncio.run(execute(["d1", "d2"], state, platform, platform.clock, QUICK))
    assert state.notifications.pending() == []
    platform.clock.advance(SETTLED)
    reconciled(state, platform)
    assert [one.message.text for one in state.notifications.pending()] == ["Up"]


def test_what_was_on_its_way_at_a_crash_is_settled_not_sent(state: State) -> None:
    platform = SmallPlatform.holding(campaign())
    state.journal.record([decision(proposal(after=6000))])
    state.journal.send(["d1"], NOW)
    platform.clock.advance(SETTLED)
    report = recovered(state, platform)
    assert [entry.state for entry in report.settled] == [S.NOT_APPLIED]
    assert platform.ledger == []


def test_what_a_crash_left_unsent_goes_out_while_it_is_fresh(state: State) -> None:
    platform = SmallPlatform.holding(campaign())
    state.journal.record([decision(proposal(after=6000))])
    platform.clock.advance(timedelta(minutes=4))
    report = recovered(state, platform)
    assert [entry.state for entry in report.resumed] == [S.APPLIED]
    assert len(platform.ledger) == 1


def test_what_a_crash_left_unsent_is_dropped_when_it_is_old(state: State) -> None:
    platform = SmallPlatform.holding(campaign())
    state.journal.record([decision(proposal(after=6000))])
    platform.clock.advance(timedelta(minutes=6))
    report = recovered(state, platform)
    assert [entry.state for entry in report.cancelled] == [S.CANCELLED]
    assert platform.ledger == []


def test_a_restart_in_an_unchanged_world_does_nothing(state: State) -> None:
    platform = SmallPlatform.holding(campaign())
    state.journal.record([decision(proposal(after=6000))])
    recovered(state, platform)
    before = state.reader.page().entries
    report = recovered(state, platform)
    assert report == Recovery((), (), (), ())
    assert state.reader.page().entries == before
    assert len(platform.ledger) == 1


def test_a_write_that_never_came_back_is_settled_without_a_restart(state: State) -> None:
    platform = SmallPlatform.holding(campaign())
    state.journal.record([decision(proposal(after=6000))])
    state.journal.send(["d1"], NOW)
    platform.clock.advance(timedelta(minutes=14))
    assert reconciled(state, platform) == [], "it may still be on its way"
    platform.clock.advance(timedelta(minutes=2))
    assert reconciled(state, platform) == ["not_applied"]


def test_a_person_settles_what_evidence_cannot(state: State) -> None:
    state.journal.record([decision(proposal(after=6000))])
    with pytest.raises(UserError, match="nothing for a person"):
        settle_by_person(state, "d1", applied=True, actor="Olena", now=NOW)
    state.journal.send(["d1"], NOW)
    why = Reason("lost", "Lost.")
    state.journal.move("d1", S.UNKNOWN, NOW, why)
    state.journal.move("d1", S.NEEDS_HUMAN, NOW, why)
    entry = settle_by_person(state, "d1", applied=True, actor="Olena", now=NOW)
    assert (entry.state, entry.reason_code) == (S.APPLIED, "settled_by_person")
    assert state.reader.events("d1")[-1].actor == "Olena"
