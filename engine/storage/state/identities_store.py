"""Identities without their tokens, and which accounts each may work on."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from engine.domain.identity import Access, Identity, Kind, Source, Trouble
from engine.storage.state.database import Database
from engine.storage.state.tables import IDENTITIES, IDENTITY_ACCOUNTS

_FIELDS = tuple(Identity.__dataclass_fields__)
_ACCESS_FIELDS = tuple(Access.__dataclass_fields__)


class IdentitiesStore:
    """Those in whose name we speak to Meta; tokens are kept elsewhere."""

    def __init__(self, database: Database) -> None:
        """Work on `database`."""
        self._database = database

    def all(self) -> list[Identity]:
        """Return every identity, those that came first in front."""
        query = sa.select(IDENTITIES).order_by(IDENTITIES.c.added_at, IDENTITIES.c.identity_id)
        with self._database.read() as connection:
            return [_identity(row) for row in connection.execute(query).mappings()]

    def put(self, identity: Identity) -> None:
        """Keep an identity, new or changed."""
        values = {name: getattr(identity, name) for name in _FIELDS}
        values["scopes"] = None if identity.scopes is None else list(identity.scopes)
        values["declined"] = list(identity.declined)
        with self._database.write() as connection:
            where = IDENTITIES.c.identity_id == identity.identity_id
            changed = connection.execute(sa.update(IDENTITIES).where(where).values(values))
            if changed.rowcount == 0:
                connection.execute(sa.insert(IDENTITIES).values(values))

    def remove(self, identity_id: str) -> None:
        """Forget an identity and what it may work on; accounts stay."""
        with self._database.write() as connection:
            for table in (IDENTITY_ACCOUNTS, IDENTITIES):
                connection.execute(sa.delete(table).where(table.c.identity_id == identity_id))

    def accesses(self) -> list[Access]:
        """Return what each identity may do in which account."""
        with self._database.read() as connection:
            found = connection.execute(sa.select(IDENTITY_ACCOUNTS)).mappings()
            return [Access(**{name: row[name] for name in _ACCESS_FIELDS}) for row in found]

    def replace_accesses(self, identity_id: str, accesses: Sequence[Access]) -> None:
        """Keep exactly these accesses of one identity."""
        rows = [{name: getattr(one, name) for name in _ACCESS_FIELDS} for one in accesses]
        table = IDENTITY_ACCOUNTS
        with self._database.write() as connection:
            connection.execute(sa.delete(table).where(table.c.identity_id == identity_id))
            if rows:
                connection.execute(sa.insert(table), rows)


def _identity(row: sa.RowMapping) -> Identity:
    values = {name: row[name] for name in _FIELDS}
    values |= {
        "source": Source(row["source"]),
        "kind": Kind(row["kind"]),
        "trouble": Trouble(row["trouble"]),
        "scopes": None if row["scopes"] is None else tuple(row["scopes"]),
        "declined": tuple(row["declined"]),
    }
    return Identity(**values)
