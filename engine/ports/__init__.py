"""What the engine needs from outside, as protocols the wiring fills in."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Protocol, runtime_checkable

import polars as pl

from engine.domain.decision import Proposal, Value
from engine.domain.errors import PlatformError
from engine.domain.frame import FrameColumn, Freshness
from engine.domain.limits import LimitState
from engine.domain.objects import Account, AdObject, Creative, Level, ObjectRef, Structure
from engine.ports.numbers import (
    ACTION_SCHEMA,
    ROW_SCHEMA,
    Delivery,
    InsightsBatch,
    InsightsQuery,
    Stored,
)
from engine.ports.readings import Readings, ReportMemory

__all__ = [
    "ACTION_SCHEMA",
    "MOST_WRITES",
    "ROW_SCHEMA",
    "Activity",
    "Confidence",
    "Delivery",
    "EditsAsked",
    "Forecaster",
    "History",
    "InsightsBatch",
    "InsightsQuery",
    "Job",
    "Known",
    "LastReadings",
    "Metered",
    "Platform",
    "Readings",
    "ReportMemory",
    "Scheduler",
    "Stored",
    "Warehouse",
    "Write",
]

# As many changes as Meta takes in one request.
MOST_WRITES = 50


@dataclass(frozen=True, slots=True)
class Write:
    """One field of one object to set to a value (minor units for money)."""

    target: ObjectRef
    field: str
    value: Value
    entry_id: str


@dataclass(frozen=True, slots=True)
class Activity:
    """One row of Meta's change history; `by_us` when our app made the change.

    `words` are Meta's own for the event, `application` the program it was made with.
    `level` is none where the row is about the account or a thing we do not keep.
    """

    object_id: str
    at: datetime
    event: str
    field: str | None
    before: Value
    after: Value
    actor: str
    by_us: bool
    actor_id: str = ""
    application: str = ""
    object_name: str = ""
    level: Level | None = None
    words: str = ""
    account_id: str = ""

    @property
    def mark(self) -> str:
        """Return what tells it from other rows: all that Meta said was done.

        Whether it was ours is our own judgement, and names may be given anew.
        """
        told = (self.object_id, self.at.isoformat(), self.event, self.before, self.after)
        return sha256(json.dumps([*told, self.actor_id]).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an account, from which only changes need be read.

    `at` is Meta's time of the last complete reading, `objects` all that was known then,
    `edits` the change history since a little before it.
    """

    at: datetime
    objects: Sequence[AdObject]
    edits: Sequence[Activity]


@dataclass(frozen=True, slots=True)
class LastReadings:
    """When an account's objects were read last: at all, and whole.

    `history` is until when Meta's change history is kept. `missed` says that the last
    whole reading did not show an object which is not known to be deleted.
    """

    any: datetime | None = None
    whole: datetime | None = None
    history: datetime | None = None
    missed: bool = False


@dataclass(frozen=True, slots=True)
class EditsAsked:
    """Which rows of the change history are asked for; empty parts ask for all.

    `since` is included, `until` is not. `text` is part of a name, an actor or an id.
    """

    accounts: Sequence[str] | None = None
    object_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    foreign_only: bool = False
    mark: str | None = None
    text: str = ""
    limit: int | None = None


class Platform(Protocol):
    """The way to Meta. Raises PlatformError and its kinds, nothing else."""

    async def accounts(self) -> Sequence[Account]:
        """Return every ad account the token can see."""
        ...

    async def structure(self, account: Account, known: Known | None = None) -> Structure:
        """Return all campaigns, ad sets and ads of `account`.

        With `known` only what may have changed since; all of them where that costs less.
        """
        ...

    def insights(self, query: InsightsQuery) -> AsyncGenerator[InsightsBatch, None]:
        """Yield the numbers asked for, every page of them.

        Each batch answers for days of its own; together they are the query's days,
        in order. Memory holds a few batches, however many there are.
        """
        ...

    async def read(self, targets: Sequence[ObjectRef]) -> Mapping[str, AdObject]:
        """Return the objects as they are now, by id; absent ones are left out."""
        ...

    async def write_many(self, writes: Sequence[Write]) -> Sequence[PlatformError | None]:
        """Set fields of objects of one account, each once, without any retry.

        At most MOST_WRITES, each of another object; of several ad sets of a campaign only
        one. Returns an outcome for each: none when Meta confirmed it; Refused, RateLimited,
        TokenExpired or Temporary when it was not changed for certain, OutcomeUnknown
        otherwise.
        """
        ...

    async def activities(self, account: Account, since: datetime) -> Sequence[Activity]:
        """Return the change history of `account` from `since` on."""
        ...

    def calls(self) -> int:
        """Return how many calls were made so far; batch items count one each."""
        ...

    async def close(self) -> None:
        """Close connections."""
        ...


@runtime_checkable
class Metered(Protocol):
    """A platform that knows how much of Meta's limits is left."""

    def remaining(self, account_id: str) -> float:
        """Return how many per cent of the account's limits are left."""
        ...

    def limits(self) -> Sequence[LimitState]:
        """Return what is known of every limit now."""
        ...


class History(Protocol):
    """What is kept of objects besides their versions and numbers; blocking."""

    def last_readings(self, account_id: str) -> LastReadings:
        """Return when the account's objects and its edits were read last."""
        ...

    def store_edits(
        self, account_id: str, edits: Sequence[Activity], read_at: datetime
    ) -> list[Activity]:
        """Keep rows of Meta's change history; return those that were new."""
        ...

    def edits(self, asked: EditsAsked) -> list[Activity]:
        """Return rows of Meta's change history, newest first."""
        ...

    def creatives(self, creative_ids: Sequence[str]) -> dict[str, Creative]:
        """Return creatives by id; unknown ids are left out."""
        ...


class Warehouse(Protocol):
    """Large analytical store of facts; blocking, safe to call from any thread."""

    @property
    def history(self) -> History:
        """Return the readings, Meta's change history and the creatives."""
        ...

    @property
    def readings(self) -> Readings:
        """Return what was read and when, and what could not be read."""
        ...

    def store_structure(self, structure: Structure) -> None:
        """Keep the account's objects as known at `structure.as_of`."""
        ...

    def store_insights(self, *batches: InsightsBatch, delivery: Delivery | None = None) -> Stored:
        """Add a new version of every row whose value changed, and only of those.

        All batches or none; those of a delivery once for each of its ids. Raises Clash
        when an id was used for other content.
        """
        ...

    def objects(self, account_id: str, level: Level | None = None) -> list[AdObject]:
        """Return the account's objects as last read; gone ones as DELETED."""
        ...

    def find(self, object_ids: Sequence[str]) -> dict[str, AdObject]:
        """Return objects by id; unknown ids are left out."""
        ...

    def frame(
        self,
        account: Account,
        level: Level,
        columns: Sequence[FrameColumn],
        as_of: datetime,
    ) -> pl.DataFrame:
        """Return the window frame (see engine.domain.frame) as known at `as_of`."""
        ...

    def freshness(self, account_id: str) -> Freshness:
        """Return when the account was last read."""
        ...

    def daily(
        self, account: Account, level: Level, since: date, until: date, as_of: datetime
    ) -> pl.DataFrame:
        """Return the daily sums by object and day.

        Columns: object_id, date, impressions, clicks, link_clicks, spend, conversions,
        revenue (money in minor units; conversions and revenue of the primary event).
        """
        ...

    def account_days(
        self, accounts: Sequence[Account], since: date, until: date, as_of: datetime
    ) -> pl.DataFrame:
        """Return each account's totals over its campaigns by day.

        Columns: account_id, date and the sums of `daily`.
        """
        ...

    def movers(
        self, accounts: Sequence[Account], level: Level, days: int, as_of: datetime, count: int
    ) -> pl.DataFrame:
        """Return the `count` objects that spent most in the last complete days.

        Columns: account_id, object_id, the sums of `daily` over the last `days` complete
        days, and each again as `<name>_before` over as many days before those.
        """
        ...

    def sparklines(
        self, accounts: Sequence[Account], level: Level, days: int, as_of: datetime
    ) -> pl.DataFrame:
        """Return the last days of every object as lists.

        Columns: account_id, object_id and, for each sum of `daily`, a list of `days` numbers.
        The oldest day comes first, the account's today last; days without a row are zero.
        """
        ...

    def counts(self) -> dict[str, int]:
        """Return how many rows each table holds."""
        ...

    def close(self) -> None:
        """Flush and close."""
        ...


@dataclass(frozen=True, slots=True)
class Confidence:
    """A model's calibrated probability (0-1) that acting beats not acting."""

    probability: float
    model: str
    words: str = ""


class Forecaster(Protocol):
    """Models that gate decisions."""

    def confidence(self, proposal: Proposal, horizon: str) -> Confidence | None:
        """Return the model's confidence, none when no usable model serves this."""
        ...


Job = Callable[[], Awaitable[None]]


class Scheduler(Protocol):
    """Fires work; one engine uses APScheduler, several share a durable queue."""

    def every(self, name: str, seconds: float, job: Job) -> None:
        """Run `job` at once and every `seconds`, never twice at a time."""
        ...

    def repace(self, name: str, seconds: float) -> None:
        """Run a job every `seconds` from its last start; at once when past."""
        ...

    def due_in(self, name: str) -> float | None:
        """Return the seconds until a job's next start, none if unplanned."""
        ...

    def start(self) -> None:
        """Begin firing."""
        ...

    async def stop(self) -> None:
        """Stop firing; a job that runs gets a moment to end."""
        ...
