"""From pushed rows to batches of one account, level and grain each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_EVEN, Decimal

import polars as pl

from engine.domain.objects import Account, Level
from engine.domain.windows import Grain
from engine.ingest.decode import Pushed
from engine.ingest.rows import PushedRow, SetAside
from engine.ports import ACTION_SCHEMA, ROW_SCHEMA, InsightsBatch, InsightsQuery

_HOURS = {f"{hour:02d}:00:00 - {hour:02d}:59:59": hour for hour in range(24)}
_ID_OF: Mapping[Level, str] = {
    Level.CAMPAIGN: "campaign_id",
    Level.ADSET: "adset_id",
    Level.AD: "ad_id",
}
_LONGEST_ID = 30
# Nearer to a whole number than this, a product of doubles rounds to the right one.
_SURE = 0.45


class _Unfit(Exception):
    """Why a row can't be taken."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a row's numbers belong."""

    account_id: str
    level: Level
    grain: Grain


# The values of a row in the order of its schema.
Values = tuple[object, ...]


def batches_of(
    pushed: Pushed, accounts: Mapping[str, Account], known_at: datetime
) -> tuple[list[InsightsBatch], list[SetAside]]:
    """Return the batches of a push and the rows that fit nowhere.

    `accounts` are those the caller may write, by id; `known_at` is aware. A batch is
    not whole: it says nothing of rows that it lacks.
    """
    facts: dict[_Place, list[Values]] = defaultdict(list)
    events: dict[_Place, list[Values]] = defaultdict(list)
    days: dict[_Place, set[date]] = defaultdict(set)
    aside: list[SetAside] = []
    for number, row in zip(pushed.places, pushed.rows, strict=True):
        try:
            place, object_id, day = _place_of(row, pushed, accounts)
            account = accounts[place.account_id]
            fact = _fact(row, object_id, day, account)
            told = _events(row, object_id, day, account)
        except _Unfit as error:
            aside.append(SetAside(number, str(error)))
            continue
        facts[place].append(fact)
        events[place] += told
        days[place].add(day)
    made = [
        InsightsBatch(
            InsightsQuery(
                accounts[place.account_id],
                place.level,
                place.grain,
                min(days[place]),
                max(days[place]),
            ),
            known_at,
            _frame(rows, ROW_SCHEMA),
            _frame(events[place], ACTION_SCHEMA),
            whole=False,
        )
        for place, rows in facts.items()
    ]
    return made, aside


def _frame(rows: Sequence[Values], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    columns = zip(*rows, strict=True) if rows else ([] for _ in schema)
    return pl.DataFrame(dict(zip(schema, columns, strict=True)), schema=dict(schema))


def _place_of(
    row: PushedRow, pushed: Pushed, accounts: Mapping[str, Account]
) -> tuple[_Place, str, date]:
    """Return where a row belongs, its object and its day. Raises _Unfit."""
    account = _account(row, pushed, accounts)
    level, object_id = _object(row, pushed)
    grain = Grain.HOUR if row.hour is not None or row.hour_label else Grain.DAY
    return _Place(account.account_id, level, grain), object_id, _day(row)


def _fact(row: PushedRow, object_id: str, day: date, account: Account) -> Values:
    """Return a row's facts in the order of ROW_SCHEMA. Raises _Unfit."""
    if row.impressions and row.spend is None:
        raise _Unfit("impressions without spend")
    if row.spend is not None and row.spend < 0:
        raise _Unfit("spend below zero")
    hour = _hour(row)
    links = row.link_clicks if row.link_clicks is not None else row.inline_link_clicks
    return (
        object_id,
        day,
        -1 if hour is None else hour,
        None if hour is None else _hour_start(day, hour, account),
        row.impressions,
        row.clicks,
        links,
        None if row.spend is None else _minor(row.spend, account),
        row.reach,
        row.video_plays,
        row.thruplays,
    )


def _account(row: PushedRow, pushed: Pushed, accounts: Mapping[str, Account]) -> Account:
    account_id = (row.account_id or pushed.account_id).removeprefix("act_")
    if not account_id:
        raise _Unfit("no account_id")
    account = accounts.get(account_id)
    if account is None:
        raise _Unfit(f"no account {account_id} is known here")
    return account


def _object(row: PushedRow, pushed: Pushed) -> tuple[Level, str]:
    """Return a row's level and object: as told, else by the deepest id it has."""
    named = row.level or pushed.level
    if named and named not in set(Level):
        raise _Unfit(f"no level {named}: campaign, adset and ad are known")
    ids = {level: getattr(row, name) for level, name in _ID_OF.items()}
    deepest = next((level for level in reversed(Level) if ids[level]), Level.CAMPAIGN)
    level = Level(named) if named else deepest
    if row.object_id and not named:
        raise _Unfit("an object_id without its level")
    object_id = row.object_id or ids[level]
    if not object_id.isdecimal() or len(object_id) > _LONGEST_ID:
        raise _Unfit(f"no {level.value} id" if not object_id else f"{object_id[:40]!r} is no id")
    return level, object_id


def _day(row: PushedRow) -> date:
    text = row.date or row.date_start
    if not text:
        raise _Unfit("no date")
    if row.date_stop and row.date_stop != text:
        raise _Unfit(f"{text} to {row.date_stop} is more than one day")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _Unfit(f"{text[:40]!r} is no day such as 2026-11-27") from None


def _hour(row: PushedRow) -> int | None:
    if row.hour is not None or not row.hour_label:
        return row.hour
    if row.hour_label not in _HOURS:
        raise _Unfit(f"{row.hour_label[:40]!r} is no hour of a day")
    return _HOURS[row.hour_label]


def _hour_start(day: date, hour: int, account: Account) -> datetime:
    """Return the hour's beginning, UTC; of a doubled hour the first."""
    return datetime.combine(day, time(hour), account.zone).astimezone(UTC)


def _minor(major: float, account: Account) -> int:
    """Return major units as minor ones, rounded half to even."""
    scaled = major * account.offset
    whole = round(scaled)
    if abs(scaled - whole) < _SURE:
        return whole
    exact = Decimal(repr(major)) * account.offset
    return int(exact.to_integral_value(ROUND_HALF_EVEN))


def _events(row: PushedRow, object_id: str, day: date, account: Account) -> list[Values]:
    """Return a row's actions in the order of ACTION_SCHEMA; hours have none."""
    if row.hour is not None or row.hour_label:
        return []
    counts = {one.action_type: one.value for one in row.actions or ()} | (row.conversions or {})
    worth = {one.action_type: one.value for one in row.action_values or ()} | (row.revenue or {})
    if any(count < 0 for count in counts.values()):
        raise _Unfit("a count of conversions below zero")
    return [
        (object_id, day, kind, counts.get(kind, 0.0), _minor(worth.get(kind, 0.0), account))
        for kind in sorted(counts.keys() | worth.keys())
    ]
