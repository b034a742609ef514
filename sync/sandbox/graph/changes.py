"""Applying changes: record, market, ledger and change history together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sync.sandbox.graph.activities import Actor
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.records import (
    AccountRecord,
    AdRecord,
    AdSetRecord,
    CampaignRecord,
    CreativeRecord,
    JsonValue,
)

# Meta does not bump updated_time for these, so an incremental sync misses them.
SILENT = (
    "daily_budget",
    "lifetime_budget",
    "spend_cap",
    "review",
    "last_budget_toggling_time",
    "budget_schedules",
)
# Consequences of other fields: told in the history, no write of their own.
_NOT_WRITTEN = ("last_budget_toggling_time",)
Changeable = AccountRecord | CampaignRecord | AdSetRecord | AdRecord | CreativeRecord


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one record that shall get a new value."""

    record: Changeable
    field: str
    after: object


def level_of(record: Changeable) -> str:
    """Return the ledger's level of a record."""
    if isinstance(record, AccountRecord):
        return "account"
    if isinstance(record, CampaignRecord):
        return "campaign"
    if isinstance(record, AdSetRecord):
        return "adset"
    return "ad" if isinstance(record, AdRecord) else "creative"


def value_of(record: Changeable, name: str) -> object:
    """Return a field's value, wherever the record keeps it."""
    return getattr(record, name) if is_own_field(record, name) else record.extras.get(name)


def is_own_field(record: Changeable, name: str) -> bool:
    """Tell whether the record has the field itself, not among the extras."""
    return name in type(record).__dataclass_fields__


def plain(value: object) -> JsonValue:
    """Return a value as the ledger and the market take it.

    Times become unix seconds, everything else stays as it is.
    """
    if isinstance(value, datetime):
        return int(value.timestamp())
    return cast(JsonValue, value)


def apply_changes(
    context: GraphContext,
    changes: Sequence[Change],
    request_id: str | None,
    actor: Actor | None = None,
) -> list[Change]:
    """Carry out changes that differ from the present values, in order.

    The world must have been settled. Every change by a request gets a ledger row; without
    one, Meta itself has acted. Returns what was carried out.
    """
    return [one for one in changes if _apply(context, one, request_id, actor)]


def _apply(
    context: GraphContext, change: Change, request_id: str | None, actor: Actor | None
) -> bool:
    record, name, now = change.record, change.field, context.now()
    before = value_of(record, name)
    if before == change.after:
        return False
    if is_own_field(record, name):
        setattr(record, name, change.after)
    else:
        record.extras[name] = plain(change.after)
    if name not in SILENT and isinstance(record, CampaignRecord | AdSetRecord | AdRecord):
        record.updated_time = now
    level, old, new = level_of(record), plain(before), plain(change.after)
    if level != "creative":
        context.world.object_changed(record.id, name, old, new)
    if request_id is not None and name not in _NOT_WRITTEN:
        context.ledger.add(now, record.id, level, name, old, new, request_id)
    context.note_change(now, record.id, name, old, new, actor)
    return True


def note_created(
    context: GraphContext,
    record: CampaignRecord | AdSetRecord | AdRecord | CreativeRecord,
    source_id: str | None,
    request_id: str,
) -> None:
    """Write a new object into the ledger and the change history."""
    now = context.now()
    context.ledger.add(
        now, record.id, level_of(record), "created", source_id, record.id, request_id
    )
    context.note_change(now, record.id, "created", source_id, record.id)
