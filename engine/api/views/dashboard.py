"""The dashboard of one scope: tiles, chart, breakdowns, needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from engine.api.messages import (
    ActionMark,
    BreakdownRow,
    Dashboard,
    NeedRow,
    SeriesMessage,
    Tile,
    Words,
)
from engine.api.views.scopes import LookedAt
from engine.domain.metrics import CATALOGUE
from engine.domain.objects import AdObject, Level
from engine.measure import daily
from engine.measure.daily import Period, Sums
from engine.ports import Warehouse

_TILES: tuple[tuple[str, str, Callable[[Sums], float | None]], ...] = (
    ("spend", "neutral", lambda sums: sums.spend),
    ("revenue", "higher", lambda sums: sums.revenue),
    ("roas", "higher", lambda sums: sums.roas),
    ("cpa", "lower", lambda sums: sums.cpa),
    ("conversions", "higher", lambda sums: sums.conversions),
)


@dataclass(frozen=True, slots=True)
class Marks:
    """What State knows beside the numbers: actions by day, needs, exposure."""

    actions: Mapping[str, int]
    needs: tuple[NeedRow, ...]
    synced_at: datetime | None
    exposure_today: int


def build(
    warehouse: Warehouse, looked_at: LookedAt, period: Period, now: datetime, marks: Marks
) -> Dashboard:
    """Return the dashboard of `looked_at` for `period`, as known at `now`."""
    both = Period(period.before.since, period.until)
    rows = daily.load(warehouse, looked_at.accounts, Level.CAMPAIGN, both, now)
    campaigns = [
        campaign
        for account in looked_at.accounts
        for campaign in warehouse.objects(account.account_id, Level.CAMPAIGN)
    ]
    current = daily.within(rows, period)
    return Dashboard(
        scope=looked_at.scope,
        title=looked_at.title,
        currency=looked_at.currency,
        offset=looked_at.offset,
        timezone=looked_at.timezone_name,
        since=period.since.isoformat(),
        until=period.until.isoformat(),
        synced_at=marks.synced_at.isoformat() if marks.synced_at else None,
        tiles=_tiles(rows, period),
        series=_series(rows, period, marks.actions),
        by_objective=_by_objective(current, campaigns),
        by_client=_by_client(current, looked_at),
        needs=marks.needs,
        exposure_today=marks.exposure_today,
    )


def _tiles(rows: pl.DataFrame, period: Period) -> tuple[Tile, ...]:
    now = daily.total(daily.within(rows, period))
    before = daily.total(daily.within(rows, period.before))
    days = daily.by_day(daily.within(rows, period), period)
    per_day = [Sums(*row) for row in days.select(daily.SUMS).iter_rows()]
    tiles = []
    for name, better, value in _TILES:
        metric = CATALOGUE[name]
        current, previous = value(now), value(before)
        change = (current / previous - 1) * 100 if previous and current is not None else None
        trend = tuple(value(sums) for sums in per_day)
        label = Words(metric.english, metric.ukrainian)
        unit = metric.unit.value
        tiles.append(Tile(name, label, unit, current, previous, change, better, trend))
    return tuple(tiles)


def _series(rows: pl.DataFrame, period: Period, actions: Mapping[str, int]) -> SeriesMessage:
    now = daily.by_day(daily.within(rows, period), period)
    before = daily.by_day(daily.within(rows, period.before), period.before)
    return SeriesMessage(
        days=tuple(day.isoformat() for day in period.days),
        spend=tuple(now["spend"]),
        revenue=tuple(now["revenue"]),
        conversions=tuple(now["conversions"]),
        previous_spend=tuple(before["spend"]),
        previous_revenue=tuple(before["revenue"]),
        previous_conversions=tuple(before["conversions"]),
        marks=tuple(ActionMark(day, count) for day, count in sorted(actions.items())),
    )


def _by_objective(rows: pl.DataFrame, campaigns: Sequence[AdObject]) -> tuple[BreakdownRow, ...]:
    objective = {one.object_id: one.objective or "" for one in campaigns}
    names = pl.DataFrame(
        {"object_id": list(objective), "group": list(objective.values())},
        schema={"object_id": pl.String, "group": pl.String},
    )
    joined = rows.join(names, on="object_id", how="left").with_columns(
        pl.col("group").fill_null("")
    )
    return _breakdown(joined)


def _by_client(rows: pl.DataFrame, looked_at: LookedAt) -> tuple[BreakdownRow, ...]:
    client = {account.account_id: account.client for account in looked_at.accounts}
    return _breakdown(
        rows.with_columns(group=pl.col("account_id").replace_strict(client, return_dtype=pl.String))
    )


def _breakdown(rows: pl.DataFrame) -> tuple[BreakdownRow, ...]:
    sums = (
        rows.group_by("group")
        .agg(pl.col("spend").sum(), pl.col("revenue").sum())
        .sort("spend", "group", descending=[True, False])
    )
    return tuple(
        BreakdownRow(group, spend, revenue, revenue / spend if spend else None)
        for group, spend, revenue in sums.iter_rows()
    )
