"""Fields that are kept as they are given, and the options of a write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from sync.sandbox.graph.changes import Change, Changeable, is_own_field
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import bad_value
from sync.sandbox.graph.labels import read_labels
from sync.sandbox.graph.meta_names import field_type
from sync.sandbox.graph.times import graph_time
from sync.sandbox.records import (
    AccountRecord,
    AdRecord,
    AdSetRecord,
    CampaignRecord,
    CreativeRecord,
)

Values = Mapping[str, object]
_KINDS: dict[type[object], str] = {
    AccountRecord: "AdAccount",
    CampaignRecord: "Campaign",
    AdSetRecord: "AdSet",
    AdRecord: "Ad",
    CreativeRecord: "AdCreative",
}
# Given with a write, and not a field to be set: each has its own way.
_SPECIAL = frozenset(
    "daily_budget lifetime_budget spend_cap spend_cap_action creative account_id adset_budgets "
    "adset_bid_amounts adlabels execution_options budget_schedule_specs campaign_id adset_id "
    "special_ad_category date_format source_campaign_id source_adset_id source_ad_id".split()
)


def kept_fields(
    context: GraphContext, record: Changeable, values: Values
) -> Iterator[tuple[str, object]]:
    """Return the values that a record keeps as they are given, by field.

    Fields the sandbox has no use for are kept in the form they are read in; parameters
    that are no fields are only checked.
    """
    account_id = record.id if isinstance(record, AccountRecord) else record.account_id
    zone = context.world.accounts[account_id].timezone_name
    for name, value in values.items():
        if name in _SPECIAL or (name == "start_time" and value is None):
            continue
        if name == "name" and not value:
            raise bad_value("Param name must not be empty")
        if is_own_field(record, name):
            yield name, value
        elif (kind := field_type(_KINDS[type(record)], name)) is not None:
            yield name, _as_read(value, kind, zone)


def simple_changes(
    context: GraphContext, record: Changeable, values: Values, request_id: str | None
) -> list[Change]:
    """Return the changes of fields that are kept as they are given.

    Without a request's id nothing is made anew, labels least of all.
    """
    changes = [Change(record, name, v) for name, v in kept_fields(context, record, values)]
    if "adlabels" in values and not isinstance(record, AccountRecord):
        labels = read_labels(context, record.account_id, values["adlabels"], request_id)
        changes.append(Change(record, "adlabels", labels))
    return changes


def fill(context: GraphContext, record: Changeable, values: Values, request_id: str) -> None:
    """Write given values into a new record."""
    for change in simple_changes(context, record, values, request_id):
        if is_own_field(record, change.field):
            setattr(record, change.field, change.after)
        else:
            record.extras[change.field] = change.after  # type: ignore[assignment]  # read from JSON


def _as_read(value: object, kind: str, zone: str) -> object:
    if isinstance(value, datetime):
        return graph_time(value, zone)
    if kind == "string" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value
