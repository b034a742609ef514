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
from engine.execution.settings import ExecutionSettings
from engine.ports import Write
from engine.storage.state.state import State
from tests.builders import NOW, adset, campaign
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


def crowd(count: int) -> tuple[SmallPlatform, list[Decision]]:
    """Return a platform of so many campaigns, and a change for each."""
    several = [campaign(str(number)) for number in range(count)]
    changes = [decision(proposal(one), f"d{at}") for at, one in enumerate(several)]
    return SmallPlatform.holding(*several), changes


def test_changes_of_an_account_travel_together(state: State) -> None:
    platform, changes = crowd(120)
    entries = carry_out(state, platform, *changes)
    assert {entry.state for entry in entries} == {S.APPLIED}
    assert sorted(platform.batches) == [20, 50, 50]
    assert platform.reads == 6, "one reading before and one after for each batch"


def test_every_entry_of_a_batch_is_on_disk_before_the_call(state: State) -> None:
    platform, changes = crowd(5)
    seen: list[dict[JournalState, int]] = []
    platform.before_write = lambda write: seen.append(state.reader.counts())
    carry_out(state, platform, *changes)
    assert seen[0] == {S.SENT: 5}


def test_each_change_of_a_batch_has_an_outcome_of_its_own(state: State) -> None:
    platform, changes = crowd(4)
    platform.faults = [
        answer_lost,
        refuse_with(Refused("no")),
        request_lost,
        lambda where, write: where.apply(write),
    ]
    entries = carry_out(state, platform, *changes)
    assert outcomes(entries) == [
        ("unknown", "outcome_unknown"),
        ("not_applied", "refused"),
        ("unknown", "outcome_unknown"),
        ("applied", "read_back"),
    ]
    assert platform.batches == [4]


def test_what_changed_meanwhile_is_left_out_of_the_batch(state: State) -> None:
    platform, changes = crowd(3)
    platform.objects["1"] = replace(platform.objects["1"], status=Status.PAUSED)
    del platform.objects["2"]
    entries = carry_out(state, platform, *changes)
    assert outcomes(entries) == [
        ("applied", "read_back"),
        ("cancelled", "changed_meanwhile"),
        ("cancelled", "gone"),
    ]
    assert platform.batches == [1]


def carry_out_slowly(
    state: State, platform: SmallPlatform, changes: list[Decision], batch: int
) -> list[JournalEntry]:
    """Carry changes out in small batches, one after another."""
    ids = [entry.entry_id for entry in state.journal.record(changes)]
    slow = ExecutionSettings(batch=batch, concurrency=1)
    return asyncio.run(execute(ids, state, platform, platform.clock, slow))


def test_the_stop_is_heeded_before_every_batch(state: State) -> None:
    platform, changes = crowd(6)
    platform.before_write = lambda write: state.stop.stop(NOW, "Olena")
    entries = carry_out_slowly(state, platform, changes, 2)
    assert outcomes(entries) == [("applied", "read_back")] * 2 + [("cancelled", "stopped")] * 4


def test_after_a_rate_limit_the_batches_that_wait_are_not_sent(state: State) -> None:
    platform, changes = crowd(4)
    platform.faults = [refuse_with(RateLimited("stop", NOW + timedelta(hours=1)))] * 2
    entries = carry_out_slowly(state, platform, changes, 2)
    assert [entry.reason_code for entry in entries] == ["rate_limited"] * 4
    assert [str(entry.state) for entry in entries] == ["not_applied"] * 2 + ["cancelled"] * 2


def test_an_object_that_must_rest_does_not_stop_its_account(state: State) -> None:
    platform, changes = crowd(4)
    resting = RateLimited("rests", NOW + timedelta(hours=1), object_id="0")
    platform.faults = [refuse_with(resting)]
    entries = carry_out_slowly(state, platform, changes, 1)
    assert outcomes(entries) == [("not_applied", "rate_limited")] + [("applied", "read_back")] * 3


def test_actions_on_one_object_keep_their_order_while_others_travel_along(state: State) -> None:
    asleep = [campaign(str(number), status=Status.PAUSED) for number in range(3)]
    platform = SmallPlatform.holding(*asleep)
    both: list[Decision] = []
    for at, one in enumerate(asleep):
        both.append(decision(proposal(one, "ACTIVE"), f"w{at}"))
        both.append(decision(proposal(one, 6000, position=1), f"m{at}", follows=f"w{at}"))
    entries = carry_out(state, platform, *both)
    assert {entry.state for entry in entries} == {S.APPLIED}
    assert platform.batches == [3, 3]
    assert [write.field for write in platform.ledger] == ["status"] * 3 + ["daily_budget"] * 3


def test_two_ad_sets_of_a_campaign_are_changed_in_two_requests(state: State) -> None:
    parents = {"11": "1", "12": "1", "21": "2"}
    sets = [adset(name, parent, daily_budget=5000) for name, parent in parents.items()]
    platform = SmallPlatform.holding(*sets)
    changes = [decision(proposal(one), f"d{at}") for at, one in enumerate(sets)]
    entries = carry_out(state, platform, *changes)
    assert {entry.state for entry in entries} == {S.APPLIED}
    assert sorted(platform.batches) == [1, 2]
