"""The grid of campaigns, ad sets or ads, as columns."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

import polars as pl

from engine.api.details import DayNumbers, ObjectMetrics, ObjectPage, ObjectRow, Trends
from engine.api.messages import ObjectTable
from engine.api.queries import part
from engine.api.views.scopes import LookedAt
from engine.domain.objects import Account, AdObject, Level
from engine.measure import daily
from engine.measure.daily import Period, Sums
from engine.ports import Warehouse

TREND_DAYS = 7
_SHOWN = frozenset({"ACTIVE", "PAUSED", "OTHER"})
_OWN_FIELDS = frozenset({"id", "level", "pending"})


def build(
    warehouse: Warehouse,
    accounts: tuple[Account, ...],
    level: Level,
    period: Period,
    now: datetime,
    pending: Collection[str],
) -> ObjectTable:
    """Return the table of living objects of `accounts` for `period`."""
    # A day that still runs would make every little line fall at its end.
    yesterday = now.astimezone(accounts[0].zone).date() - timedelta(days=1)
    trend = _trend_days(min(period.until, yesterday))
    loaded = Period(min(period.since, trend[0]), period.until)
    rows = daily.load(warehouse, accounts, level, loaded, now)
    sums = daily.by_object(daily.within(rows, period))
    spend = daily.trends(rows, "spend", trend)
    found = [
        (account, one)
        for account in accounts
        for one in warehouse.objects(account.account_id, level)
        if one.status.value in _SHOWN
    ]
    found.sort(key=lambda pair: (-sums.get(pair[1].object_id, Sums()).spend, pair[1].object_id))
    return _table(found, level, period, sums, spend, pending)


def _trend_days(last: date) -> list[date]:
    return [last - timedelta(days=back) for back in reversed(range(TREND_DAYS))]


def _table(
    found: list[tuple[Account, AdObject]],
    level: Level,
    period: Period,
    sums: dict[str, Sums],
    spend: dict[str, list[float]],
    pending: Collection[str],
) -> ObjectTable:
    none = Sums()
    flat = [0.0] * TREND_DAYS
    numbers = [sums.get(one.object_id, none) for _, one in found]
    return ObjectTable(
        level=level.value,
        since=period.since.isoformat(),
        until=period.until.isoformat(),
        object_id=tuple(one.object_id for _, one in found),
        account_id=tuple(account.account_id for account, _ in found),
        account_name=tuple(account.name for account, _ in found),
        client=tuple(account.client for account, _ in found),
        name=tuple(one.name for _, one in found),
        status=tuple(one.status.value for _, one in found),
        effective_status=tuple(one.effective_status for _, one in found),
        learning_stage=tuple(one.learning_stage for _, one in found),
        objective=tuple(one.objective for _, one in found),
        currency=tuple(account.currency for account, _ in found),
        offset=tuple(account.offset for account, _ in found),
        budget=tuple(one.daily_budget or one.lifetime_budget for _, one in found),
        budget_kind=tuple(one.budget_field for _, one in found),
        spend=tuple(one.spend for one in numbers),
        revenue=tuple(one.revenue for one in numbers),
        impressions=tuple(one.impressions for one in numbers),
        clicks=tuple(one.clicks for one in numbers),
        link_clicks=tuple(one.link_clicks for one in numbers),
        conversions=tuple(one.conversions for one in numbers),
        trend=tuple(tuple(spend.get(one.object_id, flat)) for _, one in found),
        pending=tuple(sorted(pending)),
    )


def page(
    table: ObjectTable, status: str | None, name: str | None, limit: int, cursor: str | None
) -> ObjectPage:
    """Return a page of rows with that status and that part of the name."""
    wanted = (name or "").casefold()
    places = [
        place
        for place, found in enumerate(table.name)
        if wanted in found.casefold() and status in {None, table.status[place]}
    ]
    asked = part(len(places), limit, cursor)
    waiting = frozenset(table.pending)
    rows = tuple(_row(table, place, waiting) for place in places[asked.start : asked.end])
    return ObjectPage(rows, asked.cursor, len(places))


def _row(table: ObjectTable, place: int, waiting: frozenset[str]) -> ObjectRow:
    names = [name for name in ObjectRow.__dataclass_fields__ if name not in _OWN_FIELDS]
    columns = {name: getattr(table, name)[place] for name in names}
    object_id = table.object_id[place]
    return ObjectRow(id=object_id, level=table.level, pending=object_id in waiting, **columns)


def metrics(
    warehouse: Warehouse, account: Account, target: AdObject, period: Period, now: datetime
) -> ObjectMetrics:
    """Return one object's numbers day by day, zeros where nothing happened."""
    rows = daily.load(warehouse, [account], target.level, period, now)
    own = rows.filter(pl.col("object_id") == target.object_id)
    return ObjectMetrics(target.object_id, account.currency, account.offset, _days(own, period))


def trends(warehouse: Warehouse, looked_at: LookedAt, period: Period, now: datetime) -> Trends:
    """Return a scope's numbers day by day, zeros where nothing happened."""
    rows = daily.load(warehouse, looked_at.accounts, Level.CAMPAIGN, period, now)
    return Trends(
        looked_at.scope,
        looked_at.currency,
        looked_at.offset,
        looked_at.timezone_name,
        _days(rows, period),
    )


def _days(rows: pl.DataFrame, period: Period) -> tuple[DayNumbers, ...]:
    return tuple(
        DayNumbers(
            day=row["date"].isoformat(),
            spend=row["spend"],
            revenue=row["revenue"],
            impressions=row["impressions"],
            clicks=row["clicks"],
            link_clicks=row["link_clicks"],
            conversions=row["conversions"],
        )
        for row in daily.by_day(rows, period).iter_rows(named=True)
    )
