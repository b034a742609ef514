"""Logins: taken in by hand, looked at, forgotten; the app they go through."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from engine.access.connection import Connection
from engine.domain.changes import Area, Changes
from engine.domain.identity import Identity
from engine.login_ports import Discovery, MetaApp

_CHANGED = Changes.of(Area.CONNECTION)


@dataclass(frozen=True, slots=True)
class IdentityKept:
    """An identity as it is after the command."""

    identity: Identity
    changes: Changes = _CHANGED


async def paste(connection: Connection, token: str, actor: str) -> IdentityKept:
    """Check a token that somebody pasted, and keep it.

    Raises UserError for one that can't be used, PlatformError when Meta does not answer.
    """
    return IdentityKept(await connection.enrolment.paste(token, actor))


async def check(connection: Connection, identity_id: str) -> IdentityKept:
    """Ask Meta about a login now. Raises NotFound and PlatformError."""
    return IdentityKept(await connection.check(identity_id))


async def discover(connection: Connection, identity_id: str) -> Discovery:
    """Return the accounts a login sees, by business.

    Raises NotFound, PlatformError.
    """
    connection.wallet.identity(identity_id)
    key = connection.wallet.key(identity_id)
    if key is None:
        return Discovery(())
    return await connection.gateway.discover(key.app, key.token)


def remove(connection: Connection, identity_id: str) -> Changes:
    """Forget a login and its token; accounts nobody else sees rest.

    Raises NotFound, and UserError for the one of the environment.
    """
    connection.wallet.remove(identity_id)
    return _CHANGED


async def choose_app(connection: Connection, app: MetaApp, actor: str) -> Changes:
    """Log in through this app from now on. Raises UserError."""
    await asyncio.to_thread(connection.apps.choose, app, actor)
    await asyncio.to_thread(connection.wallet.sign_anew)
    return _CHANGED
