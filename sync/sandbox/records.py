"""Advertising objects as the sandbox keeps them, mutable on purpose."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]
"""What a JSON document may hold; nested fields of Meta's objects are kept so."""

JsonObject = dict[str, JsonValue]


class AdObject(Protocol):
    """What campaigns, ad sets and ads have in common."""

    id: str
    account_id: str
    name: str
    status: str
    created_time: datetime
    updated_time: datetime


@dataclass(slots=True)
class AccountRecord:
    """An ad account; ``id`` is digits without ``act_``, money in minor units.

    ``spent_before`` is what had been spent when the spend cap was last reset. Here and
    below, ``extras`` holds documented fields that nothing in the sandbox depends on.
    """

    id: str
    index: int
    name: str
    client: str
    business_id: str
    currency: str
    offset: int
    timezone_name: str
    created_time: datetime
    account_status: int = 1
    disable_reason: int = 0
    min_daily_budget: int = 100
    spend_cap: int | None = None
    spent_before: int = 0
    extras: JsonObject = field(default_factory=dict)


@dataclass(slots=True)
class CampaignRecord:
    """A campaign; a budget here is shared by its ad sets (CBO)."""

    id: str
    account_id: str
    name: str
    objective: str
    status: str
    created_time: datetime
    updated_time: datetime
    start_time: datetime
    stop_time: datetime | None = None
    daily_budget: int | None = None
    lifetime_budget: int | None = None
    bid_strategy: str | None = None
    spend_cap: int | None = None
    buying_type: str = "AUCTION"
    pacing_type: list[str] = field(default_factory=lambda: ["standard"])
    special_ad_categories: list[str] = field(default_factory=list)
    adlabels: list[JsonValue] = field(default_factory=list)
    issues: list[JsonValue] = field(default_factory=list)
    source_campaign_id: str = "0"
    is_adset_budget_sharing_enabled: bool = False
    budget_rebalance_flag: bool = False
    last_budget_toggling_time: datetime | None = None
    extras: JsonObject = field(default_factory=dict)


@dataclass(slots=True)
class AdSetRecord:
    """An ad set; it has a budget exactly when its campaign has none (ABO)."""

    id: str
    account_id: str
    campaign_id: str
    name: str
    status: str
    created_time: datetime
    updated_time: datetime
    start_time: datetime
    end_time: datetime | None = None
    daily_budget: int | None = None
    lifetime_budget: int | None = None
    bid_strategy: str | None = None
    bid_amount: int | None = None
    bid_constraints: JsonObject | None = None
    billing_event: str = "IMPRESSIONS"
    optimization_goal: str = "OFFSITE_CONVERSIONS"
    destination_type: str = "WEBSITE"
    promoted_object: JsonObject | None = None
    attribution_spec: list[JsonValue] = field(default_factory=list)
    targeting: JsonObject = field(default_factory=dict)
    audience_size: int = 0
    daily_min_spend_target: int | None = None
    daily_spend_cap: int | None = None
    lifetime_min_spend_target: int | None = None
    lifetime_spend_cap: int | None = None
    adlabels: list[JsonValue] = field(default_factory=list)
    issues: list[JsonValue] = field(default_factory=list)
    source_adset_id: str = "0"
    extras: JsonObject = field(default_factory=dict)


@dataclass(slots=True)
class AdRecord:
    """An ad; ``review`` is APPROVED or what its effective status says instead.

    ``reviews`` counts how often it was sent to review.
    """

    id: str
    account_id: str
    campaign_id: str
    adset_id: str
    creative_id: str
    name: str
    status: str
    created_time: datetime
    updated_time: datetime
    review: str = "APPROVED"
    reviews: int = 0
    bid_amount: int | None = None
    tracking_specs: list[JsonValue] = field(default_factory=list)
    adlabels: list[JsonValue] = field(default_factory=list)
    issues: list[JsonValue] = field(default_factory=list)
    source_ad_id: str = "0"
    extras: JsonObject = field(default_factory=dict)


@dataclass(slots=True)
class CreativeRecord:
    """A creative; its content never changes, a swap makes another one."""

    id: str
    account_id: str
    name: str
    title: str
    body: str
    object_type: str = "SHARE"
    status: str = "ACTIVE"
    call_to_action_type: str = "SHOP_NOW"
    image_hash: str = ""
    image_url: str = ""
    thumbnail_url: str = ""
    link_url: str = ""
    object_story_spec: JsonObject | None = None
    asset_feed_spec: JsonObject | None = None
    adlabels: list[JsonValue] = field(default_factory=list)
    created_time: datetime | None = None
    extras: JsonObject = field(default_factory=dict)


Record = CampaignRecord | AdSetRecord | AdRecord | CreativeRecord
