"""Undo: only while the value is still ours, through the same door."""

from __future__ import annotations

import asyncio

import pytest

from engine.domain.errors import Refused, UserError
from engine.domain.journal import JournalEntry, JournalState
from engine.execution.execute import execute
from engine.execution.undo import undo
from engine.storage.state.state import State
from tests.builders import campaign
from tests.deciding import context, decision, proposal
from tests.small_platform import SmallPlatform, answer_lost, refuse_with, values

S = JournalState


def raised(state: State, after: int | str = 6000) -> SmallPlatform:
    """Return a platform on which a change was carried out."""
    platform = SmallPlatform.holding(campaign())
    state.journal.record([decision(proposal(after=after))])
    asyncio.run(execute(["d1"], state, platform, platform.clock))
    return platform


def take_back(
    state: State, platform: SmallPlatform, *, stopped_by: str | None = None
) -> JournalEntry:
    here = context(
        recent=state.reader.recent("100", platform.clock.now().replace(hour=0)),
        stopped_by=stopped_by,
    )
    return asyncio.run(undo("d1", "Olena", state, platform, platform.clock, here))


def test_a_budget_goes_back_and_both_entries_say_so(state: State) -> None:
    platform = raised(state)
    entry = take_back(state, platform)
    assert (entry.state, entry.before, entry.after) == (S.APPLIED, 6000, 5000)
    assert (entry.undoes, entry.actor) == ("d1", "Olena")
    assert state.reader.entry("d1").state is S.UNDONE
    assert values(platform.ledger)[-1] == ("1", "daily_budget", 5000)


def test_a_pause_goes_back(state: State) -> None:
    platform = raised(state, "PAUSED")
    assert take_back(state, platform).after == "ACTIVE"


def test_what_somebody_changed_since_is_left_alone_and_named(state: State) -> None:
    platform = raised(state)
    platform.change("1", "daily_budget", 9000, actor="Petro")
    with pytest.raises(UserError, match="Petro changed it"):
        take_back(state, platform)
    assert len(platform.ledger) == 1


def test_it_is_taken_back_once(state: State) -> None:
    platform = raised(state)
    take_back(state, platform)
    with pytest.raises(UserError, match="already"):
        take_back(state, platform)


def test_what_was_not_applied_cannot_be_taken_back(state: State) -> None:
    platform = SmallPlatform.holding(campaign())
    state.journal.record([decision(proposal(after=6000))])
    with pytest.raises(UserError, match="only an applied one"):
        take_back(state, platform)


def test_the_stop_holds_for_people_too(state: State) -> None:
    platform = raised(state)
    entry = take_back(state, platform, stopped_by="Petro")
    assert (entry.state, entry.reason_code) == (S.VETOED, "stopped")
    assert state.reader.entry("d1").state is S.APPLIED


def test_a_refused_undo_may_be_tried_again(state: State) -> None:
    platform = raised(state)
    platform.faults = [refuse_with(Refused("too low"))]
    assert take_back(state, platform).state is S.NOT_APPLIED
    assert take_back(state, platform).state is S.APPLIED


def test_an_undo_on_its_way_is_not_repeated(state: State) -> None:
    platform = raised(state)
    platform.faults = [answer_lost]
    assert take_back(state, platform).state is S.UNKNOWN
    with pytest.raises(UserError):
        take_back(state, platform)
    assert len(platform.ledger) == 2
