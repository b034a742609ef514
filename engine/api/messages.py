"""What travels between engine and window: frozen dataclasses.

They are of the standard library: FastAPI documents them, msgspec encodes them. Money is integer
minor units beside `currency` and `offset` (minor units per major unit);
readings of rules are major units, as people write them. Times are ISO 8601
texts in UTC, days are `YYYY-MM-DD` of the account's zone. Words for people
come in both languages where the engine makes them.
"""

from __future__ import annotations

from dataclasses import dataclass

Value = int | str | None
Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in both languages."""

    en: str
    uk: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a document, at its place."""

    path: str
    found: str
    allowed: str
    nearest: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem document (RFC 9457); `hint` says what to do."""

    type: str
    title: str
    status: int
    detail: str
    hint: str = ""
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """Areas that changed, sent on the event stream."""

    areas: tuple[str, ...]
    at: str


@dataclass(frozen=True, slots=True)
class CycleProgress:
    """How far the running cycle is; `phase` is pull, evaluate, decide or act."""

    account: str
    phase: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """The engine at a glance; `platform` is `sandbox` or `meta`."""

    version: str
    platform: str
    now: str
    stopped: bool
    stop_reason: str
    accounts: int
    campaigns: int
    rules_active: int
    awaiting_approval: int
    needs_human: int
    last_cycle_at: str | None
    next_cycle_at: str | None
    last_error: str
    cycle: CycleProgress | None
    calls: int


@dataclass(frozen=True, slots=True)
class AccountMessage:
    """An account as the window shows it; `freshness` is fresh, stale or never."""

    account_id: str
    name: str
    client: str
    currency: str
    offset: int
    timezone: str
    status: int
    enabled: bool
    campaigns: int
    active_campaigns: int
    synced_at: str | None
    freshness: str
    automation: bool = True
    primary_event: str | None = None


@dataclass(frozen=True, slots=True)
class Tile:
    """A headline number with its trend.

    `unit` is money, count, ratio or percent; `change_percent` compares with the period
    before; `better` is higher, lower or neutral. Money values are minor units.
    """

    metric: str
    label: Words
    unit: str
    value: float | None
    previous: float | None
    change_percent: float | None
    better: str
    trend: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class ActionMark:
    """How many actions rules took on a day."""

    day: str
    count: int


@dataclass(frozen=True, slots=True)
class SeriesMessage:
    """Daily numbers for the main chart and the period before it."""

    days: tuple[str, ...]
    spend: tuple[int, ...]
    revenue: tuple[int, ...]
    conversions: tuple[float, ...]
    previous_spend: tuple[int, ...]
    previous_revenue: tuple[int, ...]
    previous_conversions: tuple[float, ...]
    marks: tuple[ActionMark, ...] = ()


@dataclass(frozen=True, slots=True)
class BreakdownRow:
    """Spend and return of one group (an objective, a client)."""

    label: str
    spend: int
    revenue: int
    roas: float | None


@dataclass(frozen=True, slots=True)
class NeedRow:
    """What needs a person: approval, conflict, stale, error, stopped, broken."""

    kind: str
    text: Words
    link: str = ""
    count: int = 1  # how many there are of it


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Everything the dashboard shows for one scope, which has one currency."""

    scope: str
    title: str
    currency: str
    offset: int
    timezone: str
    since: str
    until: str
    synced_at: str | None
    tiles: tuple[Tile, ...]
    series: SeriesMessage
    by_objective: tuple[BreakdownRow, ...]
    by_client: tuple[BreakdownRow, ...]
    needs: tuple[NeedRow, ...]
    exposure_today: int


@dataclass(frozen=True, slots=True)
class ScopeMessage:
    """A choice for the top bar: account, client or all of a currency.

    `scope` is `account:ID`, `client:NAME|CUR` or `currency:CUR`.
    """

    scope: str
    label: str
    kind: str
    currency: str
    accounts: int


@dataclass(frozen=True, slots=True)
class ObjectTable:
    """Campaigns, ad sets or ads as columns of equal length.

    Money columns are minor units of `currency[i]`. `trend` has one list of daily
    spend or ROAS per row. `pending` has ids with an entry awaiting approval.
    """

    level: str
    since: str
    until: str
    object_id: tuple[str, ...]
    account_id: tuple[str, ...]
    account_name: tuple[str, ...]
    client: tuple[str, ...]
    name: tuple[str, ...]
    status: tuple[str, ...]
    effective_status: tuple[str, ...]
    learning_stage: tuple[str | None, ...]
    objective: tuple[str | None, ...]
    currency: tuple[str, ...]
    offset: tuple[int, ...]
    budget: tuple[int | None, ...]
    budget_kind: tuple[str | None, ...]
    spend: tuple[int, ...]
    revenue: tuple[int, ...]
    impressions: tuple[int, ...]
    clicks: tuple[int, ...]
    link_clicks: tuple[int, ...]
    conversions: tuple[float, ...]
    trend: tuple[tuple[float, ...], ...]
    pending: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleMessage:
    """A rule word for word, and how it is doing; `id` is `rule_id` again."""

    id: str
    rule_id: str
    version: int
    name: str
    status: str
    mode: str
    level: str
    priority: int
    document: Json
    words: Words
    author: str
    updated_at: str
    last_run_at: str | None
    last_matches: int
    decisions_7d: int
    applied_7d: int
    broken: str = ""


@dataclass(frozen=True, slots=True)
class ReadingMessage:
    """One measurement of a trace, in major units; `said` is all in words."""

    path: str
    words: Words
    metric: str
    window: str | None
    value: float | str | None
    threshold: float | str | list[float | str] | None
    answer: str
    reason: str = ""
    said: Words | None = None


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """What a rule would do to one object now."""

    object_id: str
    object_name: str
    account_name: str
    currency: str
    offset: int
    action: Words
    field: str
    before: Value
    after: Value
    outcome: str
    reason: str
    readings: tuple[ReadingMessage, ...]


@dataclass(frozen=True, slots=True)
class RulePreview:
    """The answers of a rule on everything in its scope, and what it would do."""

    words: Words
    as_of: str
    answers: dict[str, int]
    rows: tuple[PreviewRow, ...]
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class JournalRow:
    """A journal row, with what the window needs to show it."""

    id: str
    state: str
    mode: str
    rule_id: str
    rule_version: int
    rule_name: str
    account_id: str
    account_name: str
    object_id: str
    object_name: str
    level: str
    action: str
    field: str
    before: Value
    after: Value
    decided_at: str
    sent_at: str | None
    settled_at: str | None
    reason: str
    reason_code: str
    actor: str
    currency: str
    offset: int
    can_undo: bool
    undoes: str | None = None


@dataclass(frozen=True, slots=True)
class DecisionMessage:
    """A decision with its trace; `fingerprint` marks what is approved."""

    entry: JournalRow
    outcome: str
    guard: str
    until: str | None
    answer: str
    as_of: str
    readings: tuple[ReadingMessage, ...]
    rule_words: Words
    history: tuple[tuple[str, str, str], ...] = ()
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class SettingMessage:
    """A setting; `kind` is bool, int, float, text or choice."""

    key: str
    group: Words
    title: Words
    help: Words
    kind: str
    value: bool | int | float | str
    default: bool | int | float | str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """A command was carried out; `changed` names the areas."""

    changed: tuple[str, ...] = ()
    detail: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class JournalPage:
    """A page of journal rows, newest first; `cursor` asks for the next one."""

    items: tuple[JournalRow, ...] = ()
    cursor: str | None = None
    total: int = 0


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """A page of decisions, newest first."""

    items: tuple[DecisionMessage, ...] = ()
    cursor: str | None = None
    total: int = 0


@dataclass(frozen=True, slots=True)
class RulePage:
    """A page of rules by priority."""

    items: tuple[RuleMessage, ...] = ()
    cursor: str | None = None
    total: int = 0
