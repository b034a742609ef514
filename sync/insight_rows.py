"""Meta's insights rows, decoded by the page into frames.

Typed structs and columns instead of a loop over dictionaries: this is the
widest stream of the whole program. A row that can't be read is set aside and
counted; it never spoils its page.
"""

from __future__ import annotations

import gc
import re
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.domain.objects import Level
from engine.domain.readings import SetAside, attributed
from engine.domain.windows import Grain
from engine.ports import ACTION_SCHEMA, ROW_SCHEMA, InsightsQuery
from sync.amounts import minor_units
from sync.insight_payload import ABSENT, ATTRIBUTIONS, ActionItem, DayRow, Page, Row, decode_page

_EPOCH = date(1970, 1, 1)
_HOURS = {f"{hour:02d}:00:00 - {hour:02d}:59:59": hour for hour in range(24)}
_OBJECT_ID = {Level.CAMPAIGN: "campaign_id", Level.ADSET: "adset_id", Level.AD: "ad_id"}
_IDS = re.compile(r"\d{1,30}")
_Columns = dict[str, tuple[Any, ...]]
_pauses_lock = threading.Lock()
_pauses: list[bool] = []


@contextmanager
def paused_collection() -> Iterator[None]:
    """Hold the garbage collector still while many objects are made.

    Several threads may be inside; the last one out starts it again, if it ran.
    """
    with _pauses_lock:
        _pauses.append(gc.isenabled())
        gc.disable()
    try:
        yield
    finally:
        with _pauses_lock:
            was_on = _pauses.pop()
            if not _pauses and was_on:
                gc.enable()
            elif _pauses:
                _pauses[0] = _pauses[0] or was_on


@dataclass(frozen=True, slots=True)
class PageFrames:
    """One page as frames, and how many rows were set aside for which reason."""

    rows: pl.DataFrame
    actions: pl.DataFrame
    reasons: Counter[str] = field(default_factory=Counter)
    set_aside: tuple[SetAside, ...] = ()

    @property
    def rejected(self) -> int:
        """How many rows could not be read."""
        return self.reasons.total()


class RowReader:
    """Decodes the pages of one query by its tables of days and hours."""

    def __init__(self, query: InsightsQuery) -> None:
        """Prepare the day and hour tables. Raises UserError for an unknown currency."""
        self._query = query
        self._offset = query.account.offset
        self._object_id = _OBJECT_ID[query.level]
        self._hourly = query.grain is Grain.HOUR
        days = (query.until - query.since).days + 1
        self._days = [query.since + timedelta(days=index) for index in range(days)]
        self._day_index = {day.isoformat(): (day - _EPOCH).days for day in self._days}
        self._starts = self._hour_starts() if self._hourly else None
        self._attributions = [(name, ATTRIBUTIONS[name]) for name in ("", *query.attributions)]

    def read(self, raw: msgspec.Raw | bytes) -> PageFrames:
        """Return the rows of a page (a JSON list) as frames."""
        with paused_collection():
            page = decode_page(raw, hourly=self._hourly)
            if not page.rows:
                return _finished(page, empty_rows(), empty_actions())
            return self._frames(page)

    def _frames(self, page: Page) -> PageFrames:
        """Turn decoded rows into columns and drop the ones that make no sense."""
        columns = _columns(page.rows)
        names = columns[self._object_id]
        ids = pl.Series("object_id", names, dtype=pl.String)
        impressions = np.array(columns["impressions"], dtype=np.int64)
        spend = np.array(columns["spend"], dtype=np.float64)
        days, hours = self._days_of(columns), self._hours_of(columns)
        bad = page.put_aside_where(
            {
                "no object id": _no_ids(names),
                "a day that was not asked for": days == _NO_DAY,
                "no readable hour": hours < -1,
                "an amount that is no number": ~np.isfinite(spend),
                "impressions without spend": (spend == ABSENT) & (impressions > 0),
            },
        )
        spend[~np.isfinite(spend) | (spend == ABSENT)] = 0.0
        dates = pl.Series("date", days).cast(pl.Date)
        frame = pl.DataFrame(
            {
                "object_id": ids,
                "date": dates,
                "hour": hours.astype(np.int8),
                "hour_start": self._starts_of(days, hours),
                "impressions": impressions,
                "clicks": pl.Series(columns["clicks"], dtype=pl.Int64),
                "link_clicks": pl.Series(columns["inline_link_clicks"], dtype=pl.Int64),
                "spend": minor_units(spend, self._offset),
                **_day_columns(page.rows),
            },
            schema=ROW_SCHEMA,
        )
        actions = self._actions(page.rows, ids, dates, bad)
        return _finished(page, frame.filter(~bad) if bad.any() else frame, actions)

    def _days_of(self, columns: _Columns) -> NDArray[np.int32]:
        """Return each row's day as days since 1970, _NO_DAY where it has none."""
        starts, stops = columns["date_start"], columns["date_stop"]
        if self._query.grain is Grain.LIFETIME:
            return np.array(list(map(_day_number, stops)), dtype=np.int32)
        days = _looked_up(self._day_index, starts, _NO_DAY)
        if starts != stops:
            for place, pair in enumerate(zip(starts, stops, strict=True)):
                if pair[0] != pair[1]:
                    days[place] = _NO_DAY
        return days.astype(np.int32)

    def _hours_of(self, columns: _Columns) -> NDArray[np.int64]:
        """Return each row's hour 0-23, -1 for whole days, -2 where it can't be read."""
        if not self._hourly:
            return np.full(len(columns["hour"]), -1, dtype=np.int64)
        return _looked_up(_HOURS, columns["hour"], -2)

    def _hour_starts(self) -> NDArray[np.int64]:
        """Return the UTC microseconds of every hour of every day asked for.

        Days of 23 hours have no row for the missing hour; on a day of 25 hours
        the doubled hour has one label, which is taken for the first of the two.
        """
        zone = self._query.account.zone
        table = [
            int(datetime.combine(day, time(hour), zone).astimezone(UTC).timestamp()) * 1_000_000
            for day in self._days
            for hour in range(24)
        ]
        return np.array(table, dtype=np.int64)

    def _starts_of(self, days: NDArray[np.int32], hours: NDArray[np.int64]) -> pl.Series:
        """Return each row's hour as a UTC moment, null for whole days."""
        kind = ROW_SCHEMA["hour_start"]
        if self._starts is None:
            return pl.Series([None], dtype=kind).new_from_index(0, len(days))
        place = (days - (self._query.since - _EPOCH).days) * 24 + hours
        return pl.Series(self._starts[np.clip(place, 0, len(self._starts) - 1)]).cast(kind)

    def _actions(
        self, rows: Sequence[Row], ids: pl.Series, dates: pl.Series, bad: NDArray[np.bool_]
    ) -> pl.DataFrame:
        """Return one row per object, day and action type of the good rows."""
        if self._hourly:
            return empty_actions()
        places: list[int] = []
        types: list[str] = []
        counts: list[float] = []
        values: list[float] = []
        for place, row in enumerate(rows):
            if bad[place] or not isinstance(row, DayRow):
                continue
            for attribution, count, worth in self._told(row):
                for kind in {**count, **worth}:
                    places.append(place)
                    types.append(attributed(kind, attribution))
                    counts.append(count.get(kind, 0.0))
                    values.append(worth.get(kind, 0.0))
        major = np.array(values, dtype=np.float64)
        sign = np.where(major < 0, -1, 1)
        return pl.DataFrame(
            {
                "object_id": ids.gather(places),
                "date": dates.gather(places),
                "action_type": types,
                "count": counts,
                "value": sign * minor_units(np.abs(major), self._offset),
            },
            schema=ACTION_SCHEMA,
        ).filter(pl.col("count").is_finite())

    def _told(self, row: DayRow) -> Iterator[tuple[str, dict[str, float], dict[str, float]]]:
        """Yield the row's counts and values by type, for each attribution asked for."""
        for attribution, number in self._attributions:
            count = {
                item.action_type: value
                for item in row.actions or ()
                if (value := number(item)) is not None
            }
            worth = {
                item.action_type: value
                for item in row.action_values or ()
                if (value := number(item)) is not None
            }
            yield attribution, count, worth


_NO_DAY = -(2**31)


def _columns(rows: Sequence[Row]) -> _Columns:
    """Return the fields of rows as columns; one pass in C over all of them."""
    fields = type(rows[0]).__struct_fields__
    return dict(zip(fields, zip(*map(msgspec.structs.astuple, rows), strict=True), strict=True))


def _looked_up(table: Mapping[str, int], names: Sequence[str], missing: int) -> NDArray[np.int64]:
    """Return what stands in a table for each name; `missing` where nothing does."""
    found = list(map(table.get, names))
    if None in found:
        found = [missing if value is None else value for value in found]
    return np.array(found, dtype=np.int64)


def _no_ids(names: Sequence[str]) -> NDArray[np.bool_]:
    """Return where an id is none; the few different ones are looked at."""
    wrong = {name for name in set(names) if not _IDS.fullmatch(name)}
    if not wrong:
        return np.zeros(len(names), dtype=np.bool_)
    return np.array([name in wrong for name in names], dtype=np.bool_)


def _finished(page: Page, rows: pl.DataFrame, actions: pl.DataFrame) -> PageFrames:
    """Return a page as it leaves the reader."""
    return PageFrames(rows, actions, page.reasons, tuple(page.aside))


def empty_rows() -> pl.DataFrame:
    """Return a frame of no insights rows."""
    return pl.DataFrame(schema=ROW_SCHEMA)


def empty_actions() -> pl.DataFrame:
    """Return a frame of no actions."""
    return pl.DataFrame(schema=ACTION_SCHEMA)


def _day_columns(rows: Sequence[Row]) -> dict[str, pl.Series]:
    """Return the columns Meta reports by the day only, null by the hour."""
    names = ("reach", "video_plays", "thruplays")
    if not isinstance(rows[0], DayRow):
        empty = pl.Series([None], dtype=pl.Int64).new_from_index(0, len(rows))
        return dict.fromkeys(names, empty)
    days = [row for row in rows if isinstance(row, DayRow)]
    columns = (
        [row.reach for row in days],
        [_whole(row.video_play_actions) for row in days],
        [_whole(row.video_thruplay_watched_actions) for row in days],
    )
    return {
        name: pl.Series(column, dtype=pl.Int64) for name, column in zip(names, columns, strict=True)
    }


def _whole(items: list[ActionItem] | None) -> int:
    """Return the sum of an action list of one kind as a whole number."""
    return round(sum(item.value or 0.0 for item in items)) if items else 0


def _day_number(text: str) -> int:
    """Return the days since 1970 of an ISO day, _NO_DAY when it is none."""
    try:
        return (date.fromisoformat(text) - _EPOCH).days
    except ValueError:
        return _NO_DAY
