"""Which action types stand behind conversions, revenue and leads.

Meta's types overlap (`omni_purchase` holds `purchase`), so they are never
added up: each sum follows exactly one type. That is the account's own choice
for conversions and revenue, else the first type of a list, from the widest
to the narrowest, that has ever been seen in the account; else the widest,
which then is zero.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

import duckdb

from engine.domain.metrics import OFF_META_SUMS, PRIMARY_EVENTS
from engine.domain.objects import Account
from engine.domain.readings import attributed
from engine.storage.coverage import naive

ACTIONS = "actions"
_PREFERENCES: dict[str, tuple[str, ...]] = {
    "leads": ("lead", "onsite_conversion.lead_grouped", "offsite_conversion.fb_pixel_lead"),
    "add_to_carts": (
        "omni_add_to_cart",
        "add_to_cart",
        "offsite_conversion.fb_pixel_add_to_cart",
    ),
    "checkouts": (
        "omni_initiated_checkout",
        "initiate_checkout",
        "offsite_conversion.fb_pixel_initiate_checkout",
    ),
    "conversions": PRIMARY_EVENTS,
    "revenue": PRIMARY_EVENTS,
}
# Sums of money; the other sums of events are counts, kept in millionths.
_VALUED = frozenset({"revenue"})


@dataclass(frozen=True, slots=True)
class EventSum:
    """One action type and whether its count or its value is added up.

    `measured` is the name under which readings say that they reported it.
    """

    action_type: str
    is_money: bool
    measured: str = ACTIONS

    @property
    def column(self) -> str:
        """The column of the action tables."""
        return "value" if self.is_money else "count"


def is_event_sum(sum_name: str) -> bool:
    """Say whether a sum comes from actions, like `conversions:lead`."""
    return sum_name.partition("~")[0].partition(":")[0] in OFF_META_SUMS


def event_sum(sum_name: str, account: Account, seen: AbstractSet[str]) -> EventSum:
    """Return the one type behind a sum, given the types the account has."""
    name, _, attribution = sum_name.partition("~")
    base, _, event = name.partition(":")
    kind = attributed(event or _chosen(base, account, seen), attribution)
    return EventSum(kind, base in _VALUED, measured_actions(attribution))


def measured_actions(attribution: str = "") -> str:
    """Return how readings name actions as one attribution window tells them."""
    return f"{ACTIONS}~{attribution}" if attribution else ACTIONS


def _chosen(base: str, account: Account, seen: AbstractSet[str]) -> str:
    preferences = _PREFERENCES[base]
    if preferences is PRIMARY_EVENTS and account.primary_event:
        return account.primary_event
    return next((name for name in preferences if name in seen), preferences[0])


def seen_events(
    cursor: duckdb.DuckDBPyConnection, account_id: str, as_of: datetime
) -> frozenset[str]:
    """Return the action types known in an account at `as_of`."""
    rows = cursor.execute(
        "SELECT DISTINCT action_type FROM event_types WHERE account_id = ? AND known_at <= ?",
        [account_id, naive(as_of)],
    ).fetchall()
    return frozenset(row[0] for row in rows)
