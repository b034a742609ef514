"""The object edges: which nodes stand behind them, filtered and in order.

Lists are newest first. Deleted and archived objects are left out unless
asked for by effective_status or a delivery filter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sync.sandbox.graph.activity_edge import activities_of
from sync.sandbox.graph.ad_rules.library import (
    history_of_account,
    history_of_rule,
    rules_governing,
    rules_of,
)
from sync.sandbox.graph.app_subscriptions import subscribed_apps
from sync.sandbox.graph.async_writes import requests_of, sets_of
from sync.sandbox.graph.budget_rules import minimum_budgets
from sync.sandbox.graph.budget_schedules import schedules_of
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.discovery import (
    accounts_of_token,
    assigned_users,
    businesses_of_token,
    client_accounts,
    owned_accounts,
    permissions_of_token,
    system_users,
)
from sync.sandbox.graph.errors import bad_value, unknown_field
from sync.sandbox.graph.filtering import Filter, parse_filtering, parse_list
from sync.sandbox.graph.labels import Label, shown_names
from sync.sandbox.graph.meta_edges import edges_of
from sync.sandbox.graph.meta_names import enum_values
from sync.sandbox.graph.nodes import Node, PlainNode, find_node
from sync.sandbox.graph.object_fields import READERS
from sync.sandbox.graph.statuses import GONE, delivery, effective_status
from sync.sandbox.records import (
    AccountRecord,
    AdRecord,
    AdSetRecord,
    CampaignRecord,
    CreativeRecord,
)

Params = Mapping[str, str]
Lister = Callable[[GraphContext, Node, Params], list[Node]]
Delivering = CampaignRecord | AdSetRecord | AdRecord
Pool = Callable[[str], Sequence[Delivering]]

_PREFIXES = {"campaign": "Campaign", "adset": "AdSet", "ad": "Ad"}


def _walked(kind: str, pool: Pool, context: GraphContext, node: Node, p: Params) -> list[Node]:
    """List an account's objects; an unfiltered list is kept for its pages."""
    if p.get("filtering"):
        return _listed(kind, list(pool(node.record.id)), context, p)
    key = (node.id, kind, p.get("effective_status", ""), p.get("updated_since", ""))
    stamp = context.object_stamp()
    kept = context.listings.get(key, stamp)
    if kept is not None:
        return kept
    found = _listed(kind, list(pool(node.record.id)), context, p)
    context.listings.put(key, stamp, found)
    return found


def _listed(kind: str, records: list[Delivering], context: GraphContext, p: Params) -> list[Node]:
    """Return delivering objects after status, time and filter conditions."""
    statuses = {s.upper() for s in parse_list(p.get("effective_status"), "effective_status")}
    unknown = statuses - enum_values(kind, "EffectiveStatus")
    if unknown:
        allowed = ", ".join(sorted(enum_values(kind, "EffectiveStatus")))
        raise bad_value(f"Param effective_status must be one of {{{allowed}}}, got {min(unknown)}")
    filters = parse_filtering(p)
    asks_gone = any(f.field in ("delivery_info", "effective_status", "id") for f in filters)
    found: list[Node] = []
    world = context.world
    since = float(p["updated_since"]) if p.get("updated_since", "").isdigit() else None
    for record in records:
        status = effective_status(world, record)
        if statuses and status not in statuses:
            continue
        if not statuses and not asks_gone and status in GONE:
            continue
        if since is not None and record.updated_time.timestamp() < since:
            continue
        if all(f.accepts(filter_value(context, kind, record, f)) for f in filters):
            found.append(Node(kind, record))
    found.sort(key=newest_first)
    return found


def newest_first(node: Node) -> tuple[float, int]:
    """Sort key of object lists: creation time, then id, both falling."""
    created = getattr(node.record, "created_time", None)
    return (-created.timestamp() if isinstance(created, datetime) else 0.0, -int(node.record.id))


def filter_value(context: GraphContext, kind: str, record: Delivering, condition: Filter) -> object:
    """Return what a filter compares; raises code 100 for an unknown field."""
    world = context.world
    target: Delivering = record
    if condition.prefix not in ("", *_PREFIXES):
        raise bad_value(f"Filtering field '{condition.prefix}.{condition.field}' is invalid")
    wanted = _PREFIXES.get(condition.prefix, kind)
    if wanted != kind:
        if wanted == "Campaign" and isinstance(record, AdSetRecord | AdRecord):
            target = world.campaigns[record.campaign_id]
        elif wanted == "AdSet" and isinstance(record, AdRecord):
            target = world.adsets[record.adset_id]
        else:
            raise bad_value(f"Filtering field '{condition.prefix}.{condition.field}' is invalid")
    if condition.field == "delivery_info":
        return delivery(world, target, context.now())
    if condition.field == "adlabels":
        return [*target.adlabels, *shown_names(context, target.adlabels)]
    if condition.field.endswith("_time"):
        moment = getattr(target, condition.field, None)
        return None if moment is None else int(moment.timestamp())
    reader = READERS[wanted].get(condition.field)
    if reader is None:
        raise bad_value(f"Filtering field '{condition.field}' is invalid")
    return reader(context, target)


def _campaigns(c: GraphContext, node: Node, p: Params) -> list[Node]:
    return _walked("Campaign", c.world.campaigns_of, c, node, p)


def _adsets_of_account(c: GraphContext, node: Node, p: Params) -> list[Node]:
    return _walked("AdSet", c.world.adsets_of_account, c, node, p)


def _ads_of_account(c: GraphContext, node: Node, p: Params) -> list[Node]:
    return _walked("Ad", c.world.ads_of_account, c, node, p)


def _adsets_of_campaign(c: GraphContext, node: Node, p: Params) -> list[Node]:
    return _listed("AdSet", list(c.world.adsets_of(node.record.id)), c, p)


def _ads_of_campaign(c: GraphContext, node: Node, p: Params) -> list[Node]:
    ads: list[Delivering] = []
    for adset in c.world.adsets_of(node.record.id):
        ads.extend(c.world.ads_of(adset.id))
    return _listed("Ad", ads, c, p)


def _ads_of_adset(c: GraphContext, node: Node, p: Params) -> list[Node]:
    return _listed("Ad", list(c.world.ads_of(node.record.id)), c, p)


def _creatives_of_account(c: GraphContext, node: Node, p: Params) -> list[Node]:
    return _creatives(c.world.creatives_of(node.record.id))


def _creatives_of_adset(c: GraphContext, node: Node, p: Params) -> list[Node]:
    ids = dict.fromkeys(ad.creative_id for ad in c.world.ads_of(node.record.id))
    return _creatives([c.world.creatives[one] for one in ids])


def _creatives_of_ad(c: GraphContext, node: Node, p: Params) -> list[Node]:
    record = node.record
    return _creatives(
        [c.world.creatives[record.creative_id]] if isinstance(record, AdRecord) else []
    )


def _creatives(records: list[CreativeRecord]) -> list[Node]:
    kept = [Node("AdCreative", record) for record in records if record.status != "DELETED"]
    return sorted(kept, key=newest_first)


def _copies(c: GraphContext, node: Node, p: Params) -> list[Node]:
    pools: dict[str, tuple[str, list[Delivering]]] = {
        "Campaign": ("source_campaign_id", list(c.world.campaigns_of(node.account_id or ""))),
        "AdSet": ("source_adset_id", list(c.world.adsets_of_account(node.account_id or ""))),
        "Ad": ("source_ad_id", list(c.world.ads_of_account(node.account_id or ""))),
    }
    attribute, pool = pools[node.kind]
    return _listed(node.kind, [r for r in pool if getattr(r, attribute) == node.id], c, p)


def _minimum_budgets(c: GraphContext, node: Node, p: Params) -> list[Node]:
    account, bid = node.record, p.get("bid_amount", "")
    if not isinstance(account, AccountRecord):
        return []
    values = minimum_budgets(account, int(bid) if bid.isdigit() else 0)
    return [Node("MinimumBudget", PlainNode(account.currency, values))]


def _labels(c: GraphContext, node: Node, p: Params) -> list[Node]:
    return [Node(Label.kind, one) for one in c.side_objects.of(Label, node.account_id or "")]


def _by_labels(kind: str, pool: str) -> Lister:
    """List an account's objects that carry all or any of some labels."""

    def listed(c: GraphContext, node: Node, p: Params) -> list[Node]:
        wanted = parse_list(p.get("ad_label_ids"), "ad_label_ids")
        if not wanted:
            raise bad_value("The parameter ad_label_ids is required")
        meets = {"ALL": all, "ANY": any}.get(p.get("operator", "ALL").upper())
        if meets is None:
            raise bad_value("Param operator must be one of {ALL, ANY}")
        records = getattr(c.world, pool)(node.account_id or "")
        mine = [one for one in records if meets(label in one.adlabels for label in wanted)]
        return _creatives(mine) if kind == "AdCreative" else _listed(kind, mine, c, p)

    return listed


def _labelled(kind: str, pool: str) -> Lister:
    """List what carries a label, of one level."""

    def listed(c: GraphContext, node: Node, p: Params) -> list[Node]:
        records = getattr(c.world, pool)(node.account_id or "")
        mine = [record for record in records if node.id in record.adlabels]
        return _creatives(mine) if kind == "AdCreative" else _listed(kind, mine, c, p)

    return listed


def _images(c: GraphContext, node: Node, p: Params) -> list[Node]:
    stored = c.images.get(node.account_id or "", {})
    return [Node("AdImage", PlainNode(key, values)) for key, values in stored.items()]


def _nothing(c: GraphContext, node: Node, p: Params) -> list[Node]:
    return []


EDGES: dict[tuple[str, str], tuple[str, Lister]] = {
    ("AdAccount", "campaigns"): ("Campaign", _campaigns),
    ("AdAccount", "adsets"): ("AdSet", _adsets_of_account),
    ("AdAccount", "ads"): ("Ad", _ads_of_account),
    ("AdAccount", "adcreatives"): ("AdCreative", _creatives_of_account),
    ("AdAccount", "activities"): ("AdActivity", activities_of),
    ("AdAccount", "minimum_budgets"): ("MinimumBudget", _minimum_budgets),
    ("AdAccount", "adlabels"): ("AdLabel", _labels),
    ("AdAccount", "adimages"): ("AdImage", _images),
    ("AdAccount", "adrules_library"): ("AdRule", rules_of),
    ("AdAccount", "subscribed_apps"): ("AdAccountSubscribedApps", subscribed_apps),
    ("AdAccount", "adrules_history"): ("AdAccountAdRulesHistory", history_of_account),
    ("AdRule", "history"): ("AdRuleHistory", history_of_rule),
    ("Campaign", "adrules_governed"): ("AdRule", rules_governing),
    ("AdSet", "adrules_governed"): ("AdRule", rules_governing),
    ("Ad", "adrules_governed"): ("AdRule", rules_governing),
    ("AdAccount", "customaudiences"): ("CustomAudience", _nothing),
    ("AdAccount", "customconversions"): ("CustomConversion", _nothing),
    ("AdAccount", "adspixels"): ("AdsPixel", _nothing),
    ("AdAccount", "advideos"): ("AdVideo", _nothing),
    ("AdAccount", "asyncadrequestsets"): ("AdAsyncRequestSet", sets_of),
    ("AdAsyncRequestSet", "requests"): ("AdAsyncRequest", requests_of),
    ("Campaign", "asyncadrequests"): ("AdAsyncRequest", requests_of),
    ("AdSet", "asyncadrequests"): ("AdAsyncRequest", requests_of),
    ("AdAccount", "campaignsbylabels"): ("Campaign", _by_labels("Campaign", "campaigns_of")),
    ("AdAccount", "adsetsbylabels"): ("AdSet", _by_labels("AdSet", "adsets_of_account")),
    ("AdAccount", "adsbylabels"): ("Ad", _by_labels("Ad", "ads_of_account")),
    ("AdAccount", "adcreativesbylabels"): ("AdCreative", _by_labels("AdCreative", "creatives_of")),
    ("AdLabel", "campaigns"): ("Campaign", _labelled("Campaign", "campaigns_of")),
    ("AdLabel", "adsets"): ("AdSet", _labelled("AdSet", "adsets_of_account")),
    ("AdLabel", "ads"): ("Ad", _labelled("Ad", "ads_of_account")),
    ("AdLabel", "adcreatives"): ("AdCreative", _labelled("AdCreative", "creatives_of")),
    ("Campaign", "adsets"): ("AdSet", _adsets_of_campaign),
    ("Campaign", "ads"): ("Ad", _ads_of_campaign),
    ("Campaign", "budget_schedules"): ("HighDemandPeriod", schedules_of),
    ("AdSet", "budget_schedules"): ("HighDemandPeriod", schedules_of),
    ("Campaign", "copies"): ("Campaign", _copies),
    ("AdSet", "ads"): ("Ad", _ads_of_adset),
    ("AdSet", "activities"): ("AdActivity", activities_of),
    ("AdSet", "adcreatives"): ("AdCreative", _creatives_of_adset),
    ("AdSet", "copies"): ("AdSet", _copies),
    ("Ad", "adcreatives"): ("AdCreative", _creatives_of_ad),
    ("Ad", "copies"): ("Ad", _copies),
    ("AdAccount", "assigned_users"): ("AssignedUser", assigned_users),
    ("User", "adaccounts"): ("AdAccount", accounts_of_token),
    ("User", "assigned_ad_accounts"): ("AdAccount", accounts_of_token),
    ("User", "businesses"): ("Business", businesses_of_token),
    ("User", "permissions"): ("Permission", permissions_of_token),
    ("SystemUser", "adaccounts"): ("AdAccount", accounts_of_token),
    ("SystemUser", "assigned_ad_accounts"): ("AdAccount", accounts_of_token),
    ("SystemUser", "businesses"): ("Business", businesses_of_token),
    ("SystemUser", "permissions"): ("Permission", permissions_of_token),
    ("Business", "owned_ad_accounts"): ("AdAccount", owned_accounts),
    ("Business", "client_ad_accounts"): ("AdAccount", client_accounts),
    ("Business", "system_users"): ("SystemUser", system_users),
}


def nodes_behind(
    context: GraphContext, node: Node, edge: str, params: Params
) -> tuple[str, list[Node]]:
    """Return the node type and the nodes of an edge; code 100 if unknown."""
    found = EDGES.get((node.kind, edge))
    if found is None:
        if edge not in edges_of(node.kind):
            raise unknown_field(edge, node.kind)
        return "Nothing", []
    return found[0], found[1](context, node, params)


def border_key(context: GraphContext, cursor_id: str) -> tuple[float, int] | None:
    """Return the list position of a cursor's object; None when deleted."""
    node = find_node(context, cursor_id)
    if getattr(node.record, "status", None) == "DELETED":
        return None
    return newest_first(node)
