"""DELETE /act_X/campaigns: many campaigns at once, by a strategy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sync.sandbox.graph.changes import Change, apply_changes
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import bad_value
from sync.sandbox.graph.nodes import Node
from sync.sandbox.graph.parameters import read_parameters

STRATEGIES = ("DELETE_ANY", "DELETE_OLDEST", "DELETE_ARCHIVED_BEFORE")


def delete_campaigns(
    context: GraphContext, node: Node, given: Mapping[str, str], request_id: str
) -> dict[str, object]:
    """Delete up to `object_count` campaigns (default 1) by a strategy."""
    account = context.world.accounts[node.account_id or ""]
    values = read_parameters("DELETE campaigns", given, account.timezone_name)
    strategy = values.get("delete_strategy")
    if strategy not in STRATEGIES:
        raise bad_value(f"Param delete_strategy must be one of {{{', '.join(STRATEGIES)}}}")
    live = [c for c in context.world.campaigns_of(account.id) if c.status != "DELETED"]
    if strategy == "DELETE_ARCHIVED_BEFORE":
        before = values.get("before_date")
        if not isinstance(before, datetime):
            raise bad_value("The parameter before_date is required")
        live = [c for c in live if c.status == "ARCHIVED" and c.created_time < before]
    count = values.get("object_count", 1)
    chosen = live[: count if isinstance(count, int) else 1]
    changes = [Change(campaign, "status", "DELETED") for campaign in chosen]
    apply_changes(context, changes, request_id)
    return {
        "objects_left_to_delete_count": len(live) - len(chosen),
        "deleted_object_ids": [campaign.id for campaign in chosen],
    }
