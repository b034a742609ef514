"""The rules' library over HTTP: written, run, previewed, and its history."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from sync.sandbox.graph.ad_rules.evaluation import eyes_of, governed, holds, level_name, passing
from sync.sandbox.graph.ad_rules.rule import NativeRule, RuleRun
from sync.sandbox.graph.ad_rules.runs import plan_runs, run_rule
from sync.sandbox.graph.ad_rules.specs import check_specs
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.creates import account_of, require
from sync.sandbox.graph.errors import bad_value, missing_object
from sync.sandbox.graph.local_times import local_time
from sync.sandbox.graph.nodes import Node, PlainNode
from sync.sandbox.graph.parameters import read_parameters

Given = Mapping[str, str]
_SPECS = ("evaluation_spec", "execution_spec", "schedule_spec")
_TRUE = ("true", "1")


def create_rule(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """POST /act_X/adrules_library."""
    account, now, actor = account_of(node), context.now(), context.at_hand.actor
    values = read_parameters("POST adrules_library", given, account.timezone_name)
    require(values, "name", "evaluation_spec", "execution_spec")
    check_specs(*(values.get(name) for name in _SPECS))
    rule = NativeRule(
        id=context.world.new_id("adrule"),
        account_id=account.id,
        name=str(values["name"]),
        status=_new_status(values.get("status", "ENABLED")),
        evaluation_spec=_spec(values["evaluation_spec"]),
        execution_spec=_spec(values["execution_spec"]),
        schedule_spec=_spec(values["schedule_spec"]) if "schedule_spec" in values else None,
        created_by={"id": actor.id, "name": actor.name},
        created_time=now,
        updated_time=now,
        recommended_rule_key=_text(values.get("recommended_rule_key")),
        ui_creation_source=_text(values.get("ui_creation_source")),
    )
    context.side_objects.add(rule)
    context.ledger.add(now, rule.id, "adrule", "created", None, rule.id, request_id)
    plan_runs(context, rule)
    return {"id": rule.id}


def update_rule(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """POST /{rule}: a spec replaces the one before as a whole."""
    rule = _rule(node)
    values = read_parameters("POST AdRule", given, "UTC")
    if rule.status == "DELETED":
        raise bad_value("The rule is deleted")
    if "name" in values and not values["name"]:
        raise bad_value("Param name must not be empty")
    if set(_SPECS) & values.keys():
        evaluation = values.get("evaluation_spec", rule.evaluation_spec)
        triggered = isinstance(evaluation, dict) and evaluation.get("evaluation_type") == "TRIGGER"
        kept = None if triggered else rule.schedule_spec
        check_specs(
            evaluation,
            values.get("execution_spec", rule.execution_spec),
            values.get("schedule_spec", kept),
        )
        if triggered and rule.schedule_spec is not None:
            rule.schedule_spec = None
    if "status" in values:
        values["status"] = _new_status(values["status"])
    _write(context, rule, values, request_id)
    return {"success": True}


def delete_rule(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """DELETE /{rule}: it never runs again, its history stays."""
    _write(context, _rule(node), {"status": "DELETED"}, request_id)
    return {"success": True}


def execute_rule(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """POST /{rule}/execute: one run, now, whatever the schedule says."""
    rule = _rule(node)
    read_parameters("POST AdRule execute", given, "UTC")
    if rule.status == "DELETED":
        raise bad_value("The rule is deleted")
    run_rule(context, rule, request_id)
    return {"success": True}


def preview_rule(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """POST /{rule}/preview: the objects it would act on now."""
    rule = _rule(node)
    read_parameters("POST AdRule preview", given, "UTC")
    found = passing(context, rule)
    return {
        "data": [{"id": one.id, "name": one.name, "object_type": level_name(one)} for one in found]
    }


def rules_of(context: GraphContext, node: Node, params: Given) -> list[Node]:
    """GET /act_X/adrules_library: rules that are not deleted, newest first."""
    rules = list(context.side_objects.of(NativeRule, node.account_id or ""))
    return [Node(one.kind, one) for one in reversed(rules) if one.status != "DELETED"]


def history_of_rule(context: GraphContext, node: Node, params: Given) -> list[Node]:
    """GET /{rule}/history: its runs, newest first."""
    rule = _rule(node)
    return [
        Node("AdRuleHistory", _run_node(context, rule, run, {}))
        for run in reversed(rule.history)
        if _asked(rule, run, params)
    ]


def history_of_account(context: GraphContext, node: Node, params: Given) -> list[Node]:
    """GET /act_X/adrules_history: all rules' runs, newest first."""
    runs = [
        (run, rule)
        for rule in context.side_objects.of(NativeRule, node.account_id or "")
        for run in rule.history
        if _asked(rule, run, params)
    ]
    runs.sort(key=lambda pair: pair[0].time, reverse=True)
    return [
        Node("AdAccountAdRulesHistory", _run_node(context, rule, run, {"rule_id": int(rule.id)}))
        for run, rule in runs
    ]


def rules_governing(context: GraphContext, node: Node, params: Given) -> list[Node]:
    """GET /{object}/adrules_governed: rules about an object, by id or type.

    `pass_evaluation` keeps those whose conditions hold for it now, or do not.
    """
    wanted = params.get("pass_evaluation", "").lower()
    found: list[Node] = []
    for rule in context.side_objects.of(NativeRule, node.account_id or ""):
        record = next((one for one in governed(context, rule) if one.id == node.id), None)
        if rule.status == "DELETED" or record is None:
            continue
        if wanted and holds(eyes_of(context, rule), rule, record) != (wanted in _TRUE):
            continue
        found.append(Node(rule.kind, rule))
    return found


def _write(
    context: GraphContext, rule: NativeRule, values: Mapping[str, object], request_id: str
) -> None:
    now = context.now()
    for name in ("name", "status", *_SPECS):
        if name in values and (before := getattr(rule, name)) != values[name]:
            setattr(rule, name, values[name])
            rule.updated_time = now
            context.ledger.add(now, rule.id, "adrule", name, before, values[name], request_id)
    plan_runs(context, rule)


def _asked(rule: NativeRule, run: RuleRun, params: Given) -> bool:
    """Tell whether a run is among those asked for."""
    kind = params.get("evaluation_type")
    if kind and run.evaluation_spec["evaluation_type"] != kind:
        return False
    if params.get("object_id") and all(r.object_id != params["object_id"] for r in run.results):
        return False
    actions = {action.action for result in run.results for action in result.actions}
    if params.get("action") and params["action"] not in actions:
        return False
    hidden = params.get("hide_no_changes", "").lower() in _TRUE
    return not hidden or any(result.changed() for result in run.results)


def _run_node(
    context: GraphContext, rule: NativeRule, run: RuleRun, more: dict[str, object]
) -> PlainNode:
    written = partial(local_time, context, rule.account_id)
    return PlainNode(rule.id, {**run.shown(written), **more})


def _rule(node: Node) -> NativeRule:
    if not isinstance(node.record, NativeRule):
        raise missing_object(node.id)
    return node.record


def _new_status(status: object) -> str:
    if status == "HAS_ISSUES":
        raise bad_value("Param status: HAS_ISSUES is Meta's to set")
    return str(status)


def _spec(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return None if value is None else str(value)
