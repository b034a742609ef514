"""Cycles over all accounts: a few at once, one per account."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import structlog

from engine.cycle.discovery import discover
from engine.cycle.reading import pull_account
from engine.cycle.rule_book import RuleBook
from engine.cycle.run import CycleReport, run_cycle
from engine.domain.changes import Area, Changes
from engine.domain.errors import PlatformError, StorageError, UserError
from engine.domain.objects import Account
from engine.domain.rule import Mode
from engine.engine import Engine
from engine.execution.approvals import expire
from engine.execution.recover import reconcile
from engine.pull import PullReport

log = structlog.get_logger(__name__)


class CycleRunner:
    """Runs cycles and tells what changed; one runner per engine."""

    def __init__(self, engine: Engine, tell: Callable[[Changes], None]) -> None:
        """`tell` is called on the event loop whenever areas changed."""
        self.book = RuleBook(engine.state.rules)
        self._engine = engine
        self._tell = tell
        self._busy: dict[str, asyncio.Lock] = {}
        self._settling = asyncio.Lock()

    async def run_all(self, account_ids: Sequence[str] | None = None) -> list[CycleReport]:
        """Run one cycle over the accounts named, or over all of them.

        What is open from before is settled first. Raises UserError for an account that
        is not known or not enabled and where none of those asked for can be worked on,
        PlatformError when the list of accounts can't be read and none is known yet.
        """
        watch = self._engine.watch
        try:
            await self._settle_open()
            trouble = await self._find_accounts()
        except (PlatformError, StorageError, UserError) as error:
            watch.tell("", str(error))
            raise
        watch.tell("", trouble)
        accounts = self._choose(account_ids)
        at_once = asyncio.Semaphore(int(self._engine.settings().number("sync.accounts_at_once")))
        return list(
            await asyncio.gather(*(self._run_one(account, at_once) for account in accounts))
        )

    async def sync_all(self, account_ids: Sequence[str] | None = None) -> list[PullReport]:
        """Read the accounts named, or all of them, without looking at any rule.

        Raises as `run_all`, and PlatformError when an account can't be read.
        """
        await self._find_accounts()
        reports = []
        rules = self.book.active(Mode.DRY_RUN)
        for account in self._choose(account_ids):
            async with self._busy.setdefault(account.account_id, asyncio.Lock()):
                reports.append(await pull_account(self._engine, account, rules))
            self._tell(Changes.of(Area.OBJECTS, Area.INSIGHTS))
        return reports

    async def _run_one(self, account: Account, at_once: asyncio.Semaphore) -> CycleReport:
        lock = self._busy.setdefault(account.account_id, asyncio.Lock())
        async with lock, at_once:
            report = await run_cycle(self._engine, account, self.book)
        self._tell(report.changes)
        return report

    async def _settle_open(self) -> None:
        """Judge unknown outcomes and drop what waited too long for a person."""
        engine = self._engine
        async with self._settling:
            await reconcile(engine.state, engine.platform, engine.clock, engine.execution)
            await asyncio.to_thread(expire, engine.state, engine.clock.now(), engine.execution)

    async def _find_accounts(self) -> str:
        """Take in the accounts there are; returns why some are left out."""
        engine = self._engine
        try:
            found = await engine.platform.accounts()
        except PlatformError as error:
            if not engine.accounts():
                raise
            log.warning("accounts could not be listed", reason=str(error))
            return ""
        chosen = discover(found, engine.only_accounts)
        if chosen.trouble and not chosen.accounts:
            raise UserError(chosen.trouble, hint="See FACEBOOK_AD_ACCOUNT_ID and the token.")
        known = {account.account_id for account in engine.accounts()}
        await asyncio.to_thread(engine.state.accounts.remember, chosen.accounts, engine.clock.now())
        if {account.account_id for account in chosen.accounts} - known:
            self._tell(Changes.of(Area.ACCOUNTS))
        return chosen.trouble

    def _choose(self, account_ids: Sequence[str] | None) -> list[Account]:
        accounts = self._engine.accounts()
        if account_ids is None:
            return accounts
        by_id = {account.account_id: account for account in accounts}
        unknown = [one for one in account_ids if one.removeprefix("act_") not in by_id]
        if unknown:
            raise UserError(
                f"There is no enabled account {', '.join(unknown)}.",
                hint="List them with: ai-buyer accounts.",
            )
        return [by_id[one.removeprefix("act_")] for one in account_ids]
