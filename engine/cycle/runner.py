"""Cycles over all accounts: a few at once, one per account."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime

import structlog

from engine.cycle.discovery import discover
from engine.cycle.evaluation import rules_for
from engine.cycle.history import HistoryProgress, HistoryReader
from engine.cycle.planning import levels_read, plan_of, thinning_of
from engine.cycle.reading import pull_account
from engine.cycle.rule_book import RuleBook
from engine.cycle.run import CycleReport, run_cycle
from engine.domain.changes import Area, Changes
from engine.domain.clock import FollowingClock
from engine.domain.errors import PlatformError, StorageError, UserError
from engine.domain.objects import Account
from engine.domain.rule import Mode, Rule
from engine.engine import Engine
from engine.execution.approvals import expire
from engine.execution.recover import reconcile
from engine.pull import PullReport
from engine.sync_plan import ALL_PARTS, Part, SyncPlan

log = structlog.get_logger(__name__)


class CycleRunner:
    """Runs cycles and tells what changed; one runner per engine."""

    def __init__(self, engine: Engine, tell: Callable[[Changes], None]) -> None:
        """`tell` is called on the event loop whenever areas changed."""
        self.book = RuleBook(engine.state.rules)
        self._engine = engine
        self._tell = tell
        self._busy: dict[str, asyncio.Lock] = {}
        self._tried: dict[str, dict[Part, datetime]] = {}
        self._settling = asyncio.Lock()
        self._thinned_on: date | None = None
        self.history = HistoryReader(engine, tell, self.alone)

    async def run_all(self, account_ids: Sequence[str] | None = None) -> list[CycleReport]:
        """Run one cycle over the accounts named, or over all of them.

        What is open from before is settled first. Raises UserError for an account that
        is not known or not enabled and where none of those asked for can be worked on,
        PlatformError when the list of accounts can't be read and none is known yet.
        """
        await self._begin()
        return await self._run([(account, ALL_PARTS) for account in self._choose(account_ids)])

    async def run_due(self) -> list[CycleReport]:
        """Run a cycle over each account that the quota plan says is due.

        Raises as `run_all`.
        """
        await self._begin()
        reports = await self._run(await asyncio.to_thread(self._due))
        await self._thin()
        return reports

    def begin_history(
        self, since: date, account_ids: Sequence[str] | None = None
    ) -> HistoryProgress:
        """Begin to read all days from `since` on; raises UserError as it may not."""
        rules = self.book.active(Mode.DRY_RUN)
        return self.history.begin(since, self._choose(account_ids), rules)

    def plan(self) -> SyncPlan:
        """Return the quota plan now; blocking."""
        rules = self.book.active(Mode.DRY_RUN)
        return plan_of(self._engine, rules, self._engine.clock.now())

    async def sync_all(self, account_ids: Sequence[str] | None = None) -> list[PullReport]:
        """Read the accounts named, or all of them, without looking at any rule.

        An account that rests has its reason among the faults of its report. Raises as
        `run_all`, and PlatformError when another account can't be read.
        """
        await self._set_clock()
        await self._find_accounts()
        reports = []
        rules = self.book.active(Mode.DRY_RUN)
        for account in self._choose(account_ids):
            async with self.alone(account.account_id):
                mine = rules_for(account, rules)
                reports.append(await self._pull(account, mine))
            self._tell(Changes.of(Area.OBJECTS, Area.INSIGHTS))
        return reports

    def alone(self, account_id: str) -> asyncio.Lock:
        """Return what keeps two readings of one account apart."""
        return self._busy.setdefault(account_id, asyncio.Lock())

    async def _pull(self, account: Account, rules: Sequence[Rule]) -> PullReport:
        engine = self._engine
        resting = engine.access.resting(account.account_id)
        if not resting:
            try:
                return await pull_account(engine, account, rules)
            except PlatformError:
                resting = engine.access.resting(account.account_id)
                if not resting:
                    raise
        fresh = await asyncio.to_thread(engine.warehouse.freshness, account.account_id)
        return PullReport(account.account_id, fresh, complete=False, faults=(resting,))

    async def _begin(self) -> None:
        """Settle what is open and list the accounts; the trouble is told."""
        watch = self._engine.watch
        await self._set_clock()
        try:
            await self._settle_open()
            trouble = await self._find_accounts()
        except (PlatformError, StorageError, UserError) as error:
            watch.tell("", str(error))
            raise
        watch.tell("", trouble)

    async def _set_clock(self) -> None:
        """Ask for the time where the clock follows Meta's.

        While Meta refuses calls no answer brings it, and a block would never end.
        """
        clock = self._engine.clock
        if isinstance(clock, FollowingClock):
            try:
                await clock.refresh()
            except PlatformError as error:
                log.info("the time could not be asked", reason=str(error))

    async def _run(self, due: Sequence[tuple[Account, Collection[Part]]]) -> list[CycleReport]:
        at_once = asyncio.Semaphore(int(self._engine.settings().number("sync.accounts_at_once")))
        return list(
            await asyncio.gather(*(self._run_one(one, parts, at_once) for one, parts in due))
        )

    async def _run_one(
        self, account: Account, parts: Collection[Part], at_once: asyncio.Semaphore
    ) -> CycleReport:
        engine, account_id = self._engine, account.account_id
        report = CycleReport(account, error=engine.access.resting(account_id))
        if not report.error:
            async with self.alone(account_id), at_once:
                tried = self._tried.setdefault(account_id, {})
                tried |= dict.fromkeys(parts, engine.clock.now())
                report = await run_cycle(engine, account, self.book, parts)
        if engine.access.resting(account_id):
            engine.watch.tell(account_id, engine.access.resting(account_id))
        self._tell(report.changes)
        return report

    async def _thin(self) -> None:
        """Thin old versions of numbers, once a day."""
        engine, now = self._engine, self._engine.clock.now()
        if self._thinned_on == now.date():
            return
        policy = thinning_of(engine.settings())
        await asyncio.to_thread(engine.warehouse.readings.thin, policy, now)
        self._thinned_on = now.date()

    def _due(self) -> list[tuple[Account, Collection[Part]]]:
        """Return the accounts that are due, with what is to be read of them."""
        engine, now = self._engine, self._engine.clock.now()
        rules = self.book.active(Mode.DRY_RUN)
        plans = {plan.account_id: plan for plan in self.plan().accounts}
        due: list[tuple[Account, Collection[Part]]] = []
        for account in engine.accounts():
            levels = levels_read(account, rules)
            last = engine.warehouse.readings.last(account, levels, now)
            parts = plans[account.account_id].due(last, now, self._tried.get(account.account_id))
            if parts:
                due.append((account, parts))
        return due

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
