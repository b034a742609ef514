"""The engine at a glance, and its accounts."""

from __future__ import annotations

from collections.abc import Sequence

from engine.api.account_counts import freshness
from engine.api.context import Api
from engine.api.messages import AccountMessage, CycleProgress, EngineStatus
from engine.domain.journal import JournalState
from engine.domain.objects import Account
from engine.engine import Engine
from engine.storage.state.accounts_store import KnownAccount

_FOR_PEOPLE = (JournalState.NEEDS_HUMAN, JournalState.CONFLICT)


def status(api: Api) -> EngineStatus:
    """Return the engine's state now; blocking."""
    engine = api.engine
    accounts = engine.accounts()
    stop = engine.state.stop.current()
    waiting = engine.state.reader.counts()
    last = next((row for row in engine.state.cycles.latest(limit=20) if row.ended_at), None)
    watch = engine.watch
    progress, next_cycle_at = watch.progress, watch.next_cycle_at
    return EngineStatus(
        version=api.version,
        platform=engine.platform_name,
        now=api.now().isoformat(),
        stopped=stop is not None,
        stop_reason=f"{stop.actor}: {stop.reason}".rstrip(": ") if stop is not None else "",
        accounts=len(accounts),
        campaigns=sum(api.counts.of(engine, account).campaigns for account in accounts),
        rules_active=len(engine.state.rules.active()),
        awaiting_approval=waiting.get(JournalState.AWAITING_APPROVAL, 0),
        needs_human=sum(waiting.get(state, 0) for state in _FOR_PEOPLE),
        last_cycle_at=last.ended_at.isoformat() if last and last.ended_at else None,
        next_cycle_at=next_cycle_at.isoformat() if next_cycle_at else None,
        last_error=_last_error(engine, accounts),
        cycle=CycleProgress(progress.account.name, progress.phase, progress.done, progress.total)
        if progress
        else None,
        calls=engine.platform.calls(),
    )


def _last_error(engine: Engine, accounts: Sequence[Account]) -> str:
    """Return the engine's own trouble, else the first account's."""
    whole = engine.watch.trouble_of("")
    if whole:
        return whole
    troubles = ((one.name, engine.watch.trouble_of(one.account_id)) for one in accounts)
    return next((f"{name}: {text}" for name, text in troubles if text), "")


def accounts(api: Api, known: Sequence[KnownAccount]) -> tuple[AccountMessage, ...]:
    """Return accounts with their counts and freshness; blocking."""
    limit = api.engine.settings().number("safety.stale_after_minutes")
    found = []
    for one in known:
        account = one.account
        count = api.counts.of(api.engine, account)
        found.append(
            AccountMessage(
                account_id=account.account_id,
                name=account.name,
                client=account.client,
                currency=account.currency,
                offset=account.offset,
                timezone=account.timezone_name,
                status=account.status,
                enabled=one.enabled,
                campaigns=count.campaigns,
                active_campaigns=count.active,
                synced_at=count.synced_at.isoformat() if count.synced_at else None,
                freshness=freshness(count.synced_at, api.now(), limit),
                automation=one.automation,
                primary_event=account.primary_event,
            )
        )
    return tuple(found)
