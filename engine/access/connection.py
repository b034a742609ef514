"""The parts of the connection to Meta, and looking after its logins."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from engine.access.apps import Apps
from engine.access.assignments import Assignments
from engine.access.enrol import Enrolment
from engine.access.logins import Logins
from engine.access.notices import Notice, ending, notices, reminder
from engine.access.wallet import Wallet, with_facts
from engine.domain.clock import Clock
from engine.domain.errors import PlatformError
from engine.domain.identity import Identity, Trouble
from engine.login_ports import LoginGateway, TokenFacts, Tokens
from engine.storage.state.accounts_store import AccountsStore

log = structlog.get_logger(__name__)
_CHECK_EVERY = timedelta(hours=6)
# Refused rights are asked for sooner: a person may have given them meanwhile.
_ASK_RIGHTS_EVERY = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Connection:
    """Everything about logins: who, with what token, on which account."""

    wallet: Wallet
    assignments: Assignments
    apps: Apps
    tokens: Tokens
    gateway: LoginGateway
    enrolment: Enrolment
    logins: Logins
    accounts: AccountsStore
    clock: Clock

    def load(self) -> None:
        """Take identities, tokens and assignments in; blocking."""
        self.wallet.load()
        self.assignments.load()

    def notices(self) -> list[Notice]:
        """Return what people must know about logins now; blocking."""
        known = self.accounts.all(enabled_only=True)
        return notices(
            self.wallet.identities(),
            [one.account for one in known],
            self.assignments.means,
            self.clock.now(),
        )

    async def look_after(self) -> None:
        """Ask Meta about tokens whose turn it is, and tell what is about to end.

        A failure to ask is no trouble of the identity and is asked again next time.
        """
        await asyncio.to_thread(self.wallet.reopen)
        for identity in self.wallet.identities():
            if self._is_due(identity):
                try:
                    await self.check(identity.identity_id)
                except PlatformError as error:
                    log.info("login not checked", login=identity.name, reason=str(error))
        await self.remind()

    async def check(self, identity_id: str) -> Identity:
        """Ask Meta about one token now and keep what it says.

        Raises NotFound for an unknown identity, PlatformError when Meta does not answer.
        """
        await asyncio.to_thread(self.wallet.reopen)
        identity = self.wallet.identity(identity_id)
        key = self.wallet.key(identity_id)
        if key is not None:
            await self._learn(identity, await self.gateway.inspect(key.app, key.token))
        await self.remind()
        return self.wallet.identity(identity_id)

    async def remind(self) -> None:
        """Write into the log what ends soon: 14, 7 and 1 days before, once each."""
        now = self.clock.now()
        for identity in self.wallet.identities():
            due = reminder(identity, now)
            if due and due != identity.reminded:
                for notice in ending(identity, now):
                    log.warning("login ends soon", reason=notice.words[0], days=notice.days)
                await self.wallet.change(replace(identity, reminded=due))

    async def _learn(self, identity: Identity, facts: TokenFacts) -> None:
        identity_id, now = identity.identity_id, self.clock.now()
        if facts.trouble is not Trouble.NONE:
            await self.wallet.failed(identity_id, facts.trouble)
            rests = self.wallet.identity(identity_id)
            await self.wallet.change(replace(rests, checked_at=now))
            return
        await self.assignments.try_again(identity_id)
        await self.wallet.change(with_facts(identity, facts, now))

    def _is_due(self, identity: Identity) -> bool:
        # Meta has taken living tokens for dead before, and what a person must do at Facebook
        # may be done by now: one that does not work is asked about every time.
        if not identity.works:
            return True
        refused = self.assignments.is_refused(identity.identity_id)
        every = _ASK_RIGHTS_EVERY if refused else _CHECK_EVERY
        seen = identity.checked_at
        return seen is None or self.clock.now() - seen >= every
