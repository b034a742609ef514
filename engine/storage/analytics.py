"""Queries for screens and reports: totals by day, movers, sparklines.

All of them read the daily rows as known at a moment. Conversions and revenue
follow each account's primary event, so every account brings its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import duckdb
import polars as pl

from engine.domain.objects import Account, Level
from engine.storage.action_events import event_sum, seen_events
from engine.storage.coverage import naive
from engine.storage.ring import literal, text_literal
from engine.storage.warehouse_facts import scope_of
from engine.storage.warehouse_rows import polars_frame
from engine.storage.warehouse_schema import MILLIONTHS

DAILY_SUMS: tuple[str, ...] = (
    "impressions",
    "clicks",
    "link_clicks",
    "spend",
    "conversions",
    "revenue",
)
_DAILY_SCHEMA: dict[str, pl.DataType] = {
    "object_id": pl.String(),
    "date": pl.Date(),
    **{name: pl.Int64() for name in DAILY_SUMS},
    "conversions": pl.Float64(),
}


@dataclass(frozen=True, slots=True)
class _Scope:
    """One account's level with its primary event and its own today."""

    scope: int
    account_id: str
    event: str
    today: date


def _scopes(
    cursor: duckdb.DuckDBPyConnection, accounts: Sequence[Account], level: Level, as_of: datetime
) -> list[_Scope]:
    found: list[_Scope] = []
    for account in accounts:
        scope = scope_of(cursor, account.account_id, level.value)
        if scope is not None:
            seen = seen_events(cursor, account.account_id, as_of)
            event = event_sum("conversions", account, seen).action_type
            today = as_of.astimezone(account.zone).date()
            found.append(_Scope(scope, account.account_id, event, today))
    return found


def _facts(scopes: Sequence[_Scope], as_of: datetime, days: str) -> str:
    """Return the SQL of all daily facts: account_id, object_key, date, today, sums.

    Delivery and actions are stacked, not joined: the caller adds them up.
    """
    values = ", ".join(
        f"({s.scope}, {text_literal(s.account_id)}, {text_literal(s.event)}, {literal(s.today)})"
        for s in scopes
    )
    known = f"known_at <= {literal(naive(as_of))} AND {days}"
    chosen = f"(VALUES {values}) AS chosen(scope, account_id, event, today)"
    return (
        f"SELECT account_id, object_key, date, today, impressions, clicks, link_clicks, spend, "
        f"0 AS conversions, 0 AS revenue FROM daily JOIN {chosen} USING (scope) WHERE {known} "
        "UNION ALL SELECT account_id, object_key, date, today, 0, 0, 0, 0, count, value "
        f"FROM daily_actions JOIN {chosen} USING (scope) WHERE action_type = event AND {known}"
    )


def _added(names: Sequence[str] = DAILY_SUMS, where: str = "", suffix: str = "") -> str:
    """Return the SQL of the sums, conversions as a number again."""
    texts = []
    for name in names:
        text = f"coalesce(sum({name}){where}, 0)::BIGINT"
        if name == "conversions":
            text = f"{text} / {float(MILLIONTHS)}"
        texts.append(f"{text} AS {name}{suffix}")
    return ", ".join(texts)


def daily_sums(
    cursor: duckdb.DuckDBPyConnection,
    accounts: Sequence[Account],
    level: Level,
    days: tuple[date, date],
    as_of: datetime,
) -> pl.DataFrame:
    """Return object_id, date and DAILY_SUMS for the days, both included.

    Days on which an object did nothing have no row.
    """
    scopes = _scopes(cursor, accounts, level, as_of)
    if not scopes:
        return pl.DataFrame(schema=_DAILY_SCHEMA)
    between = f"date BETWEEN {literal(days[0])} AND {literal(days[1])}"
    nothing = " OR ".join(f"sum({name}) <> 0" for name in DAILY_SUMS)
    found = polars_frame(
        cursor,
        f"SELECT k.object_id, f.date, f.* EXCLUDE (object_key, date) FROM (SELECT object_key, "
        f"date, {_added()} FROM ({_facts(scopes, as_of, between)}) GROUP BY ALL HAVING {nothing})"
        " f JOIN object_keys k USING (object_key) ORDER BY 1, 2",
    )
    return found.cast(_DAILY_SCHEMA)  # type: ignore[arg-type]  # a subclass map


def account_days(
    cursor: duckdb.DuckDBPyConnection,
    accounts: Sequence[Account],
    days: tuple[date, date],
    as_of: datetime,
) -> pl.DataFrame:
    """Return account_id, date and DAILY_SUMS, added over campaigns."""
    schema = {"account_id": pl.String(), **_DAILY_SCHEMA}
    del schema["object_id"]
    scopes = _scopes(cursor, accounts, Level.CAMPAIGN, as_of)
    if not scopes:
        return pl.DataFrame(schema=schema)
    between = f"date BETWEEN {literal(days[0])} AND {literal(days[1])}"
    found = polars_frame(
        cursor,
        f"SELECT account_id, date, {_added()} FROM ({_facts(scopes, as_of, between)}) "
        "GROUP BY ALL ORDER BY 1, 2",
    )
    return found.cast(schema)  # type: ignore[arg-type]  # a subclass map


def movers(
    cursor: duckdb.DuckDBPyConnection,
    accounts: Sequence[Account],
    level: Level,
    days: int,
    as_of: datetime,
    count: int,
) -> pl.DataFrame:
    """Return the objects that spent most, with the period before.

    Columns: account_id, object_id, DAILY_SUMS over the last `days` complete days, and each
    again as `<name>_before` over the same number of days before those.
    """
    scopes = _scopes(cursor, accounts, level, as_of)
    schema: dict[str, pl.DataType] = {"account_id": pl.String(), "object_id": pl.String()}
    sums = {name: _DAILY_SCHEMA[name] for name in DAILY_SUMS}
    schema |= sums | {f"{name}_before": kind for name, kind in sums.items()}
    if not scopes or days < 1:
        return pl.DataFrame(schema=schema)
    first = min(scope.today for scope in scopes) - timedelta(days=2 * days)
    facts = _facts(scopes, as_of, f"date >= {literal(first)}")
    now = f" FILTER (date BETWEEN today - {days} AND today - 1)"
    before = f" FILTER (date BETWEEN today - {2 * days} AND today - {days + 1})"
    found = polars_frame(
        cursor,
        f"SELECT f.account_id, k.object_id, f.* EXCLUDE (account_id, object_key) FROM (SELECT "
        f"account_id, object_key, {_added(where=now)}, {_added(where=before, suffix='_before')} "
        f"FROM ({facts}) GROUP BY account_id, object_key) f JOIN object_keys k USING (object_key) "
        f"WHERE spend > 0 OR spend_before > 0 ORDER BY spend DESC, object_id LIMIT {count}",
    )
    return found.cast(schema)  # type: ignore[arg-type]  # a subclass map


def sparklines(
    cursor: duckdb.DuckDBPyConnection,
    accounts: Sequence[Account],
    level: Level,
    days: int,
    as_of: datetime,
) -> pl.DataFrame:
    """Return the last days of every object as lists.

    Columns: account_id, object_id and a list of `days` numbers for each of DAILY_SUMS. The
    oldest day comes first, the account's today last; days without a row are zero.
    """
    scopes = _scopes(cursor, accounts, level, as_of)
    schema: dict[str, pl.DataType] = {"account_id": pl.String(), "object_id": pl.String()}
    schema |= {name: pl.List(_DAILY_SCHEMA[name]) for name in DAILY_SUMS}
    if not scopes or days < 1:
        return pl.DataFrame(schema=schema)
    first = min(scope.today for scope in scopes) - timedelta(days=days - 1)
    facts = _facts(scopes, as_of, f"date >= {literal(first)}")
    lists = ", ".join(f"list({name} ORDER BY day) AS {name}" for name in DAILY_SUMS)
    per_day = (
        f"SELECT account_id, object_key, date - (today - {days - 1}) AS day, {_added()} "
        f"FROM ({facts}) GROUP BY ALL HAVING day BETWEEN 0 AND {days - 1}"
    )
    grid = f"SELECT * FROM (SELECT DISTINCT account_id, object_key FROM p), range({days}) r(day)"
    zeros = ", ".join(f"coalesce({name}, 0) AS {name}" for name in DAILY_SUMS)
    found = polars_frame(
        cursor,
        f"WITH p AS ({per_day}), g AS ({grid}), full_days AS (SELECT account_id, object_key, day, "
        f"{zeros} FROM g LEFT JOIN p USING (account_id, object_key, day)) "
        f"SELECT account_id, object_id, {lists} FROM full_days JOIN object_keys USING "
        "(object_key) GROUP BY ALL ORDER BY 1, 2",
    )
    return found.cast(schema)  # type: ignore[arg-type]  # a subclass map
