"""Creating and updating campaigns: budgets of both levels, bids, sharing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sync.sandbox.graph.bid_rules import CAPPED, UNCAPPED
from sync.sandbox.graph.budget_rules import (
    BUDGETS,
    NO_SPEND_CAP,
    Values,
    check_amount,
    check_covers_adsets,
    check_kind,
    check_lowering,
    check_spend_cap,
    given_budget,
    has_budget,
    least_daily,
    live_adsets,
)
from sync.sandbox.graph.changes import Change
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import bad_value
from sync.sandbox.graph.refusals import refused
from sync.sandbox.records import AccountRecord, AdSetRecord, CampaignRecord

OBJECTIVES = (
    "OUTCOME_APP_PROMOTION",
    "OUTCOME_AWARENESS",
    "OUTCOME_ENGAGEMENT",
    "OUTCOME_LEADS",
    "OUTCOME_SALES",
    "OUTCOME_TRAFFIC",
)
"""Objectives of new campaigns; older ones are only read."""


def check_new_campaign(account: AccountRecord, values: Values, now: datetime) -> None:
    """Check a new campaign against every rule."""
    check_objective(values)
    budget = given_budget(values)
    start, stop = values.get("start_time") or now, values.get("stop_time")
    check_span(start, stop, now)
    if budget is not None:
        end = stop if isinstance(stop, datetime) else None
        check_amount(account, budget, cast(datetime, start), end, account.min_daily_budget)
    elif "is_adset_budget_sharing_enabled" not in values:
        raise bad_value("Must specify True or False in is_adset_budget_sharing_enabled field")
    elif values["is_adset_budget_sharing_enabled"]:
        if not values.get("bid_strategy"):
            raise refused("sharing_needs_strategy", 4834005, ("bid_strategy",))
    elif "bid_strategy" in values:
        raise refused("bid_strategy_level", blame=("bid_strategy",))
    _spend_cap(account, values)


def new_campaign(context: GraphContext, account: AccountRecord, values: Values) -> CampaignRecord:
    """Make the record of a new campaign that has been checked."""
    now = context.now()
    record = CampaignRecord(
        id=context.world.new_id("campaign"),
        account_id=account.id,
        name=str(values["name"]),
        objective=str(values["objective"]),
        status=str(values["status"]),
        created_time=now,
        updated_time=now,
        start_time=cast("datetime | None", values.get("start_time")) or now,
        source_campaign_id=str(values.get("source_campaign_id") or "0"),
    )
    record.spend_cap = _spend_cap(account, values)
    budget = given_budget(values)
    if budget is not None:
        setattr(record, *budget)
    return record


def plan_campaign(context: GraphContext, record: CampaignRecord, values: Values) -> list[Change]:
    """Check an update and return what is special to campaigns."""
    account, now = context.world.accounts[record.account_id], context.now()
    stop = values.get("stop_time", record.stop_time)
    if "stop_time" in values:
        check_span(values.get("start_time") or record.start_time, stop, now)
    if values.get("objective") not in (None, record.objective):
        check_objective(values)
    changes = _budget_changes(context, record, values, stop if isinstance(stop, datetime) else None)
    if "adset_budgets" in values:
        changes += _to_adset_budgets(context, record, values["adset_budgets"])
    changes += _bid_changes(context, record, values)
    _check_strategy(context, record, values)
    _check_sharing(record, values)
    if "spend_cap" in values:
        changes.append(Change(record, "spend_cap", _spend_cap(account, values)))
    if "special_ad_category" in values and "special_ad_categories" not in values:
        category = values["special_ad_category"]
        chosen = [] if category == "NONE" else [category]
        changes.append(Change(record, "special_ad_categories", chosen))
    return changes


def check_objective(values: Values) -> None:
    """Refuse an objective that new campaigns cannot have."""
    if values["objective"] not in OBJECTIVES:
        raise refused("old_objective", blame=("objective",), choices=", ".join(OBJECTIVES))


def check_span(start: object, end: object, now: datetime, field: str = "end_time") -> None:
    """Refuse an end that has passed or comes before the start."""
    if not isinstance(end, datetime):
        return
    if end <= now:
        raise refused("ended", 1487033, (field,))
    if isinstance(start, datetime) and end <= start:
        raise refused("ends_before_start", blame=(field,))


def _budget_changes(
    context: GraphContext, record: CampaignRecord, values: Values, stop: datetime | None
) -> list[Change]:
    """Set the campaign's budget, taking it off the ad sets when they had it."""
    budget = given_budget(values)
    if budget is None:
        return []
    account = context.world.accounts[record.account_id]
    check_kind(record, budget[0])
    check_amount(account, budget, context.now(), stop, account.min_daily_budget)
    check_covers_adsets(context, record, budget)
    check_lowering(context, record, *budget)
    changes = [Change(record, *budget)]
    if has_budget(record):
        return changes
    adsets = live_adsets(context, record.id)
    _check_switchable(context, adsets)
    if budget[0] == "lifetime_budget" and stop is None and any(s.end_time is None for s in adsets):
        raise refused("end_required", blame=("stop_time",))
    changes += [
        Change(adset, name, None)
        for adset in context.world.adsets_of(record.id)
        for name in BUDGETS
        if getattr(adset, name)
    ]
    shared = {one.bid_strategy or UNCAPPED for one in adsets}
    if "bid_strategy" not in values and len(shared) == 1 and shared != {UNCAPPED}:
        changes.append(Change(record, "bid_strategy", shared.pop()))
    changes.append(Change(record, "last_budget_toggling_time", context.now()))
    return changes


def _to_adset_budgets(context: GraphContext, record: CampaignRecord, given: object) -> list[Change]:
    """Move the budget from the campaign to its ad sets."""
    if not has_budget(record):
        raise refused("adset_budgets_not_shared", blame=("adset_budgets",))
    account = context.world.accounts[record.account_id]
    live = {one.id: one for one in live_adsets(context, record.id)}
    _check_switchable(context, list(live.values()))
    wanted = {
        str(item.get("adset_id")): item
        for item in (given if isinstance(given, list) else [])
        if isinstance(item, dict)
    }
    if set(wanted) != set(live):
        raise refused("adset_budgets_required", blame=("adset_budgets",))
    changes = [Change(record, name, None) for name in BUDGETS if getattr(record, name)]
    for adset_id, item in wanted.items():
        adset, budget = live[adset_id], _item_budget(item)
        least = least_daily(account, adset.billing_event)
        check_amount(account, budget, context.now(), adset.end_time, least)
        if budget[0] == "lifetime_budget" and adset.end_time is None:
            raise refused("end_required", blame=("adset_budgets",))
        changes.append(Change(adset, *budget))
        if (record.bid_strategy or UNCAPPED) != (adset.bid_strategy or UNCAPPED):
            changes.append(Change(adset, "bid_strategy", record.bid_strategy))
    if record.bid_strategy:
        changes.append(Change(record, "bid_strategy", None))
    changes.append(Change(record, "last_budget_toggling_time", context.now()))
    return changes


def _item_budget(item: dict[str, object]) -> tuple[str, int]:
    """Read the budget of one entry of adset_budgets."""
    found = {name: item[name] for name in BUDGETS if item.get(name)}
    for name, amount in found.items():
        if isinstance(amount, bool) or not str(amount).isdigit():
            raise bad_value(f"Param adset_budgets: {name} must be an integer, got '{amount}'")
    budget = given_budget({name: int(str(amount)) for name, amount in found.items()})
    if budget is None:
        raise bad_value("Param adset_budgets must hold daily_budget or lifetime_budget")
    return budget


def _bid_changes(context: GraphContext, record: CampaignRecord, values: Values) -> list[Change]:
    """Set the bids of ad sets that come with the campaign's strategy."""
    given = values.get("adset_bid_amounts")
    if not isinstance(given, dict):
        return []
    live = {one.id: one for one in live_adsets(context, record.id)}
    changes: list[Change] = []
    for adset_id, amount in given.items():
        if adset_id not in live:
            raise bad_value(f"Param adset_bid_amounts: '{adset_id}' is no ad set of the campaign")
        if isinstance(amount, bool) or not str(amount).isdigit() or not int(str(amount)):
            raise bad_value("Param adset_bid_amounts must hold positive integers")
        changes.append(Change(live[adset_id], "bid_amount", int(str(amount))))
    return changes


def _check_strategy(context: GraphContext, record: CampaignRecord, values: Values) -> None:
    """Refuse a strategy where the campaign has none, or one that lacks bids."""
    wanted = values.get("bid_strategy")
    if wanted is None:
        return
    sharing = values.get("is_adset_budget_sharing_enabled", record.is_adset_budget_sharing_enabled)
    if not (has_budget(record) or sharing or given_budget(values)):
        raise refused("bid_strategy_level", blame=("bid_strategy",))
    adsets = live_adsets(context, record.id)
    if wanted != (record.bid_strategy or UNCAPPED):
        _check_switchable(context, adsets)
    bids = values.get("adset_bid_amounts")
    named = bids if isinstance(bids, dict) else {}
    if wanted in CAPPED and any(not (s.bid_amount or s.id in named) for s in adsets):
        raise refused("bid_required", blame=("adset_bid_amounts",), strategy=wanted)


def _check_switchable(context: GraphContext, adsets: Sequence[AdSetRecord]) -> None:
    most = context.limits.switchable_adsets
    if len(adsets) > most:
        raise refused("too_many_to_switch", most=most)


def _check_sharing(record: CampaignRecord, values: Values) -> None:
    """Refuse budget sharing without a strategy, or switched on while running."""
    wanted = values.get("is_adset_budget_sharing_enabled")
    if not wanted or record.is_adset_budget_sharing_enabled:
        return
    field = "is_adset_budget_sharing_enabled"
    if record.status == "ACTIVE" and values.get("status", "ACTIVE") == "ACTIVE":
        raise refused("sharing_while_running", 3858418, (field,))
    if not (values.get("bid_strategy") or record.bid_strategy):
        raise refused("sharing_needs_strategy", 4834005, ("bid_strategy",))


def _spend_cap(account: AccountRecord, values: Values) -> int | None:
    """Read a campaign's spend cap; Meta's largest number takes it away."""
    cap = values.get("spend_cap")
    if not isinstance(cap, int) or cap == NO_SPEND_CAP:
        return None
    check_spend_cap(account, cap)
    return cap
