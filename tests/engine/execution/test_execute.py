"""Carrying out: on disk before it is sent, once, read back after."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from engine.domain.action import ActionType
from engine.domain.decision import Decision
from engine.domain.errors import PlatformError, RateLimited, Refused, Temporary, TokenExpired
from engine.domain.journal import JournalEntry, JournalState
from engine.domain.objects import Status
from engine.execution.execute import execute
from engine.ports import Write
from engine.storage.state.state import State
from tests.builders import NOW, campaign
from tests.deciding import action, decision, proposal
from tests.small_platform import (
    SmallPlatform,
    answer_lost,
    refuse_with,
    request_lost,
    values,
)

S = JournalState


def carry_out(state: State, platform: SmallPlatform, *decisions: Decision) -> list[JournalEntry]:
    """Record decisions and carry them out."""
    entries = state.journal.record(decisions)
    ids = [entry.entry_id for entry in entries]
    return asyncio.run(execute(ids, state, platform, platform.clock))


def outcomes(entries: list[JournalEntry]) -> list[tuple[str, str]]:
    return [(str(entry.state), entry.reason_code) for entry in entries]


def test_a_change_is_written_once_and_read_back(state: State) -> None:
    platform = SmallPlatform.holding(campaign())
    entries = carry_out(state, platform, decision(proposal(after=6000)))
    assert outcomes(entries) == [("applied", "read_back")]
    assert values(platform.ledger) == [("1", "daily_budget", 6000)]


def test_it_is_on_disk_as_sent_before_the_platform_is_called(state: State) -> None:
    platform = SmallPlatform.holding(campaign())
    seen: list[str] = []
    platform.before_write = lambda write: seen.append(state.reader.entry(write.entry_id).state)
    carry_out(state, platform, decision())
    assert seen == ["sent"]


def test_only_intents_are_carried_out(state: State) -> None:
    platform = SmallPlatform.holding(campaign())
    carry_out(state, platform, decision())
    asyncio.run(execute(["d1"], state, platform, platform.clock))
    assert len(platform.ledger) == 1


def test_two_who_carry_out_the_same_entry_write_once(state: State) -> None:
    platform = SmallPlatform.holding(campaign())
    state.journal.record([decision()])

    async def both() -> None:
        await asyncio.gather(
            execute(["d1"], state, platform, platform.clock),
            execute(["d1"], state, platform, platform.clock),
        )

    asyncio.run(both())
    assert len(platform.ledger) == 1
    assert state.reader.entry("d1").state is S.APPLIED


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda one: replace(one, daily_budget=7000),
        lambda one: replace(one, status=Status.PAUSED),
        lambda one: replace(one, daily_budget=None, lifetime_budget=90_000),
    ],
)
def test_what_was_changed_meanwhile_is_left_alone(state: State, meanwhile: object) -> None:
    assert callable(meanwhile)
    platform = SmallPlatform.holding(meanwhile(campaign()))
    (entry,) = carry_out(state, platform, decision(proposal(after=6000)))
    assert entry.state is S.CANCELLED
    assert platform.ledger == []


def test_what_is_gone_is_left_alone(state: State) -> None:
    entries = carry_out(state, SmallPlatform.holding(), decision())
    assert outcomes(entries) == [("cancelled", "gone")]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Refused("no"), "refused"),
        (Temporary("later"), "temporary"),
        (TokenExpired("log in"), "token_expired"),
        (RateLimited("stop", NOW + timedelta(hours=1)), "rate_limited"),
    ],
)
def test_what_meta_did_not_do_is_not_applied(state: State, error: PlatformError, code: str) -> None:
    platform = SmallPlatform.holding(campaign())
    platform.faults = [refuse_with(error)]
    assert outcomes(carry_out(state, platform, decision())) == [("not_applied", code)]


@pytest.mark.parametrize("fault", [answer_lost, request_lost])
def test_a_lost_answer_is_unknown_and_never_sent_again(state: State, fault: object) -> None:
    platform = SmallPlatform.holding(campaign(), campaign("2"))
    platform.faults = [fault]  # type: ignore[list-item]  # one of two functions
    entries = carry_out(state, platform, decision())
    assert outcomes(entries) == [("unknown", "outcome_unknown")]
    asyncio.run(execute(["d1"], state, platform, platform.clock))
    assert len(platform.ledger) <= 1


def test_another_value_on_reading_back_is_unknown(state: State) -> None:
    platform = SmallPlatform.holding(campaign())
    platform.faults = [lambda where, write: None]
    assert outcomes(carry_out(state, platform, decision())) == [("unknown", "not_read_back")]


def test_a_failure_to_read_back_is_unknown(state: State) -> None:
    platform = SmallPlatform.holding(campaign())
    platform.read_errors = [None, Temporary("busy")]
    assert outcomes(carry_out(state, platform, decision())) == [("unknown", "temporary")]


def test_a_failure_to_read_before_sends_nothing(state: State) -> None:
    platform = SmallPlatform.holding(campaign())
    platform.read_errors = [Temporary("busy")]
    assert outcomes(carry_out(state, platform, decision())) == [("cancelled", "temporary")]
    assert platform.ledger == []


def test_after_a_rate_limit_the_account_is_left_alone(state: State) -> None:
    """Both on one object, so the second comes after the first."""
    platform = SmallPlatform.holding(campaign())
    platform.faults = [refuse_with(RateLimited("stop", NOW + timedelta(hours=1)))]
    raised = proposal(after=6000, rule_id="r2")
    entries = carry_out(state, platform, decision(), decision(raised, "d2"))
    assert outcomes(entries) == [("not_applied", "rate_limited"), ("cancelled", "rate_limited")]


def test_the_stop_is_heeded_between_two_actions(state: State) -> None:
    platform = SmallPlatform.holding(campaign())

    def somebody_stops(write: Write) -> None:
        state.stop.stop(NOW, "Olena")

    platform.before_write = somebody_stops
    raised = proposal(after=6000, rule_id="r2", object=campaign())
    entries = carry_out(state, platform, decision(raised), decision(proposal(), "d2"))
    assert outcomes(entries) == [("applied", "read_back"), ("cancelled", "stopped")]


def test_an_old_decision_is_not_sent(state: State) -> None:
    platform = SmallPlatform.holding(campaign())
    platform.clock.advance(timedelta(minutes=16))
    assert outcomes(carry_out(state, platform, decision())) == [("cancelled", "stale")]


def test_a_rule_that_wakes_and_raises_does_both_in_order(state: State) -> None:
    asleep = campaign(status=Status.PAUSED)
    platform = SmallPlatform.holding(asleep)
    wake = decision(proposal(asleep, "ACTIVE"))
    more = decision(proposal(asleep, 6000, position=1), "d2", follows="d1")
    entries = carry_out(state, platform, wake, more)
    assert outcomes(entries) == [("applied", "read_back")] * 2
    assert [write.field for write in platform.ledger] == ["status", "daily_budget"]


def test_a_message_is_told_after_its_change_only(state: State) -> None:
    says = action(ActionType.NOTIFY_CLIENT, message="x", severity="warning", channels=("email",))
    told = proposal(
        field="notification", before=None, after="Paused", message="Paused", action=says, position=1
    )
    pair = (decision(), decision(told, "d2", follows="d1"))
    platform = SmallPlatform.holding(campaign())
    assert outcomes(carry_out(state, platform, *pair)) == [
        ("applied", "read_back"),
        ("applied", "told"),
    ]
    (kept,) = state.notifications.pending()
    message = kept.message
    assert (message.text, message.audience, message.severity) == ("Paused", "client", "warning")
    assert message.channels == ("email",)


def test_a_message_waits_for_an_unknown_outcome(state: State) -> None:
    told = proposal(field="notification", before=None, after="Paused", message="x", position=1)
    platform = SmallPlatform.holding(campaign())
    platform.faults = [answer_lost]
    entries = carry_out(state, platform, decision(), decision(told, "d2", follows="d1"))
    assert [str(entry.state) for entry in entries] == ["unknown", "intent"]


def test_many_objects_are_all_worked_on(state: State) -> None:
    several = [campaign(str(number)) for number in range(40)]
    platform = SmallPlatform.holding(*several)
    entries = carry_out(
        state,
        platform,
        *(decision(proposal(one), f"d{at}") for at, one in enumerate(several)),
    )
    assert {entry.state for entry in entries} == {S.APPLIED}
    assert len({write.target.object_id for write in platform.ledger}) == 40
