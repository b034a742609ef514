"""Gathers what a client report says from warehouse and journal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import polars as pl

from engine.domain.errors import UserError
from engine.domain.formats import Currency
from engine.domain.journal import JournalState
from engine.domain.objects import Account, Level
from engine.domain.windows import day_start
from engine.engine import Engine
from engine.measure import daily
from engine.measure.daily import Period, Sums
from engine.reports.data import ActionTaken, CampaignNumbers, DayNumbers, ReportData
from engine.storage.state.journal_reader import JournalFilter

# The default attribution window: a conversion may be reported this long after its click.
_ATTRIBUTION_DAYS = 7


def client_report(engine: Engine, client: str | None, length: int) -> ReportData:
    """Return the report of `client` over the last `length` complete days.

    Without a client the first one is taken. Of a client with several currencies the
    accounts of the most frequent one are reported, since money is never mixed. Raises
    UserError for a client that is not known.
    """
    accounts = _accounts(engine.accounts(), client)
    first = accounts[0]
    now = engine.clock.now()
    yesterday = now.astimezone(first.zone).date() - timedelta(days=1)
    period = Period(yesterday - timedelta(days=length - 1), yesterday)
    both = Period(period.before.since, period.until)
    rows = daily.load(engine.warehouse, accounts, Level.CAMPAIGN, both, now)
    return ReportData(
        client=first.client,
        account_names=tuple(account.name for account in accounts),
        currency=Currency(first.currency, first.offset),
        timezone_name=first.timezone_name,
        as_of=_as_of(engine, accounts),
        days=_days(rows, period),
        previous=_days(rows, period.before),
        campaigns=_campaigns(engine, accounts, rows, period),
        actions=_actions(engine, accounts, period),
        open_conversions_days=_ATTRIBUTION_DAYS,
    )


def _accounts(known: Sequence[Account], client: str | None) -> list[Account]:
    clients = sorted({account.client for account in known})
    if not clients:
        raise UserError("There is no account to report on.", hint="Run: ai-buyer sync.")
    wanted = client or clients[0]
    if wanted not in clients:
        raise UserError(
            f"There is no client called {wanted!r}.", hint=f"There are: {', '.join(clients)}."
        )
    found = [account for account in known if account.client == wanted]
    currency = Counter(account.currency for account in found).most_common(1)[0][0]
    return [account for account in found if account.currency == currency]


def _as_of(engine: Engine, accounts: Sequence[Account]) -> datetime:
    """Return when the oldest of the numbers were read."""
    read = [engine.warehouse.freshness(account.account_id).daily for account in accounts]
    known = [moment for moment in read if moment is not None]
    return min(known, default=engine.clock.now())


def _days(rows: pl.DataFrame, period: Period) -> tuple[DayNumbers, ...]:
    days = daily.by_day(daily.within(rows, period), period)
    columns = days.select("date", "spend", "revenue", "conversions")
    return tuple(DayNumbers(*row) for row in columns.iter_rows())


def _campaigns(
    engine: Engine, accounts: Sequence[Account], rows: pl.DataFrame, period: Period
) -> tuple[CampaignNumbers, ...]:
    sums = daily.by_object(daily.within(rows, period))
    found = [
        (sums.get(one.object_id, Sums()), one)
        for account in accounts
        for one in engine.warehouse.objects(account.account_id, Level.CAMPAIGN)
    ]
    found.sort(key=lambda pair: (-pair[0].spend, pair[1].object_id))
    return tuple(
        CampaignNumbers(one.name, one.status.value, sums.spend, sums.revenue, sums.conversions)
        for sums, one in found
        if sums.spend
    )


def _actions(
    engine: Engine, accounts: Sequence[Account], period: Period
) -> tuple[ActionTaken, ...]:
    """Return what rules changed from the period's first day until now, newest first."""
    asked = JournalFilter(
        accounts=[account.account_id for account in accounts],
        states=[JournalState.APPLIED, JournalState.UNDONE],
        since=day_start(period.since, accounts[0].zone),
    )
    return tuple(
        ActionTaken(
            entry.settled_at or entry.decided_at,
            entry.object_name,
            entry.rule_name,
            entry.field,
            entry.before,
            entry.after,
        )
        for entry in reversed(engine.state.reader.find(asked))
        if not entry.is_notification
    )
