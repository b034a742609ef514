"""POST on create edges: campaigns, ad sets, ads and creatives."""

from __future__ import annotations

from collections.abc import Mapping

from sync.sandbox.graph.ad_writes import (
    add_creative,
    check_content,
    check_creative,
    check_review,
    creative_for,
    new_ad,
    parent_adset,
)
from sync.sandbox.graph.adset_writes import check_new_adset, new_adset, parent_campaign
from sync.sandbox.graph.budget_rules import Values
from sync.sandbox.graph.budget_schedules import check_schedules, schedule_budgets
from sync.sandbox.graph.campaign_writes import check_new_campaign, new_campaign
from sync.sandbox.graph.changes import note_created
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import bad_value
from sync.sandbox.graph.field_changes import fill
from sync.sandbox.graph.labels import read_labels
from sync.sandbox.graph.nodes import Node
from sync.sandbox.graph.parameters import options_of, read_parameters
from sync.sandbox.graph.refusals import refused
from sync.sandbox.graph.reviews import send_to_review
from sync.sandbox.records import AccountRecord, AdRecord, AdSetRecord, CampaignRecord

Given = Mapping[str, str]
_ALIASES = {"time_start": "start_time", "time_stop": "end_time"}


def create_campaign(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """Create a campaign; without a budget the sharing flag must be given."""
    account, values = _read(node, "POST campaigns", given)
    require(values, "special_ad_categories", "name", "objective", "status")
    _check_new_status(values)
    check_new_campaign(account, values, context.now())
    check_schedules(context, None, values.get("budget_schedule_specs"))
    if _validates_only(context, account, values):
        return {"success": True}
    record = new_campaign(context, account, values)
    _finish(context, record, values, request_id)
    return {"id": record.id}


def create_adset(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """Create an ad set; it needs a budget exactly when its campaign has none."""
    account, values = _read(node, "POST adsets", given)
    require(values, "name", "campaign_id", "optimization_goal", "billing_event", "targeting")
    _check_new_status(values)
    campaign = parent_campaign(context, account.id, str(values["campaign_id"]))
    check_new_adset(context, campaign, values)
    check_schedules(context, None, values.get("budget_schedule_specs"))
    if _validates_only(context, account, values):
        return {"success": True}
    record = new_adset(context, campaign, values)
    _finish(context, record, values, request_id)
    return {"id": record.id, "success": True}


def create_ad(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """Create an ad with an existing creative or one described in place."""
    account, values = _read(node, "POST ads", given)
    require(values, "name", "adset_id", "creative", "status")
    _check_new_status(values)
    adset = parent_adset(context, account.id, str(values["adset_id"]))
    check_creative(context, account, values, None)
    if "synchronous_ad_review" in options_of(values):
        check_review(context, account, values)
    if _validates_only(context, account, values):
        return {"success": True}
    shown = creative_for(context, account, values["creative"], request_id)
    record = new_ad(context, adset, shown, values)
    fill(context, record, values, request_id)
    context.world.add_ad(record)
    note_created(context, record, None, request_id)
    send_to_review(context, record)
    return {"id": record.id}


def create_creative(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """Create a creative; some content must be given."""
    account, values = _read(node, "POST adcreatives", given)
    check_content(values)
    if _validates_only(context, account, values):
        return {"success": True}
    return {"id": add_creative(context, account, values, request_id)}


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


def _read(node: Node, operation: str, given: Given) -> tuple[AccountRecord, dict[str, object]]:
    account = account_of(node)
    values = read_parameters(operation, given, account.timezone_name)
    return account, {_ALIASES.get(name, name): value for name, value in values.items()}


def _finish(
    context: GraphContext,
    record: CampaignRecord | AdSetRecord,
    values: Mapping[str, object],
    request_id: str,
) -> None:
    """Fill a new record, take it in and write it down."""
    fill(context, record, values, request_id)
    if isinstance(record, CampaignRecord):
        context.world.add_campaign(record)
    else:
        context.world.add_adset(record)
    note_created(context, record, _source(record), request_id)
    schedule_budgets(context, record, values.get("budget_schedule_specs"), request_id)


def _source(record: CampaignRecord | AdSetRecord | AdRecord) -> str | None:
    for name in ("source_campaign_id", "source_adset_id", "source_ad_id"):
        if getattr(record, name, "0") != "0":
            return str(getattr(record, name))
    return None


def _check_new_status(values: Values) -> None:
    if values.get("status", "PAUSED") not in ("ACTIVE", "PAUSED"):
        raise refused("new_status", blame=("status",))


def _validates_only(context: GraphContext, account: AccountRecord, values: Values) -> bool:
    """Tell whether nothing shall be made; labels are looked at then, too."""
    if "validate_only" not in options_of(values):
        return False
    read_labels(context, account.id, values.get("adlabels", []), None)
    return True
