"""What needs a person, what rules did by day, what may still be spent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from engine.api.account_counts import freshness
from engine.api.context import Api
from engine.api.messages import NeedRow, Words
from engine.api.views.dashboard import Marks
from engine.api.views.scopes import LookedAt
from engine.decide.family import Family
from engine.domain.journal import JournalState
from engine.domain.language import Language, plural_form
from engine.domain.objects import Account, Level
from engine.domain.windows import day_start
from engine.engine import Engine
from engine.measure import daily
from engine.measure.daily import Period
from engine.storage.state.journal_reader import JournalFilter

_CHANGES = ("status", "daily_budget", "lifetime_budget")
_TOOK_EFFECT = (JournalState.APPLIED, JournalState.UNDONE)
_UNCLEAR = (JournalState.NEEDS_HUMAN, JournalState.CONFLICT)


def marks(api: Api, looked_at: LookedAt, period: Period, now: datetime) -> Marks:
    """Return what State knows of a scope beside the numbers; blocking."""
    accounts = looked_at.accounts
    synced = [api.counts.of(api.engine, account).synced_at for account in accounts]
    known = [moment for moment in synced if moment is not None]
    return Marks(
        actions=_actions(api.engine, accounts, period),
        needs=tuple(needs(api, accounts, now)),
        synced_at=min(known) if len(known) == len(synced) else None,
        exposure_today=sum(exposure(api.engine, account, now) for account in accounts),
    )


def _actions(engine: Engine, accounts: Sequence[Account], period: Period) -> dict[str, int]:
    """Return how many changes took effect on each of the accounts' days."""
    zones = {account.account_id: account.zone for account in accounts}
    entries = engine.state.reader.find(
        JournalFilter(
            accounts=list(zones),
            states=_TOOK_EFFECT,
            fields=_CHANGES,
            since=min(day_start(period.since, zone) for zone in zones.values()),
        )
    )
    days = Counter(
        (entry.settled_at or entry.decided_at).astimezone(zones[entry.account_id]).date()
        for entry in entries
    )
    return {
        day.isoformat(): count for day, count in days.items() if period.since <= day <= period.until
    }


def exposure(engine: Engine, account: Account, now: datetime) -> int:
    """Return the most an account may still spend today, minor units.

    Budgets that deliver less what was spent today, never below zero. Blocking.
    """
    # Ads carry no budget and are most of the objects, so they are not read.
    budgets = [
        one
        for level in (Level.CAMPAIGN, Level.ADSET)
        for one in engine.warehouse.objects(account.account_id, level)
    ]
    family = Family.of(account, budgets)
    today = now.astimezone(account.zone).date()
    rows = daily.load(engine.warehouse, [account], Level.CAMPAIGN, Period(today, today), now)
    return max(family.daily_exposure() - daily.total(rows).spend, 0)


def needs(api: Api, accounts: Sequence[Account], now: datetime) -> list[NeedRow]:
    """Return what waits for a person, the gravest first; blocking."""
    engine = api.engine
    ids = [account.account_id for account in accounts]
    states = engine.state.reader.counts(JournalFilter(accounts=ids))
    unclear = sum(states.get(state, 0) for state in _UNCLEAR)
    waiting = states.get(JournalState.AWAITING_APPROVAL, 0)
    found: list[NeedRow] = []
    stop = engine.state.stop.current()
    if stop is not None:
        words = Words(
            f"All actions are stopped by {stop.actor}.", f"Усі дії зупинено: {stop.actor}."
        )
        found.append(NeedRow("stopped", words, "settings"))
    seen = set(ids)
    found += [
        NeedRow("connection", Words(*one.words), "settings/connection")
        for one in api.connection.notices()
        if one.severity != "info" and (not one.account_ids or seen & set(one.account_ids))
    ]
    found += _troubles(engine, accounts)
    if unclear:
        words = Words(
            f"{unclear} with an outcome that somebody must look at",
            f"{unclear} з наслідком, на який хтось має глянути",
        )
        link = "activity?state=needs_human,conflict"
        found.append(NeedRow("conflict", words, link, unclear))
    if waiting:
        one = plural_form(Language.UKRAINIAN, waiting) == "one"
        words = Words(
            f"{waiting} waiting for approval",
            f"{waiting} {'чекає' if one else 'чекають'} на підтвердження",
        )
        found.append(NeedRow("approval", words, "activity?state=awaiting_approval", waiting))
    return found + _stale(api, accounts, now) + _broken(engine)


def _troubles(engine: Engine, accounts: Sequence[Account]) -> list[NeedRow]:
    """Return what stood in the way of the last cycle, as a whole or of an account."""
    found = []
    whole = engine.watch.trouble_of("")
    if whole:
        words = Words(f"The last cycle failed: {whole}", f"Останній цикл не вдався: {whole}")
        found.append(NeedRow("error", words))
    for account in accounts:
        text = engine.watch.trouble_of(account.account_id)
        # Where somebody must log in first, one notice says so for all accounts together.
        if text and not engine.access.resting(account.account_id):
            words = Words(f"{account.name}: {text}", f"«{account.name}»: {text}")
            found.append(NeedRow("error", words, f"account:{account.account_id}"))
    return found


def _stale(api: Api, accounts: Sequence[Account], now: datetime) -> list[NeedRow]:
    limit = api.engine.settings().number("safety.stale_after_minutes")
    found = []
    for account in accounts:
        synced_at = api.counts.of(api.engine, account).synced_at
        if freshness(synced_at, now, limit) == "fresh":
            continue
        words = Words(
            f"The data of {account.name} is too old; rules do not act on it",
            f"Дані «{account.name}» застаріли; правила на них не діють",
        )
        if synced_at is None:
            words = Words(f"{account.name} was not read yet", f"«{account.name}» ще не зчитано")
        found.append(NeedRow("stale", words, f"account:{account.account_id}"))
    return found


def _broken(engine: Engine) -> list[NeedRow]:
    return [
        NeedRow(
            "broken",
            Words(
                f"The rule {stored.name} can't be read any more and does not run",
                f"Правило «{stored.name}» більше не читається і не працює",
            ),
            f"rules/{stored.rule_id}",
        )
        for stored in engine.state.rules.active()
        if stored.broken
    ]
