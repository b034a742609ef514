"""Objects that the tests of writes work on, made the same each time."""

from __future__ import annotations

import json

from tests.sync.sandbox.graph.graph_client import Caller, Json

US = json.dumps({"geo_locations": {"countries": ["US"]}})
STORY = json.dumps(
    {
        "page_id": "1",
        "link_data": {"link": "https://example.com", "message": "fresh", "name": "Shop"},
    }
)


def codes(error: Json) -> tuple[int, int | None]:
    """Return code and subcode of an error."""
    return error["code"], error.get("error_subcode")


def refused(caller: Caller, path: str, **form: str) -> tuple[int, int | None]:
    """Return code and subcode of a write that must be refused."""
    return codes(caller.refusal(caller.post_raw(path, **form)))


def new_campaign(caller: Caller, **form: str) -> str:
    """Make a paused campaign without a budget, unless told otherwise."""
    asked = {
        "name": "c",
        "objective": "OUTCOME_SALES",
        "status": "PAUSED",
        "special_ad_categories": "[]",
        "is_adset_budget_sharing_enabled": "false",
        **form,
    }
    return str(caller.post(f"{caller.account()}/campaigns", **asked)["id"])


def adset_form(campaign: str, **form: str) -> dict[str, str]:
    """Describe an ad set in the US with a daily budget, unless told otherwise."""
    return {
        "name": "s",
        "campaign_id": campaign,
        "optimization_goal": "OFFSITE_CONVERSIONS",
        "billing_event": "IMPRESSIONS",
        "targeting": US,
        "status": "ACTIVE",
        "daily_budget": "20000",
        **form,
    }


def new_adset(caller: Caller, campaign: str, **form: str) -> str:
    """Make an ad set as described by `adset_form`."""
    asked = {k: v for k, v in adset_form(campaign, **form).items() if v}
    return str(caller.post(f"{caller.account()}/adsets", **asked)["id"])


def new_creative(caller: Caller, **form: str) -> str:
    """Make a creative of a link."""
    asked = {"object_story_spec": STORY, **form}
    return str(caller.post(f"{caller.account()}/adcreatives", **asked)["id"])


def new_ad(caller: Caller, adset: str, creative: str, **form: str) -> str:
    """Make an active ad."""
    asked = {
        "name": "a",
        "adset_id": adset,
        "status": "ACTIVE",
        "creative": json.dumps({"creative_id": creative}),
        **form,
    }
    return str(caller.post(f"{caller.account()}/ads", **asked)["id"])


def events(caller: Caller, object_id: str, **params: str) -> list[str]:
    """Return an object's event types in the change history, newest first."""
    path = f"{caller.account()}/activities"
    rows = caller.every(path, oid=object_id, fields="event_type", **params)
    return [row["event_type"] for row in rows]
