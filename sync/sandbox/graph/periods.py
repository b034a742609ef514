"""Periods of an insights query: presets, ranges and increments.

Days are days of the ad account's zone; the last day of a range is included.
Presets `last_Nd` end yesterday.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import orjson

from sync.sandbox.graph.errors import GraphError, bad_value

DAY = timedelta(days=1)
RETENTION_MONTHS = 37
PRESETS = (
    "today yesterday this_month last_month this_quarter last_quarter this_year last_year "
    "last_3d last_7d last_14d last_28d last_30d last_90d last_week_mon_sun last_week_sun_sat "
    "this_week_mon_today this_week_sun_today maximum data_maximum"
).split()


@dataclass(frozen=True, slots=True)
class Period:
    """A span of account-zone days, both ends included."""

    since: date
    until: date

    @property
    def days(self) -> int:
        """Number of days in the period."""
        return (self.until - self.since).days + 1


@dataclass(frozen=True, slots=True)
class Spread:
    """The asked periods and how each is cut into rows.

    `increment` is "all", "monthly" or a number of days.
    """

    periods: tuple[Period, ...]
    increment: str | int

    def cuts(self) -> list[tuple[Period, str | int]]:
        """Return the single askings of the market: period and cut."""
        if self.increment != "monthly":
            return [(period, self.increment) for period in self.periods]
        return [(month, "all") for period in self.periods for month in _months(period)]


def parse_spread(params: Mapping[str, str], today: date) -> Spread:
    """Read date_preset, time_range(s) and time_increment.

    Several ranges make one row each and leave no room for an increment. Raises code 100
    for malformed values and 3018 beyond 37 months.
    """
    increment = _parse_increment(params.get("time_increment"))
    if params.get("time_ranges"):
        ranges = _json(params["time_ranges"], "time_ranges")
        if not isinstance(ranges, list) or not ranges:
            raise bad_value("Param time_ranges must be an array of time ranges")
        periods = tuple(_parse_range(item, today, "time_ranges") for item in ranges)
        increment = "all"
    elif params.get("time_range"):
        value = _json(params["time_range"], "time_range")
        periods = (_parse_range(value, today, "time_range"),)
    else:
        preset = params.get("date_preset") or "last_30d"
        if preset.lower() not in PRESETS:
            raise bad_value(f"Param date_preset must be one of {{{', '.join(PRESETS)}}}")
        periods = (preset_period(preset.lower(), today),)
    return Spread(periods, increment)


def preset_period(preset: str, today: date) -> Period:
    """Return the days a preset means on the account's day `today`."""
    yesterday = today - DAY
    if preset in ("today", "yesterday"):
        day = today if preset == "today" else yesterday
        return Period(day, day)
    if preset in ("maximum", "data_maximum"):
        return Period(months_back(today, RETENTION_MONTHS), today)
    if preset.startswith("last_") and preset.endswith("d"):
        return Period(today - int(preset[5:-1]) * DAY, yesterday)
    if "week" in preset:
        return _week(preset, today)
    return _calendar(preset, today)


def _week(preset: str, today: date) -> Period:
    lag = today.weekday() if "mon" in preset.split("_")[2] else (today.weekday() + 1) % 7
    first = today - lag * DAY
    if preset.startswith("last"):
        return Period(first - 7 * DAY, first - DAY)
    return Period(first, today)


def _calendar(preset: str, today: date) -> Period:
    which, unit = preset.split("_")
    if unit == "month":
        first = today.replace(day=1)
        earlier = (first - DAY).replace(day=1)
    elif unit == "quarter":
        first = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
        earlier = months_back(first, 3)
    else:
        first = date(today.year, 1, 1)
        earlier = date(today.year - 1, 1, 1)
    return Period(first, today) if which == "this" else Period(earlier, first - DAY)


def months_back(day: date, months: int) -> date:
    """Return the day so many months earlier, its month's last at most."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - DAY).day
    return date(year, month + 1, min(day.day, last))


def _months(period: Period) -> list[Period]:
    found: list[Period] = []
    start = period.since
    while start <= period.until:
        following = (start.replace(day=1) + 31 * DAY).replace(day=1)
        found.append(Period(start, min(following - DAY, period.until)))
        start = following
    return found


def _parse_increment(text: str | None) -> str | int:
    if text is None or text in ("", "all_days"):
        return "all"
    value = text.strip('"')
    if value in ("monthly", "all_days"):
        return "monthly" if value == "monthly" else "all"
    if value.isdigit() and 1 <= int(value) <= 90:
        return int(value)
    raise bad_value("Param time_increment must be 1 to 90, 'monthly' or 'all_days'")


def _parse_range(value: object, today: date, name: str) -> Period:
    if not isinstance(value, dict) or not {"since", "until"} <= value.keys():
        raise bad_value(f"Param {name} must have since and until")
    try:
        since = date.fromisoformat(str(value["since"]))
        until = date.fromisoformat(str(value["until"]))
    except ValueError:
        raise bad_value(f"Param {name} must hold dates as YYYY-MM-DD") from None
    if since > until:
        raise bad_value(f"Param {name}: since must not be later than until")
    if since < months_back(today, RETENTION_MONTHS):
        raise GraphError(
            message=(
                "(#3018) The start date of the time range cannot be beyond 37 months "
                "from the current date"
            ),
            code=3018,
        )
    return Period(since, until)


def _json(text: str, name: str) -> object:
    """Read JSON, in single quotes too, as Meta's own examples write it."""
    for form in (text, text.replace("'", '"')):
        try:
            value: object = orjson.loads(form)
        except orjson.JSONDecodeError:
            continue
        return value
    raise bad_value(f"Param {name} must be valid JSON")
