"""Scenarios: what world the sandbox plays, from a file or built in."""

import json
import math
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sync.sandbox.currencies import OFFSETS, price_level
from sync.sandbox.scenario_checks import FieldReader, Json, ScenarioError

__all__ = [
    "AccountPlan",
    "Event",
    "MarketParameters",
    "Scenario",
    "ScenarioError",
    "default_scenario",
    "load_scenario",
    "parse_scenario",
]

Range = tuple[float, float]
HOURLY_DAYS = 35
"""Days of history kept by the hour."""


@dataclass(frozen=True, slots=True)
class MarketParameters:
    """How a market answers; ranges are drawn uniformly per campaign.

    Money is in major units of the account's currency. The defaults follow published
    figures of Meta accounts and measurements on real advertising logs; docs/scenarios.md
    says what each field does.
    """

    cpm: Range = (9.0, 21.0)
    cpm_noise_sd: float = 0.2
    ctr: Range = (0.009, 0.022)
    ctr_log_sd: float = 0.345
    cvr: Range = (0.015, 0.035)
    aov: Range = (40.0, 110.0)
    saturation_alpha: Range = (0.8, 1.2)
    half_saturation: Range = (0.6, 2.0)
    adstock: Range = (0.0, 0.3)
    audience_size: Range = (100_000.0, 2_000_000.0)
    fatigue_exponent: float = 0.43
    learning_efficiency: float = 0.85
    learning_noise: float = 1.75
    drift_sd: float = 0.046
    day_of_week_amplitude: float = 0.15
    hour_ratio: float = 3.0
    overdispersion: float = 0.01
    delay_minutes_share: float = 0.45
    delay_hours_share: float = 0.2
    delay_days_mean: float = 5.0
    tracking_loss: float = 0.15
    competition_inside_account: float = 0.05


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """One account to build.

    Budgets are in major units of its currency, per campaign and day.
    """

    client: str
    name: str
    currency: str
    timezone: str
    campaigns: int
    adsets_per_campaign: tuple[int, int]
    ads_per_adset: tuple[int, int]
    campaign_budget_share: float
    paused_share: float
    daily_budget: Range
    objectives: tuple[str, ...]
    market: MarketParameters


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens, in hours from the start.

    Negative hours lie in the history.
    """

    kind: str
    at_hour: float
    hours: float
    factor: float | None = None
    account: int | None = None
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole world to play; ``seed`` and ``start`` may be left to the caller."""

    accounts: tuple[AccountPlan, ...]
    seed: int | None = None
    start: datetime | None = None
    history_days: int = 90
    events: tuple[Event, ...] = ()


DEFAULT_OBJECTIVES = (
    "OUTCOME_SALES",
    "OUTCOME_SALES",
    "OUTCOME_SALES",
    "OUTCOME_LEADS",
    "OUTCOME_TRAFFIC",
)
OBJECTIVES = (
    "OUTCOME_SALES",
    "OUTCOME_LEADS",
    "OUTCOME_TRAFFIC",
    "OUTCOME_AWARENESS",
    "OUTCOME_ENGAGEMENT",
    "OUTCOME_APP_PROMOTION",
)
EVENT_KINDS = (
    "cpm_factor",
    "ctr_factor",
    "cvr_factor",
    "aov_factor",
    "tracking_outage",
    "delivery_stop",
    "audience_exhausted",
    "creative_fatigue_jump",
    "foreign_edit",
)
_SCENARIO_FIELDS = ("seed", "start", "history_days", "accounts", "market", "events")
_EVENT_FIELDS = ("kind", "at_hour", "hours", "factor", "account", "share")
_ACCOUNT_FIELDS = tuple(field.name for field in fields(AccountPlan))
_MARKET_FIELDS = tuple(field.name for field in fields(MarketParameters))
# Bounds of the market's numbers: (low, high). Ranges obey them at both ends.
_BOUNDS: dict[str, tuple[float, float]] = {
    "cpm": (1e-6, math.inf),
    "ctr": (0, 1),
    "cvr": (0, 1),
    "saturation_alpha": (0.01, 20),
    "half_saturation": (1e-6, math.inf),
    "adstock": (0, 1),
    "audience_size": (1, math.inf),
    "learning_efficiency": (0, 1),
    "learning_noise": (1, math.inf),
    "day_of_week_amplitude": (0, 1),
    "hour_ratio": (1, math.inf),
    "delay_minutes_share": (0, 1),
    "delay_hours_share": (0, 1),
    "tracking_loss": (0, 1),
}


def load_scenario(path: Path | str) -> Scenario:
    """Read a scenario file; ScenarioError lists every fault."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError([f"{path}: the file cannot be read ({error})"]) from error
    try:
        document: Json = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ScenarioError([f"{path}: this is not JSON ({error})"]) from error
    return parse_scenario(document)


def parse_scenario(document: Json) -> Scenario:
    """Turn a decoded scenario into values; ScenarioError lists every fault."""
    faults: list[str] = []
    whole = FieldReader(document, "", faults)
    whole.only(_SCENARIO_FIELDS, ("accounts",))
    shared = whole.inner("market")
    _market(shared, MarketParameters())  # faults here are told once, not once per account
    account_items = whole.items("accounts")
    if whole.has("accounts") and whole.value("accounts") == []:
        whole.fault("accounts", [], "a list of at least one account")
    accounts = tuple(_account(item, shared, i) for i, item in enumerate(account_items))
    events = tuple(_event(item, len(account_items)) for item in whole.items("events"))
    scenario = Scenario(
        accounts=accounts,
        seed=whole.whole("seed", 0) if whole.has("seed") else None,
        start=_start(whole),
        history_days=whole.whole("history_days", 90, 1, 1100),
        events=events,
    )
    if faults:
        raise ScenarioError(faults)
    return scenario


def default_scenario() -> Scenario:
    """Return the demo's world: seven accounts of four clients.

    Their currencies are UAH, USD, EUR and PLN.
    """
    rows: list[Json] = [
        _demo("Каштан Маркет", "Каштан Маркет · Україна", "UAH", "Europe/Kyiv", 26),
        _demo("Каштан Маркет", "Kashtan Market · Polska", "PLN", "Europe/Warsaw", 16),
        _demo("Northwind Outdoor", "Northwind Outdoor · US", "USD", "America/New_York", 24),
        _demo("Northwind Outdoor", "Northwind Outdoor · DE", "EUR", "Europe/Berlin", 14),
        _demo("Дім і Сад", "Дім і Сад · Україна", "UAH", "Europe/Kyiv", 18),
        _demo("Lumen Clinic", "Lumen Clinic · PL", "PLN", "Europe/Warsaw", 12),
        _demo("Lumen Clinic", "Lumen Clinic · EU", "EUR", "Europe/Paris", 10),
    ]
    events: list[Json] = [
        {"kind": "cpm_factor", "at_hour": -60, "hours": 60, "factor": 1.5, "account": 2,
         "share": 0.3},
        {"kind": "cvr_factor", "at_hour": -84, "hours": 96, "factor": 0.45, "account": 0,
         "share": 0.25},
        {"kind": "creative_fatigue_jump", "at_hour": -72, "hours": 240, "account": 4,
         "share": 0.3},
        {"kind": "foreign_edit", "at_hour": 1.5, "hours": 2, "factor": 1.3, "account": 1,
         "share": 0.1},
    ]  # fmt: skip
    return parse_scenario({"seed": 20, "accounts": rows, "events": events})


def _demo(client: str, name: str, currency: str, timezone: str, campaigns: int) -> Json:
    return {
        "client": client,
        "name": name,
        "currency": currency,
        "timezone": timezone,
        "campaigns": campaigns,
    }


def _start(reader: FieldReader) -> datetime | None:
    if not reader.has("start"):
        return None
    text = reader.text("start", "2026-01-01T00:00:00Z")
    try:
        start = datetime.fromisoformat(text)
        if start.tzinfo is not None and 2000 <= start.year <= 2100 and "T" in text.upper():
            return start
    except ValueError:
        pass  # told below, with what is allowed
    reader.fault("start", text, "a date and time with its zone, such as 2026-03-01T09:00:00Z")
    return None


def _account(reader: FieldReader, shared: FieldReader, index: int) -> AccountPlan:
    reader.only(_ACCOUNT_FIELDS, ("client", "currency", "timezone", "campaigns"))
    currency = reader.text("currency", "USD")
    if currency not in OFFSETS:
        reader.fault("currency", currency, "one of Meta's ISO codes, such as USD, EUR, PLN, UAH")
    timezone = reader.text("timezone", "UTC")
    if not _zone_exists(timezone):
        reader.fault("timezone", timezone, "an IANA name, such as Europe/Kyiv")
    level = price_level(currency)
    built_in = MarketParameters()
    base = replace(
        built_in,
        cpm=(built_in.cpm[0] * level, built_in.cpm[1] * level),
        aov=(built_in.aov[0] * level, built_in.aov[1] * level),
    )
    base = _market(FieldReader(shared.values(), "market", []), base)
    client = reader.text("client", "")
    return AccountPlan(
        client=client,
        name=reader.text("name", f"{client} · {currency} {index + 1}"),
        currency=currency,
        timezone=timezone,
        campaigns=reader.whole("campaigns", 1, 1),
        adsets_per_campaign=reader.whole_span("adsets_per_campaign", (1, 4), 0),
        ads_per_adset=reader.whole_span("ads_per_adset", (1, 5), 0),
        campaign_budget_share=reader.number("campaign_budget_share", 0.5, 0, 1),
        paused_share=reader.number("paused_share", 0.15, 0, 1),
        daily_budget=reader.span("daily_budget", (20 * level, 300 * level), 1e-6),
        objectives=_objectives(reader),
        market=_market(reader.inner("market"), base),
    )


def _market(reader: FieldReader, base: MarketParameters) -> MarketParameters:
    reader.only(_MARKET_FIELDS)
    values: dict[str, float | Range] = {}
    for name in _MARKET_FIELDS:
        default = getattr(base, name)
        low, high = _BOUNDS.get(name, (0.0, math.inf))
        if isinstance(default, tuple):
            values[name] = reader.span(name, default, low, high)
        else:
            values[name] = reader.number(name, default, low, high)
    return replace(base, **values)  # type: ignore[arg-type]  # each is of its field's kind


def _objectives(reader: FieldReader) -> tuple[str, ...]:
    found = reader.value("objectives")
    if not reader.has("objectives"):
        return DEFAULT_OBJECTIVES
    if not isinstance(found, list) or not found:
        reader.fault("objectives", found, "a list of " + ", ".join(OBJECTIVES))
        return DEFAULT_OBJECTIVES
    for position, item in enumerate(found):
        if item not in OBJECTIVES:
            reader.fault(f"objectives[{position}]", item, "one of " + ", ".join(OBJECTIVES))
    return tuple(item for item in found if isinstance(item, str))


def _event(reader: FieldReader, accounts: int) -> Event:
    reader.only(_EVENT_FIELDS, ("kind", "at_hour", "hours"))
    kind = reader.text("kind", EVENT_KINDS[0])
    if kind not in EVENT_KINDS:
        reader.fault("kind", kind, "one of " + ", ".join(EVENT_KINDS))
    return Event(
        kind=kind,
        at_hour=reader.number("at_hour", 0.0),
        hours=reader.number("hours", 0.0, 0),
        factor=reader.number("factor", 1.0, 0) if reader.has("factor") else None,
        account=reader.whole("account", 0, 0, accounts - 1) if reader.has("account") else None,
        share=reader.number("share", 1.0, 0, 1),
    )


def _zone_exists(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
