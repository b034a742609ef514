"""When a rule runs and how often it may act: schedule, limits, held_for."""

from __future__ import annotations

import re
import zoneinfo
from datetime import timedelta

from engine.domain.conditions import Duration
from engine.domain.rule import Limits, Schedule
from engine.rules.findings import (
    Findings,
    describe,
    duration,
    join,
    nearest,
    read_duration,
    read_integer,
    read_list,
    read_object,
)

DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SCHEDULE_FIELDS = ("every", "at", "days", "between", "timezone")
LIMIT_FIELDS = ("cooldown", "max_per_day", "max_objects_per_run", "max_total")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_CYCLES = re.compile(r"(\d{1,4})\s*cycles?")
_MINUTE = timedelta(minutes=1)


def parse_held_for(findings: Findings, path: str, value: object) -> Duration | None:
    """Return how long conditions must hold: `3h`, `2d` or `2 cycles`."""
    text = value.strip() if isinstance(value, str) else ""
    cycles = _CYCLES.fullmatch(text)
    if cycles is not None and 1 <= int(cycles[1]) <= 1000:
        return Duration(cycles=int(cycles[1]), words=text)
    length = duration(text)
    if length is None or not _MINUTE <= length <= timedelta(days=90):
        findings.note(path, describe(value), 'a duration up to 90d like "3h", or "2 cycles"')
        return None
    return Duration(hours=length / timedelta(hours=1), words=text)


def parse_schedule(findings: Findings, path: str, value: object) -> Schedule | None:
    """Return when a rule is looked at."""
    found = read_object(findings, path, value, SCHEDULE_FIELDS)
    if found is None:
        return None
    every = None
    if "every" in found:
        every = read_duration(
            findings, join(path, "every"), found["every"], least=_MINUTE, most=timedelta(days=31)
        )
    if "every" in found and "at" in found:
        findings.note(join(path, "at"), "both every and at", "only one of every and at")
    if not found:
        findings.note(path, "an empty object", f"one of {', '.join(SCHEDULE_FIELDS)}")
    return Schedule(
        every=every,
        at=_times(findings, join(path, "at"), found["at"]) if "at" in found else (),
        days=_days(findings, join(path, "days"), found["days"]) if "days" in found else (),
        between=_between(findings, path, found["between"]) if "between" in found else None,
        timezone=_zone(findings, join(path, "timezone"), found.get("timezone", "account")),
    )


def parse_limits(findings: Findings, path: str, value: object) -> Limits:
    """Return how often a rule may act; absent fields take their defaults."""
    found = read_object(findings, path, value, LIMIT_FIELDS) or {}
    default = Limits()
    cooldown: timedelta | None = default.cooldown
    if "cooldown" in found:
        cooldown = read_duration(findings, join(path, "cooldown"), found["cooldown"])

    def whole(name: str, fallback: int | None) -> int | None:
        if name not in found:
            return fallback
        return read_integer(findings, join(path, name), found[name], least=1, most=1_000_000)

    return Limits(
        cooldown=default.cooldown if cooldown is None else cooldown,
        max_per_day=whole("max_per_day", default.max_per_day) or default.max_per_day,
        max_objects_per_run=whole("max_objects_per_run", None),
        max_total=whole("max_total", None),
    )


def _clock(findings: Findings, path: str, value: object) -> str | None:
    if isinstance(value, str) and _CLOCK.fullmatch(value):
        return value
    findings.note(path, describe(value), 'a local time like "06:00"')
    return None


def _times(findings: Findings, path: str, value: object) -> tuple[str, ...]:
    values = read_list(findings, path, value, longest=48) or []
    times = [_clock(findings, join(path, place), item) for place, item in enumerate(values)]
    return tuple(sorted({time for time in times if time is not None}))


def _between(findings: Findings, path: str, value: object) -> tuple[str, str] | None:
    place = join(path, "between")
    values = read_list(findings, place, value, longest=2, shortest=2)
    if values is None:
        return None
    start = _clock(findings, join(place, 0), values[0])
    end = _clock(findings, join(place, 1), values[1])
    if start is None or end is None:
        return None
    if start == end:
        findings.note(place, f"{start} twice", "two different times")
    return start, end


def _days(findings: Findings, path: str, value: object) -> tuple[int, ...]:
    values = read_list(findings, path, value, longest=7) or []
    days = [_day(findings, join(path, place), item) for place, item in enumerate(values)]
    return tuple(sorted({day for day in days if day is not None}))


def _day(findings: Findings, path: str, value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 6:
        return value
    if isinstance(value, str):
        for number, name in enumerate(DAY_NAMES):
            if value.lower() in {name, name[:3]}:
                return number
    allowed = f"{', '.join(DAY_NAMES)}, or 0 (Monday) to 6"
    findings.note(path, describe(value), allowed, nearest(value, DAY_NAMES))
    return None


def _zone(findings: Findings, path: str, value: object) -> str:
    if value == "account":
        return "account"
    known = zoneinfo.available_timezones()
    if isinstance(value, str) and value in known:
        return value
    findings.note(
        path, describe(value), '"account" or a zone like "Europe/Kyiv"', nearest(value, known)
    )
    return "account"
