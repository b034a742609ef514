"""What buyers set: switches, budgets, bids and dates."""

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from sync.sandbox.draws import Floats
from sync.sandbox.market.edits import Addition, Edit
from sync.sandbox.market.layout import Index, Layout
from sync.sandbox.records import JsonValue

Switches = NDArray[np.bool_]
NO_CAP, BID_CAP, COST_CAP, MIN_ROAS = 0, 1, 2, 3
_STRATEGIES = {
    "LOWEST_COST_WITH_BID_CAP": BID_CAP,
    "COST_CAP": COST_CAP,
    "LOWEST_COST_WITH_MIN_ROAS": MIN_ROAS,
}
RESULTS, CLICKS, VIEWS = 0, 1, 2
"""What an ad set learns from."""
_GOALS = {
    "LINK_CLICKS": CLICKS,
    "LANDING_PAGE_VIEWS": CLICKS,
    "REACH": VIEWS,
    "IMPRESSIONS": VIEWS,
    "THRUPLAY": VIEWS,
    "AD_RECALL_LIFT": VIEWS,
    "POST_ENGAGEMENT": CLICKS,
}


class Controls:
    """Columns of settings, aligned with a layout.

    Money in minor units, 0 means none.
    """

    def __init__(self, layout: Layout) -> None:
        """Start without objects."""
        self.layout = layout
        self.account_cap = 0.0
        self.account_spent_before = 0.0
        none, off = np.zeros(0), np.zeros(0, dtype=bool)
        self.campaign_on: Switches = off
        self.campaign_daily: Floats = none
        self.campaign_life: Floats = none
        self.campaign_cap: Floats = none
        self.campaign_rise: Floats = none
        self.campaign_end: Floats = none
        self.campaign_strategy: Index = np.zeros(0, dtype=np.intp)
        self.adset_on: Switches = off
        self.adset_daily: Floats = none
        self.adset_life: Floats = none
        self.adset_rise: Floats = none
        self.adset_least: Floats = none
        self.adset_most: Floats = none
        self.adset_life_most: Floats = none
        self.adset_strategy: Index = np.zeros(0, dtype=np.intp)
        self.adset_bid: Floats = none
        self.adset_floor: Floats = none
        self.adset_goal: Index = np.zeros(0, dtype=np.intp)
        self.adset_start: Floats = none
        self.adset_end: Floats = none
        self.ad_on: Switches = off
        self.ad_approved: Switches = off
        self.ad_start: Floats = none

    def copy(self, layout: Layout) -> "Controls":
        """Return a copy that can go its own way."""
        twin = Controls(layout)
        for name, value in vars(self).items():
            if name != "layout":
                setattr(twin, name, value.copy() if isinstance(value, np.ndarray) else value)
        return twin

    def add(self, addition: Addition) -> None:
        """Take in new objects; the layout must know them already."""
        campaigns, adsets, ads = addition.campaigns, addition.adsets, addition.ads
        self._grow("campaign_on", [c.status == "ACTIVE" for c in campaigns])
        self._grow("campaign_daily", [float(c.daily_budget or 0) for c in campaigns])
        self._grow("campaign_life", [float(c.lifetime_budget or 0) for c in campaigns])
        self._grow("campaign_cap", [float(c.spend_cap or 0) for c in campaigns])
        self._grow("campaign_end", [_end(c.stop_time) for c in campaigns])
        self._grow("campaign_rise", [0.0 for _ in campaigns])
        self._grow("campaign_strategy", [_strategy(c.bid_strategy) for c in campaigns])
        self._grow("adset_on", [s.status == "ACTIVE" for s in adsets])
        self._grow("adset_daily", [float(s.daily_budget or 0) for s in adsets])
        self._grow("adset_life", [float(s.lifetime_budget or 0) for s in adsets])
        self._grow("adset_rise", [0.0 for _ in adsets])
        self._grow("adset_least", [float(s.daily_min_spend_target or 0) for s in adsets])
        self._grow("adset_most", [float(s.daily_spend_cap or 0) for s in adsets])
        self._grow("adset_life_most", [float(s.lifetime_spend_cap or 0) for s in adsets])
        self._grow("adset_strategy", [_strategy(s.bid_strategy) for s in adsets])
        self._grow("adset_bid", [float(s.bid_amount or 0) for s in adsets])
        self._grow("adset_floor", [_floor(s.bid_constraints) for s in adsets])
        self._grow("adset_goal", [_GOALS.get(s.optimization_goal, RESULTS) for s in adsets])
        self._grow("adset_start", [s.start_time.timestamp() for s in adsets])
        self._grow("adset_end", [_end(s.end_time) for s in adsets])
        self._grow("ad_on", [a.status == "ACTIVE" for a in ads])
        self._grow("ad_approved", [a.review == "APPROVED" for a in ads])
        self._grow("ad_start", [max(a.created_time.timestamp(), addition.time) for a in ads])

    def apply(self, edit: Edit) -> None:
        """Take over a changed field.

        Fields that do not steer delivery change nothing.
        """
        layout = self.layout
        for level, known in (
            ("campaign", layout.campaigns),
            ("adset", layout.adsets),
            ("ad", layout.ads),
        ):
            place = known.get(edit.object_id)
            if place is not None:
                self._set(level, place, edit.field, edit.after)
                return
        if edit.field == "spend_cap":
            self.account_cap = number(edit.after)
        elif edit.field == "spent_before":
            self.account_spent_before = number(edit.after)

    def campaign_budget(self) -> Switches:
        """Tell which campaigns hold the budget for their ad sets (CBO)."""
        return np.asarray((self.campaign_daily > 0) | (self.campaign_life > 0))

    def strategy(self) -> Index:
        """Return each ad set's bid strategy.

        It is the campaign's where the campaign has the budget, or a strategy.
        """
        owner = self.layout.campaign_of_adset
        above = self.campaign_strategy[owner]
        return np.where((above > 0) | self.campaign_budget()[owner], above, self.adset_strategy)

    def running_adsets(self, time: float) -> Switches:
        """Tell which ad sets may deliver at a time, campaigns considered."""
        owner = self.layout.campaign_of_adset
        on = self.adset_on & self.campaign_on[owner] & (time < self.campaign_end[owner])
        return np.asarray(on & (self.adset_start <= time) & (time < self.adset_end))

    def running_ads(self, time: float) -> Switches:
        """Tell which ads may deliver at a time, everything above considered."""
        on = self.ad_on & self.ad_approved & (self.ad_start <= time)
        return np.asarray(on & self.running_adsets(time)[self.layout.adset_of_ad])

    def _grow(self, name: str, values: list[bool] | list[float] | list[int]) -> None:
        column = getattr(self, name)
        setattr(self, name, np.concatenate([column, np.array(values, dtype=column.dtype)]))

    def _set(self, level: str, place: int, field: str, after: JsonValue) -> None:
        value: float | bool | int | None = None
        name = {
            "status": "on",
            "daily_budget": "daily",
            "lifetime_budget": "life",
            "spend_cap": "cap",
            "bid_amount": "bid",
            "bid_strategy": "strategy",
            "bid_constraints": "floor",
            "optimization_goal": "goal",
            "start_time": "start",
            "end_time": "end",
            "stop_time": "end",
            "review": "approved",
            "budget_rise": "rise",
            "daily_min_spend_target": "least",
            "daily_spend_cap": "most",
            "lifetime_spend_cap": "life_most",
        }.get(field, field)
        if name == "on":
            value = after == "ACTIVE"
        elif name == "approved":
            value = after == "APPROVED"
        elif name == "strategy":
            value = _strategy(after if isinstance(after, str) else None)
        elif name == "goal":
            value = _GOALS.get(str(after), RESULTS)
        elif name == "floor":
            value = _floor(after)
        elif name == "end":
            value = number(after) or np.inf
        else:
            value = number(after)
        column = getattr(self, f"{level}_{name}", None)
        if isinstance(column, np.ndarray):
            column[place] = value


def number(value: JsonValue) -> float:
    """Read a number that may be a text; anything else counts as 0."""
    if isinstance(value, bool):
        return 0.0
    try:
        return float(value) if isinstance(value, int | float | str) else 0.0
    except ValueError:
        return 0.0


def _strategy(name: str | None) -> int:
    return _STRATEGIES.get(name or "", NO_CAP)


def _floor(constraints: JsonValue) -> float:
    """Return the return on spend asked for; Meta scales it by 10,000."""
    if isinstance(constraints, dict):
        return number(constraints.get("roas_average_floor")) / 10_000
    return 0.0


def _end(moment: datetime | None) -> float:
    return moment.timestamp() if moment else np.inf
