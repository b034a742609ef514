"""Meta as the engine sees it: the one implementation of the Platform port."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from engine.domain.clock import Clock
from engine.domain.errors import OutcomeUnknown, PlatformError, RateLimited, Refused
from engine.domain.limits import LimitState
from engine.domain.objects import Account, AdObject, Level, ObjectRef, Structure
from engine.login_ports import FoundAccount
from engine.ports import Activity, InsightsBatch, InsightsQuery, Known, ReportMemory, Write
from sync.activities import read_activities
from sync.batch import Item
from sync.budget_edits import BudgetEdits
from sync.calls import Meter
from sync.copies import background_item, copy_form, is_copy, is_too_large, path_of, with_copy
from sync.credentials import Credentials
from sync.discovery import find_account, list_accounts
from sync.graph_client import GraphClient, GraphSettings, unmetered
from sync.insight_questions import moments_of
from sync.insights import InsightsSettings, read_insights
from sync.limits import Limits
from sync.platform_clock import PlatformClock
from sync.reports import ForgetfulReports
from sync.structure import read_structure
from sync.structure_changes import read_changes
from sync.targets import read_targets
from sync.throttles import OF_ONE_OBJECT
from sync.writes import form_of


@dataclass(frozen=True, slots=True)
class PlatformSettings:
    """How Meta is called and how large its pages are."""

    graph: GraphSettings = field(default_factory=GraphSettings)
    insights: InsightsSettings = field(default_factory=InsightsSettings)
    object_rows: int = 1000


class GraphPlatform:
    """The Graph API behind the Platform port; engine.ports promises.

    `clock` is the engine's clock, in which waits are told; the server's own clock
    is `server_clock`, which an engine in the sandbox's time uses as its clock.
    """

    def __init__(
        self,
        credentials: Credentials,
        settings: PlatformSettings | None = None,
        *,
        clock: Clock | None = None,
        server_clock: PlatformClock | None = None,
        meter: Meter = unmetered,
        limits: Limits | None = None,
    ) -> None:
        """Connect to nothing yet.

        Raises UserError for an unusable address or token.
        """
        self._settings = settings or PlatformSettings()
        self._client = GraphClient(
            credentials,
            self._settings.graph,
            clock=clock,
            server_clock=server_clock,
            meter=meter,
            limits=limits,
        )
        self._edits = BudgetEdits()
        self._least_budget: dict[str, int] = {}
        self._counts: dict[tuple[str, Level], int] = {}
        self._lifetime_budgets: set[str] = set()
        self._names: dict[str, str] = {}
        self._reports: ReportMemory = ForgetfulReports()

    @property
    def server_clock(self) -> PlatformClock:
        """Meta's clock, by the newest `Date` header."""
        return self._client.server_clock

    async def accounts(self) -> Sequence[Account]:
        """Return every ad account the token can see. Raises PlatformError."""
        return [one.account for one in await self.found()]

    async def found(self, account_id: str = "") -> list[FoundAccount]:
        """Return every ad account the token can see, or one, with its tasks.

        Raises PlatformError.
        """
        if account_id:
            one = await find_account(self._client, account_id)
            found = [one] if one is not None else []
        else:
            found = await list_accounts(self._client, self._settings.object_rows)
        for each in found:
            self._least_budget[each.account.account_id] = each.account.min_daily_budget
        return found

    async def structure(self, account: Account, known: Known | None = None) -> Structure:
        """Return all objects of `account`, or what changed. Raises PlatformError."""
        rows = self._settings.object_rows
        if known is None:
            structure = await read_structure(self._client, account, rows)
        else:
            structure = await read_changes(self._client, account, known, rows)
            self._note_budgets(known.objects)
        listed = structure.objects if known is None else known.objects
        for level in Level:
            count = sum(1 for item in listed if item.level is level)
            self._counts[account.account_id, level] = count
        self._note_budgets(structure.objects)
        return structure

    def insights(self, query: InsightsQuery) -> AsyncGenerator[InsightsBatch, None]:
        """Yield the numbers in batches of whole days. Raises PlatformError."""
        if not query.expected_rows:
            objects = self._counts.get((query.account.account_id, query.level), 0)
            query = replace(query, expected_rows=objects * moments_of(query))
        return read_insights(self._client, query, self._settings.insights, self._reports)

    def remember_reports(self, memory: ReportMemory) -> None:
        """Keep in `memory` which reports Meta works on, past this engine's life."""
        self._reports = memory

    async def read(self, targets: Sequence[ObjectRef]) -> Mapping[str, AdObject]:
        """Return the objects as they are now, by id. Raises PlatformError."""
        plain = [replace(target, copy_name="") for target in targets]
        found = dict(await read_targets(self._client, plain))
        self._note_budgets(found.values())
        for target in targets:
            if target.copy_name and target.object_id in found:
                one = found[target.object_id]
                found[target.object_id] = await with_copy(self._client, target, one)
        return found

    async def write_many(self, writes: Sequence[Write]) -> list[PlatformError | None]:
        """Set fields of objects of one account in one request."""
        outcomes: list[PlatformError | None] = [None] * len(writes)
        forms: dict[int, Mapping[str, str]] = {}
        now = self._client.now()
        for place, write in enumerate(writes):
            outcomes[place] = self._edits.check(write, now)
            if outcomes[place] is None:
                try:
                    forms[place] = self._form(write)
                except Refused as error:
                    outcomes[place] = error
        chosen = [writes[place] for place in forms]
        for place, outcome in zip(forms, await self._send(chosen, forms.values()), strict=True):
            if is_too_large(writes[place], outcome):
                outcome = await self._send_item(
                    background_item(writes[place], forms[place]), writes[place]
                )
            outcomes[place] = outcome
            self._note_outcome(writes[place], outcome)
        return outcomes

    def _form(self, write: Write) -> Mapping[str, str]:
        """Return what is sent for a change. Raises Refused."""
        if is_copy(write):
            return copy_form(write, self._names)
        return form_of(write, self._least_budget)

    async def _send_item(self, item: Item, write: Write) -> PlatformError | None:
        """Make one call that changes something; none means that Meta took it."""
        try:
            account_id = write.target.account_id
            await self._client.post(item.path, item.form, account_id=account_id, creates=True)
        except PlatformError as error:
            return error
        return None

    async def activities(self, account: Account, since: datetime) -> Sequence[Activity]:
        """Return the change history from `since` on. Raises PlatformError."""
        found = await read_activities(self._client, account, since, self._lifetime_budgets)
        self._edits.note(found, self._client.now())
        return found

    def calls(self) -> int:
        """Return how many calls were made so far, as Meta counts them."""
        return self._client.calls

    def remaining(self, account_id: str) -> float:
        """Return how many per cent of the account's limits are left."""
        return self._client.remaining(account_id)

    def limits(self) -> Sequence[LimitState]:
        """Return what is known of every limit now."""
        return self._client.limits()

    async def close(self) -> None:
        """Close connections."""
        await self._client.close()

    async def _send(
        self, writes: Sequence[Write], forms: Iterable[Mapping[str, str]]
    ) -> Sequence[PlatformError | None]:
        """Make the changes: one as a call of its own, several as a batch."""
        items = [
            Item("POST", path_of(write), form=form)
            for write, form in zip(writes, forms, strict=True)
        ]
        if not items:
            return []
        account_id = writes[0].target.account_id
        try:
            if len(items) > 1:
                return await self._client.post_batch(items, account_id=account_id)
            await self._client.post(items[0].path, items[0].form, account_id=account_id)
        except PlatformError as error:
            return [error] * len(items)
        return [None]

    def _note_outcome(self, write: Write, outcome: PlatformError | None) -> None:
        """Count changes of budgets, and let rest what Meta wants to rest."""
        if outcome is None or isinstance(outcome, OutcomeUnknown):
            self._edits.sent(write, self._client.now())
        elif isinstance(outcome, RateLimited) and outcome.subcode in OF_ONE_OBJECT:
            outcome.object_id = write.target.object_id
            self._edits.rest(write, outcome.until)

    def _note_budgets(self, objects: Iterable[AdObject]) -> None:
        """Remember names, and which objects have a budget for their lifetime."""
        for item in objects:
            self._names[item.object_id] = item.name
            if item.lifetime_budget:
                self._lifetime_budgets.add(item.object_id)
            else:
                self._lifetime_budgets.discard(item.object_id)
