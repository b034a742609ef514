"""The accounts we know, and what people set for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from engine.domain.errors import NotFound
from engine.domain.objects import Account
from engine.storage.state.database import Database
from engine.storage.state.tables import ACCOUNTS


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account with people's switches; their client and event are in it.

    `enabled`: it is synced and evaluated. `automation`: rules in automatic mode may act.
    A removed account keeps its history and is not worked on.
    """

    account: Account
    enabled: bool
    automation: bool
    seen_at: datetime
    removed_at: datetime | None = None


class AccountsStore:
    """Known accounts."""

    def __init__(self, database: Database) -> None:
        """Work on `database`."""
        self._database = database

    def remember(self, accounts: Sequence[Account], now: datetime) -> None:
        """Keep what Meta says of accounts; what people set stays as they set it.

        A removed account stays removed.
        """
        with self._database.write() as connection:
            known = set(connection.scalars(sa.select(ACCOUNTS.c.account_id)))
            for account in accounts:
                told = {**_columns(account), "seen_at": now}
                if account.account_id in known:
                    where = ACCOUNTS.c.account_id == account.account_id
                    connection.execute(sa.update(ACCOUNTS).where(where).values(told))
                else:
                    connection.execute(
                        sa.insert(ACCOUNTS).values(enabled=True, automation=True, **told)
                    )

    def all(self, *, enabled_only: bool = False) -> list[KnownAccount]:
        """Return the accounts by client and name, removed ones too.

        With `enabled_only` those that are worked on.
        """
        query = sa.select(ACCOUNTS).order_by(ACCOUNTS.c.account_id)
        if enabled_only:
            query = query.where(ACCOUNTS.c.enabled, ACCOUNTS.c.removed_at.is_(None))
        with self._database.read() as connection:
            found = [_known(row) for row in connection.execute(query)]
        return sorted(found, key=lambda known: (known.account.client, known.account.name))

    def get(self, account_id: str) -> KnownAccount:
        """Return one account; raises NotFound for an unknown one."""
        query = sa.select(ACCOUNTS).where(ACCOUNTS.c.account_id == account_id)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise _unknown(account_id)
        return _known(row)

    def switch(
        self, account_id: str, *, enabled: bool | None = None, automation: bool | None = None
    ) -> None:
        """Set the switches that are given; raises NotFound for an unknown account."""
        given = {"enabled": enabled, "automation": automation}
        self._set(account_id, {name: on for name, on in given.items() if on is not None})

    def assign_client(self, account_id: str, client: str | None) -> None:
        """Name the client of an account; none goes back to what Meta says."""
        self._set(account_id, {"own_client": client})

    def choose_primary_event(self, account_id: str, event: str | None) -> None:
        """Choose the action type that conversions mean; none is the default."""
        self._set(account_id, {"own_primary_event": event})

    def mark_removed(self, account_id: str, now: datetime | None) -> None:
        """Let an account be removed since `now` (aware); none takes it back."""
        self._set(account_id, {"removed_at": now})

    def _set(self, account_id: str, values: dict[str, bool | str | datetime | None]) -> None:
        if not values:
            return
        where = ACCOUNTS.c.account_id == account_id
        with self._database.write() as connection:
            changed = connection.execute(sa.update(ACCOUNTS).where(where).values(values))
            if changed.rowcount == 0:
                raise _unknown(account_id)


def _unknown(account_id: str) -> NotFound:
    return NotFound(
        f"There is no account {account_id!r}.", hint="`ai-buyer accounts` lists the known ones."
    )


def _columns(account: Account) -> dict[str, str | int | None]:
    return {
        "account_id": account.account_id,
        "name": account.name,
        "client": account.client,
        "currency": account.currency,
        "timezone_name": account.timezone_name,
        "status": account.status,
        "min_daily_budget": account.min_daily_budget,
        "primary_event": account.primary_event,
    }


def _known(row: sa.Row[tuple[object, ...]]) -> KnownAccount:
    told = Account(**{name: getattr(row, name) for name in Account.__dataclass_fields__})
    account = replace(
        told,
        client=row.own_client or told.client,
        primary_event=row.own_primary_event or told.primary_event,
    )
    return KnownAccount(account, row.enabled, row.automation, row.seen_at, row.removed_at)
