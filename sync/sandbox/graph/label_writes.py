"""Labels: made in an account, renamed, put on objects, taken off."""

from __future__ import annotations

from collections.abc import Mapping

from sync.sandbox.graph.changes import Change, Changeable, apply_changes
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.creates import account_of, require
from sync.sandbox.graph.errors import bad_value, missing_object
from sync.sandbox.graph.labels import Label, label_named, read_labels
from sync.sandbox.graph.nodes import Node
from sync.sandbox.graph.parameters import options_of, read_parameters
from sync.sandbox.records import (
    AccountRecord,
    AdRecord,
    AdSetRecord,
    CampaignRecord,
    CreativeRecord,
)

Given = Mapping[str, str]


def create_label(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """Create a label of the account, or return the one of that name."""
    account = account_of(node)
    values = read_parameters("POST adlabels", given, account.timezone_name)
    require(values, "name")
    return {"id": label_named(context, account.id, str(values["name"]), request_id).id}


def update_label(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """Give a label another name, which no other label may have."""
    label = _label(node)
    values = read_parameters("POST AdLabel", given, "UTC")
    require(values, "name")
    name, before, now = str(values["name"]), label.name, context.now()
    taken = any(
        one.name == name and one is not label
        for one in context.side_objects.of(Label, label.account_id)
    )
    if taken:
        raise bad_value(f"Param name: a label named '{name}' exists already")
    if name != before:
        label.name, label.updated_time = name, now
        context.ledger.add(now, label.id, "adlabel", "name", before, name, request_id)
    return {"success": True}


def delete_label(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """Delete a label; it goes off everything that carries it."""
    label, world = _label(node), context.world
    context.side_objects.remove(label.id)
    context.ledger.add(context.now(), label.id, "adlabel", "deleted", label.name, None, request_id)
    for records in (
        world.campaigns_of(label.account_id),
        world.adsets_of_account(label.account_id),
        world.ads_of_account(label.account_id),
        world.creatives_of(label.account_id),
    ):
        for record in records:
            if label.id in record.adlabels:
                record.adlabels = [one for one in record.adlabels if one != label.id]
    return {"success": True}


def add_labels(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """Add labels to a campaign, ad set, ad or creative."""
    return _change_labels(context, node, given, request_id, adding=True)


def remove_labels(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """Remove labels from an object."""
    return _change_labels(context, node, given, request_id, adding=False)


def _label(node: Node) -> Label:
    if not isinstance(node.record, Label):
        raise missing_object(node.id)
    return node.record


def _change_labels(
    context: GraphContext, node: Node, given: Given, request_id: str, adding: bool
) -> dict[str, object]:
    record = node.record
    if not isinstance(record, Changeable) or isinstance(record, AccountRecord):
        raise bad_value("Labels belong to campaigns, ad sets, ads and creatives")
    zone = context.world.accounts[record.account_id].timezone_name
    values = read_parameters(f"POST {node.kind} adlabels", given, zone)
    require(values, "adlabels")
    dry = "validate_only" in options_of(values)
    # Taking off never makes a label: a name nobody has made is on nothing.
    makes = adding and not dry
    named = read_labels(
        context, record.account_id, values["adlabels"], request_id if makes else None
    )
    if dry:
        return {"success": True}
    if not adding:
        named = _known(context, record, named)
    kept = [one for one in record.adlabels if one not in named]
    after = [*record.adlabels, *(one for one in named if one not in record.adlabels)]
    apply_changes(context, [Change(record, "adlabels", after if adding else kept)], request_id)
    return {"success": True}


def _known(
    context: GraphContext,
    record: CampaignRecord | AdSetRecord | AdRecord | CreativeRecord,
    named: list[str],
) -> list[str]:
    """Return ids for labels that were named by id or by name."""
    ids = {one.name: one.id for one in context.side_objects.of(Label, record.account_id)}
    return [ids.get(one, one) for one in named]
