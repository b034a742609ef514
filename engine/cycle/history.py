"""Older days on demand: read piece by piece, newest first.

One such work runs at a time, between the cycles of the accounts. What Meta no longer
restates is read once: asked again for the same days, it goes on where it stopped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

import structlog

from engine.cycle.planning import levels_read
from engine.cycle.reading import wish_of
from engine.domain.changes import Area, Changes
from engine.domain.errors import PlatformError, RateLimited, StorageError, UserError
from engine.domain.objects import Account, Level
from engine.domain.rule import Rule
from engine.domain.windows import Grain
from engine.engine import Engine
from engine.ports import InsightsQuery
from engine.pull import LATER_DAYS, PullReport, read_numbers

log = structlog.get_logger(__name__)
PIECE_DAYS = 30
# Meta keeps numbers for so many months.
MONTHS = 37
_SETTLED = timedelta(days=LATER_DAYS)
_DAY = timedelta(days=1)
_LOOK_AGAIN_SECONDS = 5.0


class HistoryState(StrEnum):
    """How a reading of older days stands."""

    IDLE = "idle"
    RUNNING = "running"
    WAITING = "waiting"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class HistoryProgress:
    """How far the reading of older days is, counted in pieces."""

    state: HistoryState = HistoryState.IDLE
    since: date | None = None
    done: int = 0
    total: int = 0
    rows: int = 0
    calls: int = 0
    account_name: str = ""
    piece: str = ""
    words: str = ""
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """Some days of one account at one level."""

    account: Account
    level: Level
    since: date
    until: date


class HistoryReader:
    """Reads older days; one work at a time, which can be cancelled."""

    def __init__(
        self,
        engine: Engine,
        tell: Callable[[Changes], None],
        alone: Callable[[str], asyncio.Lock],
    ) -> None:
        """`alone` keeps two readings of one account apart."""
        self._engine = engine
        self._tell = tell
        self._alone = alone
        self._task: asyncio.Task[None] | None = None
        self.progress = HistoryProgress()

    def begin(
        self, since: date, accounts: Sequence[Account], rules: Sequence[Rule]
    ) -> HistoryProgress:
        """Begin to read all days from `since` on that are not kept yet.

        Raises UserError for days Meta no longer has and while another one runs.
        """
        if self._task is not None and not self._task.done():
            raise UserError(
                "Older days are being read already.",
                hint="Wait for the end, or cancel it first.",
            )
        _check(since, self._engine.clock.now())
        self.progress = HistoryProgress(HistoryState.RUNNING, since)
        self._task = asyncio.create_task(self._run(since, accounts, rules))
        return self.progress

    async def cancel(self) -> HistoryProgress:
        """Stop after nothing more; what was stored stays."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])
        return self.progress

    async def _run(self, since: date, accounts: Sequence[Account], rules: Sequence[Rule]) -> None:
        try:
            pieces = await asyncio.to_thread(self._pieces, since, accounts, rules)
            self._move(total=len(pieces))
            for piece in pieces:
                await self._read(piece, rules)
            self._move(state=HistoryState.DONE, piece="", account_name="")
        except asyncio.CancelledError:
            self._move(state=HistoryState.CANCELLED, words="It was cancelled.")
            raise
        except (PlatformError, StorageError) as error:
            log.warning("older days could not be read", reason=str(error))
            self._move(state=HistoryState.FAILED, words=str(error))

    def _pieces(
        self, since: date, accounts: Sequence[Account], rules: Sequence[Rule]
    ) -> list[Piece]:
        """Return what is to be read: days that are not kept in their final form."""
        readings, now = self._engine.warehouse.readings, self._engine.clock.now()
        found: list[Piece] = []
        for account in accounts:
            today = now.astimezone(account.zone).date()
            for level in levels_read(account, rules):
                final = readings.final_days(account.account_id, level, since, today, _SETTLED)
                found += [
                    Piece(account, level, first, last)
                    for first, last in spans_without(since, today, final)
                ]
        return found

    async def _read(self, piece: Piece, rules: Sequence[Rule]) -> None:
        """Read one piece, however often Meta asks us to wait meanwhile."""
        engine, account = self._engine, piece.account
        self._move(account_name=account.name, piece=f"{piece.since} - {piece.until}")
        while True:
            try:
                async with self._alone(account.account_id):
                    report = await self._read_once(piece, rules)
                break
            except RateLimited as error:
                self._move(state=HistoryState.WAITING, words=error.text)
                await self._wait_until(error.until)
                self._move(state=HistoryState.RUNNING, words="")
        self._move(
            done=self.progress.done + 1,
            rows=self.progress.rows + report.stored.added + report.stored.changed,
            calls=self.progress.calls + report.calls,
            faults=(*self.progress.faults, *report.faults)[-20:],
        )
        self._tell(Changes.of(Area.INSIGHTS))
        engine.telemetry.rows_stored.inc(report.stored.added + report.stored.changed)

    async def _read_once(self, piece: Piece, rules: Sequence[Rule]) -> PullReport:
        engine, account = self._engine, piece.account
        before = engine.platform.calls()
        known = await asyncio.to_thread(engine.warehouse.readings.rows_a_day, account.account_id)
        days = (piece.until - piece.since).days + 1
        query = InsightsQuery(
            account,
            piece.level,
            Grain.DAY,
            piece.since,
            piece.until,
            wish_of(engine.settings(), rules).attributions,
            expected_rows=known.get((piece.level, Grain.DAY), 0) * days,
        )
        fresh = await asyncio.to_thread(engine.warehouse.freshness, account.account_id)
        report = PullReport(account.account_id, fresh)
        report = await read_numbers(engine.platform, engine.warehouse, query, report)
        return replace(report, calls=engine.platform.calls() - before)

    async def _wait_until(self, moment: datetime) -> None:
        """Wait by the engine's clock, which need not run as the computer's does."""
        while self._engine.clock.now() < moment:  # noqa: ASYNC110 - no event tells the time
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    def _move(self, **changes: object) -> None:
        self.progress = replace(self.progress, **changes)  # type: ignore[arg-type]  # its fields
        self._tell(Changes.of(Area.ENGINE))


def spans_without(since: date, until: date, final: set[date]) -> list[tuple[date, date]]:
    """Return the days that are missing in `final` as spans, newest first.

    Spans are at most PIECE_DAYS long; final days inside one may be read again.
    """
    spans: list[tuple[date, date]] = []
    last = until
    while last >= since:
        if last in final:
            last -= _DAY
            continue
        first = max(since, last - (PIECE_DAYS - 1) * _DAY)
        while first in final:
            first += _DAY
        spans.append((first, last))
        last = first - _DAY
    return spans


def _check(since: date, now: datetime) -> None:
    """Raise UserError for a day that Meta does not have."""
    today = now.date()
    months = today.year * 12 + today.month - 1 - MONTHS
    year, month = divmod(months, 12)
    # A day less than Meta's bound, because the accounts' days differ from ours.
    oldest = date(year, month + 1, 1) + (min(today.day, 28) + 1) * _DAY
    if since < oldest:
        raise UserError(
            f"Meta keeps numbers for {MONTHS} months; {since} is too far back.",
            hint=f"Ask for days from {oldest} on.",
        )
    if since > today:
        raise UserError(f"{since} has not come yet.", hint="Give a day in the past.")
