"""The sandbox's world: its objects, its clock and the market behind them."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from sync.sandbox.agenda import Agenda
from sync.sandbox.clock import SandboxClock
from sync.sandbox.foreign_edits import ForeignEdit, PlannedEdit, edit_of, planned_edits
from sync.sandbox.market.account_market import AccountMarket
from sync.sandbox.market.edits import Addition, Edit, Entry
from sync.sandbox.market.state import LEARNING, SUCCESS
from sync.sandbox.playing_ahead import PlayedAhead
from sync.sandbox.records import (
    AccountRecord,
    AdRecord,
    AdSetRecord,
    CampaignRecord,
    CreativeRecord,
    JsonValue,
)
from sync.sandbox.scenarios import Scenario
from sync.sandbox.world_build import build_account

__all__ = [
    "AccountRecord",
    "AdRecord",
    "AdSetRecord",
    "CampaignRecord",
    "CreativeRecord",
    "ForeignEdit",
    "World",
]
_PREFIXES = {
    "account": 1, "campaign": 2, "adset": 3, "ad": 4, "creative": 5, "adlabel": 6, "adrule": 7,
    "budget_schedule": 8, "async_set": 9, "async_request": 10, "async_session": 11,
}  # fmt: skip


class WorldObjects:
    """The objects of all accounts, by id and by parent."""

    def __init__(self) -> None:
        """Start empty."""
        self.accounts: dict[str, AccountRecord] = {}
        self.campaigns: dict[str, CampaignRecord] = {}
        self.adsets: dict[str, AdSetRecord] = {}
        self.ads: dict[str, AdRecord] = {}
        self.creatives: dict[str, CreativeRecord] = {}
        self._campaigns_of: dict[str, list[CampaignRecord]] = {}
        self._adsets_of: dict[str, list[AdSetRecord]] = {}
        self._ads_of: dict[str, list[AdRecord]] = {}
        self._creatives_of: dict[str, list[CreativeRecord]] = {}
        self._counters: dict[str, int] = {}

    def campaigns_of(self, account_id: str) -> list[CampaignRecord]:
        """List an account's campaigns in order of creation."""
        return list(self._campaigns_of.get(account_id, ()))

    def adsets_of(self, campaign_id: str) -> list[AdSetRecord]:
        """List a campaign's ad sets in order of creation."""
        return list(self._adsets_of.get(campaign_id, ()))

    def adsets_of_account(self, account_id: str) -> list[AdSetRecord]:
        """List an account's ad sets, campaign by campaign."""
        return [s for c in self.campaigns_of(account_id) for s in self.adsets_of(c.id)]

    def ads_of(self, adset_id: str) -> list[AdRecord]:
        """List an ad set's ads in order of creation."""
        return list(self._ads_of.get(adset_id, ()))

    def ads_of_account(self, account_id: str) -> list[AdRecord]:
        """List an account's ads, ad set by ad set."""
        return [a for s in self.adsets_of_account(account_id) for a in self.ads_of(s.id)]

    def creatives_of(self, account_id: str) -> list[CreativeRecord]:
        """List an account's creatives in order of creation."""
        return list(self._creatives_of.get(account_id, ()))

    def new_id(self, kind: str) -> str:
        """Give the next id: 18 digits, above 2**53, the same for the same calls."""
        number = self._counters.get(kind, 0) + 1
        self._counters[kind] = number
        return str(120 + _PREFIXES[kind]) + f"{number * 1_000_003 + 210_000_000_000_000:015d}"

    def _keep(
        self,
        campaigns: tuple[CampaignRecord, ...] = (),
        adsets: tuple[AdSetRecord, ...] = (),
        ads: tuple[AdRecord, ...] = (),
    ) -> None:
        for campaign in campaigns:
            self.campaigns[campaign.id] = campaign
            self._campaigns_of.setdefault(campaign.account_id, []).append(campaign)
        for adset in adsets:
            self.adsets[adset.id] = adset
            self._adsets_of.setdefault(adset.campaign_id, []).append(adset)
        for ad in ads:
            self.ads[ad.id] = ad
            self._ads_of.setdefault(ad.adset_id, []).append(ad)

    def _keep_creative(self, record: CreativeRecord) -> None:
        self.creatives[record.id] = record
        self._creatives_of.setdefault(record.account_id, []).append(record)


class World(WorldObjects):
    """All objects of a scenario, and what became of them.

    The same seed, scenario and sequence of clock moves and writes give the same world to
    the byte, in whatever order accounts are asked. The scenario's start is the clock's.
    """

    def __init__(self, scenario: Scenario, seed: int, clock: SandboxClock) -> None:
        """Build every object of ``scenario``; markets are simulated when first asked."""
        super().__init__()
        self.scenario = scenario
        self.seed = seed
        self.clock = clock
        self.foreign_edits: list[ForeignEdit] = []
        self.agenda = Agenda()
        self.version = 0
        self._moment: datetime | None = None
        self._markets: dict[str, AccountMarket] = {}
        self._logs: dict[str, list[Entry]] = {}
        self._ahead: PlayedAhead | None = None
        for index in range(len(scenario.accounts)):
            self._build(index)
        self.planned: list[PlannedEdit] = planned_edits(
            scenario.events,
            [[c.id for c in self.campaigns_of(a)] for a in self.accounts],
            seed,
            clock.start.timestamp(),
        )
        for planned in list(self.planned):
            self.agenda.add(planned.time, partial(self._edit_by_others, planned))
        self.settle()

    def now(self) -> datetime:
        """Return the time of the task being carried out, else the clock's."""
        return self._moment or self.clock.now()

    def settle(self) -> None:
        """Carry out what was due up to the clock's now, each task at its own time.

        Other people's edits, reviews, scheduled budgets and Meta's own rules are such
        tasks. Call before reading objects and before applying a write. Delivery is
        simulated when it is asked for, replaying all edits, so writes need not wait.
        """
        if self._moment is not None:
            return
        now = self.clock.now().timestamp()
        try:
            while (due := self.agenda.next_due(now)) is not None:
                self._moment = datetime.fromtimestamp(due[0], UTC)
                due[1]()
        finally:
            self._moment = None

    def play_ahead(self, processes: int) -> None:
        """Let other processes play histories up to the start.

        Call it before any thread runs.
        """
        self._ahead = PlayedAhead(self._markets, self.clock.start.timestamp(), processes)

    def market_of(self, account_id: str) -> AccountMarket:
        """Return an account's market, played up to now; KeyError when unknown."""
        self.settle()
        market = self._markets[account_id]
        if self._ahead is not None:
            self._ahead.hand_over(account_id, market)
        market.settle(self._time())
        return market

    def object_changed(
        self, object_id: str, field: str, before: JsonValue, after: JsonValue
    ) -> None:
        """Tell the market of an applied write, at the world's now.

        ``field`` is the Graph name (status, daily_budget, lifetime_budget, bid_amount,
        bid_strategy, bid_constraints, spend_cap, targeting, optimization_goal, end_time,
        start_time, creative_id, review ...); money as int minor units, times as unix
        seconds. Fields without influence on delivery are welcome and ignored. KeyError
        for an unknown object.
        """
        self.version += 1
        self._log_of(object_id).append(Edit(self._time(), object_id, field, before, after))

    def add_campaign(self, record: CampaignRecord) -> None:
        """Take in a new campaign; KeyError when its account is unknown."""
        log = self._logs[record.account_id]
        self._keep(campaigns=(record,))
        log.append(Addition(self._time(), campaigns=(replace(record),)))

    def add_adset(self, record: AdSetRecord) -> None:
        """Take in a new ad set; KeyError when its campaign is unknown.

        It reaches people of ``audience_size`` where that is set, else as its campaign does.
        """
        log = self._log_of(record.campaign_id)
        self._keep(adsets=(record,))
        log.append(Addition(self._time(), adsets=(replace(record),)))

    def add_ad(self, record: AdRecord) -> None:
        """Take in a new ad; it delivers from now. KeyError: no parent."""
        log = self._log_of(record.adset_id)
        self._keep(ads=(record,))
        log.append(Addition(self._time(), ads=(replace(record),)))

    def add_creative(self, record: CreativeRecord) -> None:
        """Take in a new creative."""
        self._keep_creative(record)

    def amount_spent_today(self, object_id: str) -> int:
        """Return the spend of today in the account's zone, minor units.

        Any object's, or an account's.
        """
        market = self.market_of(self.account_of(object_id))
        today = market.calendar.day_of(self._time())
        return self._spent(market, object_id, today, today)

    def amount_spent(self, object_id: str) -> int:
        """Return an account's or object's spend since the history began.

        In minor units.
        """
        market = self.market_of(self.account_of(object_id))
        return self._spent(market, object_id, 0, market.history.days)

    def _spent(self, market: AccountMarket, object_id: str, first: int, last: int) -> int:
        """Return the spend of some days; 0 for what the market has yet to meet."""
        layout = market.parts.layout
        met = (self.accounts, layout.campaigns, layout.adsets, layout.ads)
        if not any(object_id in known for known in met):
            return 0
        return market.spent(object_id, first, last)

    def budget_remaining(self, object_id: str) -> int:
        """Return what is left of a budget, minor units, at least 0.

        Of today's, or of the lifetime's.
        """
        record = self.campaigns.get(object_id) or self.adsets.get(object_id)
        if record is None:
            raise KeyError(object_id)
        if record.daily_budget:
            return max(0, record.daily_budget - self.amount_spent_today(object_id))
        if record.lifetime_budget:
            return max(0, record.lifetime_budget - self.amount_spent(object_id))
        return 0

    def learning_stage(self, adset_id: str) -> dict[str, JsonValue]:
        """Return Graph's learning_stage_info of an ad set; KeyError when unknown.

        ``status`` is LEARNING, SUCCESS or FAIL (learning limited), ``conversions`` counts
        results since the last significant edit at ``last_sig_edit_ts`` (unix seconds).
        """
        adset = self.adsets[adset_id]
        parts = self.market_of(adset.account_id).now_parts(self._time())
        place = parts.layout.adsets[adset_id]
        stage = int(parts.state.learning[place])
        return {
            "status": {LEARNING: "LEARNING", SUCCESS: "SUCCESS"}.get(stage, "FAIL"),
            "conversions": parts.state.events_now(place, parts.layout),
            "last_sig_edit_ts": int(parts.state.learning_since[place]),
            "attribution_windows": ["7d_click"],
        }

    def account_of(self, object_id: str) -> str:
        """Return the account an object belongs to; KeyError: unknown."""
        if object_id in self.accounts:
            return object_id
        known = self.campaigns.get(object_id) or self.adsets.get(object_id)
        return known.account_id if known is not None else self.ads[object_id].account_id

    def _time(self) -> float:
        return self.now().timestamp()

    def _log_of(self, object_id: str) -> list[Entry]:
        return self._logs[self.account_of(object_id)]

    def _build(self, index: int) -> None:
        plan = self.scenario.accounts[index]
        start, days = self.clock.start, self.scenario.history_days
        built = build_account(plan, index, self.seed, start, days, self.new_id)
        self.accounts[built.account.id] = built.account
        self._keep(built.first.campaigns, built.first.adsets, built.first.ads)
        for creative in built.creatives:
            self._keep_creative(creative)
        log: list[Entry] = []
        self._logs[built.account.id] = log
        self._markets[built.account.id] = AccountMarket(
            built.account, plan, self.seed, start, days, self.scenario.events, built.first, log
        )
        for edit in built.past:
            self._apply(edit)
        audience = self._markets[built.account.id].parts.layout.audience
        for adset, size in zip(built.first.adsets, audience.tolist(), strict=True):
            adset.audience_size = int(size)

    def _apply(self, edit: Edit) -> None:
        """Write an edit into its record and the account's log, kept in order of time."""
        record = (
            self.campaigns.get(edit.object_id)
            or self.adsets.get(edit.object_id)
            or self.ads[edit.object_id]
        )
        setattr(record, edit.field, edit.after)
        record.updated_time = datetime.fromtimestamp(edit.time, UTC)
        self.version += 1
        log = self._logs[record.account_id]
        log.append(edit)
        log.sort(key=lambda entry: entry.time)

    def _edit_by_others(self, planned: PlannedEdit) -> None:
        """Carry out a foreign edit, unless the object is gone."""
        self.planned.remove(planned)
        campaign = self.campaigns[planned.campaign_id]
        edit = edit_of(planned, campaign, self.adsets_of(campaign.id), {})
        if edit is not None:
            self._apply(edit)
            self.foreign_edits.append(
                ForeignEdit(
                    datetime.fromtimestamp(edit.time, UTC),
                    edit.object_id,
                    edit.field,
                    edit.before,
                    edit.after,
                )
            )
