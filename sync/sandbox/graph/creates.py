"""POST on create edges: campaigns, ad sets, ads and creatives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from sync.sandbox.graph.budget_rules import (
    Values,
    check_amount,
    check_bid,
    check_not_shared,
    given_budget,
)
from sync.sandbox.graph.changes import note_created
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import GraphError, bad_value, invalid_parameter
from sync.sandbox.graph.nodes import Node
from sync.sandbox.graph.parameters import read_parameters
from sync.sandbox.graph.statuses import GONE
from sync.sandbox.graph.updates import read_creative, read_labels
from sync.sandbox.records import (
    AccountRecord,
    AdRecord,
    AdSetRecord,
    CampaignRecord,
    CreativeRecord,
    JsonObject,
    JsonValue,
)

Given = Mapping[str, str]
_EU = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split()
)


def create_campaign(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """Create a campaign; without a budget the sharing flag must be given."""
    account = account_of(node)
    values = read_parameters("POST campaigns", given, account.timezone_name)
    require(values, "special_ad_categories", "name", "objective", "status")
    _check_new_status(values)
    budget = given_budget(values)
    if budget is None:
        if "is_adset_budget_sharing_enabled" not in values:
            raise bad_value("Must specify True or False in is_adset_budget_sharing_enabled field")
        if "bid_strategy" in values and not values["is_adset_budget_sharing_enabled"]:
            raise invalid_parameter(
                "Bid Strategy Belongs To Ad Sets",
                "A campaign without a campaign budget has no bid strategy of its own.",
                blame=("bid_strategy",),
            )
    now = context.now()
    stop = _time(values, "stop_time")
    start = _time(values, "start_time") or now
    if budget is not None:
        check_amount(account, budget[0], budget[1], start, stop)
    if _validates_only(values):
        return {"success": True}
    record = _campaign_record(context, account, values, start, stop)
    if budget is not None:
        setattr(record, budget[0], budget[1])
    context.world.add_campaign(record)
    note_created(context, Node("Campaign", record), None, request_id)
    return {"id": record.id}


def _campaign_record(
    context: GraphContext,
    account: AccountRecord,
    values: Values,
    start: datetime,
    stop: datetime | None,
) -> CampaignRecord:
    now = context.now()
    return CampaignRecord(
        id=context.world.new_id("campaign"),
        account_id=account.id,
        name=str(values["name"]),
        objective=str(values["objective"]),
        status=str(values["status"]),
        created_time=now,
        updated_time=now,
        start_time=start,
        stop_time=stop,
        bid_strategy=cast("str | None", values.get("bid_strategy")),
        spend_cap=cast("int | None", values.get("spend_cap")),
        special_ad_categories=cast("list[str]", values["special_ad_categories"]),
        adlabels=cast(
            "list[JsonValue]", read_labels(context, account.id, values.get("adlabels", []))
        ),
        is_adset_budget_sharing_enabled=bool(values.get("is_adset_budget_sharing_enabled")),
    )


def create_adset(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """Create an ad set; it needs a budget exactly when its campaign has none."""
    account = account_of(node)
    values = read_parameters("POST adsets", given, account.timezone_name)
    require(values, "name", "campaign_id", "optimization_goal", "billing_event", "targeting")
    _check_new_status(values)
    campaign = context.world.campaigns.get(str(values["campaign_id"]))
    if campaign is None or campaign.account_id != account.id or campaign.status in GONE:
        raise invalid_parameter(
            "Campaign Not Found", "The campaign does not exist.", blame=("campaign_id",)
        )
    _check_payor(values, cast(JsonObject, values["targeting"]))
    now = context.now()
    start = _time(values, "start_time") or now
    end = _time(values, "end_time")
    if end is not None and end <= now:
        raise invalid_parameter(
            "End Date Is In The Past", "The end date must be in the future.", 1487033, ("end_time",)
        )
    _check_new_budget(account, campaign, values, start, end)
    check_bid(values, None, campaign)
    if _validates_only(values):
        return {"success": True}
    record = _adset_record(context, campaign, values, start, end)
    context.world.add_adset(record)
    note_created(context, Node("AdSet", record), None, request_id)
    return {"id": record.id, "success": True}


def _adset_record(
    context: GraphContext,
    campaign: CampaignRecord,
    values: Values,
    start: datetime,
    end: datetime | None,
) -> AdSetRecord:
    now = context.now()
    record = AdSetRecord(
        id=context.world.new_id("adset"),
        account_id=campaign.account_id,
        campaign_id=campaign.id,
        name=str(values["name"]),
        status=str(values.get("status", "ACTIVE")),
        created_time=now,
        updated_time=now,
        start_time=start,
        end_time=end,
        billing_event=str(values["billing_event"]),
        optimization_goal=str(values["optimization_goal"]),
        targeting=cast(JsonObject, values["targeting"]),
    )
    _fill(context, record, values, "daily_budget lifetime_budget bid_strategy bid_amount")
    _fill(context, record, values, "bid_constraints destination_type promoted_object")
    _fill(context, record, values, "attribution_spec adlabels")
    return record


def create_ad(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """Create an ad with an existing creative or one described in place."""
    account = account_of(node)
    values = read_parameters("POST ads", given, account.timezone_name)
    require(values, "name", "adset_id", "creative", "status")
    _check_new_status(values)
    adset = context.world.adsets.get(str(values["adset_id"]))
    if adset is None or adset.account_id != account.id or adset.status in GONE:
        raise invalid_parameter(
            "Ad Set Not Found", "The ad set does not exist.", blame=("adset_id",)
        )
    described = cast("dict[str, object]", values["creative"])
    inline = not {"creative_id", "id"} & described.keys()
    if not inline:
        read_creative(context, account.id, described)
    if _validates_only(values):
        return {"success": True}
    creative_id = (
        _add_creative(context, account, described, request_id)
        if inline
        else read_creative(context, account.id, described)
    )
    record = _ad_record(context, adset, creative_id, values)
    context.world.add_ad(record)
    note_created(context, Node("Ad", record), None, request_id)
    return {"id": record.id}


def _ad_record(
    context: GraphContext, adset: AdSetRecord, creative_id: str, values: Values
) -> AdRecord:
    now = context.now()
    record = AdRecord(
        id=context.world.new_id("ad"),
        account_id=adset.account_id,
        campaign_id=adset.campaign_id,
        adset_id=adset.id,
        creative_id=creative_id,
        name=str(values["name"]),
        status=str(values["status"]),
        created_time=now,
        updated_time=now,
    )
    _fill(context, record, values, "bid_amount tracking_specs adlabels")
    return record


def create_creative(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """Create a creative; some content must be given."""
    account = account_of(node)
    values = read_parameters("POST adcreatives", given, account.timezone_name)
    content = ("object_story_spec", "object_story_id", "asset_feed_spec", "image_hash", "title")
    if not any(values.get(name) for name in content):
        raise invalid_parameter(
            "Creative Has No Content",
            "Give object_story_spec, object_story_id or asset_feed_spec.",
            blame=("object_story_spec",),
        )
    if _validates_only(values):
        return {"success": True}
    return {"id": _add_creative(context, account, values, request_id)}


def _add_creative(
    context: GraphContext, account: AccountRecord, values: Values, request_id: str
) -> str:
    story = values.get("object_story_spec")
    link = story.get("link_data", {}) if isinstance(story, dict) else {}
    image_hash = str(values.get("image_hash") or link.get("image_hash") or "")
    record = CreativeRecord(
        id=context.world.new_id("creative"),
        account_id=account.id,
        name=str(values.get("name") or values.get("title") or "Creative"),
        title=str(values.get("title") or link.get("name") or ""),
        body=str(values.get("body") or link.get("message") or ""),
        image_hash=image_hash,
        link_url=str(values.get("link_url") or link.get("link") or ""),
        object_story_spec=cast("JsonObject | None", story),
        asset_feed_spec=cast("JsonObject | None", values.get("asset_feed_spec")),
        created_time=context.now(),
    )
    context.world.add_creative(record)
    note_created(context, Node("AdCreative", record), None, request_id)
    return record.id


def _check_new_budget(
    account: AccountRecord,
    campaign: CampaignRecord,
    values: Values,
    start: datetime,
    end: datetime | None,
) -> None:
    budget = given_budget(values)
    if budget is not None:
        check_not_shared(campaign, budget[0])
        check_amount(account, budget[0], budget[1], start, end)
        if budget[0] == "lifetime_budget" and end is None:
            raise invalid_parameter(
                "End Time Required", "A lifetime budget needs an end time.", blame=("end_time",)
            )
    elif not campaign.daily_budget and not campaign.lifetime_budget:
        raise invalid_parameter(
            "Budget Required",
            "Give daily_budget or lifetime_budget: the campaign has no budget.",
            blame=("daily_budget",),
        )


def _check_payor(values: Values, targeting: JsonObject) -> None:
    places = targeting.get("geo_locations")
    countries = places.get("countries") if isinstance(places, dict) else None
    if not isinstance(countries, list) or not _EU & {str(one) for one in countries}:
        return
    for name, subcode, word in (
        ("dsa_payor", 3858079, "payor"),
        ("dsa_beneficiary", 3858081, "beneficiary"),
    ):
        if not values.get(name):
            raise GraphError(
                message="Invalid parameter",
                code=100,
                subcode=subcode,
                transient=False,
                title=f"No {word} provided in DSA regulated region",
                user_message=f"Ads in the European Union must name their {word}.",
                blame=((name,),),
            )


def _fill(
    context: GraphContext, record: AdSetRecord | AdRecord, values: Values, names: str
) -> None:
    for name in names.split():
        if name == "adlabels" and name in values:
            record.adlabels = cast(
                "list[JsonValue]", read_labels(context, record.account_id, values[name])
            )
        elif name in values:
            setattr(record, name, values[name])


def account_of(node: Node) -> AccountRecord:
    """Return the account of a create edge; code 100 for other nodes."""
    if not isinstance(node.record, AccountRecord):
        raise bad_value("The edge belongs to ad accounts")
    return node.record


def require(values: Values, *names: str) -> None:
    """Refuse with code 100 when a parameter is missing or empty."""
    for name in names:
        if name not in values or values[name] == "":
            raise bad_value(f"The parameter {name} is required")


def _check_new_status(values: Values) -> None:
    if values.get("status", "PAUSED") not in ("ACTIVE", "PAUSED"):
        raise invalid_parameter(
            "Invalid Status", "A new object must be ACTIVE or PAUSED.", blame=("status",)
        )


def _validates_only(values: Values) -> bool:
    options = values.get("execution_options")
    return isinstance(options, list) and "validate_only" in options


def _time(values: Values, name: str) -> datetime | None:
    value = values.get(name)
    return value if isinstance(value, datetime) else None
