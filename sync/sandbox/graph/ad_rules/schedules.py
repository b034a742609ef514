"""When a scheduled rule runs next, in the account's zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sync.sandbox.graph.errors import bad_value

HALF_HOUR = timedelta(minutes=30)
TYPES = ("DAILY", "HOURLY", "SEMI_HOURLY", "CUSTOM")
_STEPS_AHEAD = 8 * 48
_DAY_MINUTES = 24 * 60


def check_schedule(spec: object) -> None:
    """Refuse a schedule that never says when."""
    if not isinstance(spec, dict) or spec.get("schedule_type") not in TYPES:
        raise bad_value(f"Param schedule_spec[schedule_type] must be one of {{{', '.join(TYPES)}}}")
    if set(spec) - {"schedule_type", "schedule"}:
        raise bad_value("Param schedule_spec must hold schedule_type and schedule")
    if spec["schedule_type"] != "CUSTOM":
        return
    entries = spec.get("schedule")
    if not isinstance(entries, list) or not entries:
        raise bad_value("Param schedule_spec[schedule] is required for schedule_type CUSTOM")
    for index, entry in enumerate(entries):
        _check_entry(f"schedule_spec[schedule][{index}]", entry)


def next_run(spec: Mapping[str, object], after: datetime, zone: str) -> datetime | None:
    """Return the first half hour after a moment at which the rule runs."""
    local = after.astimezone(ZoneInfo(zone))
    first = local.replace(minute=local.minute // 30 * 30, second=0, microsecond=0)
    moment = first.astimezone(UTC)
    for _ in range(_STEPS_AHEAD):
        moment += HALF_HOUR
        if _matches(spec, moment.astimezone(ZoneInfo(zone))):
            return moment
    return None


def _check_entry(name: str, entry: object) -> None:
    if not isinstance(entry, dict) or not {"start_minute", "days"} & entry.keys():
        raise bad_value(f"Param {name} must have start_minute or days")
    start, end, days = entry.get("start_minute"), entry.get("end_minute"), entry.get("days")
    for minute in (start, end):
        if minute is not None and not _is_half_hour(minute):
            raise bad_value(f"Param {name}: minutes must be multiples of 30 within a day")
    if end is not None and (start is None or int(end) < int(start)):
        raise bad_value(f"Param {name}: end_minute must not be before start_minute")
    if days is not None and (
        not isinstance(days, list) or not days or any(one not in range(7) for one in days)
    ):
        raise bad_value(f"Param {name}[days] must hold numbers from 0 (Sunday) to 6")


def _is_half_hour(minute: object) -> bool:
    whole = isinstance(minute, int) and not isinstance(minute, bool)
    return whole and 0 <= int(str(minute)) <= _DAY_MINUTES and int(str(minute)) % 30 == 0


def _matches(spec: Mapping[str, object], local: datetime) -> bool:
    kind, minute = spec["schedule_type"], 60 * local.hour + local.minute
    if kind == "DAILY":
        return minute == 0
    if kind == "HOURLY":
        return minute % 60 == 0
    if kind == "SEMI_HOURLY":
        return True
    entries = spec.get("schedule")
    weekday = local.isoweekday() % 7
    return any(
        _entry_matches(entry, weekday, minute)
        for entry in (entries if isinstance(entries, list) else [])
    )


def _entry_matches(entry: Mapping[str, object], weekday: int, minute: int) -> bool:
    days, start, end = entry.get("days"), entry.get("start_minute"), entry.get("end_minute")
    if isinstance(days, list) and weekday not in days:
        return False
    if not isinstance(start, int):
        return True
    return start <= minute <= (end if isinstance(end, int) else start)
