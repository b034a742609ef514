"""Keys for the HTTP API: made, listed, revoked."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass, field

from engine.domain.changes import Area, Changes
from engine.domain.errors import UserError
from engine.engine import Engine
from engine.storage.state.api_keys_store import ApiKey

ROLES = ("owner", "manager", "buyer", "analyst", "client")
_PREFIX = "aib_"
_BYTES = 32
_LONGEST = 100
_CHANGED = Changes.of(Area.SETTINGS)


@dataclass(frozen=True, slots=True)
class KeyCreated:
    """A new key; `token` is not kept anywhere and can't be shown again."""

    key: ApiKey
    token: str = field(repr=False)
    changes: Changes = _CHANGED


def create(engine: Engine, role: str, name: str, actor: str, client: str = "") -> KeyCreated:
    """Make a key of 256 random bits; UserError for a bad role or name.

    A key of the role client sees one client, the one of its name where none is given.
    """
    if role not in ROLES:
        raise UserError(f"There is no role {role!r}.", hint=f"Use one of: {', '.join(ROLES)}.")
    label = name.strip()
    if not label or len(label) > _LONGEST or not label.isprintable():
        raise UserError(f"A key needs a name of 1 to {_LONGEST} plain characters.")
    if client and role != "client":
        raise UserError("Only keys of the role client are bound to a client.")
    token = _PREFIX + secrets.token_urlsafe(_BYTES)
    key = ApiKey(
        uuid.uuid4().hex[:16],
        label,
        role,
        (client.strip() or label) if role == "client" else "",
        engine.clock.now(),
        actor,
    )
    engine.state.api_keys.add(key, hashlib.sha256(token.encode()).hexdigest())
    return KeyCreated(key, token)


def revoke(engine: Engine, key_id: str) -> Changes:
    """Let a key open nothing any more. Raises NotFound for an unknown one."""
    engine.state.api_keys.revoke(key_id, engine.clock.now())
    return _CHANGED
