"""Everything one running sandbox consists of, handed to each operation."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sync.sandbox.faults import FaultPlan
from sync.sandbox.graph.activities import (
    FOREIGN_EDITOR,
    Activity,
    ActivityLog,
    Actor,
    event_for,
    extra_for,
)
from sync.sandbox.graph.calls import GraphCall
from sync.sandbox.graph.oauth import LoginDesk
from sync.sandbox.graph.reports import ReportStore
from sync.sandbox.graph.side_objects import SideObjects
from sync.sandbox.graph.statuses import effective_status
from sync.sandbox.graph.tokens import APP_NAME, Identity, TokenOffice
from sync.sandbox.graph.usage import UsageMeter
from sync.sandbox.ledger import Ledger
from sync.sandbox.request_log import RequestLog
from sync.sandbox.world import World

LIVE_VERSIONS = ("v24.0", "v25.0", "v26.0")
KEPT_LISTS = 16


@dataclass(slots=True)
class Limits:
    """Sizes beyond which Meta refuses, and what app and accounts may do.

    Insights limits count rows before filtering, `read_nodes` the objects of
    one answer; `report_polls` is how many polls see a report, or an
    asynchronous request, unfinished. `adsets_per_campaign` to `async_copies`
    are how many objects fit below a parent and into one copy.
    `refuse_sibling_adsets` keeps a batch from writing to two ad sets of one campaign,
    `auto_upgrade` lets expired versions be answered by the oldest live one;
    `opted_in` accounts get the breakdowns that are empty to others.
    """

    sync_rows: int = 5_000_000
    report_rows: int = 20_000_000
    report_polls: int = 2
    report_days: int = 30
    read_nodes: int = 100_000
    reach_reports: int = 10
    versions: tuple[str, ...] = LIVE_VERSIONS
    adsets_per_campaign: int = 200
    switchable_adsets: int = 70
    ads_per_account: int = 50_000
    archived_ads: int = 100_000
    sync_copies: int = 3
    async_copies: int = 51
    auto_upgrade: bool = False
    require_appsecret_proof: bool = False
    app_has_permission: bool = True
    app_allow_listed: bool = True
    app_admin: bool = True
    opted_in: bool = False
    refuse_ended_windows: bool = False
    refuse_sibling_adsets: bool = False


@dataclass(slots=True)
class AtHand:
    """The call being answered: whose token, and how it wants its answer.

    `nodes` counts the objects read for it, `headers` go with the answer.
    """

    actor: Identity
    scopes: tuple[str, ...] = ()
    version: str = LIVE_VERSIONS[-1]
    date_format: str | None = None
    nodes: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    call: GraphCall = field(default_factory=lambda: GraphCall("GET", "/"))


@dataclass(slots=True)
class BudgetEdits:
    """Budget changes of one ad set within an hour, for the 4-an-hour rule."""

    times: deque[datetime] = field(default_factory=deque)
    blocked_until: datetime | None = None


@dataclass(slots=True)
class Listings:
    """Object lists kept between the pages of one walk, newest last.

    A list is valid as long as no object has changed (its stamp).
    """

    kept: OrderedDict[tuple[str, ...], tuple[tuple[int, ...], list[Any]]] = field(
        default_factory=OrderedDict  # Any: nodes, whose module builds on this one
    )

    def get(self, key: tuple[str, ...], stamp: tuple[int, ...]) -> list[Any] | None:
        """Return the kept list of a walk when nothing changed since."""
        found = self.kept.get(key)
        return found[1] if found is not None and found[0] == stamp else None

    def put(self, key: tuple[str, ...], stamp: tuple[int, ...], nodes: list[Any]) -> None:
        """Keep a list; the oldest of more than 16 is forgotten."""
        self.kept[key] = (stamp, nodes)
        self.kept.move_to_end(key)
        if len(self.kept) > KEPT_LISTS:
            self.kept.popitem(last=False)


@dataclass(slots=True)
class GraphContext:
    """The world, and the records the HTTP side keeps beside it."""

    world: World
    tokens: TokenOffice
    usage: UsageMeter = field(init=False)
    login: LoginDesk = field(init=False)
    at_hand: AtHand = field(init=False)
    ledger: Ledger = field(default_factory=Ledger)
    requests: RequestLog = field(default_factory=RequestLog)
    faults: FaultPlan = field(default_factory=FaultPlan)
    activities: ActivityLog = field(default_factory=ActivityLog)
    reports: ReportStore = field(default_factory=ReportStore)
    limits: Limits = field(default_factory=Limits)
    side_objects: SideObjects = field(default_factory=SideObjects)
    images: dict[str, dict[str, dict[str, object]]] = field(default_factory=dict)
    budget_edits: dict[str, BudgetEdits] = field(default_factory=lambda: defaultdict(BudgetEdits))
    subscriptions: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    cap_edits: dict[str, deque[datetime]] = field(default_factory=lambda: defaultdict(deque))
    listings: Listings = field(default_factory=Listings)
    foreign_seen: int = 0
    perform: Callable[[GraphCall, int], tuple[int, bytes]] = field(init=False)
    _active: dict[str, tuple[tuple[int, int], int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.usage = UsageMeter(self.active_ads)
        self.login = LoginDesk(self.tokens)
        self.at_hand = AtHand(self.tokens.identities[self.tokens.user_id])

    def quota_time(self) -> datetime:
        """Return the time that quotas count in."""
        return self.world.clock.now_for_quotas()

    def active_ads(self, account_id: str) -> int:
        """Count an account's ads that may deliver, anew each simulated hour."""
        world = self.world
        stamp = (len(world.ads), int(self.now().timestamp()) // 3600)
        known = self._active.get(account_id)
        if known is None or known[0] != stamp:
            ads = world.ads_of_account(account_id)
            count = sum(effective_status(world, ad) == "ACTIVE" for ad in ads)
            known = self._active[account_id] = (stamp, count)
        return known[1]

    def now(self) -> datetime:
        """Return the simulated time, aware, in UTC."""
        return self.world.now()

    def object_stamp(self) -> tuple[int, ...]:
        """Return numbers that differ whenever an object may have changed."""
        world = self.world
        counts = (len(world.campaigns), len(world.adsets), len(world.ads))
        return (len(self.ledger), world.version, *counts)

    def settle(self) -> None:
        """Bring the world up to now and record what others changed."""
        self.world.settle()
        edits = self.world.foreign_edits
        while self.foreign_seen < len(edits):
            edit = edits[self.foreign_seen]
            self.foreign_seen += 1
            self.note_change(
                edit.time, edit.object_id, edit.field, edit.before, edit.after, FOREIGN_EDITOR
            )

    def caller(self) -> Actor:
        """Return who is behind the call being answered."""
        who = self.at_hand.actor
        return Actor(who.id, who.name, self.tokens.app_id, APP_NAME, "MARKETING_API")

    def note_change(
        self,
        time: datetime,
        object_id: str,
        name: str,
        before: object,
        after: object,
        actor: Actor | None = None,
    ) -> None:
        """Add one row to the change history of the object's account.

        The caller has made the change unless another actor is named.
        """
        found = self.level_and_record(object_id)
        if found is None:
            return
        level, account_id, object_name = found
        account = self.world.accounts[account_id]
        self.activities.add(
            Activity(
                time=time,
                account_id=account_id,
                object_id=object_id.removeprefix("act_"),
                object_name=object_name,
                level=level,
                event_type=event_for(level, name, after),
                actor=actor or self.caller(),
                extra=extra_for(name, before, after, account.currency),
            )
        )

    def level_and_record(self, object_id: str) -> tuple[str, str, str] | None:
        """Return level, account id and name of an account's object or the account."""
        world = self.world
        account = world.accounts.get(object_id.removeprefix("act_"))
        if account is not None:
            return "account", account.id, account.name
        if (campaign := world.campaigns.get(object_id)) is not None:
            return "campaign", campaign.account_id, campaign.name
        if (adset := world.adsets.get(object_id)) is not None:
            return "adset", adset.account_id, adset.name
        if (ad := world.ads.get(object_id)) is not None:
            return "ad", ad.account_id, ad.name
        return None
