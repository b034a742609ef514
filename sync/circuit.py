"""Leaving Meta alone while it answers nobody.

After many failures in a row, over some time, calls end at once instead of
being tried: for half a minute at first, for ten minutes in the end. Then one
read looks whether Meta is back. Times are seconds of a clock that never jumps.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from engine.domain.errors import Temporary


@dataclass(frozen=True, slots=True)
class CircuitSettings:
    """How many failures, over how long, open the circuit, and for how long."""

    failures: int = 10
    lasting: float = 10.0
    first_pause: float = 30.0
    longest_pause: float = 600.0


class Outage(Temporary):
    """Meta answers nobody at the moment; nothing was sent."""


class Circuit:
    """Open while Meta fails for everybody."""

    def __init__(
        self,
        settings: CircuitSettings | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin closed."""
        self._settings = settings or CircuitSettings()
        self._monotonic = monotonic
        self._failures = 0
        self._since = 0.0
        self._pause = 0.0
        self._until: float | None = None
        self._probing = False

    def check(self, *, probe: bool) -> None:
        """Raise Outage while the circuit is open.

        A call with `probe` may be the one that looks again: only one at a time.
        """
        if self._until is None:
            return
        now = self._monotonic()
        if probe and now >= self._until:
            # Until this one has an answer the others go on waiting.
            self._until, self._probing = now + self._pause, True
            return
        raise Outage(
            "Meta has answered nothing but failures for a while; nothing was sent. "
            f"It is asked again in {max(self._until - now, 1.0):.0f} seconds."
        )

    def succeeded(self) -> None:
        """Note that Meta answered: the circuit is closed."""
        self._failures, self._pause, self._until, self._probing = 0, 0.0, None, False

    def failed(self) -> None:
        """Note that Meta did not answer, or could not."""
        now, chosen = self._monotonic(), self._settings
        if self._failures == 0:
            self._since = now
        self._failures += 1
        if self._until is not None:
            # Calls that were on their way when the circuit opened say nothing new.
            if self._probing:
                self._open(now)
        elif self._failures >= chosen.failures and now - self._since >= chosen.lasting:
            self._open(now)

    @property
    def seconds_open(self) -> float:
        """For how long calls are not tried any more; 0 when they are."""
        return 0.0 if self._until is None else max(self._until - self._monotonic(), 0.0)

    def _open(self, now: float) -> None:
        chosen = self._settings
        self._pause = min(max(self._pause * 2.0, chosen.first_pause), chosen.longest_pause)
        self._until, self._probing = now + self._pause, False
