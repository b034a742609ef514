"""DELETE /act_X/campaigns: many campaigns at once, by a strategy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sync.sandbox.graph.changes import Change, apply_changes
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.creates import require
from sync.sandbox.graph.errors import bad_value
from sync.sandbox.graph.nodes import Node
from sync.sandbox.graph.parameters import read_parameters


def delete_campaigns(
    context: GraphContext, node: Node, given: Mapping[str, str], request_id: str
) -> dict[str, object]:
    """Delete up to `object_count` campaigns (default 1) by a strategy.

    Deleting begins after `delete_offset` campaigns, oldest first.
    """
    account = context.world.accounts[node.account_id or ""]
    values = read_parameters("DELETE campaigns", given, account.timezone_name)
    require(values, "delete_strategy")
    strategy = values["delete_strategy"]
    live = [c for c in context.world.campaigns_of(account.id) if c.status != "DELETED"]
    if strategy == "DELETE_ARCHIVED_BEFORE":
        before = values.get("before_date")
        if not isinstance(before, datetime):
            raise bad_value("The parameter before_date is required")
        live = [c for c in live if c.status == "ARCHIVED" and c.created_time < before]
    count, offset = values.get("object_count", 1), values.get("delete_offset", 0)
    if not isinstance(count, int) or count < 1:
        raise bad_value("Param object_count must be a positive integer")
    first = offset if isinstance(offset, int) else 0
    live.sort(key=lambda campaign: (campaign.created_time, int(campaign.id)))
    chosen = live[first : first + count]
    changes = [Change(campaign, "status", "DELETED") for campaign in chosen]
    apply_changes(context, changes, request_id)
    return {
        "objects_left_to_delete_count": len(live) - len(chosen),
        "deleted_object_ids": [campaign.id for campaign in chosen],
    }
