"""Field names and enumerations of Meta's nodes, from Meta's own SDK.

Only names are taken; the sandbox's behaviour is its own.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from facebook_business.adobjects.ad import Ad
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.adaccountadruleshistory import AdAccountAdRulesHistory
from facebook_business.adobjects.adaccountsubscribedapps import AdAccountSubscribedApps
from facebook_business.adobjects.adactivity import AdActivity
from facebook_business.adobjects.adasyncrequest import AdAsyncRequest
from facebook_business.adobjects.adasyncrequestset import AdAsyncRequestSet
from facebook_business.adobjects.adcreative import AdCreative
from facebook_business.adobjects.adimage import AdImage
from facebook_business.adobjects.adlabel import AdLabel
from facebook_business.adobjects.adreportrun import AdReportRun
from facebook_business.adobjects.adrule import AdRule
from facebook_business.adobjects.adruleexecutionspec import AdRuleExecutionSpec
from facebook_business.adobjects.adrulehistory import AdRuleHistory
from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.adsinsights import AdsInsights
from facebook_business.adobjects.application import Application
from facebook_business.adobjects.assigneduser import AssignedUser
from facebook_business.adobjects.business import Business
from facebook_business.adobjects.campaign import Campaign
from facebook_business.adobjects.highdemandperiod import HighDemandPeriod
from facebook_business.adobjects.minimumbudget import MinimumBudget
from facebook_business.adobjects.systemuser import SystemUser
from facebook_business.adobjects.user import User

_NODES = {
    "AdAccount": AdAccount,
    "Campaign": Campaign,
    "AdSet": AdSet,
    "Ad": Ad,
    "AdCreative": AdCreative,
    "AdsInsights": AdsInsights,
    "AdReportRun": AdReportRun,
    "AdActivity": AdActivity,
    "AdAccountAdRulesHistory": AdAccountAdRulesHistory,
    "AdAccountSubscribedApps": AdAccountSubscribedApps,
    "AdAsyncRequest": AdAsyncRequest,
    "AdAsyncRequestSet": AdAsyncRequestSet,
    "AdRule": AdRule,
    "AdRuleExecutionSpec": AdRuleExecutionSpec,
    "AdRuleHistory": AdRuleHistory,
    "HighDemandPeriod": HighDemandPeriod,
    "AdImage": AdImage,
    "AdLabel": AdLabel,
    "Business": Business,
    "MinimumBudget": MinimumBudget,
    "Application": Application,
    "AssignedUser": AssignedUser,
    "SystemUser": SystemUser,
    "User": User,
}
_PERMISSION_FIELDS = frozenset(("permission", "status"))
# Documented for asynchronous batches; the SDK has no class for it.
_SESSION_FIELDS = frozenset(
    "id name status result complete_time start_time error_code exception method relative_url "
    "platform_version app user".split()
)


@cache
def fields_of(node: str) -> frozenset[str]:
    """Return the field names of a node type; empty for unknown types."""
    if node == "Permission":
        return _PERMISSION_FIELDS
    if node == "AsyncSession":
        return _SESSION_FIELDS
    cls = _NODES.get(node)
    return frozenset() if cls is None else frozenset(cls._field_types)


def node_class(node: str) -> Any:  # noqa: ANN401 - the SDK ships no types
    """Return the SDK's class of a node type; None for unknown types."""
    return _NODES.get(node)


@cache
def field_types(node: str) -> dict[str, str]:
    """Return the fields of a node type with their types, by name."""
    cls = _NODES.get(node)
    return {} if cls is None else dict(sorted(cls._field_types.items()))


def field_type(node: str, name: str) -> str | None:
    """Return a field's type as the SDK writes it; None: no such field."""
    kind = _NODES[node]._field_types.get(name)
    return None if kind is None else str(kind)


@cache
def enum_values(node: str, name: str) -> frozenset[str]:
    """Return the values of an enumeration class of a node type."""
    enum = getattr(_NODES[node], name)
    return frozenset(
        value
        for key, value in vars(enum).items()
        if not key.startswith("_") and isinstance(value, str)
    )
