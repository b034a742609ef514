"""The warehouse's file: one process owns it, one thread writes, many read.

Settings and their reasons (measured with kill -9 and simulated power cuts):
the file's format is pinned so that older programs can read it; DuckDB's own
checkpoints are off, because each overwrites a block in place and a cut at that
moment costs the file, so they are rare and made here, followed by a sync of
the folder; SQL may not reach any other file.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from engine.domain.errors import StorageError
from engine.storage.warehouse_recovery import newer_version, repair_log, storage_error, wal_of
from engine.storage.warehouse_rows import first_row
from engine.storage.warehouse_schema import SCHEMA_VERSION, STATEMENTS, UPGRADES

log = logging.getLogger(__name__)

STORAGE_VERSION = "v1.5.0"
LOG_LIMIT = 256 * 1024 * 1024
# What the disk, the lock or the process did; everything else is our mistake.
_ENVIRONMENT = (duckdb.OperationalError, duckdb.FatalException, duckdb.InternalException)
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "checkpoint_threshold": "1TB",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


class WarehouseFile:
    """An open DuckDB file with one writer and any number of readers.

    Raises StorageError when it can't be opened, read or written.
    """

    def __init__(self, path: Path) -> None:
        """Open the file at `path`, making it and its folder when absent."""
        self.path = path
        self.repairs: list[str] = []
        self._writer = threading.Lock()
        self._idle: list[duckdb.DuckDBPyConnection] = []
        self._make_folder()
        if path.exists() and path.stat().st_size:
            self._refuse_newer()
        self._root = self._attach()
        self._prepare()
        self._close_to_others()

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Lend a cursor that sees what was committed."""
        cursor = self._borrow()
        try:
            cursor.execute("BEGIN TRANSACTION")
            yield cursor
            cursor.execute("COMMIT")
        except BaseException as error:
            self._give_up(cursor)
            if isinstance(error, _ENVIRONMENT):
                raise storage_error(self.path, error) from error
            raise
        self._idle.append(cursor)

    @contextmanager
    def writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Lend the one writing cursor inside a transaction.

        Commits at the end; an exception rolls everything back.
        """
        with self._writer:
            with self.reading() as cursor:
                yield cursor
            self._close_to_others()
            wal = wal_of(self.path)
            if wal.exists() and wal.stat().st_size > LOG_LIMIT:
                self._checkpoint()

    def checkpoint(self) -> None:
        """Bring the log into the file; for idle moments."""
        with self._writer:
            self._checkpoint()

    def close(self) -> None:
        """Checkpoint and close; further use raises StorageError."""
        with self._writer:
            if self._root is None:
                return
            try:
                self._checkpoint()
            finally:
                for cursor in self._idle:
                    cursor.close()
                self._idle.clear()
                self._root.close()
                self._root = None

    def _borrow(self) -> duckdb.DuckDBPyConnection:
        if self._root is None:
            raise StorageError(f"The warehouse {self.path} is closed.")
        with suppress(IndexError):
            return self._idle.pop()
        cursor = self._root.cursor()
        cursor.execute("USE warehouse")
        return cursor

    def _give_up(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Drop a cursor whose work failed; closing it rolls back."""
        with suppress(duckdb.Error):
            cursor.execute("ROLLBACK")
        cursor.close()

    def _checkpoint(self) -> None:
        cursor = self._borrow()
        try:
            cursor.execute("CHECKPOINT warehouse")
        except _ENVIRONMENT as error:
            cursor.close()
            raise storage_error(self.path, error) from error
        self._idle.append(cursor)
        sync_folder(self.path.parent)

    def _make_folder(self) -> None:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not os.access(self.path.parent, os.W_OK):
                raise PermissionError(f"{self.path.parent} is not writable")
        except OSError as error:
            raise storage_error(self.path, error) from error

    def _refuse_newer(self) -> None:
        """Look at the version through a reading connection, which changes nothing."""
        with self._connected() as connection:
            self._attach_to(connection, "READ_ONLY")
            found = _schema_version(connection)
        if found is not None and found > SCHEMA_VERSION:
            raise newer_version(self.path)

    def _attach(self) -> duckdb.DuckDBPyConnection | None:
        connection = duckdb.connect(":memory:", config=_CONFIG)
        try:
            self._attach_to(connection, f"STORAGE_VERSION '{STORAGE_VERSION}'")
        except StorageError:
            connection.close()
            raise
        return connection

    @contextmanager
    def _connected(self) -> Iterator[duckdb.DuckDBPyConnection]:
        connection = duckdb.connect(":memory:", config=_CONFIG)
        try:
            yield connection
        finally:
            connection.close()

    def _attach_to(self, connection: duckdb.DuckDBPyConnection, option: str) -> None:
        """Attach the file as `warehouse`, putting its log right when need be."""
        name = str(self.path).replace("'", "''")
        for _ in range(3):
            try:
                connection.execute(f"ATTACH '{name}' AS warehouse ({option})")
                return
            except duckdb.Error as error:
                done = repair_log(self.path, error)
                if done is None:
                    raise storage_error(self.path, error) from error
                self.repairs.append(done)
                log.warning("warehouse log repaired: %s", done)
        raise StorageError(f"The warehouse {self.path} can't be opened after repairs of its log.")

    def _prepare(self) -> None:
        assert self._root is not None
        self._root.execute("SET enable_external_access=false")
        self._root.execute("SET lock_configuration=true")
        with self.writing() as cursor:
            found = _schema_version(cursor)
            if found is None:
                for statement in STATEMENTS:
                    cursor.execute(statement)
            elif found < SCHEMA_VERSION:
                _upgrade(cursor, found)

    def _close_to_others(self) -> None:
        """Let only this user read the file and its log."""
        for path in (self.path, wal_of(self.path)):
            with suppress(FileNotFoundError):
                if path.stat().st_mode & 0o077:
                    path.chmod(0o600)


def _upgrade(cursor: duckdb.DuckDBPyConnection, found: int) -> None:
    """Bring the tables of an older program up to date, facts untouched."""
    for statement in UPGRADES[found - 1 :]:
        cursor.execute(statement)
    cursor.execute(
        "UPDATE about SET value = ? WHERE name = 'schema_version'", [str(SCHEMA_VERSION)]
    )
    log.info("warehouse upgraded from version %d to %d", found, SCHEMA_VERSION)


def _schema_version(connection: duckdb.DuckDBPyConnection) -> int | None:
    """Return the version of the tables, none in an empty file."""
    there = first_row(
        connection,
        "SELECT count(*) FROM duckdb_tables() "
        "WHERE database_name = 'warehouse' AND table_name = 'about'",
    )
    if there is None or there[0] == 0:
        return None
    row = first_row(connection, "SELECT value FROM warehouse.about WHERE name = 'schema_version'")
    return int(row[0]) if row else None


def sync_folder(folder: Path) -> None:
    """Make renames and removals in a folder last through a power cut."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
