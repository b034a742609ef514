"""The sandbox's world: its objects, its clock and the market behind them."""

from dataclasses import dataclass
from datetime import datetime

from sync.sandbox.clock import SandboxClock
from sync.sandbox.records import (
    AccountRecord,
    AdRecord,
    AdSetRecord,
    CampaignRecord,
    CreativeRecord,
    JsonValue,
)
from sync.sandbox.scenarios import Scenario

__all__ = [
    "AccountRecord",
    "AdRecord",
    "AdSetRecord",
    "CampaignRecord",
    "CreativeRecord",
    "ForeignEdit",
    "World",
]


@dataclass(frozen=True, slots=True)
class ForeignEdit:
    """A change somebody else made: aware UTC time, Graph field, old and new value."""

    time: datetime
    object_id: str
    field: str
    before: JsonValue
    after: JsonValue


class World:
    """All objects of a scenario, and what became of them up to the clock's now.

    The same seed, scenario and sequence of clock moves and writes give the same world to
    the byte, in whatever order accounts are asked.
    """

    def __init__(self, scenario: Scenario, seed: int, clock: SandboxClock) -> None:
        """Build every object of ``scenario``; markets are simulated when first asked."""
        self.scenario = scenario
        self.seed = seed
        self.clock = clock
        self.accounts: dict[str, AccountRecord] = {}
        self.campaigns: dict[str, CampaignRecord] = {}
        self.adsets: dict[str, AdSetRecord] = {}
        self.ads: dict[str, AdRecord] = {}
        self.creatives: dict[str, CreativeRecord] = {}
        self.foreign_edits: list[ForeignEdit] = []

    def campaigns_of(self, account_id: str) -> list[CampaignRecord]:
        """List an account's campaigns in order of creation."""
        raise NotImplementedError

    def adsets_of(self, campaign_id: str) -> list[AdSetRecord]:
        """List a campaign's ad sets in order of creation."""
        raise NotImplementedError

    def adsets_of_account(self, account_id: str) -> list[AdSetRecord]:
        """List an account's ad sets in order of creation."""
        raise NotImplementedError

    def ads_of(self, adset_id: str) -> list[AdRecord]:
        """List an ad set's ads in order of creation."""
        raise NotImplementedError

    def ads_of_account(self, account_id: str) -> list[AdRecord]:
        """List an account's ads in order of creation."""
        raise NotImplementedError

    def creatives_of(self, account_id: str) -> list[CreativeRecord]:
        """List an account's creatives in order of creation."""
        raise NotImplementedError

    def new_id(self, kind: str) -> str:
        """Give the next id: 18 digits, above 2**53, the same for the same calls."""
        raise NotImplementedError

    def settle(self) -> None:
        """Bring edits and simulated delivery up to the clock's now.

        Call before reading objects or delivery and before applying a write. Markets nobody
        asked yet stay unsimulated: their past is replayed, with all writes, when asked.
        """
        raise NotImplementedError

    def object_changed(
        self, object_id: str, field: str, before: JsonValue, after: JsonValue
    ) -> None:
        """Tell the market of an applied write, at the clock's now.

        ``field`` is the Graph name (status, daily_budget, lifetime_budget, bid_amount,
        bid_strategy, bid_constraints, spend_cap, targeting, optimization_goal, end_time,
        start_time, creative_id, review ...); money as int minor units, times as unix
        seconds. Fields without influence on delivery are welcome and ignored. KeyError
        for an unknown object.
        """
        raise NotImplementedError

    def add_campaign(self, record: CampaignRecord) -> None:
        """Take in a new campaign."""
        raise NotImplementedError

    def add_adset(self, record: AdSetRecord) -> None:
        """Take in a new ad set; KeyError when its campaign is unknown."""
        raise NotImplementedError

    def add_ad(self, record: AdRecord) -> None:
        """Take in a new ad; it delivers from the clock's now. KeyError: unknown parent."""
        raise NotImplementedError

    def add_creative(self, record: CreativeRecord) -> None:
        """Take in a new creative."""
        raise NotImplementedError

    def amount_spent_today(self, object_id: str) -> int:
        """Return today's spend (account zone) in minor units, of any object or account."""
        raise NotImplementedError

    def amount_spent(self, account_id: str) -> int:
        """Return an account's spend since the history began, minor units."""
        raise NotImplementedError

    def budget_remaining(self, object_id: str) -> int:
        """Return what is left of today's (or the lifetime) budget, minor units, >= 0."""
        raise NotImplementedError

    def learning_stage(self, adset_id: str) -> dict[str, JsonValue]:
        """Return Graph's learning_stage_info: status, conversions, last_sig_edit_ts ..."""
        raise NotImplementedError
