"""The window frame: every object with all asked sums, as known then.

See engine.domain.frame for its columns. Where the numbers come from:

* rolling windows (`1h` to `48h`) end with the last complete hour before the
  newest hourly reading known at the frame's as-of time and not older than two
  weeks; sums Meta reports by the hour come from the hourly rows. On the day with
  25 hours Meta reports the doubled hour once, and it counts at its first moment;
* conversions, revenue and other actions are missing there, so over rolling
  windows they are what became known of the window's days between two daily
  readings, the ones closest to the window's start and end. Neither may be
  further away than half an hour or a twelfth of the window, whichever is more
  (`TOLERANCE`); without such a reading they are unknown;
* day windows come from daily rows; a day before today is known once a reading
  made after its end covers it, today as soon as any reading covers it;
* `hour_of_day` adds up, over the seven days before, the clock hour that the `1h`
  window covers; actions are unknown there;
* reach is known for windows of one day and for the lifetime, else unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import polars as pl

from engine.domain.frame import FrameColumn
from engine.domain.objects import Account, Level
from engine.domain.windows import HOUR_OF_DAY_DAYS, Grain, Span, Window, day_start, floor_hour
from engine.storage.action_events import EventSum, event_sum, is_event_sum, seen_events
from engine.storage.coverage import Coverage, Reading, days_of, load_coverage, naive
from engine.storage.frame_objects import object_columns
from engine.storage.ring import RingScan, literal, quoted, scan_ring, text_literal
from engine.storage.warehouse_facts import scope_of
from engine.storage.warehouse_rows import polars_frame
from engine.storage.warehouse_schema import FACT_SUMS, MILLIONTHS

SPENT_TODAY = FrameColumn("spend", "today")
# A reading this far from a window's edge still tells what was known at the edge.
TOLERANCE = timedelta(minutes=30)
TOLERANCE_SHARE = 12
# Hours that were last read longer ago answer nothing about now.
_HOURS_BACK = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class FrameQuery:
    """What a frame is asked for."""

    account: Account
    level: Level
    as_of: datetime
    scope: int


@dataclass(frozen=True, slots=True)
class _Asked:
    """A column with its span and the text that names its sum in a scan."""

    column: FrameColumn
    span: Span


def window_frame(
    cursor: duckdb.DuckDBPyConnection,
    account: Account,
    level: Level,
    columns: Sequence[FrameColumn],
    as_of: datetime,
) -> pl.DataFrame:
    """Return the frame of one account's level as known at `as_of` (aware).

    Raises ValueError for a sum that does not exist and for an unknown window.
    """
    asked = list(dict.fromkeys([*columns, SPENT_TODAY]))
    for item in asked:
        if item.sum not in FACT_SUMS and not is_event_sum(item.sum):
            raise ValueError(f"{item.sum!r} is not a base sum")
    scope = scope_of(cursor, account.account_id, level.value)
    objects = object_columns(cursor, account, level, as_of, scope)
    parts: list[pl.DataFrame] = []
    if scope is not None:
        parts = _Scans(cursor, FrameQuery(account, level, as_of, scope)).parts(asked)
    frame = objects
    for part in parts:
        frame = frame.join(part, on="object_key", how="left", maintain_order="left")
    known = {name for part in parts for name in part.columns}
    percent = pl.col(SPENT_TODAY.name) * 100.0 / pl.col("daily_budget")
    return frame.with_columns(_finished(item, known=item.name in known) for item in asked).select(
        *(name for name in objects.columns if name not in {"object_key", "daily_budget"}),
        percent.alias("budget_spent_percent"),
        *(item.name for item in dict.fromkeys(columns)),
    )


def _finished(item: FrameColumn, *, known: bool) -> pl.Expr:
    """Return the column: zero for absent rows where known, null where unknown."""
    counted = is_event_sum(item.sum) and not item.sum.startswith("revenue")
    kind = pl.Float64() if counted else pl.Int64()
    if not known:
        return pl.lit(None, dtype=kind).alias(item.name)
    value = pl.col(item.name).fill_null(0)
    # Rounded because Polars divides by multiplying with the reciprocal.
    return ((value / MILLIONTHS).round(6) if counted else value).cast(kind).alias(item.name)


class _Scans:
    """One frame's scans: one per table, each giving only columns that are known."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, query: FrameQuery) -> None:
        self._cursor = cursor
        self._query = query
        self._zone = query.account.zone
        self._seen = seen_events(cursor, query.account.account_id, query.as_of)
        self._known = f"scope = {query.scope} AND known_at <= {literal(naive(query.as_of))}"

    def parts(self, asked: Sequence[FrameColumn]) -> list[pl.DataFrame]:
        """Return frames of object_key and known columns, sums still integers."""
        by_grain: dict[Grain, list[FrameColumn]] = {}
        for item in asked:
            by_grain.setdefault(Window(item.window).grain, []).append(item)
        return [
            *self._rolling(by_grain.get(Grain.HOUR, [])),
            *self._days(by_grain.get(Grain.DAY, [])),
            *self._lifetime([c for c in by_grain.get(Grain.LIFETIME, []) if not c.before]),
            *self._hour_of_day([c for c in by_grain.get(Grain.HOUR_OF_DAY, []) if not c.before]),
        ]

    def _coverage(self, grain: Grain, since: date, *, every: bool = False) -> Coverage:
        query = self._query
        key = (query.account.account_id, query.level.value, grain)
        return load_coverage(self._cursor, key, self._zone, query.as_of, since, every=every)

    def _event(self, sum_name: str) -> EventSum:
        return event_sum(sum_name, self._query.account, self._seen)

    def _measured(self, sum_name: str) -> str:
        """Return the name under which readings say that they reported a sum."""
        return self._event(sum_name).measured if is_event_sum(sum_name) else sum_name

    def _value(self, sum_name: str) -> str:
        """Return the SQL of one row's part in a sum."""
        if not is_event_sum(sum_name):
            return sum_name
        event = self._event(sum_name)
        return f"CASE WHEN action_type = {text_literal(event.action_type)} THEN {event.column} END"

    def _rolling(self, columns: Sequence[FrameColumn]) -> list[pl.DataFrame]:
        if not columns:
            return []
        since = (self._query.as_of - _HOURS_BACK).astimezone(self._zone).date()
        hourly = self._coverage(Grain.HOUR, since)
        if hourly.newest is None:
            return []
        asked = [_Asked(item, _span(item, hourly.newest.known_at, self._zone)) for item in columns]
        summed = [
            item
            for item in asked
            if hourly.knows(
                item.column.sum,
                days_of(item.span.start, item.span.end, self._zone),
                until=item.span.end,
            )
        ]
        spans = [(naive(item.span.start), naive(item.span.end)) for item in summed]
        parts = self._ring("hourly", "hour_start", summed, spans)
        return [*parts, *self._became_known([a for a in asked if is_event_sum(a.column.sum)])]

    def _became_known(self, asked: Sequence[_Asked]) -> list[pl.DataFrame]:
        """Return actions of rolling windows: known at the end minus at the start."""
        if not asked:
            return []
        earliest = min(item.span.start for item in asked) - timedelta(days=2)
        first_day = earliest.astimezone(self._zone).date()
        daily = self._coverage(Grain.DAY, first_day, every=True)
        sums = {
            item.column.name: f"sum(CASE WHEN {between} THEN {self._value(item.column.sum)} END)"
            for item in asked
            if (between := self._between_readings(daily, item)) is not None
        }
        if not sums:
            return []
        texts = ", ".join(f"{text}::BIGINT AS {quoted(name)}" for name, text in sums.items())
        return [
            self._frame(
                f"SELECT object_key, {texts} FROM daily_actions WHERE {self._known} "
                f"AND date >= {literal(first_day)} GROUP BY object_key"
            )
        ]

    def _between_readings(self, daily: Coverage, item: _Asked) -> str | None:
        span, name = item.span, self._measured(item.column.sum)
        tolerance = max(TOLERANCE, (span.end - span.start) / TOLERANCE_SHARE)
        days = days_of(span.start, span.end, self._zone)

        def covers_start(reading: Reading) -> bool:
            # A day that had not begun at that reading is covered by being absent.
            begun = reading.known_at.astimezone(self._zone).date()
            return name in reading.measured and reading.covers(min(days[0], begun))

        start = daily.nearest(span.start, tolerance, covers_start)
        end = daily.nearest(
            span.end,
            tolerance,
            lambda reading: name in reading.measured and all(map(reading.covers, days)),
        )
        if start is None or end is None or start.known_at >= end.known_at:
            return None
        return (
            f"date BETWEEN {literal(days[0])} AND {literal(days[-1])} "
            f"AND known_at > {literal(naive(start.known_at))} "
            f"AND known_at <= {literal(naive(end.known_at))}"
        )

    def _days(self, columns: Sequence[FrameColumn]) -> list[pl.DataFrame]:
        if not columns:
            return []
        asked = [_Asked(item, _span(item, self._query.as_of, self._zone)) for item in columns]
        since = min(_dates(item.span)[0] for item in asked)
        daily = self._coverage(Grain.DAY, since)
        today = day_start(self._query.as_of.astimezone(self._zone).date(), self._zone)
        known = [item for item in asked if self._knows_days(daily, item, today)]
        parts: list[pl.DataFrame] = []
        for table, events in (("daily", False), ("daily_actions", True)):
            chosen = [item for item in known if is_event_sum(item.column.sum) is events]
            spans = [
                (first, last + timedelta(days=1))
                for first, last in (_dates(item.span) for item in chosen)
            ]
            parts += self._ring(table, "date", chosen, spans)
        return parts

    def _knows_days(self, daily: Coverage, item: _Asked, today: datetime) -> bool:
        first, last = _dates(item.span)
        if item.column.sum == "reach" and first != last:
            return False
        name = self._measured(item.column.sum)
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        return daily.knows(name, days, until=today)

    def _ring(
        self,
        table: str,
        moment: str,
        asked: Sequence[_Asked],
        spans: Sequence[tuple[date, date]],
    ) -> list[pl.DataFrame]:
        """Return all columns from one table by one scan."""
        if not asked:
            return []
        names = dict.fromkeys(item.column.sum for item in asked)
        sums = {name: self._value(name) for name in names}
        scan = RingScan(table, moment, sums, self._known)
        distinct = list(dict.fromkeys(spans))
        ring = scan_ring(self._cursor, scan, distinct)
        data: dict[str, object] = {"object_key": ring.keys}
        for item, span in zip(asked, spans, strict=True):
            data[item.column.name] = ring.values[item.column.sum][:, distinct.index(span)]
        return [pl.DataFrame(data)]

    def _lifetime(self, columns: Sequence[FrameColumn]) -> list[pl.DataFrame]:
        if not columns:
            return []
        newest = self._coverage(Grain.LIFETIME, date.min).newest
        if newest is None:
            return []
        parts: list[pl.DataFrame] = []
        for table, events in (("lifetime", False), ("lifetime_actions", True)):
            chosen = [c for c in columns if is_event_sum(c.sum) is events]
            chosen = [c for c in chosen if self._measured(c.sum) in newest.measured]
            parts += self._total(table, chosen, "true")
        return parts

    def _hour_of_day(self, columns: Sequence[FrameColumn]) -> list[pl.DataFrame]:
        query = self._query
        since = (query.as_of - _HOURS_BACK).astimezone(self._zone).date()
        hourly = self._coverage(Grain.HOUR, since)
        if not columns or hourly.newest is None:
            return []
        end = floor_hour(hourly.newest.known_at, self._zone)
        hour = (end - timedelta(hours=1)).astimezone(self._zone)
        days = [hour.date() - timedelta(days=number) for number in range(1, HOUR_OF_DAY_DAYS + 1)]
        known = [c for c in columns if not is_event_sum(c.sum) and hourly.knows(c.sum, days)]
        where = f"hour = {hour.hour} AND date BETWEEN {literal(days[-1])} AND {literal(days[0])}"
        return self._total("hourly", known, where)

    def _total(self, table: str, columns: Sequence[FrameColumn], where: str) -> list[pl.DataFrame]:
        if not columns:
            return []
        sums = ", ".join(f"sum({self._value(c.sum)})::BIGINT AS {quoted(c.name)}" for c in columns)
        return [
            self._frame(
                f"SELECT object_key, {sums} FROM {table} WHERE {self._known} AND {where} "
                "GROUP BY object_key"
            )
        ]

    def _frame(self, statement: str) -> pl.DataFrame:
        return polars_frame(self._cursor, statement).cast({"object_key": pl.Int64})


def _span(item: FrameColumn, now: datetime, zone: ZoneInfo) -> Span:
    window = Window(item.window)
    return window.preceding(now, zone) if item.before else window.span(now, zone)


def _dates(span: Span) -> tuple[date, date]:
    assert span.days is not None
    return span.days
