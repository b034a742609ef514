"""A person changes an object: guarded and journalled like a rule."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.commands.rereading import reread
from engine.commands.situations import of_account
from engine.decide.decide import decide_for_person
from engine.domain.action import Action, ActionType
from engine.domain.changes import Area, Changes
from engine.domain.decision import Proposal, Value
from engine.domain.errors import Clash, NotFound, UserError
from engine.domain.journal import JournalEntry
from engine.domain.money import LARGEST
from engine.domain.objects import AdObject, ObjectRef, Status
from engine.domain.rule import Mode
from engine.domain.verdict import Answer, Verdict
from engine.engine import Engine
from engine.execution.execute import execute
from engine.execution.reserve import daily_cap
from engine.execution.values import value_of

FIELDS = ("status", "daily_budget", "lifetime_budget")
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


async def _read(engine: Engine, known: AdObject) -> AdObject:
    target = ObjectRef(known.object_id, known.account_id, known.level)
    current = (await engine.platform.read([target])).get(known.object_id)
    if current is None:
        raise NotFound(f"{known.name} is no longer there.")
    return current


def _check(current: AdObject, name: str, value: Value) -> None:
    if name not in FIELDS:
        raise UserError(f"{name!r} can't be changed here.", hint=f"Use: {', '.join(FIELDS)}.")
    if name == "status":
        if value not in {Status.ACTIVE, Status.PAUSED}:
            raise UserError(f"A status is ACTIVE or PAUSED, not {value!r}.")
        if current.status not in {Status.ACTIVE, Status.PAUSED}:
            raise Clash(f"{current.name} is {current.raw_status or current.status}; it stays so.")
        return
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= LARGEST:
        raise UserError(
            f"{name} must be a whole number of minor units above 0, and a budget that can be, "
            f"not {str(value)[:40]}."
        )
    if current.budget_field != name:
        where = current.budget_field or "no budget of its own"
        raise Clash(f"{current.name} has {where}, so its {name} can't be set.")


def _proposal(current: AdObject, name: str, value: Value, engine: Engine) -> Proposal:
    if name == "status":
        kind = ActionType.ACTIVATE if value == Status.ACTIVE else ActionType.PAUSE
    else:
        kind = ActionType.SET_BUDGET
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
