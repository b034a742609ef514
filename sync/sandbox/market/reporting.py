"""Results come in late, and count for the day of the click."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sync.sandbox.draws import Keys, lane, normal_table, scramble, uniform
from sync.sandbox.market.calendar import HOUR
from sync.sandbox.market.layout import Index
from sync.sandbox.market.state import Counts
from sync.sandbox.scenarios import MarketParameters

WINDOW_DAYS = 7
"""Days after the click that a result still counts."""
_VALUE_SD = 0.5
_MOST_WORTH = 1e12  # minor units of one purchase: millions of them still add up


def report_times(clicked: Counts, random: Keys, market: MarketParameters) -> Counts:
    """Return when each result is reported, unix seconds.

    A mixture after Chapelle (2014): some within the hour, some within the day, the rest
    exponential in days, cut at the window. ``clicked`` is the end of the click's slot.
    """
    which = uniform(random)
    when = uniform(scramble(random + np.uint64(91)))
    soon = market.delay_minutes_share
    today = soon + market.delay_hours_share
    mean = market.delay_days_mean
    days = np.zeros(len(when))
    if mean > 0:
        mass = -np.expm1(-WINDOW_DAYS / mean)
        days = -mean * np.log1p(-when * mass)
    hours = np.where(which < today, 1 + np.floor(23 * when), np.ceil(24 * days))
    hours = np.where(which < soon, 0, np.minimum(hours, 24 * WINDOW_DAYS))
    return np.asarray(clicked + hours.astype(np.int64) * HOUR)


def values(random: Keys, mean: NDArray[np.float64]) -> Counts:
    """Draw what each purchase is worth, minor units.

    Values are log-normal around the mean.
    """
    z = normal_table()[lane(scramble(random + np.uint64(92)), 0)]
    drawn = mean * np.exp(_VALUE_SD * z - _VALUE_SD**2 / 2)
    worth: Counts = np.round(np.minimum(drawn, _MOST_WORTH)).astype(np.int64)
    return worth


@dataclass(slots=True)
class Pending:
    """Results that happened and are not reported yet."""

    time: Counts
    day: Index
    ad: Index
    value: Counts

    @classmethod
    def none(cls) -> "Pending":
        """Return an empty list."""
        whole, index = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.intp)
        return cls(whole, index, index, whole)

    def add(self, time: Counts, day: int, ad: Index, value: Counts) -> None:
        """Append results of one day."""
        self.time = np.concatenate([self.time, time])
        self.day = np.concatenate([self.day, np.full(len(ad), day, dtype=np.intp)])
        self.ad = np.concatenate([self.ad, ad])
        self.value = np.concatenate([self.value, value])

    def take(self, until: int) -> "Pending":
        """Remove and return those reported by ``until``."""
        due = self.time <= until
        taken = Pending(self.time[due], self.day[due], self.ad[due], self.value[due])
        kept = ~due
        self.time, self.day = self.time[kept], self.day[kept]
        self.ad, self.value = self.ad[kept], self.value[kept]
        return taken
