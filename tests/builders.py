"""Small makers of accounts, objects and numbers that tests share.

Every argument has a default, so a test names only what it is about. Money is
in minor units, times are aware.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TypedDict, Unpack

import polars as pl

from engine.domain.objects import Account, AdObject, Level, Status, Structure
from engine.domain.windows import Grain, day_start
from engine.ports import ACTION_SCHEMA, ROW_SCHEMA, InsightsBatch, InsightsQuery

NOW = datetime(2026, 6, 10, 12, 20, tzinfo=UTC)


def account(
    account_id: str = "100",
    *,
    timezone: str = "Europe/Kyiv",
    currency: str = "USD",
    primary_event: str | None = None,
) -> Account:
    """Return an active account."""
    return Account(
        account_id, f"Account {account_id}", "Bakery", currency, timezone, 1, 100, primary_event
    )


def campaign(object_id: str = "1", *, account_id: str = "100", **changes: object) -> AdObject:
    """Return a delivering campaign of 50.00 a day; `changes` sets other fields."""
    base = AdObject(
        object_id,
        account_id,
        Level.CAMPAIGN,
        f"Campaign {object_id}",
        Status.ACTIVE,
        "ACTIVE",
        objective="OUTCOME_SALES",
        daily_budget=5000,
        created_time=NOW - timedelta(days=40),
        updated_time=NOW - timedelta(days=9),
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # fields of AdObject


def adset(object_id: str, campaign_id: str, **changes: object) -> AdObject:
    """Return a delivering ad set without a budget of its own."""
    base = campaign(object_id, name=f"Ad set {object_id}", level=Level.ADSET, daily_budget=None)
    base = replace(base, parent_id=campaign_id, campaign_id=campaign_id, objective=None)
    return replace(base, **changes)  # type: ignore[arg-type]  # fields of AdObject


def structure(
    *objects: AdObject, account_id: str = "100", as_of: datetime = NOW, complete: bool = True
) -> Structure:
    """Return a structure of `objects`."""
    return Structure(account_id, as_of, objects, complete)


class Sums(TypedDict, total=False):
    """The sums a row may name."""

    impressions: int | None
    clicks: int | None
    link_clicks: int | None
    spend: int | None
    reach: int | None
    video_plays: int | None
    thruplays: int | None


Row = dict[str, object]


def day_row(object_id: str, day: date, **sums: Unpack[Sums]) -> Row:
    """Return a daily row; sums that are not named are zero."""
    zeros = dict.fromkeys(list(ROW_SCHEMA)[4:], 0)
    return {"object_id": object_id, "date": day, "hour": -1, "hour_start": None, **zeros, **sums}


def hour_row(object_id: str, moment: datetime, of: Account, **sums: Unpack[Sums]) -> Row:
    """Return the row of the hour that begins at `moment`; there is no reach by hour."""
    local = moment.astimezone(of.zone)
    row = {**day_row(object_id, local.date(), **sums), "reach": None}
    return {**row, "hour": local.hour, "hour_start": moment.astimezone(UTC)}


def rows(items: Iterable[Row] = ()) -> pl.DataFrame:
    """Return rows as a batch holds them."""
    return pl.DataFrame(list(items), schema=ROW_SCHEMA, orient="row")


def action(
    object_id: str, day: date, action_type: str = "purchase", count: float = 1.0, value: int = 0
) -> Row:
    """Return one object's actions of one type on one day."""
    return {
        "object_id": object_id,
        "date": day,
        "action_type": action_type,
        "count": count,
        "value": value,
    }


def actions(items: Iterable[Row] = ()) -> pl.DataFrame:
    """Return actions as a batch holds them."""
    return pl.DataFrame(list(items), schema=ACTION_SCHEMA, orient="row")


def batch(
    of: Account,
    grain: Grain,
    days: tuple[date, date],
    *,
    facts: Sequence[Row] = (),
    events: Sequence[Row] = (),
    known_at: datetime = NOW,
    level: Level = Level.CAMPAIGN,
    complete: bool = True,
) -> InsightsBatch:
    """Return the answer to a query over `days`, both included."""
    query = InsightsQuery(of, level, grain, *days)
    return InsightsBatch(query, known_at, rows(facts), actions(events), complete)


def hours_of(day: date, of: Account) -> list[datetime]:
    """Return the beginnings of an account's hours on `day`: 23, 24 or 25, in UTC."""
    end = day_start(day + timedelta(days=1), of.zone)
    moment, found = day_start(day, of.zone), []
    while moment < end:
        found.append(moment)
        moment += timedelta(hours=1)
    return found
