"""The identities at hand with their tokens, and what became of them.

All of it stands in memory, so that choosing costs nothing; State is written only
where something changed. Tokens come from their keeper and go back there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog

from engine.access.apps import Apps
from engine.access.sentences import trouble_sentences
from engine.domain.changes import Area, Changes
from engine.domain.clock import Clock
from engine.domain.errors import NotFound, UserError
from engine.domain.identity import ENVIRONMENT, Identity, Source, Trouble
from engine.login_ports import Key, TokenFacts, Tokens
from engine.storage.state.identities_store import IdentitiesStore

log = structlog.get_logger(__name__)
CHANGED = Changes.of(Area.CONNECTION)


class Wallet:
    """Identities with their tokens; blocking only where it says so."""

    def __init__(
        self,
        store: IdentitiesStore,
        tokens: Tokens,
        apps: Apps,
        clock: Clock,
        *,
        given: str = "",
        tell: Callable[[Changes], None] = lambda _changes: None,
    ) -> None:
        """`given` is the token of the environment, never kept; `tell` hears of changes."""
        self._store = store
        self._tokens = tokens
        self._apps = apps
        self._clock = clock
        self._given = given
        self._tell = tell
        self._identities: dict[str, Identity] = {}
        self._keys: dict[str, Key] = {}

    def load(self) -> None:
        """Take identities from State and their tokens from the keeper; blocking."""
        self._meet_environment()
        self._identities = {one.identity_id: one for one in self._store.all()}
        for identity in list(self._identities.values()):
            self._open(identity)

    def reopen(self) -> None:
        """Try again to read tokens that could not be read; blocking."""
        for identity in self.identities():
            if identity.trouble in {Trouble.KEEPER, Trouble.LOST}:
                self._open(identity)

    def identities(self) -> list[Identity]:
        """Return every identity, those that came first in front."""
        return list(self._identities.values())

    def identity(self, identity_id: str) -> Identity:
        """Return one identity; raises NotFound for an unknown one."""
        found = self._identities.get(identity_id)
        if found is None:
            raise NotFound(f"There is no login {identity_id!r}.", hint="List them first.")
        return found

    def find_user(self, user_id: str, app_id: str) -> Identity | None:
        """Return the kept identity of a user of Meta's in an app, none when new."""
        for one in self._identities.values():
            same = (one.user_id, one.app_id) == (user_id, app_id)
            if user_id and same and one.source is not Source.ENVIRONMENT:
                return one
        return None

    def key(self, identity_id: str) -> Key | None:
        """Return what calls in its name are made with, none without a token."""
        return self._keys.get(identity_id)

    def keep(self, identity: Identity, token: str) -> None:
        """Keep an identity, new or known, with its token; blocking.

        The token is kept first: an identity without one is never on record. Raises UserError.
        """
        self._tokens.put(_entry(identity.identity_id), token)
        self._store.put(identity)
        self._keys[identity.identity_id] = Key(token, self._apps.get(identity.app_id))
        self._identities[identity.identity_id] = identity

    def sign_anew(self) -> None:
        """Take the apps' secrets again after one was given; blocking."""
        for identity_id, key in list(self._keys.items()):
            app = self._apps.get(key.app.app_id)
            self._keys[identity_id] = replace(key, app=app)

    def remove(self, identity_id: str) -> None:
        """Forget an identity and its token; blocking. Raises UserError."""
        identity = self.identity(identity_id)
        if identity.source is Source.ENVIRONMENT:
            raise UserError(
                "This login comes from the environment.",
                hint="Take FACEBOOK_ACCESS_TOKEN out of the environment and start again.",
            )
        self._tokens.remove(_entry(identity_id))
        self._store.remove(identity_id)
        self._keys.pop(identity_id, None)
        del self._identities[identity_id]

    async def change(self, identity: Identity) -> None:
        """Keep what is known of an identity and tell those who look on."""
        if self._identities.get(identity.identity_id) in {None, identity}:
            return
        self._identities[identity.identity_id] = identity
        await asyncio.to_thread(self._store.put, identity)
        self._tell(CHANGED)

    async def failed(self, identity_id: str, trouble: Trouble) -> None:
        """Note that Meta does not let an identity do anything for now."""
        identity = self._identities.get(identity_id)
        if identity is None or identity.trouble is trouble:
            return
        rests = replace(identity, trouble=trouble)
        log.warning("login rests", reason=trouble_sentences(rests)[0])
        await self.change(rests)

    async def worked(self, identity_id: str) -> None:
        """Note that Meta answered an identity that had a trouble."""
        identity = self._identities.get(identity_id)
        if identity is not None and not identity.works:
            log.info("login works again", login=identity.name)
            await self.change(replace(identity, trouble=Trouble.NONE))

    def _meet_environment(self) -> None:
        """Let the environment's identity be there exactly while its token is."""
        known = next((one for one in self._store.all() if one.identity_id == ENVIRONMENT), None)
        if not self._given:
            if known is not None:
                self._store.remove(ENVIRONMENT)
            return
        # Yesterday's token may have been another one: nothing is known of this one yet.
        self._store.put(
            Identity(
                ENVIRONMENT,
                Source.ENVIRONMENT,
                known.name if known is not None else "FACEBOOK_ACCESS_TOKEN",
                known.added_at if known is not None else self._clock.now(),
                app_id=self._apps.given.app_id,
                takes_all=True,
            )
        )

    def _open(self, identity: Identity) -> None:
        """Take an identity's token from where it is kept; note when that fails."""
        name = identity.identity_id
        if identity.source is Source.ENVIRONMENT:
            self._keys[name] = Key(self._given, self._apps.given)
            return
        try:
            token = self._tokens.get(_entry(name))
        except UserError as error:
            log.warning("a token can't be read", login=identity.name, reason=str(error))
            # Only for now, so not written down: the token may well be there.
            self._identities[name] = replace(identity, trouble=Trouble.KEEPER)
            return
        if token is None:
            self._identities[name] = replace(identity, trouble=Trouble.LOST)
            return
        self._keys[name] = Key(token, self._apps.get(identity.app_id))
        if identity.trouble in {Trouble.KEEPER, Trouble.LOST}:
            self._identities[name] = replace(identity, trouble=Trouble.NONE)


def with_facts(identity: Identity, facts: TokenFacts, now: datetime) -> Identity:
    """Return an identity with what Meta said of its token at `now`."""
    return replace(
        identity,
        name=facts.name or identity.name,
        kind=facts.kind,
        user_id=facts.user_id or identity.user_id,
        app_id=facts.app_id or identity.app_id,
        scopes=facts.scopes,
        declined=facts.declined,
        trouble=Trouble.NONE,
        expires_at=facts.expires_at,
        data_access_expires_at=facts.data_access_expires_at,
        checked_at=now,
    )


def _entry(identity_id: str) -> str:
    return f"token:{identity_id}"
