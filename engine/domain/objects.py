"""Clients, accounts and the objects in them: campaigns, ad sets, ads."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from engine.domain.money import Money, offset_of


class Level(StrEnum):
    """The kind of an object."""

    CAMPAIGN = "campaign"
    ADSET = "adset"
    AD = "ad"

    @property
    def parent(self) -> Level | None:
        """The level above, none above a campaign."""
        return {Level.CAMPAIGN: None, Level.ADSET: Level.CAMPAIGN, Level.AD: Level.ADSET}[self]


class Status(StrEnum):
    """The status a person or a program set."""

    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    ARCHIVED = "ARCHIVED"
    DELETED = "DELETED"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Account:
    """An ad account; `account_id` is the bare number without `act_`."""

    account_id: str
    name: str
    client: str
    currency: str
    timezone_name: str
    status: int = 1
    min_daily_budget: int = 0
    primary_event: str | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The account's time zone; its days are the days of every number."""
        return ZoneInfo(self.timezone_name)

    @property
    def offset(self) -> int:
        """Minor units per major unit of the account's currency."""
        return offset_of(self.currency)

    @property
    def is_active(self) -> bool:
        """Whether Meta lets this account deliver (account_status 1)."""
        return self.status == 1


@dataclass(frozen=True, slots=True)
class AdObject:
    """A campaign, an ad set or an ad as last read from Meta.

    Budgets and bids are integer minor units of the account's currency;
    times are aware. `raw_status` keeps what Meta said when it is a word we
    do not know; such an object is shown and never acted on. `attribution` holds
    `event:days` as Meta writes it, `issues` what Meta says is wrong, `source_id` the
    object this one was copied from. `budget_remaining` moves all the time: it is only
    there right after the object itself was read, and no change of it is kept; so is
    `copied_as`, the name of a copy that was asked for and is there.
    """

    object_id: str
    account_id: str
    level: Level
    name: str
    status: Status
    effective_status: str
    parent_id: str | None = None
    campaign_id: str | None = None
    objective: str | None = None
    daily_budget: int | None = None
    lifetime_budget: int | None = None
    bid_amount: int | None = None
    bid_strategy: str | None = None
    learning_stage: str | None = None
    creative_id: str | None = None
    labels: tuple[str, ...] = ()
    created_time: datetime | None = None
    updated_time: datetime | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    raw_status: str = ""
    roas_floor: int | None = None
    optimization_goal: str | None = None
    billing_event: str | None = None
    attribution: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    source_id: str | None = None
    budget_remaining: int | None = field(default=None, compare=False)
    copied_as: str | None = field(default=None, compare=False)

    @property
    def is_delivering(self) -> bool:
        """Whether it and everything above it is switched on."""
        return self.effective_status == "ACTIVE"

    @property
    def budget_field(self) -> str | None:
        """The field that carries its budget, none when it has none of its own."""
        if self.daily_budget:
            return "daily_budget"
        if self.lifetime_budget:
            return "lifetime_budget"
        return None

    def budget(self, currency: str) -> Money | None:
        """Return its own budget, none when the budget lives on another level."""
        amount = self.daily_budget or self.lifetime_budget
        return Money(amount, currency) if amount else None


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """Enough to find one object, and a copy of it where one is named."""

    object_id: str
    account_id: str
    level: Level
    copy_name: str = ""


@dataclass(frozen=True, slots=True)
class Creative:
    """What an ad shows; its content never changes, a swap makes another.

    `thumbnail_url` is signed by Meta and stops working after some days.
    """

    creative_id: str
    account_id: str
    name: str = ""
    title: str = ""
    body: str = ""
    kind: str = ""
    call_to_action: str = ""
    link_url: str = ""
    status: str = ""
    thumbnail_url: str = ""


@dataclass(frozen=True, slots=True)
class Structure:
    """The objects of an account at one moment.

    `complete` is false when any page could not be read: rules do not act on it.
    `whole` is false when only what had changed was asked for: then what is not here
    is as it was. `creatives` are those of the ads that were read.
    """

    account_id: str
    as_of: datetime
    objects: tuple[AdObject, ...]
    complete: bool = True
    rejected: int = 0
    whole: bool = True
    creatives: tuple[Creative, ...] = ()
