"""Guards on what is known: whole and fresh, or nothing is done."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.decide.context import GuardContext, is_stop_loss
from engine.domain.decision import Proposal, Reason
from engine.domain.windows import WINDOW_NAMES, Grain, Window

_HOLDS_TODAY = ("today", "this_week", "this_month")


def snapshot(proposal: Proposal, context: GuardContext) -> Reason | None:
    """Veto while a page of the account's last reading is missing."""
    if context.family.complete:
        return None
    return Reason(
        "incomplete",
        "The account could not be read whole; nothing is done until it can.",
        "snapshot",
    )


def data_age(proposal: Proposal, context: GuardContext) -> Reason | None:
    """Veto when a number that the rule measured is older than it may be.

    Numbers of complete days may be older than those of hours and of today; a
    stop-loss may act on older ones than growth.
    """
    known = context.freshness
    today = context.settings.max_age
    if is_stop_loss(proposal):
        today = context.settings.max_age_stop_loss
    checked: list[tuple[str, datetime | None, timedelta]] = [
        ("the objects", known.structure, today)
    ]
    for reading in proposal.verdict.readings:
        if reading.window is None or reading.window not in WINDOW_NAMES:
            continue
        if Window(reading.window).grain in {Grain.HOUR, Grain.HOUR_OF_DAY}:
            checked.append((reading.window, known.hourly, today))
        elif reading.window in _HOLDS_TODAY or reading.window.endswith("+today"):
            checked.append((reading.window, known.daily, today))
        else:
            whole_days = known.restated or known.daily
            checked.append((reading.window, whole_days, context.settings.max_age_days))
    for what, read_at, limit in checked:
        if read_at is None or context.now - read_at > limit:
            return _too_old(what, read_at, context.now, limit)
    return None


def _too_old(what: str, read_at: datetime | None, now: datetime, limit: timedelta) -> Reason:
    if read_at is None:
        words = f"The numbers of {what} were never read."
    else:
        words = (
            f"The numbers of {what} are {_minutes(now - read_at)} minutes old, "
            f"{_minutes(limit)} are allowed."
        )
    return Reason("too_old", words, "data_age")


def _minutes(span: timedelta) -> int:
    return int(span / timedelta(minutes=1))
