"""Quotas and usage headers, driven by a simulated counter per hour.

Scores follow Meta's published quotas (read 1 point, write 3 points, hourly
use-case quotas per ad account); the defaults are far above a normal client.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import orjson

from sync.sandbox.graph.errors import rate_limited

HOUR = timedelta(hours=1)
TIER = "standard_access"


@dataclass(slots=True)
class Quotas:
    """Points per simulated hour before refusals begin.

    `management` and `insights` count per ad account, `app` over all.
    """

    app: int = 1_000_000
    management: int = 100_000
    insights: int = 190_000
    block_minutes: float = 5.0


@dataclass(slots=True)
class _Counter:
    """Points of the last simulated hour, in minute buckets."""

    buckets: deque[tuple[datetime, int]] = field(default_factory=deque)
    total: int = 0
    blocked_until: datetime | None = None

    def add(self, now: datetime, points: int) -> None:
        minute = now.replace(second=0, microsecond=0)
        if self.buckets and self.buckets[-1][0] == minute:
            self.buckets[-1] = (minute, self.buckets[-1][1] + points)
        else:
            self.buckets.append((minute, points))
        self.total += points
        self.forget(now)

    def forget(self, now: datetime) -> None:
        while self.buckets and self.buckets[0][0] <= now - HOUR:
            self.total -= self.buckets.popleft()[1]


class UsageMeter:
    """Counts calls by app, account and use case, and refuses when used up."""

    def __init__(self, app_id: str, quotas: Quotas | None = None) -> None:
        self.quotas = quotas or Quotas()
        self._app_id = app_id
        self._counters: dict[tuple[str, str], _Counter] = defaultdict(_Counter)

    def charge(self, now: datetime, account_id: str | None, use_case: str, points: int) -> None:
        """Count one call; raises GraphError when its quota is used up.

        Refused calls count too, as at Meta.
        """
        self._charge_one(now, self._counters[("app", self._app_id)], self.quotas.app, points, 4)
        if account_id is None:
            return
        counter = self._counters[(use_case, account_id)]
        quota = self.quotas.insights if use_case == "ads_insights" else self.quotas.management
        code = 80000 if use_case == "ads_insights" else 80004
        self._charge_one(now, counter, quota, points, code)

    def headers_when_blocked(
        self, now: datetime, account_id: str | None, use_case: str, minutes: float
    ) -> dict[str, str]:
        """Return headers that show a used-up quota, without using it up."""
        key = ("app", self._app_id) if account_id is None else (use_case, account_id)
        counter = self._counters[key]
        before, counter.blocked_until = counter.blocked_until, now + timedelta(minutes=minutes)
        try:
            return self.headers(now, account_id, use_case)
        finally:
            counter.blocked_until = before

    def headers(self, now: datetime, account_id: str | None, use_case: str) -> dict[str, str]:
        """Return the usage headers for an answer about this account."""
        app = self._percent(now, self._counters[("app", self._app_id)], self.quotas.app)
        found = {"X-App-Usage": _json({"call_count": app, "total_time": app, "total_cputime": app})}
        if account_id is None:
            return found
        counter = self._counters[(use_case, account_id)]
        quota = self.quotas.insights if use_case == "ads_insights" else self.quotas.management
        share = self._percent(now, counter, quota)
        wait = self._wait_minutes(now, counter)
        found["X-Ad-Account-Usage"] = _json(
            {
                "acc_id_util_pct": float(share),
                "reset_time_duration": int(wait * 60) if wait else 0,
                "ads_api_access_tier": TIER,
            }
        )
        block = {
            "type": use_case,
            "call_count": share,
            "total_cputime": share // 2,
            "total_time": share // 2,
            "estimated_time_to_regain_access": round(wait),
            "ads_api_access_tier": TIER,
        }
        found["X-Business-Use-Case-Usage"] = _json({account_id: [block]})
        if use_case == "ads_insights":
            found["x-fb-ads-insights-throttle"] = _json(
                {"app_id_util_pct": app, "acc_id_util_pct": share, "ads_api_access_tier": TIER}
            )
        return found

    def _charge_one(
        self, now: datetime, counter: _Counter, quota: int, points: int, code: int
    ) -> None:
        counter.add(now, points)
        if counter.blocked_until is not None and now >= counter.blocked_until:
            counter.blocked_until = None
        if counter.blocked_until is None and counter.total > quota:
            counter.blocked_until = now + timedelta(minutes=self.quotas.block_minutes)
        if counter.blocked_until is not None:
            raise rate_limited(code)

    def _percent(self, now: datetime, counter: _Counter, quota: int) -> int:
        counter.forget(now)
        if counter.blocked_until is not None and now < counter.blocked_until:
            return 100
        return min(100, 100 * counter.total // max(quota, 1))

    def _wait_minutes(self, now: datetime, counter: _Counter) -> float:
        if counter.blocked_until is None or now >= counter.blocked_until:
            return 0.0
        return max((counter.blocked_until - now).total_seconds() / 60, 1.0)


def _json(value: object) -> str:
    """Return compact JSON text for a header."""
    return orjson.dumps(value).decode()
