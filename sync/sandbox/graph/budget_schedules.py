"""Scheduled rises of a daily budget: high demand periods.

While a period lasts, the object's daily budget is higher by an amount (ABSOLUTE, minor
units) or by percent of itself (MULTIPLIER); the budget field does not change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import ClassVar

from sync.sandbox.graph.changes import level_of
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import bad_value, missing_object
from sync.sandbox.graph.local_times import local_time
from sync.sandbox.graph.nodes import Node
from sync.sandbox.graph.parameters import read_parameters
from sync.sandbox.graph.side_objects import SideObject, Writing
from sync.sandbox.records import AdSetRecord, CampaignRecord

Given = Mapping[str, str]
Budgeted = CampaignRecord | AdSetRecord
MOST_PERIODS = 50
_TYPES = ("ABSOLUTE", "MULTIPLIER")
_NEEDED = ("budget_value", "budget_value_type", "time_start", "time_end")


@dataclass(slots=True)
class BudgetSchedule(SideObject):
    """One period of a higher budget; `rise` is what it adds now, minor units."""

    kind: ClassVar[str] = "HighDemandPeriod"
    object_id: str
    budget_value: int
    budget_value_type: str
    time_start: datetime
    time_end: datetime
    rise: int = 0
    version: int = 0

    def shown(self, written: Writing) -> dict[str, object]:
        """Return its fields as Graph writes them."""
        return {
            "id": self.id,
            "ad_object_id": self.object_id,
            "budget_value": self.budget_value,
            "budget_value_type": self.budget_value_type,
            "recurrence_type": "ONE_TIME",
            "time_start": written(self.time_start),
            "time_end": written(self.time_end),
        }


def create_schedule(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """POST /{campaign or ad set}/budget_schedules."""
    record = node.record
    if not isinstance(record, CampaignRecord | AdSetRecord):
        raise missing_object(node.id, "post")
    zone = context.world.accounts[record.account_id].timezone_name
    values = read_parameters(f"POST {node.kind} budget_schedules", given, zone)
    check_schedules(context, record, [values])
    return {"id": _add(context, record, values, request_id)}


def update_schedule(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """POST on a period: other times or another rise."""
    schedule = _schedule(node)
    record = _object(context, schedule)
    values = read_parameters("POST HighDemandPeriod", given, "UTC")
    wanted = {
        "budget_value": schedule.budget_value,
        "budget_value_type": schedule.budget_value_type,
        "time_start": int(schedule.time_start.timestamp()),
        "time_end": int(schedule.time_end.timestamp()),
        **values,
    }
    check_schedules(context, record, [wanted], renewed=schedule)
    for name in values:
        before = getattr(schedule, name)
        after = wanted[name]
        setattr(schedule, name, _moment(after) if name.startswith("time") else after)
        _write_down(context, schedule, name, _plain(before), after, request_id)
    _set_rise(context, schedule, 0)
    _plan(context, schedule)
    return {"success": True}


def delete_schedule(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """DELETE a period; a budget it has raised falls back at once."""
    schedule = _schedule(node)
    _set_rise(context, schedule, 0)
    schedule.version += 1
    context.side_objects.remove(schedule.id)
    _write_down(context, schedule, "deleted", schedule.id, None, request_id)
    return {"success": True}


def schedules_of(context: GraphContext, node: Node, params: Given) -> list[Node]:
    """List an object's periods; `time_start` and `time_stop` cut the list."""
    after, before = params.get("time_start", ""), params.get("time_stop", "")
    found = [
        one
        for one in context.side_objects.of(BudgetSchedule, node.account_id or "")
        if one.object_id == node.id
        and (not after.isdigit() or one.time_end.timestamp() > int(after))
        and (not before.isdigit() or one.time_start.timestamp() < int(before))
    ]
    return [Node(one.kind, one) for one in sorted(found, key=lambda one: one.time_start)]


def check_schedules(
    context: GraphContext,
    record: Budgeted | None,
    given: object,
    renewed: BudgetSchedule | None = None,
) -> None:
    """Check periods described one by one; None is a new object."""
    others = [] if record is None else _others(context, record, renewed)
    for spec in given if isinstance(given, list) else []:
        if not isinstance(spec, dict) or not all(name in spec for name in _NEEDED):
            raise bad_value(f"A budget schedule needs {', '.join(_NEEDED)}")
        start, end = _moment(spec["time_start"]), _moment(spec["time_end"])
        _check_times(context, start, end, renewed)
        _check_rise(spec)
        if any(start < other[1] and other[0] < end for other in others):
            raise bad_value("Param time_start: budget schedules must not overlap")
        others.append((start, end))
        if record is not None and not record.daily_budget:
            raise bad_value("Budget schedules belong to objects with a daily budget")
    if len(others) > MOST_PERIODS:
        raise bad_value(f"An object has at most {MOST_PERIODS} budget schedules")


def schedule_budgets(
    context: GraphContext, record: Budgeted, given: object, request_id: str
) -> None:
    """Take in the periods that came with another write, already checked."""
    for spec in given if isinstance(given, list) else []:
        _add(context, record, spec, request_id)


def _others(
    context: GraphContext, record: Budgeted, renewed: BudgetSchedule | None
) -> list[tuple[datetime, datetime]]:
    return [
        (one.time_start, one.time_end)
        for one in context.side_objects.of(BudgetSchedule, record.account_id)
        if one.object_id == record.id and one is not renewed
    ]


def _check_times(
    context: GraphContext, start: datetime, end: datetime, renewed: BudgetSchedule | None
) -> None:
    if end <= context.now() or (renewed is None and start < context.now()):
        raise bad_value("Param time_start: a budget schedule must lie in the future")
    if end <= start:
        raise bad_value("Param time_end must be after time_start")


def _check_rise(spec: Mapping[str, object]) -> None:
    value, kind = spec["budget_value"], spec["budget_value_type"]
    if kind not in _TYPES:
        raise bad_value(f"Param budget_value_type must be one of {{{', '.join(_TYPES)}}}")
    if isinstance(value, bool) or not str(value).isdigit() or int(str(value)) < 1:
        raise bad_value("Param budget_value must be a positive integer")


def _moment(value: object) -> datetime:
    if isinstance(value, bool) or not str(value).isdigit():
        raise bad_value("Param time_start and time_end must be unix seconds")
    return datetime.fromtimestamp(int(str(value)), UTC)


def _plain(value: object) -> object:
    return int(value.timestamp()) if isinstance(value, datetime) else value


def _schedule(node: Node) -> BudgetSchedule:
    if not isinstance(node.record, BudgetSchedule):
        raise missing_object(node.id)
    return node.record


def _object(context: GraphContext, schedule: BudgetSchedule) -> Budgeted:
    world, object_id = context.world, schedule.object_id
    return world.campaigns.get(object_id) or world.adsets[object_id]


def _add(
    context: GraphContext, record: Budgeted, spec: Mapping[str, object], request_id: str
) -> str:
    schedule = BudgetSchedule(
        id=context.world.new_id("budget_schedule"),
        account_id=record.account_id,
        object_id=record.id,
        budget_value=int(str(spec["budget_value"])),
        budget_value_type=str(spec["budget_value_type"]),
        time_start=_moment(spec["time_start"]),
        time_end=_moment(spec["time_end"]),
    )
    context.side_objects.add(schedule)
    _write_down(context, schedule, "created", None, schedule.id, request_id)
    _plan(context, schedule)
    return schedule.id


def _write_down(
    context: GraphContext,
    schedule: BudgetSchedule,
    field: str,
    before: object,
    after: object,
    request_id: str,
) -> None:
    now, record = context.now(), _object(context, schedule)
    level = level_of(record)
    context.ledger.add(now, schedule.id, "budget_schedule", field, before, after, request_id)
    shown = [schedule.shown(partial(local_time, context, record.account_id))]
    context.note_change(now, record.id, "budget_schedules", None, shown)
    if level == "campaign" or level == "adset":
        record.extras["is_budget_schedule_enabled"] = True


def _plan(context: GraphContext, schedule: BudgetSchedule) -> None:
    """Put start and end on the world's agenda; an older plan is void."""
    schedule.version += 1
    agenda, version = context.world.agenda, schedule.version
    start = max(schedule.time_start, context.now()).timestamp()
    agenda.add(start, partial(_begin, context, schedule, version))
    agenda.add(schedule.time_end.timestamp(), partial(_end, context, schedule, version))


def _begin(context: GraphContext, schedule: BudgetSchedule, version: int) -> None:
    if version != schedule.version:
        return
    budget = _object(context, schedule).daily_budget or 0
    value = schedule.budget_value
    absolute = schedule.budget_value_type == "ABSOLUTE"
    _set_rise(context, schedule, value if absolute else budget * value // 100)


def _end(context: GraphContext, schedule: BudgetSchedule, version: int) -> None:
    if version == schedule.version:
        _set_rise(context, schedule, 0)


def _set_rise(context: GraphContext, schedule: BudgetSchedule, rise: int) -> None:
    before, schedule.rise = schedule.rise, rise
    if before != rise:
        context.world.object_changed(schedule.object_id, "budget_rise", before, rise)
