"""The plan, older days and rows set aside as messages."""

from __future__ import annotations

from collections.abc import Sequence

from engine.api.sync_messages import (
    AccountPlanMessage,
    AsideCountMessage,
    AsideMessage,
    AsideRowMessage,
    HistoryMessage,
    PlanLineMessage,
    PlanMessage,
    ThinnedMessage,
)
from engine.cycle.history import HistoryProgress
from engine.domain.readings import AsideCount, KeptAside
from engine.domain.thinning import Thinned
from engine.sync_plan import AccountPlan, SyncPlan


def plan(found: SyncPlan) -> PlanMessage:
    """Return the quota plan, dearest accounts first."""
    accounts = sorted(found.accounts, key=lambda one: -one.calls_per_hour)
    return PlanMessage(round(found.calls_per_hour, 1), tuple(map(_account, accounts)))


def aside(
    counts: Sequence[AsideCount],
    rows: Sequence[KeptAside],
    thinned: Sequence[Thinned],
    account_id: str | None,
) -> AsideMessage:
    """Return what was set aside, of one account where it is named."""
    mine = [one for one in counts if account_id in (None, one.account_id)]
    return AsideMessage(
        total=sum(one.rows for one in mine),
        counts=tuple(
            AsideCountMessage(one.account_id, one.reason, one.rows, one.last_at.isoformat())
            for one in mine
        ),
        rows=tuple(
            AsideRowMessage(
                one.account_id,
                one.level.value,
                one.grain.value,
                one.known_at.isoformat(),
                one.reason,
                one.raw,
            )
            for one in rows
        ),
        thinned=tuple(
            ThinnedMessage(one.kept, one.until.isoformat(), one.taken) for one in thinned
        ),
    )


def history(progress: HistoryProgress) -> HistoryMessage:
    """Return how far the reading of older days is."""
    return HistoryMessage(
        state=progress.state.value,
        since=progress.since.isoformat() if progress.since else None,
        done=progress.done,
        total=progress.total,
        rows=progress.rows,
        calls=progress.calls,
        account_name=progress.account_name,
        piece=progress.piece,
        words=progress.words,
        faults=progress.faults,
    )


def _account(found: AccountPlan) -> AccountPlanMessage:
    return AccountPlanMessage(
        account_id=found.account_id,
        name=found.name,
        pace=found.pace.value,
        slowed=round(found.slowed, 2),
        remaining=round(found.remaining, 1),
        calls_per_hour=round(found.calls_per_hour, 1),
        lines=tuple(
            PlanLineMessage(
                line.part.value, line.every_minutes, line.calls, round(line.calls_per_hour, 2)
            )
            for line in found.lines
        ),
    )
