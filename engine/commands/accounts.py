"""Accounts: which are worked on, whose they are, what a conversion means."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.access.connection import Connection
from engine.cycle.discovery import discover
from engine.domain.changes import Area, Changes
from engine.domain.errors import NotFound, UserError
from engine.domain.identity import Identity
from engine.domain.objects import Account
from engine.engine import Engine
from engine.execution.approvals import withdraw
from engine.login_ports import FoundAccount

_CHANGED = Changes.of(Area.ACCOUNTS)
_MOVED = Changes.of(Area.ACCOUNTS, Area.OBJECTS, Area.DECISIONS, Area.CONNECTION)
_LONGEST = 200
# One listing of all that a login sees is cheaper than many single questions.
_LIST_FROM = 4


@dataclass(frozen=True, slots=True)
class AddAsk:
    """Which accounts to add: by id, of a business, or all that a login sees.

    Without `identity_id` every login is asked for accounts named by id. `client` is
    named for all of them where it is given.
    """

    account_ids: Sequence[str] = ()
    business_id: str = ""
    everything: bool = False
    identity_id: str = ""
    client: str = ""


@dataclass(frozen=True, slots=True)
class AccountsAdded:
    """The accounts that are worked on now."""

    accounts: tuple[Account, ...]
    changes: Changes


async def add(engine: Engine, connection: Connection, ask: AddAsk) -> AccountsAdded:
    """Work on more accounts; one that was removed comes back with its history.

    Raises UserError for what is no id, NotFound for an account that no login can see,
    PlatformError when Meta does not answer; then none of them is added.
    """
    ids = [_bare(one) for one in ask.account_ids]
    if not ids and not ask.business_id and not ask.everything:
        raise UserError(
            "Nothing was chosen.", hint="Name accounts, a business, or all that a login sees."
        )
    identities = _asked(connection, ask)
    found: dict[str, tuple[Identity, FoundAccount]] = {}
    for identity in identities:
        missing = [one for one in ids if one not in found]
        if not missing and not ask.business_id and not ask.everything:
            break
        for one in await _look(connection, identity, ask, missing):
            found.setdefault(one.account.account_id, (identity, one))
    unseen = [one for one in ids if one not in found]
    if unseen:
        raise NotFound(
            f"No login can see {', '.join(f'act_{one}' for one in unseen)}.",
            hint="Check the number, or log in as somebody who has access to it.",
        )
    if not found:
        raise NotFound("There is no account to add.", hint="The login sees none there.")
    return await _keep(engine, connection, ask, found)


def remove(engine: Engine, account_id: str, actor: str) -> Changes:
    """Work on an account no longer; its history stays.

    NotFound for an unknown one.
    """
    now = engine.clock.now()
    known = engine.state.accounts.get(account_id)
    if known.removed_at is None:
        engine.state.accounts.mark_removed(account_id, now)
        withdraw(engine.state, account_id, now, actor)
    return _MOVED


async def _look(
    connection: Connection, identity: Identity, ask: AddAsk, ids: Sequence[str]
) -> list[FoundAccount]:
    """Return what one login sees of what is wanted. Raises PlatformError."""
    key = connection.wallet.key(identity.identity_id)
    if key is None:
        return []
    found: dict[str, FoundAccount] = {}
    if ask.business_id or ask.everything or len(ids) >= _LIST_FROM:
        for group in (await connection.gateway.discover(key.app, key.token)).groups:
            if ask.everything or group.business_id == ask.business_id:
                found.update({one.account.account_id: one for one in group.accounts})
                continue
            wanted = [one for one in group.accounts if one.account.account_id in ids]
            found.update({one.account.account_id: one for one in wanted})
    for account_id in ids:
        if account_id not in found:
            one = await connection.gateway.find(key.app, key.token, account_id)
            found.update({account_id: one} if one is not None else {})
    return list(found.values())


async def _keep(
    engine: Engine,
    connection: Connection,
    ask: AddAsk,
    found: dict[str, tuple[Identity, FoundAccount]],
) -> AccountsAdded:
    chosen = discover([one.account for _, one in found.values()])
    if not chosen.accounts:
        raise UserError(chosen.trouble)
    accounts = chosen.accounts
    client = _text(ask.client, "client")
    await asyncio.to_thread(engine.state.accounts.remember, accounts, engine.clock.now())
    for account in accounts:
        await asyncio.to_thread(engine.state.accounts.mark_removed, account.account_id, None)
        if client:
            await asyncio.to_thread(engine.state.accounts.assign_client, account.account_id, client)
    for identity in {one.identity_id: one for one, _ in found.values()}.values():
        own = [one for of, one in found.values() if of.identity_id == identity.identity_id]
        await connection.assignments.saw(identity.identity_id, own, whole=False)
        if ask.everything:
            now = connection.wallet.identity(identity.identity_id)
            await connection.wallet.change(replace(now, takes_all=True))
    return AccountsAdded(tuple(accounts), _MOVED)


def _asked(connection: Connection, ask: AddAsk) -> list[Identity]:
    """Return the logins to ask. Raises UserError where none works, NotFound."""
    if ask.identity_id:
        chosen = [connection.wallet.identity(ask.identity_id)]
    else:
        chosen = connection.wallet.identities()
    working = [one for one in chosen if one.works]
    if not working:
        raise UserError("No login works that could be asked.", hint="Log in first.")
    return working


def _bare(account_id: str) -> str:
    """Return the number of an account. Raises UserError for what is none."""
    bare = account_id.strip().removeprefix("act_")
    if not bare.isascii() or not bare.isdecimal() or len(bare) > 30:
        raise UserError(
            f"{account_id[:40]!r} is not the id of an ad account.",
            hint="It looks like act_1234567890.",
        )
    return bare


def switch(
    engine: Engine,
    account_id: str,
    *,
    enabled: bool | None = None,
    automation: bool | None = None,
) -> Changes:
    """Set whether an account is synced and whether rules may act in it.

    Raises NotFound for an unknown account.
    """
    if enabled is None and automation is None:
        return Changes()
    engine.state.accounts.switch(account_id, enabled=enabled, automation=automation)
    return _CHANGED


def assign_client(engine: Engine, account_id: str, client: str) -> Changes:
    """Name the client of an account; empty goes back to what Meta says."""
    engine.state.accounts.assign_client(account_id, _text(client, "client") or None)
    return _CHANGED | Changes.of(Area.OBJECTS)


def choose_primary_event(engine: Engine, account_id: str, event: str) -> Changes:
    """Choose the action type of conversions; empty is the default choice."""
    engine.state.accounts.choose_primary_event(account_id, _text(event, "primary event") or None)
    return _CHANGED | Changes.of(Area.INSIGHTS)


def _text(given: str, what: str) -> str:
    text = given.strip()
    if len(text) > _LONGEST or not text.isprintable():
        raise UserError(f"The {what} must be plain text of at most {_LONGEST} characters.")
    return text
