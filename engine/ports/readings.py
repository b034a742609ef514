"""What is remembered of readings, as a port of the warehouse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from engine.domain.objects import Account, Level
from engine.domain.readings import AsideCount, KeptAside, LastReads, Moves, ReportRun
from engine.domain.thinning import Thinned, ThinningPolicy
from engine.domain.windows import Grain
from engine.ports.numbers import InsightsQuery


class ReportMemory(Protocol):
    """Remembers past an engine's end what Meta works on; blocking."""

    def find_report(self, query: InsightsQuery) -> ReportRun | None:
        """Return the report asked for a question, if nothing newer was read since."""
        ...

    def keep_report(self, query: InsightsQuery, run: ReportRun) -> None:
        """Remember a report in place of any other of the same question."""
        ...

    def forget_report(self, query: InsightsQuery) -> None:
        """Forget the report of a question."""
        ...


class Readings(ReportMemory, Protocol):
    """What was read and when, and what could not be read; blocking."""

    def last(self, account: Account, levels: Sequence[Level], now: datetime) -> LastReads:
        """Return when each part of an account was last read, over all of `levels`."""
        ...

    def until(self, account_id: str, level: Level) -> date | None:
        """Return the last account day read by day, none when never read."""
        ...

    def moves(self, account: Account, now: datetime) -> Moves:
        """Return how much moves in an account."""
        ...

    def rows_a_day(self, account_id: str) -> Mapping[tuple[Level, Grain], int]:
        """Return how many rows a day the newest reading of each kind had."""
        ...

    def final_days(
        self, account_id: str, level: Level, since: date, until: date, settled: timedelta
    ) -> set[date]:
        """Return the days read by day `settled` after their end or later."""
        ...

    def thin(self, policy: ThinningPolicy, now: datetime) -> None:
        """Thin old versions of facts by a policy, and note it."""
        ...

    def thinned(self) -> list[Thinned]:
        """Return how far thinning has come, and what it took away."""
        ...

    def aside(self, account_id: str | None = None, limit: int = 100) -> list[KeptAside]:
        """Return rows that could not be read, newest first."""
        ...

    def aside_counts(self, since: datetime) -> list[AsideCount]:
        """Return how many rows were set aside since then, by account and why."""
        ...
