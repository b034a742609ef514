"""What routes work with: the engine, who calls, what they may do."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Protocol

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency

from engine.access.connection import Connection
from engine.api.account_counts import AccountCounts
from engine.api.events import EventStream
from engine.api.guard import Caller, Tickets
from engine.api.problems import Forbidden
from engine.api.rule_reader import RuleReader
from engine.cycle.history import HistoryProgress, HistoryReader
from engine.cycle.run import CycleReport
from engine.domain.changes import Changes
from engine.domain.errors import NotFound
from engine.domain.objects import Account
from engine.engine import Engine
from engine.pull import PullReport
from engine.sync_plan import SyncPlan


class Runner(Protocol):
    """Runs cycles and syncs; engine.cycle.runner.CycleRunner is one."""

    def run_all(self, account_ids: Sequence[str] | None = None) -> Awaitable[list[CycleReport]]:
        """Run one cycle over the accounts named, or over all of them."""
        ...

    @property
    def history(self) -> HistoryReader:
        """Return what reads older days."""
        ...

    def begin_history(
        self, since: date, account_ids: Sequence[str] | None = None
    ) -> HistoryProgress:
        """Begin to read all days from `since` on."""
        ...

    def plan(self) -> SyncPlan:
        """Return the quota plan now; blocking."""
        ...

    def sync_all(self, account_ids: Sequence[str] | None = None) -> Awaitable[list[PullReport]]:
        """Read the accounts named, or all of them, without looking at any rule."""
        ...


@dataclass(frozen=True, slots=True)
class Api:
    """One engine with its event stream and its runner of cycles."""

    engine: Engine
    events: EventStream
    runner: Runner
    connection: Connection
    version: str
    rules: RuleReader = field(default_factory=RuleReader)
    counts: AccountCounts = field(default_factory=AccountCounts)
    tickets: Tickets = field(default_factory=Tickets)

    def now(self) -> datetime:
        """Return the engine's time."""
        return self.engine.clock.now()

    def tell(self, changes: Changes) -> tuple[str, ...]:
        """Tell all listeners what changed; returns the areas.

        To be called on the event loop only.
        """
        self.events.publish(changes, self.now())
        return tuple(sorted(changes.areas))

    def accounts_of(self, caller: Caller) -> list[Account]:
        """Return the accounts that a caller may see; blocking."""
        accounts = self.engine.accounts()
        if caller.role != "client":
            return accounts
        return [account for account in accounts if account.client == caller.client]

    def account_of(self, caller: Caller, account_id: str) -> Account:
        """Return one account that a caller may see; NotFound otherwise. Blocking."""
        for account in self.accounts_of(caller):
            if account.account_id == account_id.removeprefix("act_"):
                return account
        raise NotFound(f"There is no account {account_id!r}.", hint="Ask /api/v1/accounts.")


class Right(StrEnum):
    """What a route asks of its caller's role."""

    NUMBERS = "numbers"
    READ = "read"
    WORK = "work"
    MANAGE = "manage"
    OWN = "own"


RIGHTS: dict[str, frozenset[Right]] = {
    "owner": frozenset(Right),
    "manager": frozenset(Right) - {Right.OWN},
    "buyer": frozenset({Right.NUMBERS, Right.READ, Right.WORK}),
    "analyst": frozenset({Right.NUMBERS, Right.READ}),
    "client": frozenset({Right.NUMBERS}),
}


async def current_api(request: Request) -> Api:
    """Return what the routes work with."""
    api: Api = request.app.state.api
    return api


async def current_caller(request: Request) -> Caller:
    """Return who calls; the door has put it there."""
    caller: Caller = request.state.caller
    return caller


ApiNow = Annotated[Api, Depends(current_api)]
CallerNow = Annotated[Caller, Depends(current_caller)]


def needs(right: Right) -> Dependency:
    """Return the dependency that lets only roles with `right` through."""

    async def check(caller: CallerNow) -> None:
        if right not in RIGHTS.get(caller.role, frozenset()):
            raise Forbidden(f"The role {caller.role} may not do this ({right}).")

    check.right = right  # type: ignore[attr-defined]  # read by the test of rights
    dependency: Dependency = Depends(check)
    return dependency
