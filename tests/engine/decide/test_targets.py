"""Budgets that actions aim at: exact, in minor units, held by their bounds."""

from __future__ import annotations

import pytest

from engine.decide.targets import BudgetNow, budget_target
from engine.domain.action import Action, ActionType
from engine.domain.decision import Reason
from engine.domain.money import Money
from tests.deciding import action, lower_by, raise_by


def budget(minor: int = 5000, *, day_start: int | None = None, daily: bool = True) -> BudgetNow:
    start = minor if day_start is None else day_start
    return BudgetNow(Money(minor, "USD"), Money(start, "USD"), Money(100, "USD"), daily)


def target(wanted: Action, now: BudgetNow) -> int | str:
    found = budget_target(wanted, now)
    return found.code if isinstance(found, Reason) else found.minor


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (raise_by(20), 6000),
        (raise_by(33.333), 6667),
        (lower_by(20), 4000),
        (action(ActionType.INCREASE_BUDGET, increase_by_amount=12.5), 6250),
        (action(ActionType.DECREASE_BUDGET, decrease_by_amount=12.5), 3750),
        (action(ActionType.SET_BUDGET, amount=80), 8000),
        (raise_by(20, max_daily_budget=55), 5500),
        (lower_by(20, min_daily_budget=45), 4500),
    ],
)
def test_an_action_aims_at_an_exact_budget(wanted: Action, expected: int) -> None:
    assert target(wanted, budget()) == expected


def test_a_currency_without_cents_is_not_multiplied() -> None:
    yen = Money(5000, "JPY")
    now = BudgetNow(yen, yen, Money(100, "JPY"))
    assert budget_target(action(ActionType.SET_BUDGET, amount=8000), now) == Money(8000, "JPY")


def test_a_ceiling_below_the_budget_leaves_it_alone() -> None:
    """A bound only shortens a step; it never turns it round."""
    assert target(raise_by(20, max_daily_budget=40), budget()) == "no_change"


def test_a_cut_stops_at_the_smallest_budget_of_the_account() -> None:
    assert target(lower_by(90), budget(500)) == 100
    assert target(lower_by(90), budget(100)) == "no_change"


def test_the_day_bounds_all_changes_together() -> None:
    bounded = raise_by(20, max_change_per_day_percent=30)
    assert target(bounded, budget(5000)) == 6000
    assert target(bounded, budget(6000, day_start=5000)) == 6500
    assert target(bounded, budget(6500, day_start=5000)) == "no_change"


def test_a_change_smaller_than_a_minor_unit_changes_nothing() -> None:
    assert target(raise_by(1), budget(20)) == "no_change"


def test_daily_bounds_do_not_fit_a_lifetime_budget() -> None:
    assert target(raise_by(20, max_daily_budget=900), budget(daily=False)) == "wrong_kind"
    assert target(raise_by(20), budget(daily=False)) == 6000


def test_an_action_without_an_amount_is_refused() -> None:
    assert target(Action(ActionType.SET_BUDGET), budget()) == "no_amount"
    assert target(raise_by(-20), budget()) == "no_amount"
