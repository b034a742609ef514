"""Messages for people, and whether they were delivered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from engine.storage.state.database import Database
from engine.storage.state.tables import NOTIFICATIONS


class Delivery(StrEnum):
    """How far a message came."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Message:
    """A message to tell; `audience` is client or team."""

    text: str
    account_id: str
    audience: str
    severity: str = "info"
    channels: tuple[str, ...] = ()
    entry_id: str | None = None


@dataclass(frozen=True, slots=True)
class Notification:
    """A kept message; times are UTC."""

    number: int
    message: Message
    created_at: datetime
    delivery: Delivery
    delivered_at: datetime | None
    error: str


def add_notification(connection: sa.Connection, message: Message, now: datetime) -> None:
    """Keep a message for delivery, inside the caller's transaction."""
    connection.execute(
        sa.insert(NOTIFICATIONS).values(
            entry_id=message.entry_id,
            account_id=message.account_id,
            audience=message.audience,
            severity=message.severity,
            text=message.text,
            channels=list(message.channels),
            created_at=now,
            delivery=Delivery.PENDING,
            error="",
        )
    )


class NotificationsStore:
    """Messages and their delivery."""

    def __init__(self, database: Database) -> None:
        """Work on `database`."""
        self._database = database

    def add(self, message: Message, now: datetime) -> None:
        """Keep a message for delivery."""
        with self._database.write() as connection:
            add_notification(connection, message, now)

    def latest(self, limit: int = 100, accounts: Sequence[str] | None = None) -> list[Notification]:
        """Return the latest messages, newest first, of some accounts or of all."""
        query = sa.select(NOTIFICATIONS).order_by(NOTIFICATIONS.c.seq.desc()).limit(limit)
        if accounts is not None:
            query = query.where(NOTIFICATIONS.c.account_id.in_(accounts))
        with self._database.read() as connection:
            return [_notification(row) for row in connection.execute(query)]

    def pending(self, limit: int = 100) -> list[Notification]:
        """Return messages that wait for delivery, oldest first."""
        query = (
            sa.select(NOTIFICATIONS)
            .where(NOTIFICATIONS.c.delivery == Delivery.PENDING)
            .order_by(NOTIFICATIONS.c.seq)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [_notification(row) for row in connection.execute(query)]

    def settle(self, number: int, delivery: Delivery, now: datetime, error: str = "") -> None:
        """Note what became of a message."""
        values = {
            "delivery": delivery,
            "error": error,
            "delivered_at": now if delivery is Delivery.DELIVERED else None,
        }
        with self._database.write() as connection:
            connection.execute(
                sa.update(NOTIFICATIONS).where(NOTIFICATIONS.c.seq == number).values(values)
            )


def _notification(row: sa.Row[tuple[object, ...]]) -> Notification:
    message = Message(
        row.text, row.account_id, row.audience, row.severity, tuple(row.channels), row.entry_id
    )
    return Notification(
        row.seq, message, row.created_at, Delivery(row.delivery), row.delivered_at, row.error
    )
