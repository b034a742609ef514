"""Quotas and usage headers, driven by counters over simulated time.

Each call counts for the app, for the account's score and for the account's
use case; refused calls count too, as at Meta.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import orjson

from sync.sandbox.graph.errors import GraphError, rate_limited
from sync.sandbox.graph.quotas import Quotas

HOUR = timedelta(hours=1)
SCORE_WINDOW = timedelta(seconds=300)
SECOND = timedelta(seconds=1)
_SLICES = 60
_CODES = {"ads_insights": 80000, "ads_management": 80004, "custom_audience": 80003}
_TIERED = ("ads_insights", "ads_management")
AdCount = Callable[[str], int]


@dataclass(slots=True)
class _Counter:
    """Points of the last `window`, in a sixtieth of it each."""

    window: timedelta
    buckets: deque[tuple[int, int]] = field(default_factory=deque)
    total: int = 0
    blocked_until: datetime | None = None

    def add(self, now: datetime, points: int) -> None:
        """Count points at a time."""
        place = self._place(now)
        if self.buckets and self.buckets[-1][0] == place:
            self.buckets[-1] = (place, self.buckets[-1][1] + points)
        else:
            self.buckets.append((place, points))
        self.total += points
        self.forget(now)

    def forget(self, now: datetime) -> None:
        """Drop what is older than the window."""
        oldest = self._place(now) - _SLICES
        while self.buckets and self.buckets[0][0] <= oldest:
            self.total -= self.buckets.popleft()[1]

    def blocked(self, now: datetime) -> bool:
        """Tell whether refusals go on; a block that is over is forgotten."""
        if self.blocked_until is not None and now >= self.blocked_until:
            self.blocked_until = None
        return self.blocked_until is not None

    def percent(self, now: datetime, quota: int) -> float:
        """Return how much is used, 100 while blocked."""
        self.forget(now)
        if self.blocked(now):
            return 100.0
        return min(100.0, 100 * self.total / max(quota, 1))

    def wait(self, now: datetime) -> float:
        """Return the seconds until a block ends, 0 without one."""
        if self.blocked_until is None or now >= self.blocked_until:
            return 0.0
        return (self.blocked_until - now).total_seconds()

    def reset(self, now: datetime) -> float:
        """Return the seconds until nothing is counted any more."""
        self.forget(now)
        if not self.buckets:
            return 0.0
        size = self.window.total_seconds() / _SLICES
        return max((self.buckets[-1][0] + 1 + _SLICES) * size - now.timestamp(), 0.0)

    def _place(self, now: datetime) -> int:
        return int(now.timestamp() * _SLICES / self.window.total_seconds())


class UsageMeter:
    """Counts calls by app, account and use case, and refuses when used up.

    `active_ads` tells how many ads of an account may deliver: hourly quotas
    grow with them.
    """

    def __init__(self, active_ads: AdCount, quotas: Quotas | None = None) -> None:
        self.quotas = quotas or Quotas()
        self._active_ads = active_ads
        self._app = _Counter(HOUR)
        self._platform = _Counter(HOUR)
        self._hours: dict[tuple[str, str], _Counter] = defaultdict(lambda: _Counter(HOUR))
        self._scores: dict[str, _Counter] = defaultdict(lambda: _Counter(SCORE_WINDOW))
        self._writes: dict[str, _Counter] = defaultdict(lambda: _Counter(SECOND))
        self._errors: dict[str, _Counter] = defaultdict(lambda: _Counter(HOUR))

    def charge(self, now: datetime, account_id: str | None, use_case: str, write: bool) -> None:
        """Count one call; raises GraphError when a quota is used up."""
        quotas = self.quotas
        hourly = timedelta(minutes=quotas.block_minutes)
        refused = _count(self._app, now, 1, quotas.app_calls(), hourly, rate_limited(4))
        if account_id is None:
            _raise(refused)
            return
        insights = use_case == "ads_insights"
        if insights:
            limit = rate_limited(4, subcode=1504022)
            refused = refused or _count(
                self._platform, now, 1, quotas.insights_platform, hourly, limit
            )
        if write:
            burst = rate_limited(613, subcode=5044001)
            most = quotas.mutations_per_second
            refused = refused or _count(self._writes[account_id], now, 1, most, SECOND, burst)
        score, points = self._scores[account_id], 3 if write else 1
        pause = timedelta(seconds=quotas.score_block_seconds())
        again = _count(score, now, points, quotas.score_points(), pause, rate_limited(17))
        code = rate_limited(_CODES[use_case])
        hours = self._hours[(use_case, account_id)]
        full = _count(hours, now, 1, self._quota(now, account_id, use_case), hourly, code)
        _raise(refused or full or again)

    def note_error(self, now: datetime, account_id: str) -> None:
        """Count a call that was refused for the caller's own fault."""
        self._errors[account_id].add(now, 1)

    def headers_when_blocked(
        self, now: datetime, account_id: str | None, use_case: str, minutes: float
    ) -> dict[str, str]:
        """Return headers that show a used-up quota, without using it up."""
        touched = [self._app] if account_id is None else [
            self._hours[(use_case, account_id)], self._scores[account_id]]  # fmt: skip
        before = [counter.blocked_until for counter in touched]
        for counter in touched:
            counter.blocked_until = now + timedelta(minutes=minutes)
        try:
            return self.headers(now, account_id, use_case)
        finally:
            for counter, until in zip(touched, before, strict=True):
                counter.blocked_until = until

    def headers(self, now: datetime, account_id: str | None, use_case: str) -> dict[str, str]:
        """Return the usage headers for an answer about this account."""
        tier = self.quotas.tier
        app = int(self._app.percent(now, self.quotas.app_calls()))
        load = {"call_count": app, "total_time": app // 2, "total_cputime": app // 2}
        found = {"X-App-Usage": _json(load)}
        if account_id is None:
            return found
        score = self._scores[account_id]
        used = round(score.percent(now, self.quotas.score_points()), 2)
        found["X-Ad-Account-Usage"] = _json(
            {
                "acc_id_util_pct": used,
                "reset_time_duration": round(score.wait(now) or score.reset(now)),
                "ads_api_access_tier": tier,
            }
        )
        hours = self._hours[(use_case, account_id)]
        share = int(hours.percent(now, self._quota(now, account_id, use_case)))
        wait = hours.wait(now)
        block: dict[str, object] = {
            "type": use_case,
            "call_count": share,
            "total_cputime": share // 2,
            "total_time": share // 2,
            "estimated_time_to_regain_access": max(round(wait / 60), 1) if wait else 0,
        }
        if use_case in _TIERED:
            block["ads_api_access_tier"] = tier
        found["X-Business-Use-Case-Usage"] = _json({account_id: [block]})
        if use_case == "ads_insights":
            platform = int(self._platform.percent(now, self.quotas.insights_platform))
            throttle = {"app_id_util_pct": platform, "acc_id_util_pct": share}
            found["x-fb-ads-insights-throttle"] = _json({**throttle, "ads_api_access_tier": tier})
        return found

    def _quota(self, now: datetime, account_id: str, use_case: str) -> int:
        errors = self._errors[account_id]
        errors.forget(now)
        ads = self._active_ads(account_id)
        return self.quotas.use_case_calls(use_case, ads, errors.total)


def _count(
    counter: _Counter,
    now: datetime,
    points: int,
    quota: int,
    pause: timedelta,
    refusal: GraphError,
) -> GraphError | None:
    """Count points; return the refusal when the quota is used up."""
    counter.add(now, points)
    if not counter.blocked(now) and counter.total > quota:
        counter.blocked_until = now + pause
    return refusal if counter.blocked_until is not None else None


def _raise(refusal: GraphError | None) -> None:
    if refusal is not None:
        raise refusal


def _json(value: object) -> str:
    """Return compact JSON text for a header."""
    return orjson.dumps(value).decode()
