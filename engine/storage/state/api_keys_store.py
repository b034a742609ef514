"""Keys for the HTTP API: only their hashes are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.domain.errors import NotFound
from engine.storage.state.database import Database
from engine.storage.state.tables import API_KEYS


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret; times are UTC.

    `client` bounds what a key of the role client sees; empty for the other roles.
    """

    key_id: str
    name: str
    role: str
    client: str
    created_at: datetime
    created_by: str
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


_COLUMNS = tuple(API_KEYS.c[name] for name in ApiKey.__dataclass_fields__)


class ApiKeysStore:
    """Keys and when they were used and revoked."""

    def __init__(self, database: Database) -> None:
        """Work on `database`."""
        self._database = database

    def add(self, key: ApiKey, hashed: str) -> None:
        """Keep a new key; `hashed` is its SHA-256 in hexadecimal."""
        values = {name: getattr(key, name) for name in ApiKey.__dataclass_fields__}
        with self._database.write() as connection:
            connection.execute(sa.insert(API_KEYS).values({**values, "hash": hashed}))

    def all(self) -> list[ApiKey]:
        """Return every key, revoked ones too, oldest first."""
        query = sa.select(*_COLUMNS).order_by(API_KEYS.c.created_at, API_KEYS.c.key_id)
        with self._database.read() as connection:
            return [ApiKey(**row) for row in connection.execute(query).mappings()]

    def find(self, hashed: str) -> ApiKey | None:
        """Return the key of a hash, none for an unknown or revoked one."""
        query = sa.select(*_COLUMNS).where(
            API_KEYS.c.hash == hashed, API_KEYS.c.revoked_at.is_(None)
        )
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        return ApiKey(**row) if row is not None else None

    def used(self, key_id: str, now: datetime) -> None:
        """Note when a key was last used."""
        self._set(key_id, {"last_used_at": now})

    def revoke(self, key_id: str, now: datetime) -> None:
        """Let a key open nothing any more; raises NotFound for an unknown one."""
        self._set(key_id, {"revoked_at": now})

    def _set(self, key_id: str, values: dict[str, datetime]) -> None:
        where = API_KEYS.c.key_id == key_id
        with self._database.write() as connection:
            changed = connection.execute(sa.update(API_KEYS).where(where).values(values))
            if changed.rowcount == 0:
                raise NotFound(f"There is no key {key_id!r}.", hint="List them first.")
