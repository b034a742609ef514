"""POST and DELETE on a node: checks in Meta's order, then the changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from sync.sandbox.graph.ad_writes import (
    check_creative,
    check_immutable,
    check_review,
    creative_for,
    plan_ad,
)
from sync.sandbox.graph.adset_writes import plan_adset
from sync.sandbox.graph.budget_rules import BUDGETS, Values, check_cap_rate, check_edit_rate
from sync.sandbox.graph.budget_schedules import check_schedules, schedule_budgets
from sync.sandbox.graph.campaign_writes import plan_campaign
from sync.sandbox.graph.changes import Change, Changeable, apply_changes, value_of
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import GraphError, bad_value, missing_object
from sync.sandbox.graph.field_changes import simple_changes
from sync.sandbox.graph.nodes import Node
from sync.sandbox.graph.parameters import options_of, read_parameters
from sync.sandbox.graph.refusals import refused
from sync.sandbox.graph.reviews import send_to_review
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


def update_node(
    context: GraphContext, node: Node, given: Mapping[str, str], request_id: str
) -> dict[str, object]:
    """Check and carry out an update; `validate_only` stops before applying."""
    record = node.record
    if not isinstance(record, Changeable):
        raise missing_object(node.id, "post")
    zone = context.world.accounts[node.account_id or ""].timezone_name
    if isinstance(record, CreativeRecord):
        check_immutable(given)
    values = read_parameters(f"POST {node.kind}", given, zone)
    values = {_ALIASES.get(name, name): value for name, value in values.items()}
    options = options_of(values)
    changes = _plan(context, node, values)
    if "validate_only" in options:
        _validate_further(context, record, values, options)
        return _done(options)
    changes += simple_changes(context, record, values, request_id)
    _carry_out(context, record, values, changes, request_id)
    return _done(options)


def delete_node(
    context: GraphContext, node: Node, given: Mapping[str, str], request_id: str
) -> dict[str, object]:
    """Set an object's status to DELETED."""
    record = node.record
    if not isinstance(record, CampaignRecord | AdSetRecord | AdRecord | CreativeRecord):
        raise missing_object(node.id, "delete")
    apply_changes(context, [Change(record, "status", "DELETED")], request_id)
    return {"success": True}


def _done(options: list[object]) -> dict[str, object]:
    """Return the answer of an update, with recommendations where asked."""
    answer: dict[str, object] = {"success": True}
    if "include_recommendations" in options:
        answer["recommendations"] = []
    return answer


def _plan(context: GraphContext, node: Node, values: Values) -> list[Change]:
    """Check values against every rule and return the changes they mean."""
    record = node.record
    if isinstance(record, AccountRecord):
        return _account_changes(context, record, values)
    _check_gone(node, values)
    if isinstance(record, CampaignRecord | AdSetRecord):
        check_schedules(context, record, values.get("budget_schedule_specs"))
    if isinstance(record, CampaignRecord):
        return plan_campaign(context, record, values)
    if isinstance(record, AdSetRecord):
        return plan_adset(context, record, values)
    if isinstance(record, AdRecord):
        changes = plan_ad(context, record, values)
        check_creative(context, context.world.accounts[record.account_id], values, record)
        return changes
    return []


def _validate_further(
    context: GraphContext, record: Changeable, values: Values, options: list[object]
) -> None:
    """Check what applying would, without making anything."""
    simple_changes(context, record, values, None)
    if "synchronous_ad_review" in options and isinstance(record, AdRecord):
        check_review(context, context.world.accounts[record.account_id], values)


def _carry_out(
    context: GraphContext,
    record: Changeable,
    values: Values,
    changes: list[Change],
    request_id: str,
) -> None:
    if isinstance(record, AdRecord) and values.get("creative"):
        account = context.world.accounts[record.account_id]
        shown = creative_for(context, account, values["creative"], request_id)
        changes = [*changes, Change(record, "creative_id", shown)]
    if isinstance(record, AdSetRecord) and _changes_any(changes, record, BUDGETS):
        check_edit_rate(context, record.id, count=True)
    done = apply_changes(context, changes, request_id)
    if isinstance(record, AdRecord) and any(c.field == "creative_id" for c in done):
        send_to_review(context, record)
    if isinstance(record, AccountRecord) and any(c.field == "spend_cap" for c in done):
        context.cap_edits[record.id].append(context.now())
    if isinstance(record, CampaignRecord | AdSetRecord):
        schedule_budgets(context, record, values.get("budget_schedule_specs"), request_id)


def _changes_any(changes: list[Change], record: Changeable, fields: tuple[str, ...]) -> bool:
    return any(c.field in fields and value_of(record, c.field) != c.after for c in changes)


def _check_gone(node: Node, values: Values) -> None:
    """Refuse edits of archived and deleted objects beyond name and deletion."""
    status = getattr(node.record, "status", None)
    if status not in GONE:
        return
    allowed = {"name", "execution_options"}
    if status == "ARCHIVED" and values.get("status") in ("DELETED", "ARCHIVED"):
        allowed.add("status")
    wrong = [name for name in values if name not in allowed]
    if wrong:
        raise refused(f"is_{str(status).lower()}", _GONE_SUBCODES[node.kind], wrong[:1])


def _account_changes(context: GraphContext, record: AccountRecord, values: Values) -> list[Change]:
    """Check an account's update; the spend cap is given in major units."""
    changes: list[Change] = []
    if values.get("currency") not in (None, record.currency) or "timezone_id" in values:
        raise GraphError(
            message="(#2615) The currency and time zone of this ad account cannot be changed",
            code=2615,
        )
    action = values.get("spend_cap_action")
    if action not in (None, "reset", "delete"):
        raise bad_value("Param spend_cap_action must be one of {delete, reset}")
    if action == "delete":
        changes.append(Change(record, "spend_cap", None))
    elif "spend_cap" in values:
        cap = round(cast(float, values["spend_cap"]) * record.offset)
        if cap < 0:
            raise bad_value("Param spend_cap must not be negative")
        changes.append(Change(record, "spend_cap", cap or None))
    if action == "reset":
        spent = context.world.amount_spent(record.id)
        changes.append(Change(record, "spent_before", spent))
    if _changes_any(changes, record, ("spend_cap",)):
        check_cap_rate(context, record.id)
    return changes
