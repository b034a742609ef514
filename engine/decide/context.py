"""What guards look at besides the proposal, and what was done lately."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.decide.family import Family
from engine.decide.settings import GuardSettings
from engine.domain.action import ActionType
from engine.domain.decision import Decision, Outcome, Proposal
from engine.domain.frame import Freshness
from engine.domain.journal import RESERVING_STATES, JournalEntry, JournalState
from engine.domain.objects import Account
from engine.domain.rule import Limits, Mode, Rule
from engine.domain.windows import day_start
from engine.ports import Activity

# What has a right to money or has spent it; `decided` are dry runs, counted for dry runs.
_COUNTED = RESERVING_STATES | {JournalState.DECIDED}


class History:
    """What rules did lately in one account; grows while deciding."""

    def __init__(self, entries: Iterable[JournalEntry] = ()) -> None:
        """Begin with entries of the journal, oldest first."""
        self._all: list[JournalEntry] = []
        self._by_object: dict[str, list[JournalEntry]] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: JournalEntry) -> None:
        """Take one more entry, the newest."""
        self._all.append(entry)
        self._by_object.setdefault(entry.object_id, []).append(entry)

    def of_object(self, proposal: Proposal) -> list[JournalEntry]:
        """Return the entries of the proposal's object that count for it."""
        entries = self._by_object.get(proposal.object.object_id, [])
        return [entry for entry in entries if _counts_for(entry, proposal)]

    def of_account(self, proposal: Proposal) -> list[JournalEntry]:
        """Return all entries that count for the proposal."""
        return [entry for entry in self._all if _counts_for(entry, proposal)]

    def everything(self) -> tuple[JournalEntry, ...]:
        """Return all entries, oldest first."""
        return tuple(self._all)


def _counts_for(entry: JournalEntry, proposal: Proposal) -> bool:
    """Return whether a proposal must mind an entry: real ones mind no dry run."""
    return entry.mode is not Mode.DRY_RUN or proposal.mode is Mode.DRY_RUN


@dataclass(frozen=True, slots=True)
class GuardContext:
    """The situation of one account; money in minor units, times aware.

    `recent` are journal entries of at least the last 48 hours, and as far back as the
    longest cooldown. `activities` is Meta's change history of `person_edit_rest`.
    `medians` are median daily budgets of 30 days by object id, `daily_spend` what the
    account spends in a day, `client_used` what changed today in the client's other
    accounts of the same currency, `totals` how often each rule acted in all. `read_only`
    names the right that is missing to change anything in the account.
    """

    now: datetime
    cycle_id: str
    bucket: str
    family: Family
    rules: Mapping[str, Rule] = field(default_factory=dict)
    freshness: Freshness = field(default_factory=Freshness)
    settings: GuardSettings = field(default_factory=GuardSettings)
    recent: tuple[JournalEntry, ...] = ()
    activities: tuple[Activity, ...] = ()
    medians: Mapping[str, int] = field(default_factory=dict)
    daily_spend: int | None = None
    client_used: int = 0
    totals: Mapping[str, int] = field(default_factory=dict)
    stopped_by: str | None = None
    automation: bool = True
    read_only: str = ""
    history: History = field(default_factory=History)

    @property
    def account(self) -> Account:
        """The account."""
        return self.family.account

    @property
    def today(self) -> datetime:
        """The first moment of the account's day, UTC."""
        zone = self.account.zone
        return day_start(self.now.astimezone(zone).date(), zone)

    @property
    def spend_base(self) -> int:
        """A day's spend, in minor units; the daily budgets where none is known."""
        return self.daily_spend or self.family.daily_exposure()

    def limits(self, proposal: Proposal) -> Limits:
        """Return the limits of the proposal's rule."""
        rule = self.rules.get(proposal.rule_id)
        return rule.limits if rule is not None else Limits()

    def moved_today(self, proposal: Proposal) -> tuple[int, int]:
        """Return the day's sum of budget changes without sign, and of the rises."""
        changes = [
            entry.change
            for entry in self.history.of_account(proposal)
            if entry.state in _COUNTED and (entry.intent_at or entry.decided_at) >= self.today
        ]
        return sum(map(abs, changes)), sum(change for change in changes if change > 0)


def day_starts(recent: Iterable[JournalEntry], today: datetime) -> dict[str, int]:
    """Return budgets before the day's first change, minor units by object."""
    found: dict[str, int] = {}
    for entry in recent:
        applied = entry.state in {JournalState.APPLIED, JournalState.UNDONE}
        of_today = (entry.intent_at or entry.decided_at) >= today
        if applied and of_today and entry.is_budget and isinstance(entry.before, int):
            found.setdefault(entry.object_id, entry.before)
    return found


def is_stop_loss(proposal: Proposal) -> bool:
    """Return whether it is a pause or a smaller budget."""
    return proposal.action.type is ActionType.PAUSE or proposal.change < 0


def is_growth(proposal: Proposal) -> bool:
    """Return whether it can raise what is spent."""
    return proposal.action.type is ActionType.ACTIVATE or proposal.change > 0


_STATE_OF = {
    Outcome.ACT: JournalState.INTENT,
    Outcome.AWAIT_APPROVAL: JournalState.AWAITING_APPROVAL,
    Outcome.DRY_RUN: JournalState.DECIDED,
}


def as_entry(decision: Decision) -> JournalEntry:
    """Return the entry that an accepted decision becomes."""
    proposal = decision.proposal
    return JournalEntry(
        entry_id=decision.decision_id,
        state=_STATE_OF[decision.outcome],
        mode=proposal.mode,
        rule_id=proposal.rule_id,
        rule_version=proposal.rule_version,
        rule_name=proposal.rule_name,
        cycle_id=decision.cycle_id,
        bucket=decision.bucket,
        account_id=decision.account_id,
        object_id=proposal.object.object_id,
        object_name=proposal.object.name,
        level=decision.level,
        action=proposal.action.type,
        field=proposal.field,
        before=proposal.before,
        after=proposal.after,
        decided_at=decision.decided_at,
        follows=decision.follows,
        position=proposal.position,
        outcome=decision.outcome,
        intent_at=decision.decided_at if decision.outcome is Outcome.ACT else None,
    )
