"""The change history of ad accounts, as the activities edge serves it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import orjson

from sync.sandbox.graph.times import utc_text

_EVENT_BY_FIELD = {
    ("account", "spend_cap"): "ad_account_update_spend_limit",
    ("account", "spent_before"): "ad_account_reset_spend_limit",
    ("account", "images"): "add_images",
    ("account", "images_deleted"): "delete_images",
    ("campaign", "daily_budget"): "update_campaign_budget",
    ("campaign", "lifetime_budget"): "update_campaign_budget",
    ("campaign", "status"): "update_campaign_run_status",
    ("campaign", "name"): "update_campaign_name",
    ("campaign", "spend_cap"): "update_campaign_group_spend_cap",
    ("campaign", "bid_strategy"): "update_campaign_delivery_type",
    ("campaign", "start_time"): "update_campaign_schedule",
    ("campaign", "stop_time"): "update_campaign_schedule",
    ("campaign", "last_budget_toggling_time"): (
        "update_campaign_budget_optimization_toggling_status"
    ),
    ("campaign", "is_adset_budget_sharing_enabled"): "update_budget_flex_toggle_status",
    ("campaign", "budget_schedules"): "update_campaign_group_high_demand_periods",
    ("campaign", "is_budget_schedule_enabled"): "update_campaign_group_budget_scheduling_state",
    ("adset", "daily_budget"): "update_ad_set_budget",
    ("adset", "lifetime_budget"): "update_ad_set_budget",
    ("adset", "status"): "update_ad_set_run_status",
    ("adset", "name"): "update_ad_set_name",
    ("adset", "bid_amount"): "update_ad_set_bidding",
    ("adset", "bid_constraints"): "update_ad_set_bidding",
    ("adset", "bid_strategy"): "update_ad_set_bid_strategy",
    ("adset", "bid_adjustments"): "update_ad_set_bid_adjustments",
    ("adset", "targeting"): "update_ad_set_target_spec",
    ("adset", "optimization_goal"): "update_ad_set_optimization_goal",
    ("adset", "billing_event"): "billing_event",
    ("adset", "promoted_object"): "conversion_event_updated",
    ("adset", "attribution_spec"): "conversion_event_updated",
    ("adset", "destination_type"): "update_campaign_delivery_destination",
    ("adset", "start_time"): "update_ad_set_duration",
    ("adset", "end_time"): "update_ad_set_duration",
    ("adset", "adset_schedule"): "update_campaign_ad_scheduling",
    ("adset", "daily_min_spend_target"): "update_ad_set_min_spend_target",
    ("adset", "lifetime_min_spend_target"): "update_ad_set_min_spend_target",
    ("adset", "daily_spend_cap"): "update_ad_set_spend_cap",
    ("adset", "lifetime_spend_cap"): "update_ad_set_spend_cap",
    ("adset", "value_rule_set_id"): "update_ad_set_value_rules",
    ("adset", "budget_schedules"): "update_campaign_high_demand_periods",
    ("adset", "is_budget_schedule_enabled"): "update_campaign_budget_scheduling_state",
    ("ad", "status"): "update_ad_run_status",
    ("ad", "name"): "update_ad_friendly_name",
    ("ad", "creative_id"): "update_ad_creative",
    ("ad", "bid_amount"): "update_ad_bid_info",
    ("ad", "adlabels"): "update_ad_labels",
}
_CREATED = {
    "campaign": "create_campaign_group",
    "adset": "create_ad_set",
    "ad": "create_ad",
}
_REVIEWS = {"APPROVED": "ad_review_approved", "DISAPPROVED": "ad_review_declined"}
_OTHERWISE = {"account": "ad_account_set_business_information", "ad": "update_ad_targets_spec"}
_OBJECT_TYPES = {"campaign": "CAMPAIGN", "adset": "AD_SET", "ad": "AD"}
_CATEGORIES = {
    "BUDGET": ("budget", "spend_cap", "spend_limit", "high_demand", "spend_target"),
    "STATUS": ("run_status", "review", "stop_delivery"),
    "BID": ("bid", "delivery_type"),
    "TARGETING": ("target_spec", "targets_spec"),
    "DATE": ("duration", "schedule", "scheduling"),
    "AUDIENCE": ("audience",),
    "AD_KEYWORDS": ("keywords",),
}
_LEVELS = {"ACCOUNT": "account", "CAMPAIGN": "campaign", "AD_SET": "adset", "AD": "ad"}
CATEGORIES = frozenset({*_CATEGORIES, *_LEVELS})
_WORDS = {"ACTIVE": "Active", "PAUSED": "Inactive", "DELETED": "Deleted", "ARCHIVED": "Archived"}
_MONEY = ("bid_amount", "spend_cap", "daily_spend_cap", "lifetime_spend_cap")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changed something, and through which application and tool."""

    id: str
    name: str
    application_id: str
    application_name: str
    tool: str


FOREIGN_EDITOR = Actor(
    "100000000000777", "A colleague in Ads Manager", "0", "Ads Manager", "ADS_MANAGER"
)
META_ITSELF = Actor("0", "Meta", "0", "Meta", "META")
AUTOMATED_RULES = ("0", "Automated Rules", "AUTOMATED_RULES")
"""Application id, application and tool of changes that a native rule makes."""


@dataclass(frozen=True, slots=True)
class Activity:
    """One change: who, when, what object, which event, from what to what."""

    time: datetime
    account_id: str
    object_id: str
    object_name: str
    level: str
    event_type: str
    actor: Actor
    extra: Mapping[str, object]

    def fields(self, zone: str) -> dict[str, object]:
        """Return all fields of the edge; `zone` is the account's IANA zone."""
        local = self.time.astimezone(ZoneInfo(zone))
        return {
            "actor_id": self.actor.id,
            "actor_name": self.actor.name,
            "application_id": self.actor.application_id,
            "application_name": self.actor.application_name,
            "tool": self.actor.tool,
            "date_time_in_timezone": (
                f"{local:%m/%d/%Y} at {local.hour % 12 or 12}:{local:%M} "
                f"{'AM' if local.hour < 12 else 'PM'}"
            ),
            "event_time": utc_text(self.time),
            "event_type": self.event_type,
            "extra_data": orjson.dumps(self.extra).decode(),
            "object_id": self.object_id,
            "object_name": self.object_name,
            "object_type": _OBJECT_TYPES.get(self.level, "ACCOUNT"),
            "translated_event_type": translated(self.event_type),
        }

    def in_category(self, category: str) -> bool:
        """Tell whether the row belongs to a category of the edge."""
        if category in _LEVELS:
            return self.level == _LEVELS[category]
        return any(word in self.event_type for word in _CATEGORIES.get(category, ()))


def translated(event_type: str) -> str:
    """Return the event in words, as people read it in the change history."""
    words = event_type.replace("_", " ")
    if words.startswith("update "):
        return words.removeprefix("update ").capitalize() + " updated"
    if words.startswith("create "):
        return words.removeprefix("create ").capitalize() + " created"
    return words.capitalize()


def event_for(level: str, field: str, after: object = None) -> str:
    """Return the event type of a changed field; `created` for new objects."""
    if field == "created":
        return _CREATED.get(level, "create_ad")
    if field == "review":
        return _REVIEWS.get(str(after), "update_ad_run_status_to_be_set_after_review")
    if level == "account" and field == "spend_cap" and not after:
        return "ad_account_remove_spend_limit"
    return _EVENT_BY_FIELD.get((level, field), _OTHERWISE.get(level, "unknown"))


def extra_for(field: str, before: object, after: object, currency: str) -> dict[str, object]:
    """Return the decoded extra data of a change."""
    if field in _MONEY or ("budget" in field and not isinstance(after, bool | list)):
        kind = "payment_amount"
        return {"currency": currency, "old_value": before, "new_value": after, "type": kind}
    return {"old_value": _status_word(before), "new_value": _status_word(after), "type": field}


def _status_word(value: object) -> object:
    return _WORDS.get(value, value) if isinstance(value, str) else value


class ActivityLog:
    """Activities per account, oldest first."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Activity]] = defaultdict(list)

    def add(self, activity: Activity) -> None:
        """Append one row; foreign edits may arrive late and are put in order."""
        rows = self._rows[activity.account_id]
        rows.append(activity)
        if len(rows) > 1 and rows[-2].time > activity.time:
            rows.sort(key=lambda row: row.time)

    def of_account(self, account_id: str) -> list[Activity]:
        """Return the account's rows, newest first."""
        return self._rows[account_id][::-1]
