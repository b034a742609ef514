"""What an account's market remembers from day to day."""

import numpy as np
from numpy.typing import NDArray

from sync.sandbox.draws import Floats, normal
from sync.sandbox.market.layout import Layout
from sync.sandbox.market.sums import sum_by

Counts = NDArray[np.int64]
DRIFT_MEMORY = 0.97
_WEIGHT_MEMORY, _WEIGHT_SD, _WEIGHT_STEP = 0.978, 1.35, 0.36
_ADSET_WEIGHT_SD, _ADSET_WEIGHT_STEP = 1.1, 0.32
_APPETITE_MEMORY, _APPETITE_STEP = 0.978, 0.42
# How an ad fares against its neighbours wanders for months (Ornstein and Uhlenbeck).
_FORGETTING = np.exp(-1 / 30)  # exposures fade over about a month
LEARNING, SUCCESS, FAIL = 0, 1, 2
LEARNING_EVENTS, LEARNING_DAYS = 50, 7


class MarketState:
    """Columns that change with time.

    Those of today are restarted by :meth:`begin_day`.

    Money in minor units. Everything a later hour depends on is here, so a copy can live
    on by itself.
    """

    def __init__(self) -> None:
        """Start without objects."""
        zero, whole = np.zeros(0), np.zeros(0, dtype=np.int64)
        # per ad
        self.weight: Floats = zero
        self.ad_drift: Floats = zero
        self.exposures: Floats = zero
        self.creative_since: Floats = zero
        self.week_spend: Counts = whole
        self.day_impressions: Counts = whole
        self.day_clicks: Counts = whole
        self.day_spend: Counts = whole
        self.day_results: Counts = whole
        # per ad set
        self.adset_weight: Floats = zero
        self.appetite: Floats = zero
        self.learning: Counts = whole
        self.learning_since: Floats = zero
        self.events: Counts = whole
        self.adset_off_since: Floats = zero
        self.adset_week_lag: Floats = zero
        self.adset_planned: Floats = zero
        self.adset_spent: Counts = whole
        # per campaign
        self.drift: Floats = zero
        self.stock: Floats = zero
        self.start_spend: Floats = zero
        self.referenced: Floats = zero
        self.campaign_off_since: Floats = zero
        self.campaign_week_lag: Floats = zero
        self.campaign_planned: Floats = zero
        self.campaign_spent: Counts = whole
        # of the account
        self.reference_spend = 0.0
        self.account_planned = 0.0

    def copy(self) -> "MarketState":
        """Return a copy that can go its own way."""
        twin = MarketState()
        for name, value in vars(self).items():
            setattr(twin, name, value.copy() if isinstance(value, np.ndarray) else value)
        return twin

    def grow(self, layout: Layout, time: float, mature: bool) -> None:
        """Make room for objects the layout has gained.

        ``mature``: the objects ran before the history began, so most have learned.
        """
        campaigns, adsets, ads = len(layout.campaigns), len(layout.adsets), len(layout.ads)
        had_c, had_s, had_a = len(self.drift), len(self.learning), len(self.weight)
        new_c, new_s = layout.campaign_keys[had_c:], layout.adset_keys[had_s:]
        new_a = layout.ad_keys[had_a:]
        drift_sd = layout.market.drift_sd / np.sqrt(1 - DRIFT_MEMORY**2)
        self._add("weight", _WEIGHT_SD * normal(new_a, 20))
        self._add("ad_drift", _bounded(drift_sd * normal(new_a, 21)))
        self._add("creative_since", np.full(ads - had_a, time))
        self._add("adset_weight", _ADSET_WEIGHT_SD * normal(new_s, 22))
        self._add("appetite", normal(new_s, 25))
        stage = np.where(normal(new_s, 24) < -1.0, FAIL, SUCCESS)
        self._add("learning", stage if mature else np.full(adsets - had_s, LEARNING))
        self._add("learning_since", np.full(adsets - had_s, time))
        self._add("adset_off_since", np.full(adsets - had_s, np.inf))
        self._add("drift", _bounded(drift_sd * normal(new_c, 23)))
        self._add("campaign_off_since", np.full(campaigns - had_c, np.inf))
        for name in ("exposures", "week_spend", "day_impressions", "day_clicks", "day_spend",
                     "day_results"):  # fmt: skip
            self._add(name, np.zeros(ads - had_a))
        for name in ("events", "adset_week_lag", "adset_planned", "adset_spent"):
            self._add(name, np.zeros(adsets - had_s))
        for name in ("stock", "start_spend", "referenced", "campaign_week_lag",
                     "campaign_planned", "campaign_spent"):  # fmt: skip
            self._add(name, np.zeros(campaigns - had_c))

    def begin_day(self, layout: Layout, day_number: int, start: float, sunday: bool) -> None:
        """Close yesterday and draw today's level of everything that wanders.

        ``day_number`` addresses the draws (days since 1970 in the account's zone).
        """
        self._close_yesterday(layout)
        if sunday:
            self.week_spend[:] = 0
            self.adset_week_lag[:] = 0
            self.campaign_week_lag[:] = 0
        step = layout.market.drift_sd
        steer, drift = layout.luck["ad drift"].of(layout.ad_keys, day_number)[:2]
        self.weight = _WEIGHT_MEMORY * self.weight + _WEIGHT_STEP * steer
        self.ad_drift = _bounded(DRIFT_MEMORY * self.ad_drift + step * drift)
        steer, hunger = layout.luck["adset drift"].of(layout.adset_keys, day_number)[:2]
        self.adset_weight = _WEIGHT_MEMORY * self.adset_weight + _ADSET_WEIGHT_STEP * steer
        self.appetite = _APPETITE_MEMORY * self.appetite + _APPETITE_STEP * hunger
        drift = layout.luck["campaign drift"].of(layout.campaign_keys, day_number)[0]
        self.drift = _bounded(DRIFT_MEMORY * self.drift + step * drift)
        learning = self.learning == LEARNING
        self.learning[learning & (self.events >= LEARNING_EVENTS)] = SUCCESS
        late = start - self.learning_since >= LEARNING_DAYS * 86_400
        self.learning[(self.learning == LEARNING) & late] = FAIL
        limited = (self.learning == FAIL) & (self.events >= LEARNING_EVENTS)
        self.learning[limited & (start - self.learning_since < 14 * 86_400)] = SUCCESS

    def restart_learning(self, adset: int, time: float, layout: Layout) -> None:
        """Send an ad set back to learning, after a significant edit."""
        self.learning[adset] = LEARNING
        self.learning_since[adset] = time
        # Today's results so far come in again when the day closes: they are not new ones.
        mine = layout.adset_of_ad == adset
        self.events[adset] = -int(self.day_results[mine].sum())

    def events_now(self, adset: int, layout: Layout) -> int:
        """Return the results since the last significant edit, today's included."""
        mine = layout.adset_of_ad == adset
        return max(0, int(self.events[adset] + self.day_results[mine].sum()))

    def _close_yesterday(self, layout: Layout) -> None:
        theta = layout.traits.adstock
        spent = sum_by(layout.campaign_of_ad, self.day_spend, len(self.drift))
        self.stock = theta * self.stock + (1 - theta) * spent
        self.exposures = self.exposures * _FORGETTING + self.day_impressions
        results = sum_by(layout.adset_of_ad, self.day_results, len(self.learning))
        self.events += results.astype(np.int64)
        self.week_spend += self.day_spend
        per_adset = sum_by(layout.adset_of_ad, self.day_spend, len(self.learning))
        self.adset_spent += per_adset.astype(np.int64)
        self.campaign_spent += spent.astype(np.int64)
        for today in (self.day_impressions, self.day_clicks, self.day_spend, self.day_results):
            today[:] = 0
        self.adset_planned[:] = 0
        self.campaign_planned[:] = 0
        self.account_planned = 0.0

    def _add(self, name: str, values: NDArray[np.generic]) -> None:
        column = getattr(self, name)
        setattr(self, name, np.concatenate([column, values.astype(column.dtype)]))


def _bounded(log: Floats) -> Floats:
    """Keep a drifting logarithm where its factor is a number one can work with."""
    return np.asarray(np.clip(log, -4, 4))
