"""Creating and updating ad sets: budgets, bids, dates, limits, EU rules."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sync.sandbox.graph.bid_rules import bid_cap_of, check_bids
from sync.sandbox.graph.budget_rules import (
    Values,
    check_amount,
    check_edit_rate,
    check_kind,
    check_lowering,
    check_not_shared,
    given_budget,
    has_budget,
    least_daily,
    live_adsets,
)
from sync.sandbox.graph.campaign_writes import check_span
from sync.sandbox.graph.changes import Change
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import GraphError
from sync.sandbox.graph.refusals import explained, refused
from sync.sandbox.graph.statuses import GONE
from sync.sandbox.records import AccountRecord, AdSetRecord, CampaignRecord, JsonObject

_EU = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split()
)
_EU_GROUPS = frozenset(("eea", "europe", "worldwide"))
_DSA = (
    ("dsa_payor", 3858079, "no_payor"),
    ("dsa_beneficiary", 3858081, "no_beneficiary"),
)
_TARGETS = (
    ("daily_min_spend_target", "daily_spend_cap"),
    ("lifetime_min_spend_target", "lifetime_spend_cap"),
)


def parent_campaign(context: GraphContext, account_id: str, campaign_id: str) -> CampaignRecord:
    """Return the campaign of a new ad set, which must have room for it."""
    campaign = context.world.campaigns.get(campaign_id)
    if campaign is None or campaign.account_id != account_id or campaign.status in GONE:
        raise refused("parent_missing", blame=("campaign_id",), parent="campaign", id=campaign_id)
    most = context.limits.adsets_per_campaign
    if len(live_adsets(context, campaign.id)) >= most:
        raise refused("too_many_adsets", blame=("campaign_id",), most=most)
    return campaign


def check_new_adset(context: GraphContext, campaign: CampaignRecord, values: Values) -> None:
    """Check a new ad set against every rule."""
    account, now = context.world.accounts[campaign.account_id], context.now()
    check_payor(account, values, None)
    start, end = values.get("start_time") or now, values.get("end_time")
    check_span(start, end, now)
    budget = given_budget(values)
    if budget is None and not has_budget(campaign):
        raise refused("budget_required", blame=("daily_budget",))
    check_bids(values, None, campaign)
    if budget is not None:
        check_not_shared(campaign, budget[0])
        least = least_daily(
            account, str(values["billing_event"]), bid_cap_of(values, None, campaign)
        )
        end_time = end if isinstance(end, datetime) else None
        check_amount(account, budget, cast(datetime, start), end_time, least)
    lasting = campaign.lifetime_budget or (budget is not None and budget[0] == "lifetime_budget")
    if lasting and not isinstance(end, datetime):
        raise refused("end_required", blame=("end_time",))
    _check_targets(values, None, campaign)


def new_adset(context: GraphContext, campaign: CampaignRecord, values: Values) -> AdSetRecord:
    """Make the record of a new ad set that has been checked."""
    now = context.now()
    record = AdSetRecord(
        id=context.world.new_id("adset"),
        account_id=campaign.account_id,
        campaign_id=campaign.id,
        name=str(values["name"]),
        status=str(values.get("status", "ACTIVE")),
        created_time=now,
        updated_time=now,
        start_time=cast("datetime | None", values.get("start_time")) or now,
        billing_event=str(values["billing_event"]),
        optimization_goal=str(values["optimization_goal"]),
        source_adset_id=str(values.get("source_adset_id") or "0"),
    )
    budget = given_budget(values)
    if budget is not None:
        setattr(record, *budget)
    return record


def plan_adset(context: GraphContext, record: AdSetRecord, values: Values) -> list[Change]:
    """Check an update and return what is special to ad sets."""
    world, now = context.world, context.now()
    account, campaign = world.accounts[record.account_id], world.campaigns[record.campaign_id]
    end = values.get("end_time", record.end_time)
    if "end_time" in values:
        check_span(values.get("start_time") or record.start_time, end, now)
        if end is None and (record.lifetime_budget or campaign.lifetime_budget):
            raise refused("end_required", blame=("end_time",))
    if {"targeting", *(name for name, *_rest in _DSA)} & values.keys():
        check_payor(account, values, record)
    check_bids(values, record, campaign)
    _check_targets(values, record, campaign)
    budget = given_budget(values)
    if budget is None:
        return []
    check_not_shared(campaign, budget[0])
    check_kind(record, budget[0])
    event = str(values.get("billing_event", record.billing_event))
    least = least_daily(account, event, bid_cap_of(values, record, campaign))
    check_amount(account, budget, now, end if isinstance(end, datetime) else None, least)
    check_lowering(context, record, *budget)
    if budget[1] != getattr(record, budget[0]):
        check_edit_rate(context, record.id, count=False)
    return [Change(record, *budget)]


def check_payor(account: AccountRecord, values: Values, record: AdSetRecord | None) -> None:
    """Refuse EU targeting that names no payor or beneficiary.

    Codes are 100/3858079 and 100/3858081. The account's defaults stand in where the ad
    set names none.
    """
    targeting = values.get("targeting", record.targeting if record is not None else {})
    if not _reaches_eu(targeting):
        return
    extras: JsonObject = record.extras if record is not None else {}
    for name, subcode, key in _DSA:
        if not (values.get(name) or extras.get(name) or account.extras.get(f"default_{name}")):
            error = GraphError(
                message="Invalid parameter",
                code=100,
                subcode=subcode,
                type="FacebookApiException",
                transient=False,
                blame=((name,),),
                data_as_text=True,
            )
            raise explained(error, key)


def _reaches_eu(targeting: object) -> bool:
    places = targeting.get("geo_locations") if isinstance(targeting, dict) else None
    if not isinstance(places, dict):
        return False
    countries = places.get("countries")
    found = {str(one).upper() for one in countries} if isinstance(countries, list) else set()
    for kind in ("regions", "cities", "zips"):
        spots = places.get(kind)
        for spot in spots if isinstance(spots, list) else []:
            if isinstance(spot, dict):
                found.add(str(spot.get("country", "")).upper())
    groups = places.get("country_groups")
    wide = {str(one).lower() for one in groups} if isinstance(groups, list) else set()
    return bool(found & _EU or wide & _EU_GROUPS)


def _check_targets(values: Values, record: AdSetRecord | None, campaign: CampaignRecord) -> None:
    """Check an ad set's least and most spend, which need a campaign budget."""
    for pair in _TARGETS:
        given = [name for name in pair if name in values]
        if not given:
            continue
        if not has_budget(campaign) and any(values[name] for name in given):
            raise refused("spend_target_needs_campaign_budget", blame=given)
        least, most = (
            values.get(name, getattr(record, name) if record is not None else None) for name in pair
        )
        if isinstance(least, int) and isinstance(most, int) and most and least > most:
            raise refused("spend_target", blame=given)
