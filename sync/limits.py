"""Staying within Meta's limits: per app, per account and per use case.

Reads slow down from 75 per cent on and stop at 80: the rest is kept for
changes and for the reading before and after them. What Meta refuses is left
alone until it lets us in again, because refused calls keep counting.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.domain.errors import RateLimited
from engine.domain.limits import LimitScope, LimitState
from sync.throttles import Throttle
from sync.usage import Usage


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """When to slow down and how long to wait; per cent and seconds.

    `longest_delay` is the pause before a read at `reserve_from`. Above that one
    read is let through every `probe_every`, to learn whether usage has fallen.
    `forgotten_after` is Meta's own window: older figures mean nothing.
    """

    slow_from: float = 75.0
    reserve_from: float = 80.0
    longest_delay: float = 2.0
    probe_every: float = 60.0
    longest_wait: float = 3600.0
    jitter_share: float = 0.1
    forgotten_after: float = 3600.0


@dataclass(slots=True)
class _Known:
    """What is known of one scope."""

    percent: float = 0.0
    seen_at: datetime | None = None
    until: datetime | None = None
    in_a_row: int = 0
    probe_at: datetime | None = None


def scopes_of(account_id: str, use_case: str, *more: str) -> tuple[LimitScope, ...]:
    """Return every scope that covers a call, the whole app first."""
    found = [LimitScope("", name) for name in ("", use_case)]
    if account_id:
        found += [LimitScope(account_id, name) for name in ("", use_case, *more)]
    return tuple(dict.fromkeys(found))


class Limits:
    """Keeps what is known of the limits; times are the caller's."""

    def __init__(
        self,
        settings: LimitSettings | None = None,
        *,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """`jitter` gives a share of the longest addition to a wait, 0 to 1."""
        self._settings = settings or LimitSettings()
        self._jitter = jitter
        self._known: dict[LimitScope, _Known] = {}
        self._worked: set[str] = set()

    def observe(self, scopes: Iterable[LimitScope], usage: Usage, now: datetime) -> None:
        """Keep what a good answer to a call within `scopes` said."""
        self._note(usage, now)
        for scope, seconds in usage.waits.items():
            # A wait beside a full counter: Meta is about to refuse, or does already.
            if usage.percents.get(scope, 0.0) >= 100.0:
                self._shut(scope, now + timedelta(seconds=seconds))
        for scope in scopes:
            self._worked.add(scope.account_id)
            known = self._known.get(scope)
            # An answer to a call sent before the refusal proves nothing about it.
            if known is not None and not _is_shut(known, now):
                known.in_a_row = 0

    def refuse(
        self, throttle: Throttle, scopes: Iterable[LimitScope], usage: Usage, now: datetime
    ) -> datetime:
        """Remember a refusal and return until when to stay away.

        The wait is the longest of what the headers name, what the rule asks for
        and an exponential one, with a little chance on top.
        """
        self._note(usage, now)
        named = max((usage.waits.get(scope, 0.0) for scope in scopes), default=0.0)
        if throttle.scope is None:
            return now + timedelta(seconds=max(throttle.least, named))
        known = self._of(throttle.scope)
        if _is_shut(known, now):
            # Calls that were on their way together are refused together: once.
            least = throttle.least
        else:
            least = min(throttle.first * 2.0**known.in_a_row, self._settings.longest_wait)
            known.in_a_row = min(known.in_a_row + 1, 20)
        seconds = max(named, least, throttle.least)
        seconds *= 1.0 + self._settings.jitter_share * self._jitter()
        return self._shut(throttle.scope, now + timedelta(seconds=seconds))

    def suspect(self, account_id: str) -> bool:
        """Whether a permission error may be a throttle: only once after success."""
        if account_id not in self._worked:
            return False
        self._worked.discard(account_id)
        return True

    def check(self, scopes: Iterable[LimitScope], now: datetime, *, urgent: bool) -> None:
        """Raise RateLimited while no call within `scopes` may be made.

        Urgent calls (changes, and readings for them) may use what is kept back.
        """
        shut = [known.until for scope in scopes if (known := self._shut_one(scope, now))]
        until = max((moment for moment in shut if moment), default=None)
        if until is not None:
            raise RateLimited(f"Meta asked us to wait until {until:%H:%M:%S} UTC.", until)
        if urgent:
            return
        for scope in scopes:
            self._hold_back(scope, now)

    def delay(self, scopes: Iterable[LimitScope], now: datetime) -> float:
        """Return the seconds a read within `scopes` should wait before it is sent."""
        chosen = self._settings
        used = max((self._percent(scope, now) for scope in scopes), default=0.0)
        share = (used - chosen.slow_from) / (chosen.reserve_from - chosen.slow_from)
        return min(max(share, 0.0), 1.0) * chosen.longest_delay

    def remaining(self, account_id: str, now: datetime) -> float:
        """Return how many per cent of the account's limits are left."""
        mine = [scope for scope in self._known if scope.account_id in {"", account_id}]
        used = max((self._percent(scope, now) for scope in mine), default=0.0)
        return max(0.0, 100.0 - used)

    def states(self, now: datetime) -> list[LimitState]:
        """Return every limit of which something is known now."""
        found = []
        for scope, known in self._known.items():
            percent = self._percent(scope, now) if self._is_fresh(known, now) else None
            until, why = known.until, "refused"
            if not _is_shut(known, now):
                until, why = None, ""
                if percent is not None and percent >= self._settings.reserve_from:
                    until, why = known.probe_at or now, "reserve"
            if percent is not None or until is not None:
                found.append(LimitState(scope, percent, until, why))
        return found

    def _hold_back(self, scope: LimitScope, now: datetime) -> None:
        """Keep the rest of a limit for changes; lets one read in a while through."""
        used = self._percent(scope, now)
        if used < self._settings.reserve_from:
            return
        known = self._of(scope)
        if known.probe_at is not None and now < known.probe_at:
            words = (
                f"{used:.0f} % of Meta's limit is used; the rest is kept for changes. "
                f"Reading goes on at {known.probe_at:%H:%M:%S} UTC."
            )
            raise RateLimited(words, known.probe_at)
        known.probe_at = now + timedelta(seconds=self._settings.probe_every)

    def _note(self, usage: Usage, now: datetime) -> None:
        for scope, percent in usage.percents.items():
            known = self._of(scope)
            if percent >= self._settings.reserve_from and known.probe_at is None:
                known.probe_at = now + timedelta(seconds=self._settings.probe_every)
            elif percent < self._settings.reserve_from:
                known.probe_at = None
            known.percent, known.seen_at = percent, now

    def _shut(self, scope: LimitScope, until: datetime) -> datetime:
        known = self._of(scope)
        known.until = max(known.until, until) if known.until is not None else until
        return known.until

    def _shut_one(self, scope: LimitScope, now: datetime) -> _Known | None:
        known = self._known.get(scope)
        return known if known is not None and _is_shut(known, now) else None

    def _percent(self, scope: LimitScope, now: datetime) -> float:
        known = self._known.get(scope)
        return known.percent if known is not None and self._is_fresh(known, now) else 0.0

    def _is_fresh(self, known: _Known, now: datetime) -> bool:
        span = timedelta(seconds=self._settings.forgotten_after)
        return known.seen_at is not None and now - known.seen_at < span

    def _of(self, scope: LimitScope) -> _Known:
        return self._known.setdefault(scope, _Known())


def _is_shut(known: _Known, now: datetime) -> bool:
    return known.until is not None and now < known.until
