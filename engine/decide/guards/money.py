"""Guards on money: floors, ceilings, steps, caps of the day, exposure."""

from __future__ import annotations

from engine.decide.context import GuardContext, is_growth
from engine.domain.action import ActionType
from engine.domain.decision import Proposal, Reason
from engine.domain.money import Money


def budget_bounds(proposal: Proposal, context: GuardContext) -> Reason | None:
    """Veto a daily budget under the account's floor or over its ceiling.

    A rise that stays under the floor and a cut that stays over the ceiling go the right
    way, but Meta refuses the first; the second is let through.
    """
    after = proposal.after
    if proposal.field != "daily_budget" or not isinstance(after, int):
        return None
    account = context.account
    if after < max(account.min_daily_budget, 1):
        floor = _money(account.min_daily_budget, context)
        words = f"{_money(after, context)} is below the account's smallest budget of {floor}."
        return Reason("below_floor", words, "budget_bounds")
    ceiling = context.settings.budget_ceiling.minor(account.currency, context.spend_base)
    if ceiling is not None and after > ceiling and proposal.change > 0:
        words = f"{_money(after, context)} is above the ceiling of {_money(ceiling, context)}."
        return Reason("above_ceiling", words, "budget_bounds")
    return None


def step(proposal: Proposal, context: GuardContext) -> Reason | None:
    """Veto a change that is too large at once, or far from the usual.

    The second catches a budget in the wrong unit, a hundred times too high.
    """
    before, after = proposal.before, proposal.after
    if not proposal.is_budget or not isinstance(before, int) or not isinstance(after, int):
        return None
    settings = context.settings
    if before <= 0 or abs(after - before) * 100 > before * settings.max_step_percent:
        words = (
            f"From {_money(before, context)} to {_money(after, context)} is more than "
            f"{settings.max_step_percent:g} % at once."
        )
        return Reason("step_too_large", words, "step")
    median = context.medians.get(proposal.object.object_id)
    if proposal.change > 0 and median and after > settings.median_factor * median:
        words = (
            f"{_money(after, context)} is more than {settings.median_factor:g} times the usual "
            f"{_money(median, context)} of the last 30 days: a person must decide."
        )
        return Reason("unusual", words, "step")
    return None


def daily_cap(proposal: Proposal, context: GuardContext) -> Reason | None:
    """Veto when the day's changes would pass a cap.

    What is sent and not settled counts as if it had taken effect.
    """
    if proposal.change == 0:
        return None
    settings, currency, base = context.settings, context.account.currency, context.spend_base
    moved, risen = context.moved_today(proposal)
    change, rise = abs(proposal.change), max(proposal.change, 0)
    checks = (
        ("account_change", settings.account_change, moved + change),
        ("account_increase", settings.account_increase, risen + rise if rise else 0),
        ("client_change", settings.client_change, context.client_used + moved + change),
    )
    for code, limit, total in checks:
        cap = limit.minor(currency, base)
        if cap is not None and total > cap:
            words = (
                f"The day's budget changes would come to {_money(total, context)}; "
                f"the cap is {_money(cap, context)}."
            )
            return Reason(code, words, "daily_cap")
    return None


def exposure(proposal: Proposal, context: GuardContext) -> Reason | None:
    """Veto growth that lets the daily budgets sum up above their limit."""
    limit = context.settings.exposure.minor(context.account.currency, context.spend_base)
    if limit is None or not is_growth(proposal):
        return None
    accepted = sum(
        entry.change
        for entry in context.history.of_account(proposal)
        if entry.cycle_id == context.cycle_id and entry.field == "daily_budget"
    )
    total = context.family.daily_exposure() + accepted + _added(proposal, context)
    if total <= limit:
        return None
    words = (
        f"The account's daily budgets would come to {_money(total, context)}; "
        f"the limit is {_money(limit, context)}."
    )
    return Reason("exposure", words, "exposure")


def _added(proposal: Proposal, context: GuardContext) -> int:
    """Return how much a proposal adds to what may be spent in a day."""
    if proposal.action.type is not ActionType.ACTIVATE:
        return proposal.change if proposal.field == "daily_budget" else 0
    one = proposal.object
    if one.daily_budget is not None:
        return one.daily_budget
    children = context.family.living_children(one.object_id)
    return sum(child.daily_budget or 0 for child in children)


def _money(minor: int, context: GuardContext) -> Money:
    return Money(minor, context.account.currency)
