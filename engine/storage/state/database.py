"""Opening the state database, and its short transactions.

SQLite is opened with a write-ahead log and full synchronisation: what a
transaction acknowledged is still there after a power cut, and readers never
wait for the writer. Writers of one process queue behind a lock; writers of
other processes behind SQLite's own.
"""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from engine.domain.errors import StorageError
from engine.storage.state.migrating import bring_up_to_date, refuse_what_is_newer

BUSY_SECONDS = 10
_WRITES = "ai_buyer_writes"


class Database:
    """One state database with read and write transactions."""

    def __init__(self, engine: sa.Engine, name: str) -> None:
        """Take an open engine; `name` is the file or address shown to people."""
        self.engine = engine
        self.name = name
        self._writers = engine.execution_options(**{_WRITES: True})
        self._queue = threading.RLock()

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Give a connection that sees one consistent state.

        Raises StorageError when the database does not answer.
        """
        with self._told(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Give a connection whose changes are on disk when the block ends.

        An exception inside the block takes everything back. Raises StorageError
        when the database does not answer or refuses.
        """
        with self._told(), self._queue, self._writers.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.DBAPIError as error:
            hint = "Check free space and permissions of its folder."
            if "locked" in str(error.orig):
                hint = "Another program holds it; close that one, then try again."
            raise StorageError(
                f"The state database {self.name} can't be used: {error.orig}.", hint=hint
            ) from error


def open_database(address: str | Path) -> Database:
    """Open the state database at a path or a URL, made or brought up to date.

    A new file is 0600 in a 0700 folder. Before an existing file is migrated, a copy
    `<name>.before-<revision>` is made beside it. Raises StorageError when it can't be
    opened or was written by a newer version, which leaves it untouched.
    """
    if isinstance(address, str) and "://" in address:
        url = sa.make_url(address)
        path = Path(url.database) if url.database and url.drivername == "sqlite" else None
    else:
        path = Path(address)
        url = sa.URL.create("sqlite", database=str(path))
    name = str(path) if path else url.render_as_string(hide_password=True)
    try:
        if path is not None:
            _make_private(path)
            refuse_what_is_newer(path)
        engine = _engine(url)
        bring_up_to_date(engine, path)
    except (OSError, sa.exc.DBAPIError) as error:
        reason = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        raise StorageError(
            f"The state database {name} can't be opened: {reason}.",
            hint="Choose another folder with AI_BUYER_HOME, or put its permissions right.",
        ) from error
    return Database(engine, name)


def _make_private(path: Path) -> None:
    """Create folder and file for their owner alone; take rights of others away."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        path.chmod(0o600)


def _engine(url: sa.URL) -> sa.Engine:
    if url.get_backend_name() != "sqlite":
        return sa.create_engine(url, pool_pre_ping=True)
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS})

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
        # The driver's own idea of when a transaction begins is switched off: a write
        # transaction must take its lock at once, not at its first write.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            f"busy_timeout = {BUSY_SECONDS * 1000}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
