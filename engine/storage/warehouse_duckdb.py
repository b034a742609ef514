"""The warehouse in one DuckDB file: what happened, and when we knew it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl

from engine.domain.frame import FrameColumn, Freshness
from engine.domain.objects import Account, AdObject, Level, Structure
from engine.domain.windows import Grain
from engine.ports import Delivery, InsightsBatch, Stored
from engine.storage import analytics
from engine.storage.coverage import aware
from engine.storage.deliveries import store_once
from engine.storage.readings import Readings, keep_aside
from engine.storage.warehouse_facts import store_batch
from engine.storage.warehouse_file import WarehouseFile
from engine.storage.warehouse_history import DuckDBHistory
from engine.storage.warehouse_rows import first_row
from engine.storage.warehouse_schema import TABLES
from engine.storage.warehouse_structure import (
    find_objects,
    last_readings,
    load_objects,
    store_objects,
)
from engine.storage.window_frame import window_frame

# A level that no pull has read for this long is no longer in use.
_OUT_OF_USE = timedelta(days=1)


class DuckDBWarehouse:
    """Implements engine.ports.Warehouse in one DuckDB file.

    Its calls block and are safe from any thread. One process owns the file; a second one gets
    StorageError, as does a file
    from a newer version (left unharmed), a folder that can't be written or a
    full disk. Each call is one transaction.
    """

    def __init__(self, path: Path) -> None:
        """Open the file at `path`, making it and its folder when absent."""
        self._file = WarehouseFile(path)
        self.history = DuckDBHistory(self._file)
        self.readings = Readings(self._file)

    def store_structure(self, structure: Structure) -> None:
        """Keep the account's objects as known at `structure.as_of`.

        Objects that two whole readings miss are kept as deleted.
        """
        with self._file.writing() as cursor:
            store_objects(cursor, structure)

    def store_insights(self, *batches: InsightsBatch, delivery: Delivery | None = None) -> Stored:
        """Add a new version of every row whose value changed, and only of those.

        All batches or none. An incomplete batch stores nothing and counts nothing, except
        that rows which could not be read are kept aside. A delivery is stored once: what
        is told again is what its first time did. Raises Clash for one with other content.
        """
        with self._file.writing() as cursor:
            if delivery is None:
                return sum((_store(cursor, batch) for batch in batches), Stored())
            return store_once(cursor, delivery, batches, _store)

    def objects(self, account_id: str, level: Level | None = None) -> list[AdObject]:
        """Return the account's objects as last read, deleted ones too, by id."""
        with self._file.reading() as cursor:
            return load_objects(cursor, account_id, level)

    def find(self, object_ids: Sequence[str]) -> dict[str, AdObject]:
        """Return objects by id; unknown ids are left out."""
        with self._file.reading() as cursor:
            return find_objects(cursor, object_ids)

    def frame(
        self,
        account: Account,
        level: Level,
        columns: Sequence[FrameColumn],
        as_of: datetime,
    ) -> pl.DataFrame:
        """Return the window frame (see engine.domain.frame) as known at `as_of`."""
        with self._file.reading() as cursor:
            return window_frame(cursor, account, level, columns, as_of)

    def freshness(self, account_id: str) -> Freshness:
        """Return when the account was last read whole, over the levels in use.

        Of several levels the one read longest ago counts, unless it fell out of
        use: it was not read for a day while another was.
        """
        with self._file.reading() as cursor:
            return _freshness(cursor, account_id)

    def daily(
        self, account: Account, level: Level, since: date, until: date, as_of: datetime
    ) -> pl.DataFrame:
        """Return the sums by object and day; empty days have no row."""
        with self._file.reading() as cursor:
            return analytics.daily_sums(cursor, [account], level, (since, until), as_of)

    def account_days(
        self, accounts: Sequence[Account], since: date, until: date, as_of: datetime
    ) -> pl.DataFrame:
        """Return each account's totals by day (see analytics.account_days)."""
        with self._file.reading() as cursor:
            return analytics.account_days(cursor, accounts, (since, until), as_of)

    def movers(
        self, accounts: Sequence[Account], level: Level, days: int, as_of: datetime, count: int
    ) -> pl.DataFrame:
        """Return who spent most, and the period before (see analytics.movers)."""
        with self._file.reading() as cursor:
            return analytics.movers(cursor, accounts, level, days, as_of, count)

    def sparklines(
        self, accounts: Sequence[Account], level: Level, days: int, as_of: datetime
    ) -> pl.DataFrame:
        """Return the last days as lists (see analytics.sparklines)."""
        with self._file.reading() as cursor:
            return analytics.sparklines(cursor, accounts, level, days, as_of)

    def counts(self) -> dict[str, int]:
        """Return how many rows each table holds."""
        with self._file.reading() as cursor:
            rows = [first_row(cursor, f"SELECT count(*) FROM {name}") for name in TABLES]
        return {name: int(row[0]) for name, row in zip(TABLES, rows, strict=True) if row}

    def checkpoint(self) -> None:
        """Bring the log into the file; worth calling when idle."""
        self._file.checkpoint()

    def close(self) -> None:
        """Flush and close."""
        self._file.close()


def _store(cursor: duckdb.DuckDBPyConnection, batch: InsightsBatch) -> Stored:
    keep_aside(cursor, batch)
    return store_batch(cursor, batch) if batch.complete else Stored()


def _freshness(cursor: duckdb.DuckDBPyConnection, account_id: str) -> Freshness:
    rows = cursor.execute(
        "SELECT grain, level, max(known_at) FROM readings WHERE account_id = ? GROUP BY ALL",
        [account_id],
    ).fetchall()

    def oldest(grain: str) -> datetime | None:
        moments = [aware(moment) for found, _, moment in rows if found == grain]
        return min(
            (moment for moment in moments if moment > max(moments) - _OUT_OF_USE), default=None
        )

    return Freshness(
        last_readings(cursor, account_id).any, oldest(Grain.HOUR.value), oldest(Grain.DAY.value)
    )
