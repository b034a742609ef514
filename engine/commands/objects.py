"""A person changes an object: guarded and journalled like a rule."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from engine.commands.rereading import reread
from engine.commands.situations import of_account
from engine.decide.decide import decide_for_person
from engine.decide.object_changes import copy_name
from engine.domain.action import Action, ActionType
from engine.domain.changes import Area, Changes
from engine.domain.decision import COPY_FIELD, Proposal, Value
from engine.domain.errors import Clash, NotFound, UserError
from engine.domain.journal import JournalEntry
from engine.domain.money import LARGEST
from engine.domain.objects import AdObject, Level, ObjectRef, Status
from engine.domain.rule import Mode
from engine.domain.verdict import Answer, Verdict
from engine.domain.written import (
    BID_FIELD,
    CREATIVE_FIELD,
    LABELS_FIELD,
    NAME_FIELD,
    WRITTEN_FIELDS,
    labels_in,
    value_of,
)
from engine.engine import Engine
from engine.execution.execute import execute
from engine.execution.reserve import daily_cap

_LONGEST_NAME = 400
_CHANGED = Changes.of(Area.JOURNAL, Area.DECISIONS, Area.OBJECTS)
# Not a rule's id: entries made by people belong to no rule.
BY_HAND = "by-hand"


@dataclass(frozen=True, slots=True)
class ObjectChanged:
    """The journal entries of a person's change, in their order."""

    entries: tuple[JournalEntry, ...]
    changes: Changes = _CHANGED


async def change(
    engine: Engine, object_id: str, values: Mapping[str, Value], actor: str
) -> ObjectChanged:
    """Set fields of a campaign, an ad set or an ad; budgets in minor units.

    Raises NotFound for an unknown object, UserError for a value that can't be, Clash
    where everything already is so. A guard's veto is an entry with its reason.
    """
    known = (await asyncio.to_thread(engine.warehouse.find, [object_id])).get(object_id)
    if known is None:
        raise NotFound(f"There is no object {object_id!r}.", hint="It may be gone; sync anew.")
    current = await _read(engine, known)
    for name, value in values.items():
        _check(current, name, value)
    wanted = {name: value for name, value in values.items() if value_of(current, name) != value}
    if not wanted:
        raise Clash(f"{current.name} already is as asked.")
    cycle_id = f"hand:{uuid.uuid4().hex}"
    situation = await of_account(engine, current.account_id, cycle_id)
    context = replace(situation.context, bucket=cycle_id)
    decisions = [
        decide_for_person(_proposal(current, name, value, engine), context, actor)
        for name, value in wanted.items()
    ]
    caps = {current.account_id: daily_cap(context)}
    entries = await asyncio.to_thread(engine.state.journal.record, decisions, caps)
    ids = [entry.entry_id for entry in entries]
    settled = await execute(ids, engine.state, engine.platform, engine.clock, engine.execution)
    await reread(engine, settled)
    return ObjectChanged(tuple(settled))


async def copy(engine: Engine, object_id: str, suffix: str, actor: str) -> ObjectChanged:
    """Make a paused copy with all below it, called as its source with a mark.

    Raises as `change`.
    """
    known = (await asyncio.to_thread(engine.warehouse.find, [object_id])).get(object_id)
    if known is None:
        raise NotFound(f"There is no object {object_id!r}.", hint="It may be gone; sync anew.")
    current = await _read(engine, known)
    name = copy_name(current, suffix, uuid.uuid4().hex[:6])
    return await change(engine, object_id, {COPY_FIELD: name}, actor)


async def _read(engine: Engine, known: AdObject) -> AdObject:
    target = ObjectRef(known.object_id, known.account_id, known.level)
    current = (await engine.platform.read([target])).get(known.object_id)
    if current is None:
        raise NotFound(f"{known.name} is no longer there.")
    return current


def _check(current: AdObject, name: str, value: Value) -> None:
    if name not in WRITTEN_FIELDS:
        raise UserError(
            f"{name!r} can't be changed here.", hint=f"Use: {', '.join(WRITTEN_FIELDS)}."
        )
    if name == "status":
        if value not in {Status.ACTIVE, Status.PAUSED}:
            raise UserError(f"A status is ACTIVE or PAUSED, not {value!r}.")
        if current.status not in {Status.ACTIVE, Status.PAUSED}:
            raise Clash(f"{current.name} is {current.raw_status or current.status}; it stays so.")
        return
    if name in _TEXT_CHECKS:
        _TEXT_CHECKS[name](current, value)
        return
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= LARGEST:
        raise UserError(
            f"{name} must be a whole number of minor units above 0, and an amount that can be, "
            f"not {str(value)[:40]}."
        )
    if name == BID_FIELD:
        if current.level is Level.CAMPAIGN or current.bid_amount is None:
            raise Clash(
                f"{current.name} has no bid of its own.",
                hint="A bid needs an ad set with a bid cap or a cost cap.",
            )
    elif current.budget_field != name:
        where = current.budget_field or "no budget of its own"
        raise Clash(f"{current.name} has {where}, so its {name} can't be set.")


def _check_name(current: AdObject, value: Value) -> None:
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST_NAME:
        raise UserError(f"A name has 1 to {_LONGEST_NAME} characters.")


def _check_labels(current: AdObject, value: Value) -> None:
    try:
        labels_in(value)
    except ValueError as error:
        raise UserError("Labels are a list of texts.") from error


def _check_creative(current: AdObject, value: Value) -> None:
    if current.level is not Level.AD:
        raise UserError("Only ads show a creative.", hint="Choose an ad.")
    if not isinstance(value, str) or not value.isdecimal():
        raise UserError("A creative is named by its id, digits only.")


_TEXT_CHECKS: dict[str, Callable[[AdObject, Value], None]] = {
    NAME_FIELD: _check_name,
    LABELS_FIELD: _check_labels,
    CREATIVE_FIELD: _check_creative,
    COPY_FIELD: _check_name,
}


def _action_of(current: AdObject, name: str, value: Value) -> ActionType:
    """Return the kind of action that sets a field to a value."""
    if name == "status":
        return ActionType.ACTIVATE if value == Status.ACTIVE else ActionType.PAUSE
    if name == LABELS_FIELD:
        adds = set(labels_in(value)) - set(current.labels)
        return ActionType.ADD_LABEL if adds else ActionType.REMOVE_LABEL
    kinds = {
        BID_FIELD: ActionType.SET_BID,
        NAME_FIELD: ActionType.RENAME,
        CREATIVE_FIELD: ActionType.ROTATE_CREATIVE,
        COPY_FIELD: ActionType.DUPLICATE,
    }
    return kinds.get(name, ActionType.SET_BUDGET)


def _proposal(current: AdObject, name: str, value: Value, engine: Engine) -> Proposal:
    kind = _action_of(current, name, value)
    now = engine.clock.now()
    return Proposal(
        rule_id=BY_HAND,
        rule_version=0,
        rule_name="",
        mode=Mode.AUTOMATIC,
        priority=0,
        action=Action(kind, written_as="by hand"),
        object=current,
        field=name,
        before=value_of(current, name),
        after=value,
        verdict=Verdict(BY_HAND, 0, current.object_id, Answer.TRUE, now),
        stake=current.daily_budget or current.lifetime_budget or 0,
    )
