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
    ("campaign", "daily_budget"): "update_campaign_budget",
    ("campaign", "lifetime_budget"): "update_campaign_budget",
    ("campaign", "status"): "update_campaign_run_status",
    ("campaign", "name"): "update_campaign_name",
    ("campaign", "spend_cap"): "update_campaign_group_spend_cap",
    ("campaign", "bid_strategy"): "update_campaign_delivery_type",
    ("adset", "daily_budget"): "update_ad_set_budget",
    ("adset", "lifetime_budget"): "update_ad_set_budget",
    ("adset", "status"): "update_ad_set_run_status",
    ("adset", "name"): "update_ad_set_name",
    ("adset", "bid_amount"): "update_ad_set_bidding",
    ("adset", "bid_strategy"): "update_ad_set_bid_strategy",
    ("adset", "targeting"): "update_ad_set_target_spec",
    ("adset", "optimization_goal"): "update_ad_set_optimization_goal",
    ("adset", "start_time"): "update_ad_set_duration",
    ("adset", "end_time"): "update_ad_set_duration",
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
_OBJECT_TYPES = {"campaign": "CAMPAIGN", "adset": "AD_SET", "ad": "AD"}
_CATEGORIES = {
    "BUDGET": ("budget", "spend_cap", "spend_limit"),
    "STATUS": ("run_status",),
    "BID": ("bid", "delivery_type"),
    "TARGETING": ("target",),
    "DATE": ("duration",),
}


@dataclass(frozen=True, slots=True)
class Activity:
    """One change: who, when, what object, which event, from what to what."""

    time: datetime
    account_id: str
    object_id: str
    object_name: str
    level: str
    event_type: str
    actor_id: str
    actor_name: str
    application_id: str
    application_name: str
    extra: Mapping[str, object]

    def fields(self, zone: str) -> dict[str, object]:
        """Return all fields of the edge; `zone` is the account's IANA zone."""
        local = self.time.astimezone(ZoneInfo(zone))
        return {
            "actor_id": self.actor_id,
            "actor_name": self.actor_name,
            "application_id": self.application_id,
            "application_name": self.application_name,
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
        if category in ("AD", "AD_SET", "CAMPAIGN"):
            return self.level == category.lower().replace("_", "")
        return any(word in self.event_type for word in _CATEGORIES.get(category, ()))


def translated(event_type: str) -> str:
    """Return the event in words, as people read it in the change history."""
    words = event_type.replace("_", " ")
    if words.startswith("update "):
        return words.removeprefix("update ").capitalize() + " updated"
    if words.startswith("create "):
        return words.removeprefix("create ").capitalize() + " created"
    return words.capitalize()


def event_for(level: str, field: str) -> str:
    """Return the event type of a changed field; `created` for new objects."""
    if field == "created":
        return _CREATED.get(level, "create_ad")
    fallback = {"campaign": "update_campaign_schedule", "adset": "update_ad_set_optimization_goal"}
    return _EVENT_BY_FIELD.get((level, field), fallback.get(level, "update_ad_targets_spec"))


def extra_for(field: str, before: object, after: object, currency: str) -> dict[str, object]:
    """Return the decoded extra data of a change."""
    if "budget" in field or field in ("bid_amount", "spend_cap"):
        kind = "payment_amount"
        return {"currency": currency, "old_value": before, "new_value": after, "type": kind}
    return {"old_value": _status_word(before), "new_value": _status_word(after), "type": field}


def _status_word(value: object) -> object:
    words = {"ACTIVE": "Active", "PAUSED": "Inactive", "DELETED": "Deleted", "ARCHIVED": "Archived"}
    return words.get(value, value) if isinstance(value, str) else value


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
