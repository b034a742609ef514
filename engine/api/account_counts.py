"""Counts of objects by account, counted anew after each cycle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.domain.objects import Account, Level, Status
from engine.engine import Engine

_GONE = frozenset({Status.ARCHIVED, Status.DELETED})


@dataclass(frozen=True, slots=True)
class AccountCount:
    """How many campaigns, how many deliver, and when all was last read."""

    campaigns: int
    active: int
    synced_at: datetime | None


class AccountCounts:
    """Remembers the counts of each account until its next cycle."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[object, AccountCount]] = {}

    def of(self, engine: Engine, account: Account) -> AccountCount:
        """Return the counts of an account; blocking."""
        mark = engine.state.cycles.latest(account.account_id, limit=1)
        seen, known = self._known.get(account.account_id, (None, None))
        if known is not None and mark and seen == mark and mark[0].ended_at is not None:
            return known
        campaigns = [
            one
            for one in engine.warehouse.objects(account.account_id, Level.CAMPAIGN)
            if one.status not in _GONE
        ]
        counted = AccountCount(
            len(campaigns),
            sum(one.is_delivering for one in campaigns),
            engine.warehouse.freshness(account.account_id).oldest,
        )
        self._known[account.account_id] = (mark, counted)
        return counted


def freshness(synced_at: datetime | None, now: datetime, stale_after_minutes: float) -> str:
    """Return fresh, stale or never, by when an account was last read."""
    if synced_at is None:
        return "never"
    return "stale" if (now - synced_at).total_seconds() > stale_after_minutes * 60 else "fresh"
