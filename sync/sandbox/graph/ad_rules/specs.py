"""Evaluation and execution specs of rules, checked as Meta's guides say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sync.sandbox.graph.ad_rules.catalogue import ENTITY_TYPES, check_field, needs_days
from sync.sandbox.graph.ad_rules.presets import includes_today, is_preset
from sync.sandbox.graph.ad_rules.schedules import check_schedule
from sync.sandbox.graph.errors import bad_value
from sync.sandbox.graph.meta_names import enum_values

OPERATORS = (
    "GREATER_THAN LESS_THAN EQUAL NOT_EQUAL IN_RANGE NOT_IN_RANGE IN NOT_IN CONTAIN "
    "NOT_CONTAIN ANY ALL NONE"
).split()
TRIGGERS = (
    "METADATA_CREATION",
    "METADATA_UPDATE",
    "STATS_CHANGE",
    "STATS_MILESTONE",
    "DELIVERY_INSIGHTS_CHANGE",
)
_EVALUATION_TYPES = ("SCHEDULE", "TRIGGER")
_LISTS = ("IN", "NOT_IN", "ANY", "ALL", "NONE")
_EXECUTED = (
    "NOTIFICATION PAUSE UNPAUSE CHANGE_BUDGET CHANGE_CAMPAIGN_BUDGET CHANGE_BID ROTATE "
    "REBALANCE_BUDGET PING_ENDPOINT"
).split()
_LEVELS = {
    "CHANGE_BUDGET": ("ADSET",),
    "CHANGE_CAMPAIGN_BUDGET": ("CAMPAIGN",),
    "CHANGE_BID": ("ADSET", "AD"),
    "REBALANCE_BUDGET": ("ADSET",),
}
_CHANGING = ("CHANGE_BUDGET", "CHANGE_CAMPAIGN_BUDGET", "CHANGE_BID")
_OPTIONS = (
    "user_ids change_spec rebalance_spec execution_count_limit action_frequency "
    "alert_preferences deferred_execution"
).split()
_UNITS = ("ACCOUNT_CURRENCY", "PERCENTAGE")
Spec = Mapping[str, object]


def check_specs(evaluation: object, execution: object, schedule: object) -> None:
    """Check the three specs of a rule, each by itself and together."""
    filters = check_evaluation(evaluation)
    triggered = isinstance(evaluation, dict) and evaluation["evaluation_type"] == "TRIGGER"
    _check_execution(execution, filters, triggered)
    if triggered and schedule is not None:
        raise bad_value("Param schedule_spec belongs to rules of evaluation_type SCHEDULE")
    if not triggered:
        if schedule is None:
            raise bad_value("The parameter schedule_spec is required for SCHEDULE rules")
        check_schedule(schedule)


def check_evaluation(spec: object) -> list[Spec]:
    """Check an evaluation spec and return its filters."""
    if not isinstance(spec, dict) or spec.get("evaluation_type") not in _EVALUATION_TYPES:
        names = ", ".join(_EVALUATION_TYPES)
        raise bad_value(f"Param evaluation_spec[evaluation_type] must be one of {{{names}}}")
    triggered = spec["evaluation_type"] == "TRIGGER"
    filters = spec.get("filters")
    if not isinstance(filters, list) or not filters:
        raise bad_value("Param evaluation_spec[filters] must be a non-empty array")
    for index, one in enumerate(filters):
        _check_filter(f"evaluation_spec[filters][{index}]", one, triggered)
    _check_selection(filters)
    _check_preset(filters, triggered)
    if triggered:
        _check_trigger(spec.get("trigger"))
    elif spec.get("trigger") is not None:
        raise bad_value("Param evaluation_spec[trigger] belongs to rules of type TRIGGER")
    return filters


def filter_value(filters: Sequence[Spec], field: str) -> object:
    """Return the value of the filter on a field; None when there is none."""
    return next((one["value"] for one in filters if one["field"] == field), None)


def option(execution: Spec, field: str) -> object:
    """Return the value of an execution option; None when there is none."""
    options = execution.get("execution_options")
    found = options if isinstance(options, list) else []
    return next((one.get("value") for one in found if one.get("field") == field), None)


def _check_filter(name: str, one: object, triggered: bool) -> None:
    if not isinstance(one, dict) or not {"field", "operator", "value"} <= one.keys():
        raise bad_value(f"Param {name} must have field, operator and value")
    field, operator, value = str(one["field"]), one["operator"], one["value"]
    if operator not in OPERATORS:
        raise bad_value(f"Param {name}[operator] must be one of {{{', '.join(OPERATORS)}}}")
    if operator in _LISTS and not isinstance(value, list):
        raise bad_value(f"Param {name}[value] must be an array for {operator}")
    if operator in ("IN_RANGE", "NOT_IN_RANGE") and not (
        isinstance(value, list) and len(value) == 2
    ):
        raise bad_value(f"Param {name}[value] must hold two borders")
    check_field(field, triggered)
    if field in ("entity_type", "time_preset", "attribution_window") and operator != "EQUAL":
        raise bad_value(f"Param {name}: {field} takes the operator EQUAL only")
    if field == "entity_type" and str(value) not in ENTITY_TYPES:
        raise bad_value(f"Param {name}: entity_type must be one of {{{', '.join(ENTITY_TYPES)}}}")
    if field == "attribution_window" and value != "ACCOUNT_DEFAULT":
        raise bad_value(f"Param {name}: attribution_window must be ACCOUNT_DEFAULT")


def _check_selection(filters: Sequence[Spec]) -> None:
    fields = [one["field"] for one in filters]
    if "entity_type" not in fields and "id" not in fields:
        raise bad_value("Param evaluation_spec[filters] must have entity_type or id")
    if fields.count("entity_type") > 1:
        raise bad_value("Param evaluation_spec[filters] must have one entity_type")


def _check_preset(filters: Sequence[Spec], triggered: bool) -> None:
    presets = [str(one["value"]) for one in filters if one["field"] == "time_preset"]
    wanted = any(needs_days(str(one["field"])) for one in filters)
    if len(presets) > 1 or (wanted and not presets):
        raise bad_value("Param evaluation_spec[filters] must have one time_preset")
    for preset in presets:
        if not is_preset(preset):
            raise bad_value(f"Param evaluation_spec: there is no time_preset '{preset}'")
        if triggered and not includes_today(preset):
            raise bad_value("Param evaluation_spec: TRIGGER rules need a time_preset with today")


def _check_trigger(trigger: object) -> None:
    if not isinstance(trigger, dict) or trigger.get("type") not in TRIGGERS:
        raise bad_value(
            f"Param evaluation_spec[trigger][type] must be one of {{{', '.join(TRIGGERS)}}}"
        )
    stats = trigger["type"] in ("STATS_CHANGE", "STATS_MILESTONE")
    if stats and not {"field", "operator", "value"} <= trigger.keys():
        raise bad_value("Param evaluation_spec[trigger] must have field, operator and value")
    if "field" in trigger:
        check_field(str(trigger["field"]), triggered=True)
    if trigger.get("operator", OPERATORS[0]) not in OPERATORS:
        raise bad_value("Param evaluation_spec[trigger][operator] is invalid")


def _check_execution(spec: object, filters: Sequence[Spec], triggered: bool) -> None:
    if not isinstance(spec, dict) or spec.get("execution_type") is None:
        raise bad_value("Param execution_spec must have execution_type")
    kind = str(spec["execution_type"])
    if kind not in enum_values("AdRuleExecutionSpec", "ExecutionType"):
        raise bad_value(f"Param execution_spec[execution_type] is invalid, got '{kind}'")
    if kind not in _EXECUTED:
        raise bad_value(f"Param execution_spec: {kind} is not available to apps")
    if kind == "PING_ENDPOINT" and not triggered:
        raise bad_value("Param execution_spec: PING_ENDPOINT belongs to TRIGGER rules")
    level = filter_value(filters, "entity_type")
    if kind in _LEVELS and level is not None and level not in _LEVELS[kind]:
        levels = ", ".join(_LEVELS[kind])
        raise bad_value(f"Param execution_spec: {kind} needs an entity_type of {{{levels}}}")
    _check_options(spec.get("execution_options"))
    if kind in _CHANGING:
        _check_change(option(spec, "change_spec"))
    if kind == "REBALANCE_BUDGET" and not isinstance(option(spec, "rebalance_spec"), dict):
        raise bad_value("Param execution_spec: REBALANCE_BUDGET needs a rebalance_spec")


def _check_options(options: object) -> None:
    if options is None:
        return
    if not isinstance(options, list):
        raise bad_value("Param execution_spec[execution_options] must be an array")
    for index, one in enumerate(options):
        name = f"execution_spec[execution_options][{index}]"
        if not isinstance(one, dict) or not {"field", "value"} <= one.keys():
            raise bad_value(f"Param {name} must have field, operator and value")
        if one["field"] not in _OPTIONS:
            raise bad_value(f"Param {name}[field] must be one of {{{', '.join(_OPTIONS)}}}")
        if one.get("operator", "EQUAL") != "EQUAL":
            raise bad_value(f"Param {name}[operator] must be EQUAL")
        counted = one["field"] in ("execution_count_limit", "action_frequency")
        if counted and not (str(one["value"]).isdigit() and int(str(one["value"]))):
            raise bad_value(f"Param {name}[value] must be a positive integer")


def _check_change(change: object) -> None:
    name = "execution_spec change_spec"
    if not isinstance(change, dict) or not _is_number(change.get("amount")):
        raise bad_value(f"Param {name} must have an amount")
    if not change.get("target_field"):
        if change.get("unit") not in _UNITS:
            raise bad_value(f"Param {name}[unit] must be one of {{{', '.join(_UNITS)}}}")
        if not float(change["amount"]):
            raise bad_value(f"Param {name}[amount] must not be 0")
    limit = change.get("limit")
    pair = isinstance(limit, list) and len(limit) == 2 and all(_is_number(one) for one in limit)
    if limit is not None and not (_is_number(limit) or pair):
        raise bad_value(f"Param {name}[limit] must be a number or two of them")


def _is_number(value: object) -> bool:
    if isinstance(value, bool):
        return False
    try:
        float(str(value))
    except ValueError:
        return False
    return value is not None
