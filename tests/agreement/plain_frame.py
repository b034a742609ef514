"""The window frame once more, in plain Python: slow, obvious, sharing no code.

It keeps every batch as it came and answers one cell at a time: the value of a
day or an hour is what the newest whole reading of that day said.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from engine.ports import InsightsBatch

EVENTS = {
    "conversions": ("omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase"),
    "leads": ("lead", "onsite_conversion.lead_grouped", "offsite_conversion.fb_pixel_lead"),
}
HOURS = {"1h": 1, "3h": 3, "6h": 6, "12h": 12, "24h": 24, "48h": 48}
ONE_DAY = timedelta(days=1)


@cache
def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the first quarter of an hour that belongs to `day`, found by walking."""
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=16)
    while moment.astimezone(zone).date() < day:
        moment += timedelta(minutes=15)
    return moment


class Heard:
    """One batch as plain rows."""

    def __init__(self, batch: InsightsBatch) -> None:
        self.query, self.known_at, self.complete = batch.query, batch.known_at, batch.complete
        self.grain = batch.query.grain.value
        self.rows: list[dict[str, Any]] = batch.rows.to_dicts()
        self.actions: list[dict[str, Any]] = batch.actions.to_dicts()


@dataclass(eq=False)
class PlainFrame:
    """Answers cells of one account's frame from the batches it was given."""

    zone: ZoneInfo
    batches: list[Heard] = field(default_factory=list)
    _events: dict[tuple[str, datetime, int], tuple[str, str]] = field(default_factory=dict)

    def add(self, batch: InsightsBatch) -> None:
        """Remember a batch; they come in the order they were read."""
        self.batches.append(Heard(batch))

    def cell(
        self, object_id: str, sum_name: str, window: str, before: bool, as_of: datetime
    ) -> float | None:
        """Return one value, none when unknown."""
        if window in HOURS:
            return self._rolling(object_id, sum_name, HOURS[window], before, as_of)
        if window == "lifetime":
            return None if before else self._lifetime(object_id, sum_name, as_of)
        if window == "hour_of_day":
            return None if before else self._hour_of_day(object_id, sum_name, as_of)
        return self._days(object_id, sum_name, window, before, as_of)

    def _read(self, grain: str, as_of: datetime, day: date | None = None) -> list[Heard]:
        """Return the readings known then, newest first, that cover `day`."""
        return [
            batch
            for batch in reversed(self.batches)
            if batch.grain == grain
            and batch.complete
            and batch.known_at <= as_of
            and (day is None or batch.query.since <= day <= batch.query.until)
        ]

    def _event(self, name: str, as_of: datetime) -> tuple[str, str]:
        key = (name, as_of, len(self.batches))
        if key not in self._events:
            self._events[key] = self._find_event(name, as_of)
        return self._events[key]

    def _find_event(self, name: str, as_of: datetime) -> tuple[str, str]:
        base, _, event = name.partition(":")
        kind = "value" if base == "revenue" else "count"
        if event:
            return event, kind
        choices = EVENTS["leads" if base == "leads" else "conversions"]
        seen = {
            action["action_type"]
            for grain in ("day", "lifetime")
            for batch in self._read(grain, as_of)
            for action in batch.actions
        }
        return next((choice for choice in choices if choice in seen), choices[0]), kind

    @staticmethod
    def _in_batch(batch: Heard, object_id: str, sum_name: str, **where: object) -> float:
        total = 0.0
        for row in batch.rows:
            if row["object_id"] == object_id and all(row[k] == v for k, v in where.items()):
                total += row[sum_name] or 0
        return total

    def _is_event(self, name: str) -> bool:
        return name.partition(":")[0] in {"conversions", "revenue", "leads"}

    def _day_value(self, object_id: str, name: str, day: date, as_of: datetime) -> float:
        readings = self._read("day", as_of, day)
        if not readings:
            return 0
        if not self._is_event(name):
            return self._in_batch(readings[0], object_id, name, date=day)
        return 0

    def _event_value(
        self, object_id: str, event: tuple[str, str], day: date, known_at: datetime
    ) -> float:
        readings = self._read("day", known_at, day)
        rows = readings[0].actions if readings else []
        values: list[float] = [
            row[event[1]]
            for row in rows
            if (row["object_id"], row["date"], row["action_type"]) == (object_id, day, event[0])
        ]
        return sum(values)

    def _measured(self, batch: Heard, name: str) -> bool:
        if self._is_event(name):
            return True
        values = [row[name] for row in batch.rows]
        if batch.grain == "hour" and name == "reach":
            return False
        return not values or any(value is not None for value in values)

    def _rolling(
        self, object_id: str, name: str, length: int, before: bool, as_of: datetime
    ) -> float | None:
        hourly = self._read("hour", as_of)
        if not hourly:
            return None
        local = hourly[0].known_at.astimezone(self.zone)
        past = timedelta(minutes=local.minute, seconds=local.second)
        end = hourly[0].known_at - past - timedelta(hours=length if before else 0)
        start = end - timedelta(hours=length)
        days = self._touched(start, end)
        if self._is_event(name):
            return self._became_known(object_id, name, start, end, as_of)
        total = 0.0
        for day in days:
            readings = self._read("hour", as_of, day)
            needed = min(end, midnight(day + ONE_DAY, self.zone))
            if not readings or readings[0].known_at < needed:
                return None
            if not self._measured(readings[0], name):
                return None
            for row in readings[0].rows:
                inside = row["date"] == day and start <= row["hour_start"] < end
                if inside and row["object_id"] == object_id:
                    total += row[name] or 0
        return total

    def _touched(self, start: datetime, end: datetime) -> list[date]:
        minutes = int((end - start) / timedelta(minutes=15))
        moments = (start + timedelta(minutes=15 * number) for number in range(minutes))
        return sorted({moment.astimezone(self.zone).date() for moment in moments})

    def _became_known(
        self, object_id: str, name: str, start: datetime, end: datetime, as_of: datetime
    ) -> float | None:
        days = self._touched(start, end)
        tolerance = max(timedelta(minutes=30), (end - start) / 12)

        def closest(moment: datetime, *, at_start: bool) -> datetime | None:
            best: datetime | None = None
            for batch in self._read("day", as_of):
                begun = batch.known_at.astimezone(self.zone).date()
                needed = {min(days[0], begun)} if at_start else set(days)
                covers = all(batch.query.since <= day <= batch.query.until for day in needed)
                distance = abs(batch.known_at - moment)
                if (
                    covers
                    and distance <= tolerance
                    and (best is None or distance < abs(best - moment))
                ):
                    best = batch.known_at
            return best

        first, last = closest(start, at_start=True), closest(end, at_start=False)
        if first is None or last is None or first >= last:
            return None
        event = self._event(name, as_of)
        return sum(
            self._event_value(object_id, event, day, last)
            - self._event_value(object_id, event, day, first)
            for day in days
        )

    def _days(
        self, object_id: str, name: str, window: str, before: bool, as_of: datetime
    ) -> float | None:
        today = as_of.astimezone(self.zone).date()
        days = span_of_days(window, today)
        if before:
            days = [day - len(days) * ONE_DAY for day in days]
        if name == "reach" and len(days) != 1:
            return None
        total = 0.0
        for day in days:
            readings = self._read("day", as_of, day)
            whole = midnight(min(day + ONE_DAY, today), self.zone)
            if not readings or readings[0].known_at < whole:
                return None
            if not self._measured(readings[0], name):
                return None
            if self._is_event(name):
                event = self._event(name, as_of)
                total += self._event_value(object_id, event, day, as_of)
            else:
                total += self._day_value(object_id, name, day, as_of)
        return total

    def _lifetime(self, object_id: str, name: str, as_of: datetime) -> float | None:
        readings = self._read("lifetime", as_of)
        if not readings or not self._measured(readings[0], name):
            return None
        if not self._is_event(name):
            return self._in_batch(readings[0], object_id, name)
        event, kind = self._event(name, as_of)
        values: list[float] = [
            row[kind]
            for row in readings[0].actions
            if row["object_id"] == object_id and row["action_type"] == event
        ]
        return sum(values)

    def _hour_of_day(self, object_id: str, name: str, as_of: datetime) -> float | None:
        hourly = self._read("hour", as_of)
        if not hourly or self._is_event(name):
            return None
        local = hourly[0].known_at.astimezone(self.zone)
        past = timedelta(minutes=local.minute, seconds=local.second)
        last_hour = (hourly[0].known_at - past - timedelta(hours=1)).astimezone(self.zone)
        total = 0.0
        for number in range(1, 8):
            day = last_hour.date() - number * ONE_DAY
            readings = self._read("hour", as_of, day)
            if not readings or readings[0].known_at < midnight(day + ONE_DAY, self.zone):
                return None
            if not self._measured(readings[0], name):
                return None
            total += self._in_batch(readings[0], object_id, name, date=day, hour=last_hour.hour)
        return total


def span_of_days(window: str, today: date) -> list[date]:
    """Return the days of a window, counted by hand."""
    if window == "this_week":
        return [today - n * ONE_DAY for n in range(today.isoweekday() - 1, -1, -1)]
    if window == "last_week":
        sunday = today - today.isoweekday() * ONE_DAY
        return [sunday - n * ONE_DAY for n in range(6, -1, -1)]
    if window == "this_month":
        return [today.replace(day=number) for number in range(1, today.day + 1)]
    if window == "last_month":
        end = today - today.day * ONE_DAY
        return [end.replace(day=number) for number in range(1, end.day + 1)]
    if window == "today":
        return [today]
    if window == "yesterday":
        return [today - ONE_DAY]
    length = int(window.partition("d")[0])
    last = 0 if window.endswith("+today") else 1
    return [today - n * ONE_DAY for n in range(length, last - 1, -1)]
