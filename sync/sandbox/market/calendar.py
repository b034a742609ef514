"""An account's days and hours: local midnights, and hours of unequal days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

HOUR = 3600
"""Seconds in an hour."""


class AccountCalendar:
    """Days of one account, numbered from the first day of its history.

    Times are unix seconds. A day has 24 slots of an hour, 23 or 25 when clocks change.
    """

    def __init__(self, timezone_name: str, first_day: date) -> None:
        """Number days from ``first_day``, a date of the zone."""
        self.zone = ZoneInfo(timezone_name)
        self.first_day = first_day
        self._starts = [self._midnight(0)]

    def day_start(self, day: int) -> int:
        """Return when a day begins."""
        while len(self._starts) <= day:
            self._starts.append(self._midnight(len(self._starts)))
        return self._starts[day]

    def slots(self, day: int) -> int:
        """Return how many hours a day has."""
        return max(1, round((self.day_start(day + 1) - self.day_start(day)) / HOUR))

    def slot_start(self, day: int, slot: int) -> int:
        """Return when a slot begins, or after the last the next day."""
        if slot >= self.slots(day):
            return self.day_start(day + 1)
        return self.day_start(day) + slot * HOUR

    def bounds(self, day: int) -> list[int]:
        """Return the starts of a day's slots, and the day's end."""
        start = self.day_start(day)
        return [*range(start, start + HOUR * self.slots(day), HOUR), self.day_start(day + 1)]

    def hours(self, day: int) -> list[int]:
        """Return the clock's hour (0-23) of each slot of a day."""
        start = self.day_start(day)
        return [
            datetime.fromtimestamp(start + slot * HOUR, self.zone).hour
            for slot in range(self.slots(day))
        ]

    def day_of(self, time: float) -> int:
        """Return the day a time falls in; negative before the history."""
        return (datetime.fromtimestamp(time, self.zone).date() - self.first_day).days

    def day_of_date(self, day: date) -> int:
        """Return a date's number; negative before the history."""
        return (day - self.first_day).days

    def date_of(self, day: int) -> date:
        """Return a day's date."""
        return self.first_day + timedelta(days=day)

    def weekday(self, day: int) -> int:
        """Return the day of the week as budgets count it: Sunday 0 to Saturday 6."""
        return (self.date_of(day).weekday() + 1) % 7

    def _midnight(self, day: int) -> int:
        local = datetime.combine(self.date_of(day), datetime.min.time(), self.zone)
        return int(local.astimezone(UTC).timestamp())
