"""Approvals: what was shown is what is done, and the guards look again."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from engine.decide.context import GuardContext
from engine.decide.settings import GuardSettings, MoneyLimit
from engine.domain.decision import Outcome
from engine.domain.errors import UserError
from engine.domain.journal import JournalEntry, JournalState
from engine.domain.rule import Mode
from engine.execution.approvals import approve, expire, fingerprint, reject
from engine.storage.state.state import State
from tests.builders import NOW, campaign
from tests.deciding import context, decision, proposal
from tests.small_platform import SmallPlatform

S = JournalState


@pytest.fixture
def platform(state: State) -> SmallPlatform:
    """Return a platform on which a rise and its message wait for a person."""
    waits = proposal(after=6000, mode=Mode.APPROVAL)
    told = proposal(
        field="notification",
        before=None,
        after="Up",
        message="Up",
        position=1,
        mode=Mode.APPROVAL,
    )
    wait = Outcome.AWAIT_APPROVAL
    state.journal.record([decision(waits, "d1", wait), decision(told, "d2", wait, follows="d1")])
    return SmallPlatform.holding(campaign())


def approved(
    state: State,
    platform: SmallPlatform,
    mark: str | None = None,
    here: GuardContext | None = None,
) -> list[JournalEntry]:
    known = here or context(recent=state.reader.recent("100", NOW - timedelta(days=2)))
    return asyncio.run(approve("d1", mark, "Olena", state, platform, platform.clock, known))


def outcomes(entries: list[JournalEntry]) -> list[tuple[str, str]]:
    return [(str(entry.state), entry.reason_code) for entry in entries]


def test_an_approved_decision_is_carried_out_with_what_follows(
    state: State, platform: SmallPlatform
) -> None:
    mark = fingerprint(state.reader.entry("d1"))
    assert outcomes(approved(state, platform, mark)) == [
        ("applied", "read_back"),
        ("applied", "told"),
    ]
    assert [event.actor for event in state.reader.events("d1")][2] == "Olena"


def test_another_mark_than_what_waits_is_refused(state: State, platform: SmallPlatform) -> None:
    with pytest.raises(UserError, match="not what you approved"):
        approved(state, platform, "0123456789abcdef")
    assert platform.ledger == []


def test_it_is_approved_once(state: State, platform: SmallPlatform) -> None:
    approved(state, platform)
    with pytest.raises(UserError, match="does not wait"):
        approved(state, platform)
    assert len(platform.ledger) == 1


def test_the_guards_look_again(state: State, platform: SmallPlatform) -> None:
    entries = approved(state, platform, here=context(stopped_by="Petro"))
    assert outcomes(entries) == [("vetoed", "stopped"), ("cancelled", "follows_nothing")]


def test_money_is_reserved_at_approval(state: State, platform: SmallPlatform) -> None:
    """The guards of this context see nothing of the entry that used the cap up."""
    tight = GuardSettings(account_change=MoneyLimit({"USD": 15}))
    other = decision(proposal(campaign("2"), 6000), "d3")
    state.journal.record([other])
    entries = approved(state, platform, here=context(settings=tight))
    assert [str(entry.state) for entry in entries] == ["vetoed", "cancelled"]


def test_a_rejected_decision_is_not_asked_again(state: State, platform: SmallPlatform) -> None:
    entries = reject("d1", "Olena", state, platform.clock, "not now")
    assert [str(entry.state) for entry in entries] == ["rejected", "rejected"]
    assert entries[0].reason == "Rejected by Olena: not now"
    waits = proposal(after=6000, mode=Mode.APPROVAL)
    (again,) = state.journal.record([decision(waits, "d3", Outcome.AWAIT_APPROVAL)])
    assert again.reason_code == "repeated"


def test_what_waits_too_long_expires(state: State, platform: SmallPlatform) -> None:
    assert expire(state, NOW + timedelta(hours=12)) == []
    expired = expire(state, NOW + timedelta(hours=13))
    assert {entry.reason_code for entry in expired} == {"expired"}


def test_what_is_approved_too_late_is_not_sent(state: State, platform: SmallPlatform) -> None:
    platform.clock.advance(timedelta(hours=13))
    entries = approved(state, platform)
    assert {entry.reason_code for entry in entries} == {"expired"}
    assert platform.ledger == []


def test_a_message_is_not_approved_without_its_change(
    state: State, platform: SmallPlatform
) -> None:
    with pytest.raises(UserError, match="belongs to another"):
        reject("d2", "Olena", state, platform.clock)
