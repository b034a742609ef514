"""Meta's insights rows, decoded by the page into frames.

Typed structs and columns instead of a loop over dictionaries: this is the
widest stream of the whole program. A row that can't be read is set aside and
counted; it never spoils its page.
"""

from __future__ import annotations

import gc
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from operator import attrgetter
from typing import Annotated

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.domain.objects import Level
from engine.domain.windows import Grain
from engine.ports import ACTION_SCHEMA, ROW_SCHEMA, InsightsQuery
from sync.amounts import LARGEST_MAJOR, minor_units

Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Amount = Annotated[float, msgspec.Meta(ge=0, le=LARGEST_MAJOR)]
_ABSENT = -1.0
_EPOCH = date(1970, 1, 1)
_HOURS = {f"{hour:02d}:00:00 - {hour:02d}:59:59": hour for hour in range(24)}
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class ActionItem(msgspec.Struct, gc=False):
    """One entry of an action list; `value` is missing on some kinds."""

    action_type: str
    value: Annotated[float, msgspec.Meta(ge=-LARGEST_MAJOR, le=LARGEST_MAJOR)] | None = None


class HourRow(msgspec.Struct, gc=False):
    """The numbers of one object in one hour; a missing count is zero."""

    campaign_id: str = ""
    adset_id: str = ""
    ad_id: str = ""
    date_start: str = ""
    date_stop: str = ""
    hour: str = msgspec.field(default="", name="hourly_stats_aggregated_by_advertiser_time_zone")
    impressions: Count = 0
    clicks: Count = 0
    inline_link_clicks: Count = 0
    spend: Amount = _ABSENT


class DayRow(HourRow, gc=False):
    """The numbers of one object in one day or longer, with its actions."""

    reach: Count = 0
    video_play_actions: list[ActionItem] | None = None
    video_thruplay_watched_actions: list[ActionItem] | None = None
    actions: list[ActionItem] | None = None
    action_values: list[ActionItem] | None = None


Row = HourRow | DayRow
# Meta sends every number as text; `strict=False` reads numbers out of text.
_HOUR_PAGE = msgspec.json.Decoder(list[HourRow], strict=False)
_DAY_PAGE = msgspec.json.Decoder(list[DayRow], strict=False)
_HOUR_ROW = msgspec.json.Decoder(HourRow, strict=False)
_DAY_ROW = msgspec.json.Decoder(DayRow, strict=False)
_RAW_PAGE = msgspec.json.Decoder(list[msgspec.Raw])
_OBJECT_ID: dict[Level, Callable[[Row], str]] = {
    Level.CAMPAIGN: attrgetter("campaign_id"),
    Level.ADSET: attrgetter("adset_id"),
    Level.AD: attrgetter("ad_id"),
}
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
        self._day_index = {day.isoformat(): index for index, day in enumerate(self._days)}
        self._starts = self._hour_starts() if self._hourly else None

    def read(self, raw: msgspec.Raw | bytes) -> PageFrames:
        """Return the rows of a page (a JSON list) as frames."""
        with paused_collection():
            rows, reasons = self._decode(raw)
            if not rows:
                return PageFrames(empty_rows(), empty_actions(), reasons)
            return self._frames(rows, reasons)

    def _decode(self, raw: msgspec.Raw | bytes) -> tuple[Sequence[Row], Counter[str]]:
        """Decode a page at once, or row by row when one of them is bad."""
        whole, one = (_HOUR_PAGE, _HOUR_ROW) if self._hourly else (_DAY_PAGE, _DAY_ROW)
        reasons: Counter[str] = Counter()
        try:
            return whole.decode(raw), reasons
        except _BROKEN:
            pass
        rows: list[Row] = []
        try:
            parts = _RAW_PAGE.decode(raw)
        except _BROKEN as error:
            return rows, Counter({f"a page that is no list of rows: {error}": 1})
        for part in parts:
            try:
                rows.append(one.decode(part))
            except _BROKEN as error:
                row = _with_text_ids(part, one)
                if row is None:
                    reasons[str(error).replace("`", "")] += 1
                else:
                    rows.append(row)
        return rows, reasons

    def _frames(self, rows: Sequence[Row], reasons: Counter[str]) -> PageFrames:
        """Turn decoded rows into columns and drop the ones that make no sense."""
        ids = pl.Series("object_id", list(map(self._object_id, rows)), dtype=pl.String)
        impressions = np.array([row.impressions for row in rows], dtype=np.int64)
        spend = np.array([row.spend for row in rows], dtype=np.float64)
        days, hours = self._days_of(rows), self._hours_of(rows)
        bad = _first_reasons(
            {
                "no object id": ~ids.str.contains(r"^\d{1,30}$").to_numpy(),
                "a day that was not asked for": days == _NO_DAY,
                "no readable hour": hours < -1,
                "an amount that is no number": ~np.isfinite(spend),
                "impressions without spend": (spend == _ABSENT) & (impressions > 0),
            },
            reasons,
        )
        spend[~np.isfinite(spend) | (spend == _ABSENT)] = 0.0
        dates = pl.Series("date", days).cast(pl.Date)
        frame = pl.DataFrame(
            {
                "object_id": ids,
                "date": dates,
                "hour": hours.astype(np.int8),
                "hour_start": self._starts_of(days, hours),
                "impressions": impressions,
                "clicks": pl.Series([row.clicks for row in rows], dtype=pl.Int64),
                "link_clicks": pl.Series([r.inline_link_clicks for r in rows], dtype=pl.Int64),
                "spend": minor_units(spend, self._offset),
                **_day_columns(rows),
            },
            schema=ROW_SCHEMA,
        )
        actions = self._actions(rows, ids, dates, bad)
        return PageFrames(frame.filter(~bad) if bad.any() else frame, actions, reasons)

    def _days_of(self, rows: Sequence[Row]) -> NDArray[np.int32]:
        """Return each row's day as days since 1970, _NO_DAY where it has none."""
        if self._query.grain is Grain.LIFETIME:
            return np.array([_day_number(row.date_stop) for row in rows], dtype=np.int32)
        index = self._day_index
        places = [
            index.get(row.date_start, -1) if row.date_start == row.date_stop else -1 for row in rows
        ]
        first = (self._query.since - _EPOCH).days
        found = np.array(places, dtype=np.int32)
        return np.where(found < 0, _NO_DAY, found + first).astype(np.int32)

    def _hours_of(self, rows: Sequence[Row]) -> NDArray[np.int64]:
        """Return each row's hour 0-23, -1 for whole days, -2 where it can't be read."""
        if not self._hourly:
            return np.full(len(rows), -1, dtype=np.int64)
        return np.array([_HOURS.get(row.hour, -2) for row in rows], dtype=np.int64)

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
            worth = {a.action_type: a.value for a in row.action_values or () if a.value is not None}
            for action in row.actions or ():
                if action.value is not None:
                    places.append(place)
                    types.append(action.action_type)
                    counts.append(action.value)
                    values.append(worth.pop(action.action_type, 0.0))
            for kind, value in worth.items():
                places.append(place)
                types.append(kind)
                counts.append(0.0)
                values.append(value)
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


_NO_DAY = -(2**31)


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


def _first_reasons(
    checks: dict[str, NDArray[np.bool_]], reasons: Counter[str]
) -> NDArray[np.bool_]:
    """Return which rows fail any check; each is counted under its first reason."""
    bad = np.zeros(len(next(iter(checks.values()))), dtype=np.bool_)
    for reason, failed in checks.items():
        fresh = int(np.count_nonzero(failed & ~bad))
        if fresh:
            reasons[reason] += fresh
        bad |= failed
    return bad


def _with_text_ids(
    part: msgspec.Raw, decoder: msgspec.json.Decoder[HourRow] | msgspec.json.Decoder[DayRow]
) -> Row | None:
    """Decode a row whose ids came as numbers, none when that was not the fault."""
    try:
        loose = msgspec.json.decode(part)
        if not isinstance(loose, dict):
            return None
        for name in ("campaign_id", "adset_id", "ad_id"):
            if type(loose.get(name)) is int:
                loose[name] = str(loose[name])
        return decoder.decode(msgspec.json.encode(loose))
    except (*_BROKEN, msgspec.ValidationError, UnicodeEncodeError):
        return None
