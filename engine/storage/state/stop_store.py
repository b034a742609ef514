"""The kill switch: durable, and lifted only by a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.storage.state.database import Database
from engine.storage.state.tables import STOPS


@dataclass(frozen=True, slots=True)
class Stop:
    """Somebody stopped the engine's actions, or lifted the stop; `at` is UTC."""

    stopped: bool
    at: datetime
    actor: str
    reason: str


def current_stop(connection: sa.Connection) -> Stop | None:
    """Return the stop in force, none when actions may go out."""
    row = connection.execute(sa.select(STOPS).order_by(STOPS.c.seq.desc()).limit(1)).first()
    if row is None or not row.stopped:
        return None
    return Stop(True, row.at, row.actor, row.reason)


class StopStore:
    """The switch and its history."""

    def __init__(self, database: Database) -> None:
        """Work on `database`."""
        self._database = database

    def current(self) -> Stop | None:
        """Return the stop in force, none when actions may go out."""
        with self._database.read() as connection:
            return current_stop(connection)

    def stop(self, now: datetime, actor: str, reason: str = "") -> None:
        """Stop all actions; on disk when this returns."""
        self._add(True, now, actor, reason)

    def resume(self, now: datetime, actor: str, reason: str = "") -> None:
        """Lift the stop."""
        self._add(False, now, actor, reason)

    def history(self, limit: int = 50) -> list[Stop]:
        """Return the latest stops and resumptions, newest first."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(STOPS).order_by(STOPS.c.seq.desc()).limit(limit))
            return [Stop(row.stopped, row.at, row.actor, row.reason) for row in rows]

    def _add(self, stopped: bool, now: datetime, actor: str, reason: str) -> None:
        with self._database.write() as connection:
            connection.execute(
                sa.insert(STOPS).values(stopped=stopped, at=now, actor=actor, reason=reason)
            )
