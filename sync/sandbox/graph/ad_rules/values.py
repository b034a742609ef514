"""What a rule sees of an object: its metadata, and metrics over days.

Money is in minor units, as Meta's rules have it; a ratio over zero is unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sync.sandbox.graph.ad_rules.catalogue import action_of, bare_name
from sync.sandbox.graph.ad_rules.formulas import is_formula, value_of_formula
from sync.sandbox.graph.ad_rules.presets import preset_days
from sync.sandbox.graph.bid_rules import UNCAPPED, strategy_of
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.statuses import effective_status
from sync.sandbox.market.insights import InsightsTable, Level, insights
from sync.sandbox.records import AccountRecord, AdRecord, AdSetRecord, CampaignRecord

Ruled = CampaignRecord | AdSetRecord | AdRecord
_LEVEL: dict[type[object], Level] = {
    CampaignRecord: "campaign",
    AdSetRecord: "adset",
    AdRecord: "ad",
}
_RESULTS = {
    "OUTCOME_SALES": "offsite_conversion.fb_pixel_purchase",
    "OUTCOME_LEADS": "offsite_conversion.fb_pixel_lead",
    "OUTCOME_TRAFFIC": "link_click",
    "OUTCOME_ENGAGEMENT": "post_engagement",
    "OUTCOME_APP_PROMOTION": "mobile_app_install",
}
_OWN_DAYS = {
    "today_spent": "TODAY",
    "yesterday_spent": "YESTERDAY",
    "lifetime_spent": "LIFETIME",
}
_PLACEMENTS = ["facebook", "instagram", "audience_network", "messenger"]


@dataclass(slots=True)
class RuleEyes:
    """Reads fields of an account's objects as of the world's now."""

    context: GraphContext
    account: AccountRecord
    preset: str
    _tables: dict[tuple[Level, str], tuple[InsightsTable, dict[str, int]]] = field(
        default_factory=dict
    )

    def value(self, record: Ruled, name: str) -> object:
        """Return a field's value; None when it is unknown."""
        if is_formula(name):
            return value_of_formula(name, lambda part: _number(self.value(record, part)))
        level, bare = bare_name(name)
        target = self._at_level(record, level)
        if target is None:
            return None
        reader = _METADATA.get(bare)
        return reader(self, target) if reader is not None else self._metric(record, name)

    def spent(self, record: Ruled, preset: str) -> float:
        """Return what an object has spent over a preset's days, minor units."""
        return self._count(record, "spend_minor", preset)

    def _metric(self, record: Ruled, name: str) -> float | None:
        if name in _OWN_DAYS:
            return self.spent(record, _OWN_DAYS[name])
        if name == "daily_ratio_spent":
            return _ratio(self.spent(record, "TODAY"), _budget(self, record, "daily_budget"))
        if name == "lifetime_ratio_spent":
            return _ratio(self.spent(record, "LIFETIME"), _budget(self, record, "lifetime_budget"))
        spend = self.spent(record, self.preset)
        if name in _SIMPLE:
            return _SIMPLE[name](self, record, spend)
        if (action := action_of(name)) is not None:
            return self._action(record, action)[0]
        if (action := action_of(name.removeprefix("cost_per_"))) is not None:
            return _ratio(spend, self._action(record, action)[0])
        return None

    def results(self, record: Ruled) -> float:
        """Return what the campaign's objective counts."""
        campaign = self._at_level(record, "Campaign")
        objective = campaign.objective if isinstance(campaign, CampaignRecord) else ""
        action = _RESULTS.get(objective)
        return self.count(record, "reach") if action is None else self._action(record, action)[0]

    def count(self, record: Ruled, column: str) -> float:
        """Return a plain count over the rule's days."""
        return self._count(record, column, self.preset)

    def roas(self, record: Ruled, spend: float) -> float | None:
        """Return revenue over spend."""
        return _ratio(self._action(record, "purchase")[1], spend)

    def _action(self, record: Ruled, action: str) -> tuple[float, float]:
        table, place = self._row(record, self.preset)
        if place is None or action not in table.conversions:
            return 0.0, 0.0
        counts, worth = table.conversions[action]
        return float(counts[place]), float(worth[place])

    def _count(self, record: Ruled, column: str, preset: str) -> float:
        table, place = self._row(record, preset)
        return 0.0 if place is None else float(getattr(table, column)[place])

    def _row(self, record: Ruled, preset: str) -> tuple[InsightsTable, int | None]:
        level = _LEVEL[type(record)]
        if (level, preset) not in self._tables:
            today = self.local_now().date()
            world = self.context.world
            first = world.market_of(self.account.id).calendar.date_of(0)
            days = preset_days(preset, today, first)
            table = insights(world, self.account.id, level, None, days.since, days.until)
            places = {one: place for place, one in enumerate(table.object_id)}
            self._tables[(level, preset)] = (table, places)
        table, places = self._tables[(level, preset)]
        return table, places.get(record.id)

    def local_now(self) -> datetime:
        """Return now in the account's zone."""
        return self.context.now().astimezone(ZoneInfo(self.account.timezone_name))

    def _at_level(self, record: Ruled, level: str) -> Ruled | None:
        """Return the object of a level above (or the same); None below."""
        world = self.context.world
        if level == "Campaign" and not isinstance(record, CampaignRecord):
            return world.campaigns[record.campaign_id]
        if level == "AdSet" and isinstance(record, AdRecord):
            return world.adsets[record.adset_id]
        names: dict[str, type[object]] = {
            "Campaign": CampaignRecord,
            "AdSet": AdSetRecord,
            "Ad": AdRecord,
        }
        return record if not level or isinstance(record, names[level]) else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(str(value))
    except ValueError:
        return None


def _ratio(over: float, under: object) -> float | None:
    below = _number(under)
    return over / below if below else None


def _budget(eyes: RuleEyes, record: Ruled, name: str) -> int | None:
    """Return an object's budget, or its campaign's where that holds it."""
    own = getattr(record, name, None)
    if own or isinstance(record, CampaignRecord):
        return own
    world = eyes.context.world
    above: int | None = getattr(world.campaigns[record.campaign_id], name)
    return above


def _seconds(name: str) -> Callable[[RuleEyes, Ruled], object]:
    def read(_eyes: RuleEyes, record: Ruled) -> object:
        moment = getattr(record, name, None)
        return int(moment.timestamp()) if isinstance(moment, datetime) else None

    return read


def _plain(name: str) -> Callable[[RuleEyes, Ruled], object]:
    return lambda _eyes, record: getattr(record, name, None)


def _is_autobid(eyes: RuleEyes, record: Ruled) -> object:
    world = eyes.context.world
    adset = world.adsets[record.adset_id] if isinstance(record, AdRecord) else record
    if isinstance(adset, CampaignRecord):
        return (adset.bid_strategy or UNCAPPED) == UNCAPPED
    return strategy_of(world.campaigns[adset.campaign_id], adset, {}) == UNCAPPED


def _reset_period(eyes: RuleEyes, record: Ruled) -> object:
    return "DAY" if _budget(eyes, record, "daily_budget") else "LIFETIME"


def _hours_since_creation(eyes: RuleEyes, record: Ruled) -> object:
    return (eyes.context.now() - record.created_time).total_seconds() / 3600


def _estimated_spending(eyes: RuleEyes, record: Ruled) -> object:
    """Return today's spend, carried on to midnight, in percent of the budget."""
    local = eyes.local_now()
    passed = (local.hour * 60 + local.minute + 1) / (24 * 60)
    part = _ratio(eyes.spent(record, "TODAY") / passed, _budget(eyes, record, "daily_budget"))
    return None if part is None else 100 * part


def _audience_reached(eyes: RuleEyes, record: Ruled) -> object:
    size = getattr(record, "audience_size", 0)
    part = _ratio(eyes._count(record, "reach", "LIFETIME"), size)
    return None if part is None else 100 * part


def _current_time(eyes: RuleEyes, _record: Ruled) -> object:
    local = eyes.local_now()
    return 60 * local.hour + local.minute


def _page_types(eyes: RuleEyes, record: Ruled) -> object:
    adset = eyes._at_level(record, "AdSet")
    targeting = adset.targeting if isinstance(adset, AdSetRecord) else {}
    return targeting.get("publisher_platforms") or _PLACEMENTS


_AS_KEPT = (
    "id name objective buying_type billing_event optimization_goal daily_budget "
    "lifetime_budget spend_cap bid_amount"
)
_METADATA: dict[str, Callable[[RuleEyes, Ruled], object]] = {
    **{name: _plain(name) for name in _AS_KEPT.split()},
    **{name: _seconds(name) for name in ("created_time", "updated_time", "start_time")},
    "end_time": _seconds("end_time"),
    "stop_time": lambda eyes, r: _seconds("stop_time")(eyes, r) or _seconds("end_time")(eyes, r),
    "adlabel_ids": _plain("adlabels"),
    "is_autobid": _is_autobid,
    "effective_status": lambda eyes, r: effective_status(eyes.context.world, r),
    "placement.page_types": _page_types,
    "budget_reset_period": _reset_period,
    "hours_since_creation": _hours_since_creation,
    "active_time": _hours_since_creation,
    "estimated_budget_spending_percentage": _estimated_spending,
    "audience_reached_percentage": _audience_reached,
    "current_time": _current_time,
}
_SIMPLE: dict[str, Callable[[RuleEyes, Ruled, float], float | None]] = {
    "spent": lambda _e, _r, spend: spend,
    "impressions": lambda e, r, _s: e.count(r, "impressions"),
    "clicks": lambda e, r, _s: e.count(r, "clicks"),
    "reach": lambda e, r, _s: e.count(r, "reach"),
    "unique_impressions": lambda e, r, _s: e.count(r, "reach"),
    "frequency": lambda e, r, _s: _ratio(e.count(r, "impressions"), e.count(r, "reach")),
    "cpm": lambda e, r, spend: _ratio(1000 * spend, e.count(r, "impressions")),
    "cpp": lambda e, r, spend: _ratio(1000 * spend, e.count(r, "reach")),
    "cpc": lambda e, r, spend: _ratio(spend, e.count(r, "clicks")),
    "ctr": lambda e, r, _s: _ratio(100 * e.count(r, "clicks"), e.count(r, "impressions")),
    "results": lambda e, r, _s: e.results(r),
    "cpa": lambda e, r, spend: _ratio(spend, e.results(r)),
    "cost_per": lambda e, r, spend: _ratio(spend, e.results(r)),
    "website_purchase_roas": lambda e, r, spend: e.roas(r, spend),
    "purchase_roas": lambda e, r, spend: e.roas(r, spend),
    "mobile_app_purchase_roas": lambda e, r, spend: e.roas(r, spend),
}
