"""Parameters of Meta's write operations, from Meta's own SDK.

Only names, types and enumerations are taken; the sandbox's behaviour is its own. The SDK
describes an operation by the request it would send, which is asked for and never sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from facebook_business.adobjects.ad import Ad
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.adasyncrequestset import AdAsyncRequestSet
from facebook_business.adobjects.adcreative import AdCreative
from facebook_business.adobjects.adlabel import AdLabel
from facebook_business.adobjects.adrule import AdRule
from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.campaign import Campaign
from facebook_business.adobjects.highdemandperiod import HighDemandPeriod
from facebook_business.api import FacebookAdsApi
from facebook_business.session import FacebookSession

Sdk = Any  # the SDK ships no types

_CALLS: dict[str, tuple[Sdk, str]] = {
    "POST AdAccount": (AdAccount, "api_update"),
    "POST Campaign": (Campaign, "api_update"),
    "POST AdSet": (AdSet, "api_update"),
    "POST Ad": (Ad, "api_update"),
    "POST AdCreative": (AdCreative, "api_update"),
    "POST AdLabel": (AdLabel, "api_update"),
    "POST AdRule": (AdRule, "api_update"),
    "POST AdAsyncRequestSet": (AdAsyncRequestSet, "api_update"),
    "POST HighDemandPeriod": (HighDemandPeriod, "api_update"),
    "POST campaigns": (AdAccount, "create_campaign"),
    "POST adsets": (AdAccount, "create_ad_set"),
    "POST ads": (AdAccount, "create_ad"),
    "POST adcreatives": (AdAccount, "create_ad_creative"),
    "POST adimages": (AdAccount, "create_ad_image"),
    "POST adlabels": (AdAccount, "create_ad_label"),
    "POST adrules_library": (AdAccount, "create_ad_rules_library"),
    "POST async_batch_requests": (AdAccount, "create_async_batch_request"),
    "POST asyncadrequestsets": (AdAccount, "create_async_ad_request_set"),
    "POST Campaign copies": (Campaign, "create_copy"),
    "POST AdSet copies": (AdSet, "create_copy"),
    "POST Ad copies": (Ad, "create_copy"),
    "POST Campaign adlabels": (Campaign, "create_ad_label"),
    "POST AdSet adlabels": (AdSet, "create_ad_label"),
    "POST Ad adlabels": (Ad, "create_ad_label"),
    "POST AdCreative adlabels": (AdCreative, "create_ad_label"),
    "POST Campaign budget_schedules": (Campaign, "create_budget_schedule"),
    "POST AdSet budget_schedules": (AdSet, "create_budget_schedule"),
    "POST AdRule execute": (AdRule, "create_execute"),
    "POST AdRule preview": (AdRule, "create_preview"),
    "POST subscribed_apps": (AdAccount, "create_subscribed_app"),
    "DELETE subscribed_apps": (AdAccount, "delete_subscribed_apps"),
    "DELETE campaigns": (AdAccount, "delete_campaigns"),
    "DELETE adimages": (AdAccount, "delete_ad_images"),
}
# Sent by Meta's own guides and accepted by Meta, though the SDK does not list them.
_UNLISTED: dict[str, dict[str, str]] = {
    "POST adimages": {"filename": "string", "name": "string"},
    "POST AdRule preview": {
        "evaluation_spec": "Object",
        "execution_spec": "Object",
        "schedule_spec": "Object",
    },
    "POST Campaign budget_schedules": {"recurrence_type": "string", "weekly_schedule": "list"},
    "POST AdSet budget_schedules": {"recurrence_type": "string", "weekly_schedule": "list"},
}
OPERATIONS = tuple(_CALLS)
"""Names of the operations that are known."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What a write may carry: type texts by name, and enumerations by type."""

    types: Mapping[str, str]
    enums: Mapping[str, frozenset[str]]


@cache
def operation(name: str) -> Operation:
    """Return the parameters of an operation such as `POST AdSet`."""
    node, method = _CALLS[name]
    request = getattr(node("1", api=_api()), method)(pending=True)
    checker = request._param_checker
    enums = {kind: _values(members) for kind, members in checker._enum_data.items()}
    return Operation({**checker._type_check_info, **_UNLISTED.get(name, {})}, enums)


@cache
def _api() -> Sdk:
    return FacebookAdsApi(FacebookSession("0", "", "0"))


def _values(members: Sdk) -> frozenset[str]:
    """Return an enumeration's values, without what every class carries."""
    return frozenset(
        value
        for value in members
        if isinstance(value, str) and not value.startswith("facebook_business.")
    )
