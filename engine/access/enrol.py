"""From a token to an identity on record: looked at by Meta, then kept."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from engine.access.apps import Apps
from engine.access.assignments import Assignments
from engine.access.sentences import why
from engine.access.wallet import Wallet, with_facts
from engine.domain.clock import Clock
from engine.domain.errors import UserError
from engine.domain.identity import Identity, Source, Trouble
from engine.login_ports import Grant, LoginGateway, MetaApp, TokenFacts, Tokens


class Enrolment:
    """Takes tokens in: from a login, or pasted by hand."""

    def __init__(
        self,
        wallet: Wallet,
        assignments: Assignments,
        apps: Apps,
        tokens: Tokens,
        gateway: LoginGateway,
        clock: Clock,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """`changed` is told whenever a login gets further."""
        self._wallet = wallet
        self._assignments = assignments
        self._apps = apps
        self._tokens = tokens
        self._gateway = gateway
        self._clock = clock
        self.changed = changed

    def need_keeper(self) -> None:
        """Raise UserError where no token could be kept; blocking."""
        self._tokens.need()

    async def from_login(self, grant: Grant, app: MetaApp, actor: str) -> Identity:
        """Keep who logged in; a known user's identity gets the new token."""
        facts = await self._gateway.inspect(app, grant.token)
        if facts.expires_at is None and grant.seconds is not None:
            ends = self._clock.now() + timedelta(seconds=grant.seconds)
            facts = replace(facts, expires_at=ends)
        facts = replace(facts, app_id=facts.app_id or app.app_id)
        return await self._keep(facts, grant.token, Source.LOGIN, actor)

    async def paste(self, token: str, actor: str) -> Identity:
        """Check a token that somebody pasted, and keep it.

        Raises UserError for a text that is no token or one that Meta does not accept.
        """
        text = token.strip()
        if not text or not text.isascii() or any(not "!" <= one <= "~" for one in text):
            raise UserError(
                "This is no access token: it is empty or has characters that no token has.",
                hint="Copy it again, without spaces or line breaks.",
            )
        await asyncio.to_thread(self.need_keeper)
        app = await asyncio.to_thread(self._apps.current)
        facts = await self._gateway.inspect(app, text)
        if facts.app_id and facts.app_id != app.app_id:
            app = await asyncio.to_thread(self._apps.get, facts.app_id)
        return await self._keep(facts, text, Source.PASTED, actor)

    async def _keep(self, facts: TokenFacts, token: str, source: Source, actor: str) -> Identity:
        if facts.trouble is not Trouble.NONE:
            reason = facts.said or why(facts.trouble)[0]
            raise UserError(
                f"Meta does not accept this token: {reason.rstrip('.')}.",
                hint="Make a new one, or log in.",
            )
        if facts.scopes is not None and not {"ads_read", "ads_management"} & set(facts.scopes):
            raise UserError(
                "This token may neither read nor change ad accounts.",
                hint="It needs the permission ads_read, and ads_management for changes.",
            )
        now = self._clock.now()
        known = self._wallet.find_user(facts.user_id, facts.app_id)
        identity = known or Identity(uuid.uuid4().hex[:12], source, facts.name, now, actor)
        kept = replace(with_facts(identity, facts, now), source=source, reminded="")
        await asyncio.to_thread(self._wallet.keep, kept, token)
        await self._assignments.try_again(kept.identity_id)
        self.changed()
        return kept
