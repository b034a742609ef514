"""Streaks: since when a rule has been true on an object without a break.

Unknown breaks a streak as false does: nobody saw that the conditions held. So
does a pause between two looks that is longer than the engine can vouch for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.domain.rule import Rule
from engine.domain.verdict import Answer

# Twice the longest usual interval between syncs; after a longer silence a streak starts anew.
LONGEST_SILENCE = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Streak:
    """A rule held on one object from `since` to `last` (aware).

    `cycles` counts the looks at which they held, the first included.
    """

    since: datetime
    last: datetime
    cycles: int = 1


def advance(
    streaks: Mapping[str, Streak],
    rule: Rule,
    answers: Mapping[str, Answer],
    now: datetime,
    longest_silence: timedelta = LONGEST_SILENCE,
) -> dict[str, Streak]:
    """Return the rule's streaks by object id after the answers seen at `now`.

    Streaks of objects that are no longer true, or no longer there, end. A rule without
    `held_for` needs none and gets none.
    """
    if rule.held_for is None:
        return {}
    silence = max(longest_silence, 2 * (_interval(rule) or timedelta()))
    found: dict[str, Streak] = {}
    for object_id, answer in answers.items():
        if answer is not Answer.TRUE:
            continue
        before = streaks.get(object_id)
        if before is None or now - before.last > silence:
            found[object_id] = Streak(now, now)
        elif now > before.last:
            found[object_id] = Streak(before.since, now, before.cycles + 1)
        else:
            found[object_id] = before
    return found


def has_held(streaks: Mapping[str, Streak], rule: Rule, object_id: str, now: datetime) -> bool:
    """Say whether the conditions held on the object as long as the rule asks."""
    if rule.held_for is None:
        return True
    streak = streaks.get(object_id)
    if streak is None:
        return False
    if rule.held_for.cycles is not None:
        return streak.cycles >= rule.held_for.cycles
    return now - streak.since >= timedelta(hours=rule.held_for.hours or 0)


def _interval(rule: Rule) -> timedelta | None:
    if rule.schedule is None:
        return None
    return timedelta(days=1) if rule.schedule.at else rule.schedule.every
