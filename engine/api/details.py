"""More messages: daily numbers, versions, performance, keys, cycles.

Frozen standard-library dataclasses like those of engine.api.messages, in the same
units: money in integer minor units, times as ISO 8601 texts in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.api.messages import Fault, Json, ReadingMessage, Value, Words


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the engine answers; `now` is the engine's time."""

    status: str
    version: str
    pid: int
    now: str


@dataclass(frozen=True, slots=True)
class LimitMessage:
    """One of Meta's limits now; empty ids stand for the app, every use case.

    `used_percent` is none where Meta told nothing lately. While calls are not made,
    `blocked_until` says until when and `why` the reason: `refused`, `reserve` (the
    rest is kept for changes) or `outage`.
    """

    account_id: str
    use_case: str
    used_percent: float | None = None
    blocked_until: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class DayNumbers:
    """One day of one object or account; money in minor units."""

    day: str
    spend: int
    revenue: int
    impressions: int
    clicks: int
    link_clicks: int
    conversions: float


@dataclass(frozen=True, slots=True)
class ObjectMetrics:
    """Daily numbers of one object."""

    object_id: str
    currency: str
    offset: int
    days: tuple[DayNumbers, ...] = ()


@dataclass(frozen=True, slots=True)
class Trends:
    """Daily numbers of a scope, which has one currency."""

    scope: str
    currency: str
    offset: int
    timezone: str
    days: tuple[DayNumbers, ...] = ()


@dataclass(frozen=True, slots=True)
class ObjectRow:
    """One campaign, ad set or ad; money in minor units of `currency`."""

    id: str
    level: str
    account_id: str
    account_name: str
    client: str
    name: str
    status: str
    effective_status: str
    learning_stage: str | None
    objective: str | None
    currency: str
    offset: int
    budget: int | None
    budget_kind: str | None
    spend: int
    revenue: int
    impressions: int
    clicks: int
    link_clicks: int
    conversions: float
    pending: bool = False


@dataclass(frozen=True, slots=True)
class ObjectPage:
    """A page of objects, those that spent most first."""

    items: tuple[ObjectRow, ...] = ()
    cursor: str | None = None
    total: int = 0


@dataclass(frozen=True, slots=True)
class TemplateMessage:
    """A ready rule to start from."""

    key: str
    title: Words
    why: Words
    document: Json
    words: Words


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """One version of a rule as it was saved."""

    version: int
    name: str
    status: str
    author: str
    reason: str
    saved_at: str
    document: Json


@dataclass(frozen=True, slots=True)
class RulePerformance:
    """What a rule decided and what took effect; `states` counts entries."""

    rule_id: str
    name: str
    mode: str
    decisions: int
    applied: int
    undone: int
    states: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """Whether a document is a valid rule, its words, or every fault."""

    valid: bool
    words: Words | None = None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class GapMessage:
    """A condition that does not hold, and how far it is from holding."""

    path: str
    words: Words
    gap_percent: float | None


@dataclass(frozen=True, slots=True)
class ExplainMessage:
    """Why a rule does or does not act on one object now.

    `outcome` and `reason` say what would be decided where the conditions hold.
    """

    rule_id: str
    object_id: str
    object_name: str
    as_of: str
    answer: str
    readings: tuple[ReadingMessage, ...]
    nearest: tuple[GapMessage, ...] = ()
    outcome: str = ""
    guard: str = ""
    reason: str = ""
    before: Value = None
    after: Value = None


@dataclass(frozen=True, slots=True)
class CycleMessage:
    """What one account's cycle did; `error` says why it ended early."""

    account_id: str
    account_name: str
    objects: int
    rows: int
    calls: int
    rules: int
    answers: dict[str, int] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)
    settled: dict[str, int] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True, slots=True)
class SetAsideMessage:
    """A pushed row that could not be taken: its place, from 1 on, and why."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class IngestMessage:
    """What became of a push: rows taken, facts stored, rows set aside.

    `rejected` counts all that were set aside, `set_aside` shows the first hundred;
    `repeated` tells that this batch was stored before and nothing was done now.
    """

    batch_id: str
    rows: int
    added: int
    changed: int
    unchanged: int
    repeated: bool
    rejected: int = 0
    set_aside: tuple[SetAsideMessage, ...] = ()
    ignored_fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SyncMessage:
    """What reading one account brought; `faults` say what could not be read."""

    account_id: str
    account_name: str
    objects: int
    added: int
    changed: int
    rejected: int
    calls: int
    complete: bool
    synced_at: str | None = None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SyncList:
    """What reading the accounts that were asked for brought, one for each."""

    items: tuple[SyncMessage, ...] = ()


@dataclass(frozen=True, slots=True)
class CycleList:
    """What the cycles that were asked for did, one for each account."""

    items: tuple[CycleMessage, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyMessage:
    """A key for the API; `token` is there once, when it is made."""

    id: str
    name: str
    role: str
    client: str
    created_at: str
    last_used_at: str | None
    revoked_at: str | None
    token: str | None = None


@dataclass(frozen=True, slots=True)
class NotificationMessage:
    """A message to people and how far it came."""

    number: int
    text: str
    account_id: str
    audience: str
    severity: str
    created_at: str
    delivery: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class DocsLink:
    """An address of the documentation that works once, within a minute."""

    url: str


@dataclass(frozen=True, slots=True)
class EditRow:
    """A change that somebody made at Meta, by its own change history.

    `origin` is `others`, or `own_app` where it was made with our app and not by this
    engine. `field` is empty where it is none of those that we keep; `words` are Meta's.
    """

    id: str
    at: str
    account_id: str
    account_name: str
    object_id: str
    object_name: str
    level: str
    event: str
    words: str
    field: str
    before: Value
    after: Value
    actor: str
    application: str
    origin: str
    currency: str
    offset: int


@dataclass(frozen=True, slots=True)
class EditPage:
    """A page of changes made at Meta, newest first."""

    items: tuple[EditRow, ...] = ()
    cursor: str | None = None
    total: int = 0


@dataclass(frozen=True, slots=True)
class CreativeMessage:
    """What an ad shows."""

    id: str
    name: str
    title: str
    body: str
    kind: str
    call_to_action: str
    link_url: str
    status: str
    thumbnail_url: str


@dataclass(frozen=True, slots=True)
class ObjectDetail:
    """One object as last read from Meta; money in minor units.

    `attribution` holds `event:days`, `roas_floor` is times 10,000, `parent` names the
    object above, `raw_status` a word of Meta's that nobody here knows.
    """

    id: str
    level: str
    account_id: str
    name: str
    status: str
    effective_status: str
    raw_status: str
    parent: str
    objective: str | None
    currency: str
    offset: int
    daily_budget: int | None
    lifetime_budget: int | None
    bid_amount: int | None
    bid_strategy: str | None
    roas_floor: int | None
    optimization_goal: str | None
    learning_stage: str | None
    attribution: tuple[str, ...]
    issues: tuple[str, ...]
    labels: tuple[str, ...]
    source_id: str | None
    created_time: str | None
    start_time: str | None
    end_time: str | None
    creative: CreativeMessage | None = None
