"""Guards: each vetoes what it is there for, says why, and lets the rest pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.decide.context import GuardContext
from engine.decide.guards.chain import first_veto
from engine.decide.settings import GuardSettings, LearningPhase, MoneyLimit
from engine.domain.decision import Proposal
from engine.domain.frame import Freshness
from engine.domain.journal import JournalState
from engine.domain.objects import Account, Status
from engine.domain.rule import Limits, Mode
from engine.ports import Activity
from tests.builders import NOW, adset, campaign
from tests.deciding import context, entry, family, proposal, rule

RAISE = proposal(after=6000)
LOWER = proposal(after=4000)
STOP = proposal()
HOUR = timedelta(hours=1)


def veto(of: Proposal, here: GuardContext) -> str | None:
    reason = first_veto(of, here)
    return reason.code if reason else None


def held_by(here: GuardSettings) -> GuardContext:
    return context(settings=here)


def test_nothing_speaks_against_an_ordinary_change() -> None:
    for one in (RAISE, LOWER, STOP):
        assert veto(one, context()) is None


def test_the_kill_switch_stops_everything() -> None:
    assert veto(STOP, context(stopped_by="Olena")) == "stopped"


def test_automation_switched_off_stops_automatic_rules_only() -> None:
    off = context(automation=False)
    assert veto(STOP, off) == "automation_off"
    assert veto(proposal(mode=Mode.APPROVAL), off) is None


def test_an_account_that_is_not_active_gets_no_growth() -> None:
    closed = Account("100", "A", "Bakery", "USD", "Europe/Kyiv", status=2)
    here = context(family=family().of(closed, [campaign()]))
    assert veto(RAISE, here) == "account_inactive"
    assert veto(STOP, here) is None


def test_an_account_read_in_part_is_left_alone() -> None:
    assert veto(STOP, context(family=family(complete=False))) == "incomplete"


@pytest.mark.parametrize(("age", "grows", "stops"), [(59, None, None), (61, "too_old", None)])
def test_a_stop_loss_may_rest_on_older_numbers(
    age: int, grows: str | None, stops: str | None
) -> None:
    read_at = NOW - timedelta(minutes=age)
    here = context(freshness=Freshness(read_at, read_at, read_at))
    assert veto(RAISE, here) == grows
    assert veto(STOP, here) == stops


def test_numbers_never_read_are_too_old() -> None:
    here = context(freshness=Freshness(structure=NOW, hourly=None, daily=NOW))
    assert veto(STOP, here) == "too_old"


@pytest.mark.parametrize(("age", "code"), [(25, None), (27, "too_old")])
def test_whole_days_are_as_old_as_the_last_reading_of_all_restated_days(
    age: int, code: str | None
) -> None:
    seen = replace(STOP.verdict.readings[0], window="7d")
    weekly = replace(STOP, verdict=replace(STOP.verdict, readings=(seen,)))
    here = context(freshness=Freshness(NOW, NOW, NOW, restated=NOW - age * HOUR))
    assert veto(weekly, here) == code
    assert veto(STOP, here) is None, "hours and today do not rest on them"


def test_protection_reaches_everything_below() -> None:
    below = adset("11", "1", daily_budget=3000)
    pause = proposal(below, "PAUSED")
    by_label = context(campaign(labels=("protected",)), below)
    assert veto(pause, by_label) == "protected"
    by_id = context(campaign(), below, settings=GuardSettings(protected=frozenset({"1"})))
    assert veto(pause, by_id) == "protected"


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (("14:00", "16:00"), "quiet_hours"),
        (("22:00", "16:00"), "quiet_hours"),
        (("16:00", "18:00"), None),
    ],
)
def test_quiet_hours_are_hours_of_the_account(hours: tuple[str, str], expected: str | None) -> None:
    """12:20 UTC is 15:20 in Kyiv in June."""
    here = held_by(GuardSettings(quiet_hours=hours))
    assert veto(RAISE, here) == expected
    assert veto(STOP, here) is None


def test_quiet_hours_say_when_they_end() -> None:
    here = held_by(GuardSettings(quiet_hours=("14:00", "16:00")))
    reason = first_veto(RAISE, here)
    assert reason is not None
    assert reason.until == NOW.replace(hour=13, minute=0)


def test_a_cooldown_counts_what_other_rules_did() -> None:
    other = entry(proposal(after=5500, rule_id="r2"), at=NOW - 5 * HOUR)
    here = context(recent=[other])
    reason = first_veto(RAISE, here)
    assert reason is not None
    assert (reason.code, reason.until) == ("cooldown", NOW + HOUR)
    assert veto(STOP, here) is None, "a pause is another thing than a budget"


def test_a_cooldown_ends() -> None:
    assert veto(RAISE, context(recent=[entry(RAISE, at=NOW - 6 * HOUR)])) is None


def test_what_never_arrived_delays_nothing() -> None:
    lost = entry(RAISE, JournalState.NOT_APPLIED, at=NOW - HOUR, reason_code="not_in_history")
    refused = entry(RAISE, JournalState.NOT_APPLIED, at=NOW - HOUR, reason_code="refused")
    assert veto(RAISE, context(recent=[lost])) is None
    assert veto(RAISE, context(recent=[refused])) == "cooldown"


def test_what_a_dry_run_would_have_done_binds_dry_runs_only() -> None:
    dry = proposal(after=6000, mode=Mode.DRY_RUN)
    here = context(recent=[entry(dry, JournalState.DECIDED, at=NOW - HOUR)])
    assert veto(dry, here) == "cooldown"
    assert veto(RAISE, here) is None


def test_a_budget_does_not_swing() -> None:
    rested = rule("r1", limits=Limits(cooldown=timedelta(0)))
    here = context(recent=[entry(LOWER, at=NOW - HOUR)], rules={"r1": rested})
    assert veto(RAISE, here) == "opposite"
    assert veto(proposal(after=3000), here) is None


def test_an_object_has_an_allowance_of_edits() -> None:
    rested = rule("r1", limits=Limits(cooldown=timedelta(0), max_per_day=3))
    thrice = [entry(RAISE, at=NOW - timedelta(hours=hours)) for hours in (2, 3, 4)]
    assert veto(RAISE, context(recent=thrice, rules={"r1": rested})) == "max_per_day"
    others = [
        entry(proposal(after=6000, rule_id="r2"), at=NOW - timedelta(minutes=minutes))
        for minutes in (10, 20, 30)
    ]
    assert veto(RAISE, context(recent=others, rules={"r1": rested})) == "edits_per_hour"


def test_yesterdays_edits_do_not_count_for_today() -> None:
    """Kyiv's day began at 21:00 UTC."""
    rested = rule("r1", limits=Limits(cooldown=timedelta(0), max_per_day=1))
    before_midnight = entry(RAISE, at=NOW.replace(hour=20) - timedelta(days=1))
    after_midnight = entry(RAISE, at=NOW.replace(hour=22) - timedelta(days=1))
    assert veto(RAISE, context(recent=[before_midnight], rules={"r1": rested})) is None
    assert veto(RAISE, context(recent=[after_midnight], rules={"r1": rested})) == "max_per_day"


def test_a_rule_has_its_own_totals() -> None:
    few = rule("r1", limits=Limits(max_total=5))
    assert veto(STOP, context(rules={"r1": few}, totals={"r1": 5})) == "max_total"
    assert veto(STOP, context(rules={"r1": few}, totals={"r1": 4})) is None


def person_edit(field: str | None, event: str, hours_ago: float = 2) -> Activity:
    at = NOW - timedelta(hours=hours_ago)
    return Activity("1", at, event, field, 4000, 5000, "Olena", by_us=False)


def test_an_edit_by_a_person_is_left_alone_for_a_day() -> None:
    here = context(activities=(person_edit("daily_budget", "update_campaign_budget"),))
    assert veto(RAISE, here) == "changed_by_person"
    assert veto(STOP, here) is None
    old = context(activities=(person_edit("daily_budget", "update_campaign_budget", 25),))
    assert veto(RAISE, old) is None


def test_our_own_edit_is_known_again_where_the_app_is_not() -> None:
    raised = proposal(campaign(daily_budget=4000), 5000)
    ours = entry(raised, at=NOW - timedelta(hours=2), field="daily_budget")
    edit = person_edit("daily_budget", "update_campaign_budget")
    rested = rule("r1", limits=Limits(cooldown=timedelta(0)))
    assert veto(RAISE, context(activities=(edit,), recent=[ours], rules={"r1": rested})) is None


def test_meta_leaving_the_learning_phase_is_no_edit_by_a_person() -> None:
    here = context(activities=(person_edit(None, "di_ad_set_learning_stage_exit"),))
    assert veto(RAISE, here) is None


def test_learning_is_not_disturbed() -> None:
    learning = adset("11", "1", daily_budget=3000, learning_stage="LEARNING")
    raised = proposal(learning, 3600)
    assert veto(raised, context(campaign(daily_budget=None), learning)) == "learning"
    assert (
        veto(RAISE, context(campaign(), adset("11", "1", learning_stage="LEARNING"))) == "learning"
    )
    allowed = GuardSettings(learning_phase=LearningPhase.ALLOW)
    assert veto(raised, context(campaign(), learning, settings=allowed)) is None
    assert veto(proposal(learning, "PAUSED"), context(campaign(), learning)) is None


def test_a_budget_stays_between_floor_and_ceiling() -> None:
    assert veto(proposal(campaign(daily_budget=120), 90), context()) == "below_floor"
    ceiling = held_by(GuardSettings(budget_ceiling=MoneyLimit({"USD": 55})))
    assert veto(RAISE, ceiling) == "above_ceiling"
    assert veto(proposal(campaign(daily_budget=9000), 8000), ceiling) is None


def test_a_step_is_bounded_and_a_wrong_unit_is_caught() -> None:
    assert veto(proposal(after=500_000), context()) == "step_too_large"
    wide = GuardSettings(
        max_step_percent=100_000, account_change=MoneyLimit(), account_increase=MoneyLimit()
    )
    usual = context(medians={"1": 5000}, settings=wide)
    assert veto(proposal(after=26_000), usual) == "unusual"
    assert veto(proposal(after=25_000), usual) is None


def test_the_days_changes_of_an_account_have_a_cap() -> None:
    """Half of the daily spend of 1,000.00 may move, rises up to 30 %."""
    moved = entry(proposal(campaign("2", daily_budget=90_000), 61_000), at=NOW - HOUR)
    assert veto(RAISE, context(recent=[moved])) is None
    more = entry(proposal(campaign("2", daily_budget=90_000), 40_500), at=NOW - HOUR)
    assert veto(RAISE, context(recent=[more])) == "account_change"
    risen = entry(proposal(campaign("2", daily_budget=10_000), 39_500), at=NOW - HOUR)
    assert veto(RAISE, context(recent=[risen])) == "account_increase"
    assert veto(LOWER, context(recent=[risen])) is None


def test_money_of_an_unknown_outcome_stays_reserved() -> None:
    other = proposal(campaign("2", daily_budget=10_000), 39_500)
    for state in (JournalState.UNKNOWN, JournalState.CONFLICT):
        assert veto(RAISE, context(recent=[entry(other, state, at=NOW - HOUR)])) is not None
    released = entry(other, JournalState.NOT_APPLIED, at=NOW - HOUR)
    assert veto(RAISE, context(recent=[released])) is None


def test_a_client_has_a_cap_over_its_accounts() -> None:
    here = context(settings=GuardSettings(client_change=MoneyLimit({"USD": 100})), client_used=9500)
    assert veto(RAISE, here) == "client_change"


def test_exposure_bounds_the_sum_of_daily_budgets() -> None:
    tight = GuardSettings(exposure=MoneyLimit({"USD": 100}))
    assert veto(RAISE, context(campaign(), campaign("2"), settings=tight)) == "exposure"
    asleep = campaign("3", status=Status.PAUSED, effective_status="PAUSED")
    wake = proposal(asleep, "ACTIVE")
    assert veto(wake, context(campaign(), campaign("2"), asleep, settings=tight)) == "exposure"
    assert veto(LOWER, context(campaign(), campaign("2"), settings=tight)) is None


def test_an_object_with_an_open_outcome_is_in_quarantine() -> None:
    lost = entry(proposal(after=5500), JournalState.UNKNOWN, at=NOW - 20 * HOUR)
    assert veto(STOP, context(recent=[lost])) == "quarantined"


def test_the_circuit_breaks_after_refusals() -> None:
    refused = [
        entry(
            proposal(campaign(str(number)), "PAUSED"),
            JournalState.NOT_APPLIED,
            at=NOW - timedelta(minutes=20 + number),
            reason_code="refused",
        )
        for number in range(2, 7)
    ]
    reason = first_veto(STOP, context(recent=refused))
    assert reason is not None
    assert (reason.code, reason.until) == ("refusals", NOW + timedelta(minutes=34))
    assert veto(STOP, context(recent=refused[:4])) is None


def test_few_campaigns_are_touched_at_once() -> None:
    several = [campaign(str(number)) for number in range(1, 31)]
    touched = [
        entry(proposal(one, "PAUSED"), at=NOW - timedelta(minutes=5)) for one in several[1:7]
    ]
    assert veto(STOP, context(*several, recent=touched)) == "blast_radius"
    assert veto(STOP, context(*several, recent=touched[:5])) is None
    assert veto(STOP, context(*several[:7], recent=touched[:5])) == "blast_radius"


def test_a_message_of_its_own_is_told_once_in_a_cooldown() -> None:
    told = proposal(field="notification", before=None, after="Look", message="Look")
    assert veto(told, context()) is None
    here = context(recent=[entry(told, at=NOW - HOUR)])
    assert veto(told, here) == "cooldown"
    assert veto(proposal(field="notification", position=1), here) is None


def test_percentages_are_taken_of_the_budgets_where_no_spend_is_known() -> None:
    here = context(campaign(daily_budget=20_000), daily_spend=None)
    assert here.spend_base == 20_000
