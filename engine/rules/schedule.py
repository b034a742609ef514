"""When a rule's turn has come, in the account's zone or one of its own.

A local time that the clock jumps over in spring is taken at the first moment
after the gap; one that comes twice in autumn is taken the first time. So each
`at` gives exactly one run on each local date.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.domain.rule import Rule, Schedule
from engine.domain.windows import day_start

_DAY = timedelta(days=1)
# A schedule names at least one day of the week, so its next turn is within eight dates;
# intervals may be as long as a month.
_LOOK_AHEAD = 40


def is_due(rule: Rule, zone: ZoneInfo, now: datetime, last_run: datetime | None) -> bool:
    """Say whether `rule` should be looked at.

    `zone` is the account's, `now` and `last_run` are aware. For a rule that never ran,
    pass when it was saved, else it is due at once where today's time has passed.
    A time missed on an earlier date is not made up for.
    """
    schedule = rule.schedule
    if schedule is None:
        return True
    local = now.astimezone(_zone(schedule, zone))
    if not _is_open(schedule, local):
        return False
    if schedule.at:
        turns = [turn for turn in _turns(schedule, local.date(), local) if turn <= now]
        return bool(turns) and (last_run is None or last_run < turns[-1])
    if schedule.every is None or last_run is None:
        return True
    return last_run < _slot(schedule.every, now, _zone(schedule, zone))


def next_due(
    rule: Rule, zone: ZoneInfo, now: datetime, last_run: datetime | None
) -> datetime | None:
    """Return the first moment from `now` on (UTC) when the rule is due.

    None where there is no such moment in the next 40 days.
    """
    if is_due(rule, zone, now, last_run):
        return now.astimezone(UTC)
    schedule = rule.schedule
    if schedule is None:
        return now.astimezone(UTC)
    for moment in _candidates(schedule, now, _zone(schedule, zone)):
        if moment > now and is_due(rule, zone, moment, last_run):
            return moment
    return None


def _zone(schedule: Schedule, account: ZoneInfo) -> ZoneInfo:
    return account if schedule.timezone == "account" else ZoneInfo(schedule.timezone)


def _is_open(schedule: Schedule, local: datetime) -> bool:
    """Say whether day and time of day let the rule run; a night belongs to its evening."""
    day = local.date()
    if schedule.between is not None:
        start, end = (time.fromisoformat(word) for word in schedule.between)
        clock = local.time()
        if start <= end:
            if not start <= clock <= end:
                return False
        elif clock <= end:
            day -= _DAY
        elif clock < start:
            return False
    return not schedule.days or day.weekday() in schedule.days


def _turns(schedule: Schedule, day: date, local: datetime) -> list[datetime]:
    zone = local.tzinfo
    return sorted(
        datetime.combine(day, time.fromisoformat(word), tzinfo=zone).astimezone(UTC)
        for word in schedule.at
    )


def _slot(every: timedelta, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the start of the present interval; intervals begin with the local day.

    Counting from a fixed grid, a cycle that comes a few seconds early or late neither
    skips a turn nor takes one twice. Longer intervals than a day count from a Monday.
    """
    if every <= _DAY:
        origin = day_start(now.astimezone(zone).date(), zone)
    else:
        origin = day_start(date(2024, 1, 1), zone)
    return origin + every * ((now - origin) // every)


def _candidates(schedule: Schedule, now: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield moments at which the rule may become due, in order of time."""
    today = now.astimezone(zone).date()
    for ahead in range(_LOOK_AHEAD):
        day = today + ahead * _DAY
        start, end = day_start(day, zone), day_start(day + _DAY, zone)
        found = {start}
        local = datetime.combine(day, time.min, tzinfo=zone)
        found.update(_turns(schedule, day, local))
        if schedule.between is not None:
            opening = time.fromisoformat(schedule.between[0])
            found.add(datetime.combine(day, opening, tzinfo=zone).astimezone(UTC))
        if schedule.every is not None:
            turn = _slot(schedule.every, start, zone)
            while turn < end:
                found.add(turn)
                turn += schedule.every
        yield from sorted(found)
