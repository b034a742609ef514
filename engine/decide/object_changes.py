"""What an action sets besides status and budgets: bids, labels, creatives.

Each answer is the field's absolute value, or the reason why nothing is changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.decide.family import Family
from engine.domain.action import Action, ActionType
from engine.domain.decision import COPY_FIELD, Reason, Value
from engine.domain.money import Money
from engine.domain.objects import AdObject, Level
from engine.domain.written import BID_FIELD, CREATIVE_FIELD, LABELS_FIELD, labels_value

# Only these take a bid of the buyer; the others find their own.
_CAPPED = frozenset({"LOWEST_COST_WITH_BID_CAP", "COST_CAP"})
_NO_CHANGE = "no_change"
FIELD_OF: dict[ActionType, str] = {
    ActionType.INCREASE_BID: BID_FIELD,
    ActionType.DECREASE_BID: BID_FIELD,
    ActionType.SET_BID: BID_FIELD,
    ActionType.ADD_LABEL: LABELS_FIELD,
    ActionType.REMOVE_LABEL: LABELS_FIELD,
    ActionType.ROTATE_CREATIVE: CREATIVE_FIELD,
    ActionType.DUPLICATE: COPY_FIELD,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A field of an object, what it has, and what it shall have."""

    field: str
    before: Value
    after: Value


def bid_wanted(action: Action, target: AdObject, family: Family) -> Wanted | Reason:
    """Return the bid an action aims at, minor units."""
    if target.level is Level.CAMPAIGN:
        words = "Bids live on ad sets. Write the rule for ad sets (level: adset)."
        return Reason("wrong_place", words)
    strategy = target.bid_strategy
    above = family.objects.get(target.campaign_id or "")
    if strategy is None and above is not None:
        strategy = above.bid_strategy
    if target.level is Level.ADSET and strategy not in _CAPPED:
        words = f"{target.name} has no bid of its own: its strategy is {strategy or 'automatic'}."
        return Reason("no_bid", words)
    before = target.bid_amount
    if before is None:
        return Reason("no_bid", f"{target.name} has no bid of its own.")
    currency = family.account.currency
    after = _bid(action, Money(before, currency))
    if after is None or after.minor <= 0:
        return Reason("no_amount", f"The action {action.type} says no bid above zero.")
    if after.minor == before:
        return Reason(_NO_CHANGE, f"The bid already is {after}, to the minor unit.")
    return Wanted(BID_FIELD, before, after.minor)


def _bid(action: Action, before: Money) -> Money | None:
    if action.type is ActionType.SET_BID:
        amount = action.number("amount")
        return None if amount is None else Money.from_major(amount, before.currency)
    rises = action.type is ActionType.INCREASE_BID
    word, sign, bound = ("increase", 1, "max_bid") if rises else ("decrease", -1, "min_bid")
    percent, amount = (action.number(f"{word}_by_{name}") for name in ("percent", "amount"))
    if percent is not None:
        wanted = before.changed_by_percent(sign * percent)
    elif amount is not None:
        step = Money.from_major(amount, before.currency)
        wanted = Money(before.minor + sign * step.minor, before.currency)
    else:
        return None
    limit = action.number(bound)
    if limit is None:
        return wanted
    # A bound shortens a step and never turns it round.
    edge = Money.from_major(limit, before.currency).minor
    bounded = min(wanted.minor, edge) if rises else max(wanted.minor, edge)
    beyond = bounded < before.minor if rises else bounded > before.minor
    return before if beyond else Money(bounded, before.currency)


def labels_wanted(action: Action, target: AdObject) -> Wanted | Reason:
    """Return the labels an action leaves an object with."""
    named = action.param("labels") or action.param("label")
    given = {named} if isinstance(named, str) else set(named if isinstance(named, tuple) else ())
    now = set(target.labels)
    adds = action.type is ActionType.ADD_LABEL
    after = now | given if adds else now - given
    if after == now:
        name = target.name
        words = f"{name} has the label already." if adds else f"{name} has no such label."
        return Reason(_NO_CHANGE, words)
    return Wanted(LABELS_FIELD, labels_value(now), labels_value(after))


def copy_wanted(action: Action, target: AdObject, mark: str) -> Wanted | Reason:
    """Return the unique name of a paused copy; `mark` makes it unique.

    A copy goes on by itself, so it is made paused and with its source's budget: a
    person looks at it before it spends.
    """
    if (action.number("count") or 1) != 1:
        return Reason("not_carried_out", "This version makes one copy at a time.")
    if action.param("status") == "ACTIVE" or action.param("budget") is not None:
        words = "This version makes copies paused and with the budget of their source."
        return Reason("not_carried_out", words)
    suffix = action.param("name_suffix")
    return Wanted(COPY_FIELD, None, copy_name(target, str(suffix or ""), mark))


def copy_name(target: AdObject, suffix: str, mark: str) -> str:
    """Return a copy's name: its source's, with a mark nobody else has."""
    return f"{target.name}{suffix or ' – copy'} #{mark}"


def creative_wanted(
    action: Action, target: AdObject, family: Family, stakes: Mapping[str, int]
) -> Wanted | Reason:
    """Return the creative that comes next in an ad, among those of its ad set.

    `next` goes through them in order, `least_fatigued` takes the one that spent least
    lately. The ad itself goes on, so the last active ad is never paused.
    """
    if target.level is not Level.AD:
        return Reason("wrong_level", "Creatives live on ads. Write the rule for ads (level: ad).")
    strategy = action.param("strategy") or "next"
    if strategy == "best_predicted":
        return Reason("no_model", "No model predicts creatives yet.")
    spent: dict[str, int] = {}
    for ad in family.living_children(target.parent_id or ""):
        if ad.creative_id is not None:
            spent[ad.creative_id] = spent.get(ad.creative_id, 0) + stakes.get(ad.object_id, 0)
    current = target.creative_id
    others = sorted((one for one in spent if one != current), key=lambda one: (len(one), one))
    if current is None or not others:
        return Reason(_NO_CHANGE, f"The ad set of {target.name} has no other creative.")
    if strategy == "least_fatigued":
        after = min(others, key=lambda one: (spent[one], len(one), one))
    else:
        later = [one for one in others if (len(one), one) > (len(current), current)]
        after = (later or others)[0]
    return Wanted(CREATIVE_FIELD, current, after)
