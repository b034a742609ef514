"""Meta in the name of several identities, each account by one that can.

Reading goes through the identity with the least rights, changing through one that
may change. What Meta answers about a token is noted at once, so that an account
whose identity died is read by another one, or rests, while all others go on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import structlog

from engine.domain.clock import Clock
from engine.domain.errors import PlatformError, Refused, TokenExpired
from engine.domain.identity import A_LOGIN, WRITE, Identity, trouble_of
from engine.domain.limits import LimitState
from engine.domain.objects import Account, AdObject, ObjectRef, Structure
from engine.login_ports import FoundAccount, IdentityBook, Key
from engine.ports import Activity, InsightsBatch, InsightsQuery, Known, ReportMemory, Write
from sync.calls import Meter
from sync.credentials import Credentials
from sync.errors import NeedsPerson, PermissionMissing
from sync.graph_client import unmetered
from sync.graph_platform import GraphPlatform, PlatformSettings
from sync.limits import Limits
from sync.platform_clock import PlatformClock

_LOG = structlog.stdlib.get_logger("sync")
_T = TypeVar("_T")
Call = Callable[[GraphPlatform], Awaitable[_T]]


@dataclass(frozen=True, slots=True)
class _Line:
    """A way to Meta with one token."""

    key: Key
    platform: GraphPlatform


class IdentityPlatform:
    """The Platform port over all identities; engine.ports promises."""

    def __init__(
        self,
        book: IdentityBook,
        settings: PlatformSettings | None = None,
        *,
        clock: Clock | None = None,
        server_clock: PlatformClock | None = None,
        meter: Meter = unmetered,
        ask_time: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`ask_time` asks for Meta's time where `server_clock` wants to know it."""
        self._book = book
        self._settings = settings or PlatformSettings()
        self._clock = clock
        self._server_clock = server_clock or PlatformClock()
        self._meter = meter
        self._ask_time = ask_time
        # One for all: the limits of the app and of an account count whoever calls.
        self._limits = Limits()
        self._reports: ReportMemory | None = None
        self._lines: dict[str, _Line] = {}
        # Ways with tokens of the past: calls may still be on them, so they close at the end.
        self._old: list[GraphPlatform] = []

    async def accounts(self) -> Sequence[Account]:
        """Return every account that is worked on, as its identities see it.

        Raises PlatformError when not one identity got an answer.
        """
        ours = set(await self._book.ours())
        found: dict[str, Account] = {}
        errors: list[PlatformError] = []
        working = [one for one in self._book.identities() if one.works]
        for identity in working:
            try:
                seen = await self._seen(identity, ours)
            except PlatformError as error:
                errors.append(error)
                continue
            for one in seen:
                if identity.takes_all or one.account.account_id in ours:
                    found.setdefault(one.account.account_id, one.account)
        if errors and len(errors) == len(working):
            raise errors[0]
        if not working:
            raise TokenExpired(self._nobody())
        return list(found.values())

    async def structure(self, account: Account, known: Known | None = None) -> Structure:
        """Return all objects of `account`, or what changed. Raises PlatformError."""
        return await self._read(account.account_id, lambda way: way.structure(account, known))

    async def insights(self, query: InsightsQuery) -> AsyncGenerator[InsightsBatch, None]:
        """Yield the numbers in batches of whole days. Raises PlatformError.

        Another identity goes on only where the first one brought nothing: batches that
        came are not asked for again.
        """
        account_id = query.account.account_id
        for _ in range(1 + len(self._book.identities())):
            reader = self._book.means(account_id).reader
            if reader is None:
                break
            begun = False
            try:
                async with aclosing(self._way(reader).insights(query)) as batches:
                    async for batch in batches:
                        begun = True
                        yield batch
                return
            except PlatformError as error:
                if not await self._note(reader, account_id, error) or begun:
                    raise
                if self._book.means(account_id).reader is None:
                    raise self._rests(account_id, error) from error
        raise self._rests(account_id)

    def remember_reports(self, memory: ReportMemory) -> None:
        """Keep in `memory` which reports Meta works on, past this engine's life."""
        self._reports = memory
        for way in self._ways():
            way.remember_reports(memory)

    async def read(self, targets: Sequence[ObjectRef]) -> Mapping[str, AdObject]:
        """Return the objects as they are now, by id. Raises PlatformError."""
        by_account: dict[str, list[ObjectRef]] = defaultdict(list)
        for target in targets:
            by_account[target.account_id].append(target)
        found: dict[str, AdObject] = {}
        for account_id, own in by_account.items():
            found.update(await self._read_objects(account_id, own))
        return found

    async def activities(self, account: Account, since: datetime) -> Sequence[Activity]:
        """Return the change history from `since` on. Raises PlatformError."""
        return await self._read(account.account_id, lambda way: way.activities(account, since))

    async def write_many(self, writes: Sequence[Write]) -> Sequence[PlatformError | None]:
        """Set fields of objects of one account in batches; none means confirmed.

        Each has an outcome of its own; nothing is repeated, by no other identity either.
        """
        if not writes:
            return []
        account_id = writes[0].target.account_id
        try:
            identity, way = await self._writer(account_id)
        except PlatformError as error:
            return [error] * len(writes)
        outcomes = await way.write_many(writes)
        for outcome in outcomes:
            if outcome is not None and await self._note(identity, account_id, outcome, write=True):
                break
        return outcomes

    def calls(self) -> int:
        """Return how many calls were made so far, as Meta counts them."""
        return sum(way.calls() for way in self._ways())

    def remaining(self, account_id: str) -> float:
        """Return how many per cent of the account's limits are left."""
        return next((way.remaining(account_id) for way in self._ways()), 100.0)

    def limits(self) -> Sequence[LimitState]:
        """Return what is known of every limit now; all identities share them."""
        return next((way.limits() for way in self._ways()), ())

    async def close(self) -> None:
        """Close connections."""
        for way in self._ways():
            await way.close()

    def _ways(self) -> list[GraphPlatform]:
        return [*self._old, *(line.platform for line in self._lines.values())]

    async def _read_objects(
        self, account_id: str, targets: Sequence[ObjectRef]
    ) -> Mapping[str, AdObject]:
        return await self._read(account_id, lambda way: way.read(targets))

    async def _seen(self, identity: Identity, ours: set[str]) -> list[FoundAccount]:
        """Return what an identity sees: its own list, and ours that are not on it."""
        way = self._way(identity)
        try:
            listed = await way.found()
            await self._book.worked(identity.identity_id)
            unseen = sorted(ours - {one.account.account_id for one in listed})
            for account_id in list(unseen):
                reader = self._book.means(account_id).reader
                if reader is not None and reader.identity_id != identity.identity_id:
                    continue
                if found := await way.found(account_id):
                    listed += found
                    unseen.remove(account_id)
        except PlatformError as error:
            await self._note(identity, "", error)
            raise
        await self._book.saw(identity.identity_id, listed, unseen)
        return listed

    async def _read(self, account_id: str, call: Call[_T]) -> _T:
        """Make a call in the name of who reads the account, or of the next who can."""
        for _ in range(1 + len(self._book.identities())):
            reader = self._book.means(account_id).reader
            if reader is None:
                break
            way = self._way(reader)
            try:
                return await call(way)
            except PlatformError as error:
                if not await self._note(reader, account_id, error):
                    raise
                if self._book.means(account_id).reader is None:
                    raise self._rests(account_id, error) from error
        raise self._rests(account_id)

    async def _writer(self, account_id: str) -> tuple[Identity, GraphPlatform]:
        """Return who changes an account. Raises TokenExpired or Refused."""
        means = self._book.means(account_id)
        if means.writer is not None:
            return means.writer, self._way(means.writer)
        if means.reader is not None:
            right = self._book.read_only(account_id) or WRITE
            if right == A_LOGIN:
                raise PermissionMissing("This account is read only until its login works again.")
            raise PermissionMissing(f"This account is read only: {right} is missing.")
        raise self._rests(account_id)

    async def _note(
        self, identity: Identity, account_id: str, error: PlatformError, *, write: bool = False
    ) -> bool:
        """Keep what an error says of an identity; returns whether it says anything."""
        name = identity.identity_id
        if isinstance(error, TokenExpired | NeedsPerson):
            await self._book.failed(name, trouble_of(error.code, error.subcode))
            return True
        if not isinstance(error, PermissionMissing) or not account_id:
            return False
        await self._book.lacks(name, account_id, WRITE if write else "", write=write)
        return True

    def _rests(self, account_id: str, because: PlatformError | None = None) -> PlatformError:
        """Return the sentence of an account that nobody can work on."""
        text = self._book.resting(account_id) or "No login can work on this account."
        code = because.code if because is not None else None
        if isinstance(because, Refused):
            return Refused(text, code=code)
        return TokenExpired(text, code=code)

    def _nobody(self) -> str:
        if not self._book.identities():
            return "Nobody is logged in at Meta. Log in first."
        return self._book.resting("") or "No login works. Log in again."

    def _way(self, identity: Identity) -> GraphPlatform:
        """Return the way to Meta with an identity's token as it is now."""
        name = identity.identity_id
        key = self._book.key(name)
        line = self._lines.get(name)
        if line is not None and line.key == key:
            return line.platform
        if key is None:
            raise TokenExpired(f"There is no token for {identity.name}. Log in again.")
        if line is not None:
            self._old.append(line.platform)
        platform = GraphPlatform(
            Credentials(key.token, key.app.app_id, key.app.secret),
            self._settings,
            clock=self._clock,
            server_clock=self._server_clock,
            meter=self._meter,
            limits=self._limits,
        )
        if self._ask_time is not None:
            self._server_clock.follow(self._ask_time)
        if self._reports is not None:
            platform.remember_reports(self._reports)
        self._lines[name] = _Line(key, platform)
        return platform
