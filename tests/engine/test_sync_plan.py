"""The quota plan: freshness where money moves, and what it costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.objects import Level
from engine.domain.readings import LastReads
from engine.domain.windows import Grain
from engine.sync_plan import AccountLoad, AccountPlan, Pace, Paces, Part, PlanLine, plan_sync
from tests.builders import NOW

MINUTE = timedelta(minutes=1)
SPENDER = AccountLoad(
    "1",
    "Bakery",
    spends=True,
    delivers=True,
    levels=[Level.CAMPAIGN],
    objects={Level.CAMPAIGN: 40, Level.ADSET: 80, Level.AD: 200},
)
READ = LastReads(NOW, NOW, NOW, NOW, NOW)


def plan(load: AccountLoad = SPENDER, paces: Paces | None = None) -> AccountPlan:
    return plan_sync([load], paces or Paces()).accounts[0]


def line(of: AccountPlan, part: Part) -> PlanLine:
    return next(one for one in of.lines if one.part is part)


@pytest.mark.parametrize(
    ("spends", "delivers", "pace", "minutes"),
    [
        (True, True, Pace.SPENDING, 5),
        (True, False, Pace.SPENDING, 5),
        (False, True, Pace.QUIET, 15),
        (False, False, Pace.ASLEEP, 60),
    ],
)
def test_today_is_read_as_often_as_money_moves(
    spends: bool, delivers: bool, pace: Pace, minutes: int
) -> None:
    found = plan(replace(SPENDER, spends=spends, delivers=delivers))
    assert (found.pace, line(found, Part.TODAY).every_minutes) == (pace, minutes)


def test_the_cost_of_an_account_is_the_sum_of_its_parts() -> None:
    found = plan()
    by_part = {one.part: (one.every_minutes, one.calls) for one in found.lines}
    assert by_part == {
        Part.OBJECTS: (5, 4),
        Part.TODAY: (5, 2),
        Part.YESTERDAY: (60, 2),
        Part.RESTATED: (1440, 1),
        Part.LIFETIME: (60, 1),
    }
    assert found.calls_per_hour == pytest.approx(12 * 6 + 2 + 1 / 24 + 1)
    assert plan_sync([SPENDER, SPENDER], Paces()).calls_per_hour == 2 * found.calls_per_hour


def test_levels_that_no_rule_needs_cost_nothing() -> None:
    with_ads = replace(SPENDER, levels=[Level.CAMPAIGN, Level.AD])
    assert line(plan(with_ads), Part.TODAY).calls == 2 * line(plan(), Part.TODAY).calls


def test_pages_follow_the_rows_that_were_read_before() -> None:
    large = replace(SPENDER, objects={Level.CAMPAIGN: 10_000})
    sparse = replace(large, rows_a_day={(Level.CAMPAIGN, Grain.HOUR): 12_000})
    assert line(plan(large), Part.TODAY).calls == 48 + 2
    assert line(plan(sparse), Part.TODAY).calls == 3 + 2


def test_an_account_above_its_share_of_calls_is_read_less_often() -> None:
    large = replace(SPENDER, objects={Level.CAMPAIGN: 10_000})
    found = plan(large, Paces(calls_per_hour=600))
    assert found.slowed > 1
    assert found.calls_per_hour <= 600 * 1.1
    assert line(found, Part.RESTATED).every_minutes == 1440, "once a day stays once a day"


@pytest.mark.parametrize(("remaining", "slowed"), [(100, 1), (50, 1), (30, 3.5), (10, 6), (0, 6)])
def test_everything_slows_as_metas_limits_run_out(remaining: float, slowed: float) -> None:
    assert plan(replace(SPENDER, remaining=remaining)).slowed == slowed


def test_nothing_is_due_right_after_a_reading() -> None:
    assert plan().due(READ, NOW) == frozenset()


def test_what_was_never_read_is_due() -> None:
    assert plan().due(LastReads(), NOW) == frozenset(Part)


def test_today_comes_due_before_yesterday_and_the_rest() -> None:
    found = plan()
    assert found.due(READ, NOW + 5 * MINUTE) == {Part.OBJECTS, Part.TODAY}
    later = replace(READ, hours=NOW + 60 * MINUTE, days=NOW + 60 * MINUTE)
    assert found.due(later, NOW + 65 * MINUTE) == frozenset(Part) - {Part.RESTATED}


def test_yesterday_is_due_once_it_is_over() -> None:
    due = plan().due(replace(READ, yesterday=None), NOW + 5 * MINUTE)
    assert due == {Part.OBJECTS, Part.TODAY, Part.YESTERDAY}


def test_a_tick_a_little_early_still_counts() -> None:
    assert plan().due(READ, NOW + timedelta(minutes=4, seconds=30))


def test_what_failed_is_not_tried_at_every_tick() -> None:
    never = replace(READ, restated=None)
    tried = {Part.RESTATED: NOW, Part.TODAY: NOW}
    assert Part.RESTATED not in plan().due(never, NOW + 10 * MINUTE, tried)
    assert Part.RESTATED in plan().due(never, NOW + 60 * MINUTE, tried)


@given(
    objects=st.integers(0, 300_000),
    remaining=st.floats(0, 100),
    share=st.integers(10, 100_000),
    spends=st.booleans(),
)
def test_a_plan_never_costs_much_more_than_its_share(
    objects: int, remaining: float, share: int, spends: bool
) -> None:
    load = replace(SPENDER, objects={Level.CAMPAIGN: objects}, remaining=remaining, spends=spends)
    found = plan(load, Paces(calls_per_hour=share))
    once_a_day = sum(one.calls for one in found.lines) / 24
    assert found.calls_per_hour <= share * 1.001 + once_a_day
    assert all(one.every_minutes >= 5 for one in found.lines)
