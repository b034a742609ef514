"""The budget an action aims at, computed once, in minor units.

A bound only ever shortens a step; it never turns it round: a ceiling below
today's budget leaves the budget alone, it does not lower it.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.domain.action import Action, ActionType
from engine.domain.decision import Reason
from engine.domain.money import Money


@dataclass(frozen=True, slots=True)
class BudgetNow:
    """A budget, what it was when the day began, and Meta's floor for it.

    `daily` is false for a lifetime budget.
    """

    money: Money
    day_start: Money
    floor: Money
    daily: bool = True


def budget_target(action: Action, budget: BudgetNow) -> Money | Reason:
    """Return the absolute budget an action aims at, or why it changes nothing.

    The reason's code is `no_change` where the budget already is where it should be,
    `wrong_kind` or `no_amount` where the rule asks for what can't be.
    """
    bounded = ("max_daily_budget", "min_daily_budget")
    if not budget.daily and any(action.number(name) is not None for name in bounded):
        return Reason(
            "wrong_kind",
            "The rule bounds a daily budget, but this object has a lifetime budget.",
        )
    wanted = _wanted(action, budget.money)
    if wanted is None:
        return Reason("no_amount", f"The action {action.type} says no amount.")
    if wanted.minor == budget.money.minor:
        return Reason("no_change", f"The budget already is {budget.money}, to the minor unit.")
    if not _right_way(action, budget.money, wanted):
        return Reason("no_amount", f"The action {action.type} would move the budget to {wanted}.")
    return _bounded(action, budget, wanted)


def _wanted(action: Action, before: Money) -> Money | None:
    if action.type is ActionType.SET_BUDGET:
        amount = action.number("amount")
        return None if amount is None else Money.from_major(amount, before.currency)
    word, sign = ("increase", 1) if action.type is ActionType.INCREASE_BUDGET else ("decrease", -1)
    percent = action.number(f"{word}_by_percent")
    if percent is not None:
        return before.changed_by_percent(sign * percent)
    amount = action.number(f"{word}_by_amount")
    if amount is not None:
        step = Money.from_major(amount, before.currency)
        return Money(before.minor + sign * step.minor, before.currency)
    return None


def _right_way(action: Action, before: Money, wanted: Money) -> bool:
    if action.type is ActionType.INCREASE_BUDGET:
        return before < wanted
    if action.type is ActionType.DECREASE_BUDGET:
        return wanted < before
    return wanted.minor > 0


def _bounded(action: Action, budget: BudgetNow, wanted: Money) -> Money | Reason:
    """Return `wanted` pulled back towards the present budget by every bound."""
    before = budget.money
    if before < wanted:
        ceilings = [*_day_bound(action, budget, 1), *_bound(action, "max_daily_budget", before)]
        limit = min((bound.minor for bound in ceilings), default=wanted.minor)
        target = min(wanted.minor, limit)
        if target <= before.minor:
            top = Money(limit, before.currency)
            return Reason("no_change", f"The budget {before} is at its ceiling of {top} already.")
        return Money(target, before.currency)
    floors = [
        *_day_bound(action, budget, -1),
        *_bound(action, "min_daily_budget", before),
        *([budget.floor] if budget.daily else []),
    ]
    limit = max((bound.minor for bound in floors), default=wanted.minor)
    target = max(wanted.minor, limit)
    if target >= before.minor:
        bottom = Money(limit, before.currency)
        return Reason("no_change", f"The budget {before} is at its floor of {bottom} already.")
    return Money(target, before.currency)


def _bound(action: Action, name: str, like: Money) -> list[Money]:
    amount = action.number(name)
    return [] if amount is None else [Money.from_major(amount, like.currency)]


def _day_bound(action: Action, budget: BudgetNow, sign: int) -> list[Money]:
    """Return how far the day's change may go, counted from where the day began."""
    percent = action.number("max_change_per_day_percent")
    return [] if percent is None else [budget.day_start.changed_by_percent(sign * percent)]
