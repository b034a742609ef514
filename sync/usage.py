"""How much of Meta's limits an answer says is used, and how long to wait.

Meta reports usage on most answers, in per cent, in four headers of different
shapes; one tells its wait in minutes, another in seconds. Any of them may be
missing or garbled at any time: what can't be read says nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from engine.domain.limits import INSIGHTS, LimitScope

# Nothing Meta documents shuts an account for longer than a day.
LONGEST_NAMED = 24 * 3600.0
_COUNTERS = ("call_count", "total_time", "total_cputime")
_BROKEN = (msgspec.DecodeError, UnicodeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Usage:
    """What one answer's headers say: per cent used, seconds to wait, by scope."""

    percents: Mapping[LimitScope, float] = field(default_factory=dict)
    waits: Mapping[LimitScope, float] = field(default_factory=dict)


class _Reader:
    """Collects the largest figure seen for each scope."""

    def __init__(self) -> None:
        self.percents: dict[LimitScope, float] = {}
        self.waits: dict[LimitScope, float] = {}

    def used(self, scope: LimitScope, *values: object) -> None:
        """Note per cent; values that are no number are passed over."""
        for value in values:
            number = _number(value)
            if number is not None:
                self.percents[scope] = max(self.percents.get(scope, 0.0), number)

    def wait(self, scope: LimitScope, value: object, unit: float) -> None:
        """Note a wait given in units of so many seconds."""
        number = _number(value)
        if number:
            seconds = min(number * unit, LONGEST_NAMED)
            self.waits[scope] = max(self.waits.get(scope, 0.0), seconds)


def parse_usage(headers: Mapping[str, str], account_id: str) -> Usage:
    """Read the usage headers of an answer about `account_id` (bare number)."""
    found = _Reader()
    app, own = LimitScope(), LimitScope(account_id)
    load = _object(headers.get("x-app-usage"))
    found.used(app, *(load.get(name) for name in _COUNTERS))
    load = _object(headers.get("x-ad-account-usage"))
    if account_id:
        found.used(own, load.get("acc_id_util_pct"))
        found.wait(own, load.get("reset_time_duration"), unit=1.0)
    load = _object(headers.get("x-fb-ads-insights-throttle"))
    found.used(LimitScope("", INSIGHTS), load.get("app_id_util_pct"))
    if account_id:
        found.used(LimitScope(account_id, INSIGHTS), load.get("acc_id_util_pct"))
    for name in ("x-business-use-case-usage", "x-business-use-case"):
        for key, loads in _object(headers.get(name)).items():
            for each in loads if isinstance(loads, list) else ():
                _read_use_case(found, key.removeprefix("act_"), each)
    return Usage(found.percents, found.waits)


def _read_use_case(found: _Reader, account_id: str, load: object) -> None:
    """Note one entry of the header that is keyed by account."""
    if not isinstance(load, dict) or not account_id:
        return
    kind = load.get("type")
    scope = LimitScope(account_id, kind if isinstance(kind, str) else "")
    found.used(scope, *(load.get(name) for name in _COUNTERS))
    found.wait(scope, load.get("estimated_time_to_regain_access"), unit=60.0)


def _object(text: str | None) -> dict[str, object]:
    """Decode one header, empty when it is missing or no JSON object."""
    if not text:
        return {}
    try:
        value = msgspec.json.decode(text)
    except _BROKEN:
        return {}
    return value if isinstance(value, dict) else {}


def _number(value: object) -> float | None:
    """Return a finite number of zero or more, none for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and number >= 0 else None
