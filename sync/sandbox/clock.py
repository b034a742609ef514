"""Simulated time of the sandbox: real, accelerated or by hand."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_MODE = re.compile(r"real|manual|x(\d+(?:\.\d+)?)")


class SandboxClock:
    """The one source of "now" inside the sandbox.

    Modes: ``real`` runs with the machine's clock from ``start`` on, ``xN`` runs N times as
    fast, ``manual`` stands still until :meth:`advance` moves it. ``start`` must be aware;
    every answer is in UTC. ``monotonic`` may be replaced to prove behaviour without waiting.
    """

    def __init__(
        self,
        start: datetime,
        mode: str = "real",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start at ``start`` (aware); ValueError for a naive start or a mode unknown."""
        if start.tzinfo is None:
            raise ValueError("the sandbox clock needs a start with a time zone")
        match = _MODE.fullmatch(mode)
        if match is None:
            raise ValueError(f"unknown clock {mode!r}: use real, manual or xN, such as x60")
        rate = float(match.group(1)) if match.group(1) else float(mode == "real")
        if mode.startswith("x") and rate <= 0:
            raise ValueError(f"clock {mode!r} would stand still: the rate must be above 0")
        self.mode = mode
        self.start = start.astimezone(UTC)
        self._rate = rate
        self._monotonic = monotonic
        self._began = monotonic()
        self._moved = timedelta(0)

    def now(self) -> datetime:
        """Return the simulated time, aware, in UTC."""
        ran = (self._monotonic() - self._began) * self._rate if self._rate else 0.0
        return self.start + self._moved + timedelta(seconds=ran)

    def now_for_quotas(self) -> datetime:
        """Return now as quotas count it: there a caller's real waiting passes too.

        A manual clock stands still while a refused caller waits; without this it would wait
        for ever.
        """
        waited = self._monotonic() - self._began if self.mode == "manual" else 0.0
        return self.now() + timedelta(seconds=waited)

    def advance(self, hours: float) -> None:
        """Move a manual clock forward; ValueError for other modes or backwards."""
        if self.mode != "manual":
            raise ValueError(f"this clock runs by itself ({self.mode}); start with --clock manual")
        if not 0 <= hours < 1_000_000:
            raise ValueError(f"a clock moves forward by 0 to 1,000,000 hours, not by {hours!r}")
        self._moved += timedelta(hours=hours)
