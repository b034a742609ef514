"""How each node type's fields are read from its record.

A reader returns None for an unset value; such fields are left out of the
answer. Budgets are text in minor units, bid amounts integers, as on the wire.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sync.sandbox.graph.bid_rules import strategy_of
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.labels import shown_labels
from sync.sandbox.graph.local_times import local_time
from sync.sandbox.graph.statuses import ad_status, adset_status
from sync.sandbox.records import (
    AccountRecord,
    AdSetRecord,
    CampaignRecord,
)


class Owned(Protocol):
    """A record that belongs to an ad account."""

    account_id: str


Reader = Callable[[GraphContext, Any], object]  # Any: each table serves one record type

_TIMEZONE_IDS = {
    "America/Los_Angeles": 1,
    "America/New_York": 7,
    "Europe/Kyiv": 137,
    "Europe/Kiev": 137,
    "Europe/Warsaw": 106,
    "Europe/Berlin": 47,
    "Europe/London": 58,
}


def _plain(*names: str) -> dict[str, Reader]:
    def reader(name: str) -> Reader:
        return lambda _context, record: getattr(record, name)

    return {name: reader(name) for name in names}


def _times(*names: str) -> dict[str, Reader]:
    def reader(name: str) -> Reader:
        def read(context: GraphContext, record: Owned) -> object:
            return local_time(context, record.account_id, getattr(record, name))

        return read

    return {name: reader(name) for name in names}


def _text(amount: int | None) -> str | None:
    return None if amount is None else str(amount)


def _or_none(value: object) -> object:
    return value if value else None


def _remaining(context: GraphContext, record: CampaignRecord | AdSetRecord) -> str:
    if not record.daily_budget and not record.lifetime_budget:
        return "0"
    return str(context.world.budget_remaining(record.id))


def _starts(context: GraphContext, record: CampaignRecord) -> datetime:
    """Return when a campaign starts: with the first of its ad sets."""
    return min(
        (one.start_time for one in context.world.adsets_of(record.id)), default=record.start_time
    )


def _stops(context: GraphContext, record: CampaignRecord) -> datetime | None:
    """Return when a campaign stops: by itself, or with the last of its ad sets."""
    ends = [one.end_time for one in context.world.adsets_of(record.id)]
    if record.stop_time is not None or not ends or None in ends:
        return record.stop_time
    return max(end for end in ends if end is not None)


def _zone_offset(context: GraphContext, account: AccountRecord) -> float:
    offset = context.now().astimezone(ZoneInfo(account.timezone_name)).utcoffset()
    return 0.0 if offset is None else offset.total_seconds() / 3600


ACCOUNT: dict[str, Reader] = {
    **_plain(
        "name", "account_status", "disable_reason", "currency", "timezone_name", "min_daily_budget"
    ),
    "id": lambda _c, a: f"act_{a.id}",
    "account_id": lambda _c, a: a.id,
    "age": lambda c, a: round((c.now() - a.created_time).total_seconds() / 86400, 6),
    "timezone_id": lambda _c, a: _TIMEZONE_IDS.get(a.timezone_name, 0) or None,
    "timezone_offset_hours_utc": _zone_offset,
    "min_campaign_group_spend_cap": lambda _c, a: str(100 * a.min_daily_budget),
    "amount_spent": lambda c, a: str(c.world.amount_spent(a.id) - a.spent_before),
    "balance": lambda c, a: str(c.world.amount_spent_today(a.id)),
    "spend_cap": lambda _c, a: str(a.spend_cap or 0),
    "business": lambda _c, a: {"id": a.business_id, "name": a.client},
    "business_name": lambda _c, a: a.client,
    "owner": lambda _c, a: a.business_id,
    "end_advertiser": lambda _c, a: a.extras.get("end_advertiser", a.business_id),
    "end_advertiser_name": lambda _c, a: a.client,
    "created_time": lambda c, a: local_time(c, a.id, a.created_time),
    "funding_source_details": lambda _c, a: {
        "id": a.business_id,
        "display_string": "Available balance",
        "type": 1,
    },
    "capabilities": lambda _c, _a: ["CAN_CREATE_CALL_ADS", "BULK_ACCOUNT"],
    "user_tasks": lambda _c, _a: ["DRAFT", "ANALYZE", "ADVERTISE", "MANAGE"],
    "is_prepay_account": lambda _c, _a: False,
    "is_personal": lambda _c, _a: 0,
    "tos_accepted": lambda _c, _a: {"web_custom_audience_tos": 1},
    "is_attribution_spec_system_default": lambda _c, _a: True,
}

CAMPAIGN: dict[str, Reader] = {
    **_plain(
        "id",
        "account_id",
        "name",
        "objective",
        "status",
        "buying_type",
        "pacing_type",
        "special_ad_categories",
        "source_campaign_id",
        "is_adset_budget_sharing_enabled",
        "budget_rebalance_flag",
    ),
    **_times("created_time", "updated_time", "last_budget_toggling_time"),
    "start_time": lambda c, r: local_time(c, r.account_id, _starts(c, r)),
    "stop_time": lambda c, r: local_time(c, r.account_id, _stops(c, r)),
    "configured_status": lambda _c, r: r.status,
    "effective_status": lambda _c, r: r.status,
    "daily_budget": lambda _c, r: _text(r.daily_budget),
    "lifetime_budget": lambda _c, r: _text(r.lifetime_budget),
    "budget_remaining": _remaining,
    "spend_cap": lambda _c, r: _text(r.spend_cap),
    "bid_strategy": lambda _c, r: (
        (r.bid_strategy or "LOWEST_COST_WITHOUT_CAP")
        if r.daily_budget or r.lifetime_budget or r.is_adset_budget_sharing_enabled
        else None
    ),
    "special_ad_category": lambda _c, r: (
        r.special_ad_categories[0] if r.special_ad_categories else "NONE"
    ),
    "smart_promotion_type": lambda _c, _r: "GUIDED_CREATION",
    "adlabels": lambda c, r: _or_none(shown_labels(c, r.account_id, r.adlabels)),
    "is_budget_schedule_enabled": lambda _c, r: r.extras.get("is_budget_schedule_enabled", False),
}

ADSET: dict[str, Reader] = {
    **_plain(
        "id",
        "account_id",
        "campaign_id",
        "name",
        "status",
        "bid_amount",
        "bid_constraints",
        "billing_event",
        "optimization_goal",
        "destination_type",
        "promoted_object",
        "source_adset_id",
    ),
    **_times("created_time", "updated_time", "start_time", "end_time"),
    "configured_status": lambda _c, r: r.status,
    "effective_status": lambda c, r: adset_status(c.world, r),
    "daily_budget": lambda _c, r: str(r.daily_budget or 0),
    "lifetime_budget": lambda _c, r: str(r.lifetime_budget or 0),
    "budget_remaining": _remaining,
    "bid_strategy": lambda c, r: strategy_of(c.world.campaigns[r.campaign_id], r, {}),
    "daily_min_spend_target": lambda _c, r: _text(r.daily_min_spend_target),
    "daily_spend_cap": lambda _c, r: _text(r.daily_spend_cap),
    "lifetime_min_spend_target": lambda _c, r: _text(r.lifetime_min_spend_target),
    "lifetime_spend_cap": lambda _c, r: _text(r.lifetime_spend_cap),
    "attribution_spec": lambda _c, r: _or_none(r.attribution_spec),
    "targeting": lambda _c, r: _or_none(r.targeting),
    "learning_stage_info": lambda c, r: c.world.learning_stage(r.id),
    "adlabels": lambda c, r: _or_none(shown_labels(c, r.account_id, r.adlabels)),
    "pacing_type": lambda _c, r: r.extras.get("pacing_type", ["standard"]),
    "is_dynamic_creative": lambda _c, _r: False,
    "is_budget_schedule_enabled": lambda _c, r: r.extras.get("is_budget_schedule_enabled", False),
}

AD: dict[str, Reader] = {
    **_plain(
        "id",
        "account_id",
        "campaign_id",
        "adset_id",
        "name",
        "status",
        "bid_amount",
        "source_ad_id",
    ),
    **_times("created_time", "updated_time"),
    "configured_status": lambda _c, r: r.status,
    "effective_status": lambda c, r: ad_status(c.world, r),
    "bid_type": lambda _c, _r: "ABSOLUTE_OCPM",
    "creative": lambda _c, r: {"id": r.creative_id},
    "last_updated_by_app_id": lambda c, _r: c.tokens.app_id,
    "targeting": lambda c, r: _or_none(c.world.adsets[r.adset_id].targeting),
    "tracking_specs": lambda _c, r: _or_none(r.tracking_specs),
    "adlabels": lambda c, r: _or_none(shown_labels(c, r.account_id, r.adlabels)),
    "ad_review_feedback": lambda _c, r: (
        {"global": {"POLICY": "The ad does not meet the policies."}}
        if r.review == "DISAPPROVED"
        else None
    ),
}

_CREATIVE_NAMES = (
    "title body object_type call_to_action_type image_hash image_url thumbnail_url link_url "
    "object_story_spec asset_feed_spec"
).split()


def _creative_reader(name: str) -> Reader:
    return lambda _context, record: _or_none(getattr(record, name))


CREATIVE: dict[str, Reader] = {
    **_plain("id", "account_id", "name", "status"),
    **{name: _creative_reader(name) for name in _CREATIVE_NAMES},
    "adlabels": lambda c, r: _or_none(shown_labels(c, r.account_id, r.adlabels)),
    "actor_id": lambda _c, r: f"11{int(r.account_id) % 10**13:013d}",
    "effective_object_story_id": lambda _c, r: f"11{int(r.account_id) % 10**13:013d}_{r.id}",
}

READERS: dict[str, dict[str, Reader]] = {
    "AdAccount": ACCOUNT,
    "Campaign": CAMPAIGN,
    "AdSet": ADSET,
    "Ad": AD,
    "AdCreative": CREATIVE,
}
