"""How each node type's fields are read from its record.

A reader returns None for an unset value; such fields are left out of the
answer. Budgets are text in minor units, bid amounts integers, as on the wire.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from sync.sandbox.graph.account_fields import ACCOUNT
from sync.sandbox.graph.bid_rules import strategy_of
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.labels import shown_labels
from sync.sandbox.graph.local_times import local_time
from sync.sandbox.graph.plain_readers import Reader, plain_readers
from sync.sandbox.graph.statuses import ad_status, adset_status, campaign_status
from sync.sandbox.records import AdSetRecord, CampaignRecord


class Owned(Protocol):
    """A record that belongs to an ad account."""

    account_id: str


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


def recommendations(context: GraphContext, adset: AdSetRecord) -> list[dict[str, object]]:
    """Return a hint for an ad set that cannot finish learning."""
    if adset.status != "ACTIVE" or context.world.learning_stage(adset.id)["status"] != "FAIL":
        return []
    return [
        {
            "title": "Learning limited",
            "message": "The ad set has too few results to leave the learning phase.",
            "importance": "MEDIUM",
            "confidence": "HIGH",
            "blame_field": "daily_budget",
        }
    ]


def _conversions(adset: AdSetRecord) -> list[dict[str, object]]:
    """Return what an ad is optimised for, in the terms of its pixel."""
    pixel = (adset.promoted_object or {}).get("pixel_id")
    if pixel is None:
        return []
    return [{"action.type": ["offsite_conversion"], "fb_pixel": [pixel]}]


CAMPAIGN: dict[str, Reader] = {
    **plain_readers(
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
    "effective_status": lambda _c, r: campaign_status(r),
    "issues_info": lambda _c, r: _or_none(r.issues),
    "recommendations": lambda c, r: _or_none(
        [one for adset in c.world.adsets_of(r.id) for one in recommendations(c, adset)]
    ),
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
    **plain_readers(
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
    "issues_info": lambda _c, r: _or_none(r.issues),
    "recommendations": lambda c, r: _or_none(recommendations(c, r)),
    "adlabels": lambda c, r: _or_none(shown_labels(c, r.account_id, r.adlabels)),
    "pacing_type": lambda _c, r: r.extras.get("pacing_type", ["standard"]),
    "is_dynamic_creative": lambda _c, _r: False,
    "is_budget_schedule_enabled": lambda _c, r: r.extras.get("is_budget_schedule_enabled", False),
}

AD: dict[str, Reader] = {
    **plain_readers(
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
    "issues_info": lambda _c, r: _or_none(r.issues),
    "recommendations": lambda c, r: _or_none(recommendations(c, c.world.adsets[r.adset_id])),
    "tracking_specs": lambda _c, r: _or_none(r.tracking_specs),
    "conversion_specs": lambda c, r: _or_none(_conversions(c.world.adsets[r.adset_id])),
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
    **plain_readers("id", "account_id", "name", "status"),
    **{name: _creative_reader(name) for name in _CREATIVE_NAMES},
    "adlabels": lambda c, r: _or_none(shown_labels(c, r.account_id, r.adlabels)),
    "actor_id": lambda _c, r: f"11{int(r.account_id) % 10**13:013d}",
    "effective_object_story_id": lambda _c, r: r.extras.get(
        "object_story_id", f"11{int(r.account_id) % 10**13:013d}_{r.id}"
    ),
}

READERS: dict[str, dict[str, Reader]] = {
    "AdAccount": ACCOUNT,
    "Campaign": CAMPAIGN,
    "AdSet": ADSET,
    "Ad": AD,
    "AdCreative": CREATIVE,
}
