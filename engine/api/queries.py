"""What queries ask for: periods, pages, moments, states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

from fastapi import Query

from engine.domain.errors import UserError
from engine.domain.journal import JournalState
from engine.measure.daily import Period
from engine.storage.state.journal_reader import place_of

T = TypeVar("T")
DEFAULT_DAYS = 30
LONGEST_DAYS = 400
# No account is older, and no calendar of ours reaches further.
FIRST_DAY = date(2000, 1, 1)
LAST_DAY = date(2100, 12, 31)
Limit = Annotated[int, Query(ge=1, le=1000, description="How many at most.")]
Text = Annotated[str, Query(max_length=200, description="Part of a name, an actor or an id.")]
Cursor = Annotated[str | None, Query(description="What the page before gave as its cursor.")]


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a list; `cursor` asks for the next part, none at the end."""

    start: int
    end: int
    cursor: str | None


def period(since: date | None, until: date | None, now: datetime, zone: ZoneInfo) -> Period:
    """Return the account days asked for; by default the last 30 with today.

    Raises UserError where the days are in the wrong order, too many or too far away.
    """
    last = until or now.astimezone(zone).date()
    for day in (since, last):
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise UserError(
                f"There are no numbers of {day}.", hint=f"Days go from {FIRST_DAY} to {LAST_DAY}."
            )
    first = since or last - timedelta(days=DEFAULT_DAYS - 1)
    if first > last:
        raise UserError(f"since ({first}) is after until ({last}).", hint="Exchange them.")
    if (last - first).days >= LONGEST_DAYS:
        raise UserError(f"At most {LONGEST_DAYS} days fit one answer.", hint="Ask for fewer days.")
    return Period(first, last)


def part(total: int, limit: int, cursor: str | None) -> Slice:
    """Return which rows are asked for; UserError for a foreign cursor."""
    start = 0 if cursor is None else place_of(cursor, "this list")
    end = min(start + limit, total)
    return Slice(start, end, str(end) if end < total else None)


def states(asked: str | None) -> tuple[JournalState, ...]:
    """Return the states of `applied,unknown`; UserError for others."""
    found = []
    for name in (asked or "").split(","):
        if not name.strip():
            continue
        try:
            found.append(JournalState(name.strip()))
        except ValueError as error:
            allowed = ", ".join(JournalState)
            raise UserError(f"There is no state {name!r}.", hint=f"Use: {allowed}.") from error
    return tuple(found)


def moment(given: datetime | None) -> datetime | None:
    """Return a moment as aware UTC; one without a zone is taken as UTC.

    Raises UserError for a moment at the edge of the calendar.
    """
    if given is None:
        return None
    try:
        return (given if given.tzinfo else given.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError as error:
        raise UserError(f"{given} is too far away.", hint="Ask for a later moment.") from error


def choice(name: str, given: str, allowed: Sequence[str]) -> str:
    """Return `given`; UserError when it is not one of `allowed`."""
    if given not in allowed:
        raise UserError(f"{name} is {given!r}.", hint=f"Use one of: {', '.join(allowed)}.")
    return given
