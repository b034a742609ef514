"""Numbers on their way in: the question, the batch, what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from engine.domain.objects import Account, Level
from engine.domain.readings import SetAside
from engine.domain.windows import Grain

# One insights row per object and hour or day. `hour` is the account's hour 0-23,
# -1 for a whole day; `hour_start` is UTC, null for a whole day. `spend` is minor
# units. `reach` is null by hour, because Meta does not report it there.
ROW_SCHEMA: dict[str, pl.DataType] = {
    "object_id": pl.String(),
    "date": pl.Date(),
    "hour": pl.Int8(),
    "hour_start": pl.Datetime("us", "UTC"),
    "impressions": pl.Int64(),
    "clicks": pl.Int64(),
    "link_clicks": pl.Int64(),
    "spend": pl.Int64(),
    "reach": pl.Int64(),
    "video_plays": pl.Int64(),
    "thruplays": pl.Int64(),
}
# One row per object, day and action type; never added up over types.
ACTION_SCHEMA: dict[str, pl.DataType] = {
    "object_id": pl.String(),
    "date": pl.Date(),
    "action_type": pl.String(),
    "count": pl.Float64(),
    "value": pl.Int64(),
}


@dataclass(frozen=True, slots=True)
class InsightsQuery:
    """Which numbers to read: level, grain and account days, both included.

    For `Grain.LIFETIME` the dates bound nothing: Meta is asked for its maximum,
    and each object gets one row whose `date` is the last day. `attributions` are
    windows (like `7d_click`) whose actions are wanted besides the default; each is
    an action type of its own, see `attributed`. `expected_rows` is a guess, 0 for
    none, from which the way of asking is chosen.
    """

    account: Account
    level: Level
    grain: Grain
    since: date
    until: date
    attributions: tuple[str, ...] = ()
    expected_rows: int = 0


@dataclass(frozen=True, slots=True)
class InsightsBatch:
    """The answer to a query: rows by ROW_SCHEMA, actions by ACTION_SCHEMA.

    `known_at` is Meta's own time when the reading began. `complete` is false when
    a page is missing; `rejected` counts rows that could not be read, `faults` says why,
    `set_aside` holds some of them. A row that a `whole` batch lacks is zero; of one
    that is not whole it says nothing.
    """

    query: InsightsQuery
    known_at: datetime
    rows: pl.DataFrame
    actions: pl.DataFrame
    complete: bool = True
    rejected: int = 0
    faults: tuple[str, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Delivery:
    """Numbers that somebody pushed: their own name for the batch, its digest."""

    batch_id: str
    digest: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """How many fact rows a batch added, changed and left as they were.

    `missing` are days that had rows and came back without any: they were left as
    they are and do not count as read. `repeated` tells of a delivery that was stored
    before; the counts are those of then.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    missing: tuple[date, ...] = ()
    repeated: bool = False

    def __add__(self, other: Stored) -> Stored:
        return Stored(
            self.added + other.added,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            tuple(sorted({*self.missing, *other.missing})),
        )
