"""Hour and weekday patterns of an account."""

import math

import numpy as np

from sync.sandbox.draws import Floats, key
from sync.sandbox.scenarios import MarketParameters

# Relative activity by hour of the account's zone, 0 quietest to 1 busiest: people sleep,
# look at noon, and scroll in the evening. Only the order matters; the ratio is a parameter.
_ACTIVITY = (
    0.30, 0.14, 0.06, 0.0, 0.02, 0.08, 0.25, 0.42, 0.54, 0.60, 0.64, 0.68,
    0.72, 0.70, 0.66, 0.66, 0.70, 0.76, 0.84, 0.92, 1.0, 0.96, 0.78, 0.52,
)  # fmt: skip
# Sunday first. Mean 0, peak 1: scaled by the weekday amplitude.
_WEEK = (0.45, 0.15, -0.1, -0.35, -0.3, -0.85, 1.0)
_PRICE_RATIO = 1.25


class Season:
    """Weights of hours and weekdays; each account has its best day."""

    def __init__(self, market: MarketParameters, seed: int, account_index: int) -> None:
        """Build the patterns; impressions follow ``hour_ratio`` from quiet to busy."""
        logs = np.array(_ACTIVITY) * math.log(market.hour_ratio)
        self.hour: Floats = np.exp(logs) / np.exp(logs).sum()
        """Share of a day's impressions per hour (24), sum 1."""
        price = np.exp(np.array(_ACTIVITY) * math.log(min(_PRICE_RATIO, market.hour_ratio)))
        self.hour_price: Floats = price / float((self.hour * price).sum())
        """Factor on the cost per thousand per hour (24), weighted mean 1."""
        turn = key(seed, account_index, 71) % 7
        self.weekday: Floats = 1 + market.day_of_week_amplitude * np.roll(np.array(_WEEK), turn)
        """Factor on a day's delivery, Sunday first, mean 1."""
