"""Times as the call at hand wants them: in the account's zone, its format."""

from __future__ import annotations

from datetime import datetime

from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.times import graph_time


def local_time(context: GraphContext, account_id: str, moment: datetime | None) -> object:
    """Return the moment as text in the account's zone, or None."""
    if moment is None:
        return None
    zone = context.world.accounts[account_id].timezone_name
    return graph_time(moment, zone, context.at_hand.date_format)
