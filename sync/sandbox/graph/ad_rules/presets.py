"""Time presets of rules: which days of the account's zone they mean.

Presets written out in days include today, those ending in D do not; `LAST_ND_14_8` is the
week from 14 to 8 days ago.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from sync.sandbox.graph.periods import Period

_WITH_TODAY = re.compile(r"LAST_(2|3|7|14|28|30|60|90|180)_DAYS")
_WITHOUT = re.compile(r"LAST_(2|3|7|14|28|30|60|90|180)D")
_BAND = re.compile(r"LAST_ND_(\d{1,3})_(\d{1,3})")
_NAMED_WITH_TODAY = ("LIFETIME", "MAXIMUM", "TODAY", "THIS_MONTH", "THIS_WEEK_MON_TODAY",
                     "THIS_WEEK_SUN_TODAY", "THIS_QUARTER", "THIS_YEAR")  # fmt: skip
_NAMED_WITHOUT = ("YESTERDAY", "LAST_MONTH")


def is_preset(name: str) -> bool:
    """Tell whether a preset exists."""
    if includes_today(name) or name in _NAMED_WITHOUT or _WITHOUT.fullmatch(name):
        return True
    band = _BAND.fullmatch(name)
    return band is not None and int(band.group(1)) >= int(band.group(2))


def includes_today(name: str) -> bool:
    """Tell whether a preset's days include today, as trigger rules need."""
    return name in _NAMED_WITH_TODAY or _WITH_TODAY.fullmatch(name) is not None


def preset_days(name: str, today: date, first: date) -> Period:
    """Return the days a preset means; `first` is where the history begins."""
    day = timedelta(days=1)
    if match := _WITH_TODAY.fullmatch(name):
        return Period(today - (int(match.group(1)) - 1) * day, today)
    if match := _WITHOUT.fullmatch(name):
        return Period(today - int(match.group(1)) * day, today - day)
    if match := _BAND.fullmatch(name):
        return Period(today - int(match.group(1)) * day, today - int(match.group(2)) * day)
    if name == "TODAY":
        return Period(today, today)
    if name == "YESTERDAY":
        return Period(today - day, today - day)
    if name == "LAST_MONTH":
        last = today.replace(day=1) - day
        return Period(last.replace(day=1), last)
    starts = {
        "THIS_MONTH": today.replace(day=1),
        "THIS_YEAR": today.replace(month=1, day=1),
        "THIS_QUARTER": today.replace(month=3 * ((today.month - 1) // 3) + 1, day=1),
        "THIS_WEEK_MON_TODAY": today - today.weekday() * day,
        "THIS_WEEK_SUN_TODAY": today - (today.isoweekday() % 7) * day,
    }
    return Period(min(starts.get(name, first), today), today)
