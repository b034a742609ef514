"""For all budgets and actions: a bound shortens a step and never turns it round."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.decide.targets import BudgetNow, budget_target
from engine.domain.action import Action, ActionType
from engine.domain.decision import Reason
from engine.domain.money import Money, offset_of

CURRENCIES = st.sampled_from(["USD", "UAH", "JPY", "HUF", "JOD"])
AMOUNTS = st.integers(1, 10**9)
PERCENTS = st.floats(0.01, 99, allow_nan=False).map(lambda value: round(value, 3))
MAJOR = st.floats(0.01, 10**7, allow_nan=False).map(lambda value: round(value, 2))


@st.composite
def actions(draw: st.DrawFn) -> Action:
    """Return any budget action with any of its bounds."""
    kind = draw(
        st.sampled_from(
            [ActionType.INCREASE_BUDGET, ActionType.DECREASE_BUDGET, ActionType.SET_BUDGET]
        )
    )
    params: dict[str, float] = {}
    if kind is ActionType.SET_BUDGET:
        params["amount"] = draw(MAJOR)
    else:
        word = "increase" if kind is ActionType.INCREASE_BUDGET else "decrease"
        how = draw(st.sampled_from(["percent", "amount"]))
        params[f"{word}_by_{how}"] = draw(PERCENTS if how == "percent" else MAJOR)
    for bound in ("max_daily_budget", "min_daily_budget"):
        if draw(st.booleans()):
            params[bound] = draw(MAJOR)
    if draw(st.booleans()):
        params["max_change_per_day_percent"] = draw(PERCENTS)
    return Action(kind, tuple(params.items()))


@st.composite
def budgets(draw: st.DrawFn) -> BudgetNow:
    """Return any daily budget with any start of its day and any floor."""
    currency = draw(CURRENCIES)
    before, start = draw(AMOUNTS), draw(AMOUNTS)
    floor = draw(st.integers(0, 10_000))
    return BudgetNow(Money(before, currency), Money(start, currency), Money(floor, currency))


@given(actions(), budgets())
def test_a_budget_moves_the_way_the_action_says_or_not_at_all(
    action: Action, budget: BudgetNow
) -> None:
    target = budget_target(action, budget)
    if isinstance(target, Reason):
        return
    assert target.currency == budget.money.currency
    change = target.minor - budget.money.minor
    assert change != 0
    if action.type is ActionType.INCREASE_BUDGET:
        assert change > 0
    if action.type is ActionType.DECREASE_BUDGET:
        assert change < 0


@given(actions(), budgets())
def test_bounds_hold_and_only_shorten_the_step(action: Action, budget: BudgetNow) -> None:
    target = budget_target(action, budget)
    if isinstance(target, Reason):
        return
    free = Action(
        action.type,
        tuple(item for item in action.params if "daily" not in item[0] and "day" not in item[0]),
    )
    unbounded = budget_target(free, BudgetNow(budget.money, budget.money, Money(0, "USD")))
    before = budget.money.minor
    if not isinstance(unbounded, Reason):
        assert abs(target.minor - before) <= abs(unbounded.minor - before)
    offset = offset_of(budget.money.currency)
    highest, lowest = action.number("max_daily_budget"), action.number("min_daily_budget")
    if target.minor > before and highest is not None:
        assert target.minor <= round(highest * offset) + 1
    if target.minor < before:
        assert target.minor >= budget.floor.minor
        if lowest is not None:
            assert target.minor >= round(lowest * offset) - 1


@given(actions(), budgets())
def test_a_target_is_computed_the_same_every_time(action: Action, budget: BudgetNow) -> None:
    assert budget_target(action, budget) == budget_target(action, budget)
