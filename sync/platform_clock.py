"""Meta's clock, read from the `Date` header of its answers."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_RESOLUTION = timedelta(seconds=1)
# A step back this small is the header's rounding, not a server that was set back.
_SMALL_STEP = timedelta(seconds=5)


def parse_date_header(value: str | None) -> datetime | None:
    """Return the aware UTC time of an HTTP date, none when it can't be read."""
    if not value:
        return None
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class PlatformClock:
    """Tells the server's time: its last `Date` plus what passed since.

    A header counts whole seconds, so while the reckoned time lies within the
    second of the newest header it is kept and time runs smoothly; otherwise the
    clock jumps to the header, because the server is right: forth at once, back only
    when it went back by more than rounding can explain. Until then it stands still.
    Before the first answer it tells the computer's time.
    """

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        local: Callable[[], datetime] | None = None,
    ) -> None:
        """Start without an anchor; both clocks are arguments for replays."""
        self._monotonic = monotonic
        self._local = local or (lambda: datetime.now(UTC))
        self._anchor: datetime | None = None
        self._anchored_at = 0.0
        self._told: datetime | None = None
        self._ask: Callable[[], Awaitable[object]] | None = None

    def now(self) -> datetime:
        """Return the server's time, aware, in UTC."""
        if self._anchor is None:
            return self._local()
        reckoned = self._anchor + timedelta(seconds=self._monotonic() - self._anchored_at)
        if self._told is None or not reckoned <= self._told <= reckoned + _SMALL_STEP:
            self._told = reckoned
        return self._told

    def observe(self, date: datetime | None) -> None:
        """Follow a `Date` header (aware, UTC); none is passed over."""
        if date is None:
            return
        if self._anchor is not None and date <= self.now() < date + _RESOLUTION:
            return
        self._anchor = date
        self._anchored_at = self._monotonic()

    @property
    def local_error(self) -> timedelta:
        """How far the computer's clock is ahead of the server's."""
        return self._local() - self.now()

    def follow(self, ask: Callable[[], Awaitable[object]]) -> None:
        """Name the call that `refresh` makes to see a fresh `Date` header."""
        self._ask = ask

    async def refresh(self) -> datetime:
        """Ask the server for its time by one small call and return it.

        Needed where the server's clock does not run at the pace of ours (a
        sandbox whose clock is moved by hand). Raises PlatformError.
        """
        if self._ask is not None:
            await self._ask()
        return self.now()
