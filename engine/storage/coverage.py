"""What was read whole, and when: the difference between zero and unknown.

Meta leaves out objects that did nothing, so the absence of a row means zero
where a complete reading covered the day, and nothing at all where none did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb

from engine.domain.windows import Grain, day_start


@dataclass(frozen=True, slots=True)
class Reading:
    """One complete reading of days `since` to `until`, both included.

    `known_at` is aware UTC; `measured` names the sums this reading reported.
    """

    known_at: datetime
    since: date
    until: date
    measured: frozenset[str]

    def covers(self, day: date) -> bool:
        """Say whether `day` was asked for."""
        return self.since <= day <= self.until


@dataclass(frozen=True, slots=True)
class Coverage:
    """The readings of one grain, newest first."""

    readings: tuple[Reading, ...]
    zone: ZoneInfo

    @property
    def newest(self) -> Reading | None:
        """The last reading, none when there was none."""
        return self.readings[0] if self.readings else None

    def knows(self, sum_name: str, days: Iterable[date], until: datetime | None = None) -> bool:
        """Say whether a sum is known for all of `days`.

        A day is known when the newest reading that covers it was made after the
        day's end (or after `until`, when that is earlier) and reported the sum.
        """
        return all(self._knows_day(sum_name, day, until) for day in days)

    def _knows_day(self, sum_name: str, day: date, until: datetime | None) -> bool:
        reading = next((reading for reading in self.readings if reading.covers(day)), None)
        if reading is None or sum_name not in reading.measured:
            return False
        end = day_start(day + timedelta(days=1), self.zone)
        return reading.known_at >= (end if until is None else min(end, until))

    def nearest(
        self, moment: datetime, tolerance: timedelta, covering: Callable[[Reading], bool]
    ) -> Reading | None:
        """Return the reading closest to `moment` that covers what is needed.

        None outside `tolerance`; of two equally close ones the later.
        """
        near = [r for r in self.readings if abs(r.known_at - moment) <= tolerance and covering(r)]
        return min(near, key=lambda reading: abs(reading.known_at - moment), default=None)


def naive(moment: datetime) -> datetime:
    """Return an aware moment as the tables hold it: UTC without zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def aware(moment: datetime) -> datetime:
    """Return a moment of the tables as an aware one."""
    return moment.replace(tzinfo=UTC)


def load_coverage(
    cursor: duckdb.DuckDBPyConnection,
    key: tuple[str, str, Grain],
    zone: ZoneInfo,
    as_of: datetime,
    since: date,
    *,
    every: bool = False,
) -> Coverage:
    """Return the readings that reach `since` or later, known at `as_of`.

    `key` is (account, level, grain). Of readings of the same days only the newest is
    returned, unless `every` one is asked for: an account is read some hundred times a day.
    """
    account_id, level, grain = key
    newest = "QUALIFY row_number() OVER (PARTITION BY since, until ORDER BY reading DESC) = 1"
    rows = cursor.execute(
        "SELECT known_at, since, until, measured FROM readings WHERE account_id = ? "
        "AND level = ? AND grain = ? AND known_at <= ? AND until >= ? "
        f"{'' if every else newest} ORDER BY reading DESC",
        [account_id, level, grain.value, naive(as_of), since],
    ).fetchall()
    return Coverage(
        tuple(Reading(aware(known), first, last, frozenset(m)) for known, first, last, m in rows),
        zone,
    )


def days_of(start: datetime, end: datetime, zone: ZoneInfo) -> list[date]:
    """Return the account's days that start <= t < end touches, in order."""
    first = start.astimezone(zone).date()
    last = (end - timedelta(microseconds=1)).astimezone(zone).date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
