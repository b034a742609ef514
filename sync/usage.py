"""How much of Meta's limits is used up, and how long to wait.

Meta reports usage on every answer, in per cent, in four headers of
different shapes; one tells its wait in minutes, another in seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from engine.domain.errors import RateLimited

SLOW_FROM = 75.0
FIRST_WAIT = 60.0
LONGEST_WAIT = 3600.0
_APP = ""


class _Load(msgspec.Struct, gc=False):
    """One set of counters, in per cent of what is allowed."""

    call_count: float = 0.0
    total_time: float = 0.0
    total_cputime: float = 0.0
    estimated_time_to_regain_access: float = 0.0
    acc_id_util_pct: float = 0.0
    app_id_util_pct: float = 0.0
    reset_time_duration: float = 0.0

    @property
    def percent(self) -> float:
        return max(self.call_count, self.total_time, self.total_cputime)


_ONE = msgspec.json.Decoder(_Load, strict=False)
_MANY = msgspec.json.Decoder(dict[str, list[_Load]], strict=False)


@dataclass(frozen=True, slots=True)
class Usage:
    """What one answer's headers say: per cent used, seconds to wait."""

    app: float = 0.0
    accounts: Mapping[str, float] = field(default_factory=dict)
    regain: Mapping[str, float] = field(default_factory=dict)
    reset: float = 0.0
    seen: bool = False


def parse_usage(headers: Mapping[str, str], account_id: str) -> Usage:
    """Read the usage headers of an answer about `account_id` (bare number).

    Missing or garbled headers say nothing; the last known usage then stands.
    """
    app, own, reset, seen = 0.0, 0.0, 0.0, False
    for name in ("x-app-usage", "x-ad-account-usage", "x-fb-ads-insights-throttle"):
        load = _load(headers.get(name))
        if load is None:
            continue
        seen = True
        app = max(app, load.app_id_util_pct, load.percent)
        own = max(own, load.acc_id_util_pct)
        reset = max(reset, load.reset_time_duration)
    accounts = {account_id: own} if account_id and own else {}
    regain: dict[str, float] = {}
    for key, loads in _loads(headers.get("x-business-use-case-usage")).items():
        seen = True
        bare = key.removeprefix("act_")
        accounts[bare] = max([accounts.get(bare, 0.0), *(load.percent for load in loads)])
        minutes = max((load.estimated_time_to_regain_access for load in loads), default=0.0)
        regain[bare] = minutes * 60.0
    return Usage(app, accounts, regain, reset, seen)


def _load(text: str | None) -> _Load | None:
    """Decode one header, none when it is missing or garbled."""
    if not text:
        return None
    try:
        return _ONE.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None


def _loads(text: str | None) -> dict[str, list[_Load]]:
    """Decode the header keyed by account, empty when it is missing or garbled."""
    if not text:
        return {}
    try:
        return _MANY.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return {}


class Limits:
    """Keeps what is known of the limits per account and of the whole app.

    Slows reads down from 75 per cent on, and remembers until when Meta
    refuses. The empty account id stands for the app as a whole.
    """

    def __init__(self, longest_delay: float = 2.0) -> None:
        """`longest_delay` is the pause in seconds before a read at 100 per cent."""
        self._longest_delay = longest_delay
        self._percent: dict[str, float] = {}
        self._until: dict[str, datetime] = {}
        self._in_a_row: dict[str, int] = {}

    def observe(self, account_id: str, usage: Usage) -> None:
        """Keep what a good answer said; a good answer also ends a block."""
        if usage.seen:
            self._percent[_APP] = usage.app
            self._percent.update(usage.accounts)
        for scope in (account_id, _APP):
            self._in_a_row.pop(scope, None)

    def delay(self, account_id: str) -> float:
        """Return the seconds a read about the account should wait."""
        used = max(self._percent.get(account_id, 0.0), self._percent.get(_APP, 0.0))
        share = (min(used, 100.0) - SLOW_FROM) / (100.0 - SLOW_FROM)
        return max(0.0, share) * self._longest_delay

    def remaining(self, account_id: str) -> float:
        """Return how many per cent of the account's limits are left."""
        used = max(self._percent.get(account_id, 0.0), self._percent.get(_APP, 0.0))
        return max(0.0, 100.0 - used)

    def check(self, account_id: str, now: datetime) -> None:
        """Raise RateLimited while Meta refuses calls about the account.

        Calls made while throttled keep counting, so none is made.
        """
        for scope in (account_id, _APP):
            until = self._until.get(scope)
            if until is not None and now < until:
                raise RateLimited(f"Meta asked us to wait until {until:%H:%M:%S} UTC.", until)

    def block(
        self, account_id: str, usage: Usage, now: datetime, *, app: bool, least: float
    ) -> datetime:
        """Remember a refusal and return until when to stay away.

        What Meta names is taken as it is; without it the wait starts at a
        minute and doubles with each refusal in a row. `least` is the wait a
        documented rule asks for, in seconds.
        """
        self.observe_refusal(account_id, usage)
        scope = _APP if app else account_id
        row = self._in_a_row.get(scope, 0)
        self._in_a_row[scope] = row + 1
        named = max(usage.regain.get(account_id, 0.0), usage.reset)
        seconds = max(least, named) or min(FIRST_WAIT * 2.0**row, LONGEST_WAIT)
        until = now + timedelta(seconds=seconds)
        # A block for one object (a documented rule) does not stop the whole account.
        if not least:
            self._until[scope] = until
        return until

    def observe_refusal(self, account_id: str, usage: Usage) -> None:
        """Keep the usage a refusal reported, without forgetting the refusals."""
        if usage.seen:
            self._percent[_APP] = usage.app
            self._percent.update(usage.accounts)
