"""POST and DELETE on a node: checks in Meta's order, then the changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from sync.sandbox.graph.budget_rules import (
    BUDGETS,
    Values,
    check_amount,
    check_bid,
    check_cap_rate,
    check_edit_rate,
    check_kind,
    check_lowering,
    check_not_shared,
    given_budget,
)
from sync.sandbox.graph.changes import Change, apply_changes, send_to_review
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import GraphError, bad_value, invalid_parameter, missing_object
from sync.sandbox.graph.nodes import Node, label_node
from sync.sandbox.graph.parameters import parameter_types, read_parameters
from sync.sandbox.graph.statuses import GONE
from sync.sandbox.records import (
    AccountRecord,
    AdRecord,
    AdSetRecord,
    CampaignRecord,
    CreativeRecord,
)

_GONE_SUBCODES = {"Campaign": 1487566, "AdSet": 1487056, "Ad": 1885088, "AdCreative": 1885088}
_ALIASES = {"time_start": "start_time", "time_stop": "end_time"}
_UPDATABLE = ("AdAccount", "Campaign", "AdSet", "Ad", "AdCreative")


def update_node(
    context: GraphContext, node: Node, given: Mapping[str, str], request_id: str
) -> dict[str, object]:
    """Check and carry out an update; `validate_only` stops before applying."""
    if node.kind not in _UPDATABLE:
        raise missing_object(node.id, "post")
    zone = context.world.accounts[node.account_id or ""].timezone_name
    if node.kind == "AdCreative":
        _refuse_content(given)
    values = read_parameters(f"POST {node.kind}", given, zone)
    values = {_ALIASES.get(name, name): value for name, value in values.items()}
    changes = plan_update(context, node, values)
    if "validate_only" in _options(values):
        return {"success": True}
    if isinstance(node.record, AdSetRecord) and _changes_budget(changes, node.record):
        check_edit_rate(context, node.id, count=True)
    apply_changes(context, changes, request_id)
    if isinstance(node.record, AdRecord) and any(c.field == "creative_id" for c in changes):
        send_to_review(context, node.record)
    return {"success": True}


def delete_node(context: GraphContext, node: Node, request_id: str) -> dict[str, object]:
    """Set an object's status to DELETED."""
    record = node.record
    if not isinstance(record, CampaignRecord | AdSetRecord | AdRecord | CreativeRecord):
        raise missing_object(node.id, "delete")
    apply_changes(context, [Change(record, "status", "DELETED")], request_id)
    return {"success": True}


def plan_update(context: GraphContext, node: Node, values: Values) -> list[Change]:
    """Check values against every rule and return the changes they mean."""
    record = node.record
    if isinstance(record, AccountRecord):
        return _account_changes(context, record, values)
    _check_gone(node, values)
    if isinstance(record, CampaignRecord):
        changes = _campaign_changes(context, record, values)
    elif isinstance(record, AdSetRecord):
        changes = _adset_changes(context, record, values)
    elif isinstance(record, AdRecord):
        changes = _ad_changes(context, record, values)
    else:
        changes = []
    if isinstance(record, CampaignRecord | AdSetRecord | AdRecord | CreativeRecord):
        changes += _simple_changes(context, record, values)
    return changes


def read_labels(context: GraphContext, account_id: str, given: object) -> list[object]:
    """Return label objects for `[{"name"} | {"id"}]`; unknown ids are 100."""
    found: list[object] = []
    for item in given if isinstance(given, list) else []:
        if isinstance(item, dict) and item.get("name"):
            found.append(label_node(context, account_id, str(item["name"])))
        elif isinstance(item, dict) and item.get("id"):
            names = context.labels.get(account_id, {})
            name = next((n for n, i in names.items() if i == str(item["id"])), None)
            if name is None:
                raise missing_object(str(item["id"]))
            found.append({"id": str(item["id"]), "name": name})
        else:
            raise bad_value("Param adlabels must hold objects with id or name")
    return found


def _options(values: Values) -> list[object]:
    found = values.get("execution_options")
    return found if isinstance(found, list) else []


def _changes_budget(changes: list[Change], record: AdSetRecord) -> bool:
    return any(c.field in BUDGETS and getattr(record, c.field) != c.after for c in changes)


def _refuse_content(given: Mapping[str, str]) -> None:
    """Refuse a creative's content: it is immutable."""
    if set(given) & set(parameter_types("POST adcreatives")) - {"name", "adlabels", "account_id"}:
        raise GraphError(message="(#100) The parameter is not supported", code=100, subcode=1815573)


def _check_gone(node: Node, values: Values) -> None:
    """Refuse edits of archived and deleted objects beyond name and deletion."""
    status = getattr(node.record, "status", None)
    if status not in GONE:
        return
    allowed = {"name", "execution_options"}
    if status == "ARCHIVED" and values.get("status") in ("DELETED", "ARCHIVED"):
        allowed.add("status")
    refused = [name for name in values if name not in allowed]
    if refused:
        word = str(status).lower()
        raise invalid_parameter(
            f"Object Is {word.capitalize()}",
            f"The object is {word}; only its name can be changed"
            + (", or it can be deleted." if word == "archived" else "."),
            subcode=_GONE_SUBCODES[node.kind],
            blame=refused[:1],
        )


def _account_changes(context: GraphContext, record: AccountRecord, values: Values) -> list[Change]:
    changes: list[Change] = []
    if {"spend_cap", "spend_cap_action"} & values.keys():
        check_cap_rate(context, record.id)
    if "name" in values:
        changes.append(Change(record, "name", values["name"]))
    if values.get("spend_cap_action") == "delete":
        changes.append(Change(record, "spend_cap", None))
    elif isinstance(values.get("spend_cap"), float):
        cap = round(cast(float, values["spend_cap"]) * record.offset)
        changes.append(Change(record, "spend_cap", cap))
    return changes


def _campaign_changes(
    context: GraphContext, record: CampaignRecord, values: Values
) -> list[Change]:
    account = context.world.accounts[record.account_id]
    now = context.now()
    stop = values.get("stop_time", record.stop_time)
    if "stop_time" in values and isinstance(stop, datetime) and stop <= now:
        raise _ended()
    budget = given_budget(values)
    shared = bool(record.daily_budget or record.lifetime_budget)
    if "bid_strategy" in values and not shared and budget is None:
        raise invalid_parameter(
            "Bid Strategy Belongs To Ad Sets",
            "A campaign without a campaign budget has no bid strategy of its own.",
            blame=("bid_strategy",),
        )
    changes: list[Change] = []
    if budget is not None:
        name, amount = budget
        end = stop if isinstance(stop, datetime) else None
        check_kind(record, name)
        check_amount(account, name, amount, now, end)
        check_lowering(context, record, name, amount)
        changes.append(Change(record, name, amount))
        if not shared:
            changes += _without_budgets(context, record)
    if values.get("adset_budgets"):
        changes += _to_adset_budgets(context, record, values["adset_budgets"])
    return changes


def _without_budgets(context: GraphContext, record: CampaignRecord) -> list[Change]:
    """Take the budgets off the ad sets when the campaign gets one."""
    return [
        Change(adset, name, None)
        for adset in context.world.adsets_of(record.id)
        for name in BUDGETS
        if getattr(adset, name)
    ]


def _to_adset_budgets(context: GraphContext, record: CampaignRecord, given: object) -> list[Change]:
    """Move the budget from the campaign to its ad sets."""
    account = context.world.accounts[record.account_id]
    wanted = {
        str(item.get("adset_id")): item
        for item in (given if isinstance(given, list) else [])
        if isinstance(item, dict)
    }
    live = {s.id: s for s in context.world.adsets_of(record.id) if s.status not in GONE}
    if set(wanted) != set(live):
        raise invalid_parameter(
            "Budget Missing",
            "Every ad set of the campaign needs a budget.",
            blame=("adset_budgets",),
        )
    changes = [Change(record, name, None) for name in BUDGETS if getattr(record, name)]
    for adset_id, item in wanted.items():
        budget = given_budget({k: int(v) for k, v in item.items() if k in BUDGETS})
        if budget is None:
            raise bad_value("Param adset_budgets must hold daily_budget or lifetime_budget")
        check_amount(account, budget[0], budget[1], context.now(), live[adset_id].end_time)
        changes.append(Change(live[adset_id], budget[0], budget[1]))
    return changes


def _adset_changes(context: GraphContext, record: AdSetRecord, values: Values) -> list[Change]:
    world = context.world
    account, campaign = world.accounts[record.account_id], world.campaigns[record.campaign_id]
    now = context.now()
    end = values.get("end_time", record.end_time)
    if "end_time" in values and isinstance(end, datetime) and end <= now:
        raise _ended()
    check_bid(values, record, campaign)
    budget = given_budget(values)
    if budget is None:
        return []
    name, amount = budget
    check_not_shared(campaign, name)
    check_kind(record, name)
    check_amount(account, name, amount, now, end if isinstance(end, datetime) else None)
    check_lowering(context, record, name, amount)
    if amount != getattr(record, name):
        check_edit_rate(context, record.id, count=False)
    return [Change(record, name, amount)]


def _ad_changes(context: GraphContext, record: AdRecord, values: Values) -> list[Change]:
    adset = context.world.adsets[record.adset_id]
    if adset.end_time is not None and adset.end_time <= context.now() and set(values) - {"name"}:
        raise invalid_parameter(
            "Ad Set Has Ended", "The ad's ad set has ended; extend it first.", subcode=1487007
        )
    if "creative" not in values:
        return []
    creative_id = read_creative(context, record.account_id, values["creative"])
    return [Change(record, "creative_id", creative_id)]


def read_creative(context: GraphContext, account_id: str, given: object) -> str:
    """Return the id of a creative named by `{"creative_id"}` or `{"id"}`."""
    found = given if isinstance(given, dict) else {}
    creative_id = str(found.get("creative_id") or found.get("id") or "")
    creative = context.world.creatives.get(creative_id)
    if creative is None or creative.account_id != account_id or creative.status == "DELETED":
        raise invalid_parameter(
            "Creative Not Found",
            f"The creative '{creative_id}' does not exist in this ad account.",
            blame=("creative",),
        )
    return creative_id


def _simple_changes(
    context: GraphContext,
    record: CampaignRecord | AdSetRecord | AdRecord | CreativeRecord,
    values: Values,
) -> list[Change]:
    """Return changes of fields that the record keeps as they are given."""
    special = (*BUDGETS, "creative", "account_id", "adset_budgets")
    changes: list[Change] = []
    for name, value in values.items():
        if name == "adlabels":
            labels = read_labels(context, record.account_id, value)
            changes.append(Change(record, name, labels))
        elif name == "name" and not value:
            raise bad_value("Param name must not be empty")
        elif name not in special and hasattr(record, name):
            changes.append(Change(record, name, value))
    return changes


def _ended() -> GraphError:
    return invalid_parameter(
        "End Date Is In The Past",
        "The end date must be in the future.",
        subcode=1487033,
        blame=("end_time",),
    )
