"""Labels and images: made in an account, put on objects, taken off."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping

from sync.sandbox.graph.changes import Change, apply_changes
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.creates import account_of, require
from sync.sandbox.graph.errors import bad_value
from sync.sandbox.graph.nodes import Node, label_node
from sync.sandbox.graph.parameters import read_parameters
from sync.sandbox.graph.times import graph_time
from sync.sandbox.graph.updates import read_labels
from sync.sandbox.records import AdRecord, AdSetRecord, CampaignRecord, CreativeRecord

Given = Mapping[str, str]


def create_label(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """Create a label of the account, or return the one of that name."""
    account = account_of(node)
    values = read_parameters("POST adlabels", given, account.timezone_name)
    require(values, "name")
    return {"id": label_node(context, account.id, str(values["name"]))["id"]}


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


def upload_images(
    context: GraphContext, node: Node, given: Given, files: Mapping[str, bytes]
) -> dict[str, object]:
    """Take in images sent as parts of a form, or as base64 in `bytes`."""
    account = account_of(node)
    values = read_parameters("POST adimages", given, account.timezone_name)
    found = dict(files)
    if "bytes" in values:
        try:
            found["bytes"] = base64.b64decode(str(values["bytes"]), validate=True)
        except (binascii.Error, ValueError):
            raise bad_value("Param bytes must be base64") from None
    if not found:
        raise bad_value("No image was given")
    stored = context.images.setdefault(account.id, {})
    answer: dict[str, object] = {}
    for name, content in found.items():
        digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
        url = f"https://scontent.sandbox.invalid/{digest}.png"
        stored[f"{account.id}:{digest}"] = {
            "id": f"{account.id}:{digest}",
            "account_id": account.id,
            "hash": digest,
            "name": name,
            "url": url,
            "status": "ACTIVE",
            "created_time": graph_time(context.now(), account.timezone_name),
        }
        answer[name] = {"hash": digest, "url": url}
    return {"images": answer}


def _change_labels(
    context: GraphContext, node: Node, given: Given, request_id: str, adding: bool
) -> dict[str, object]:
    record = node.record
    if not isinstance(record, CampaignRecord | AdSetRecord | AdRecord | CreativeRecord):
        raise bad_value("Labels belong to campaigns, ad sets, ads and creatives")
    zone = context.world.accounts[record.account_id].timezone_name
    values = read_parameters("POST adlabels", given, zone)
    require(values, "adlabels")
    named = read_labels(context, record.account_id, values["adlabels"])
    kept = [label for label in record.adlabels if label not in named]
    after = [*kept, *named] if adding else kept
    apply_changes(context, [Change(record, "adlabels", after)], request_id)
    return {"success": True}
