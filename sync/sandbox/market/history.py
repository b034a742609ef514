"""What happened, as arrays: per ad and day, per ad and hour."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sync.sandbox.market.delivery import Delivered, Slots
from sync.sandbox.market.layout import Index
from sync.sandbox.market.reporting import Pending
from sync.sandbox.market.state import Counts

DAILY = ("impressions", "clicks", "link_clicks", "spend", "results", "value", "baskets",
         "checkouts")  # fmt: skip
"""Columns kept per ad and day; results and value as reported so far."""
HOURLY = ("impressions", "clicks", "link_clicks", "spend")
_WIDE = ("spend", "value")
Compact = NDArray[np.unsignedinteger]


@dataclass(frozen=True, slots=True)
class HourBlock:
    """Some hours of a day; columns are (hours, ads)."""

    day: int
    hours: NDArray[np.int8]
    ads: NDArray[np.int32]
    columns: dict[str, Compact]


class History:
    """An account's past; only late results change closed days."""

    def __init__(self, keep_hourly_days: int) -> None:
        """Start empty; hours older than ``keep_hourly_days`` are dropped."""
        self._keep = keep_hourly_days
        self._days = 0
        self._ads = 0
        self._columns: dict[str, NDArray[np.signedinteger]] = {
            name: np.zeros((0, 0), dtype=np.int64 if name in _WIDE else np.int32) for name in DAILY
        }
        self.pending = Pending.none()
        self.blocks: list[HourBlock] = []

    def room(self, days: int, ads: int) -> None:
        """Make room for so many days and ads."""
        have_days, have_ads = self._columns["spend"].shape
        self._days, self._ads = max(self._days, days), max(self._ads, ads)
        if days <= have_days and ads <= have_ads:
            return
        shape = (
            max(days + 30, have_days) if days > have_days else have_days,
            max(ads + ads // 8, have_ads) if ads > have_ads and have_ads else max(ads, have_ads),
        )
        for name, column in self._columns.items():
            larger = np.zeros(shape, dtype=column.dtype)
            larger[:have_days, :have_ads] = column
            self._columns[name] = larger

    def add(self, day: int, slots: Slots, delivered: Delivered) -> None:
        """Take in what some slots of a day brought, results apart."""
        ads = delivered.ads
        for name in HOURLY:
            amounts = getattr(delivered, name)
            self._columns[name][day, ads] += amounts.sum(axis=0, dtype=np.int64)
        self._columns["baskets"][day, ads] += delivered.baskets
        self._columns["checkouts"][day, ads] += delivered.checkouts
        if slots.hours and len(ads):
            self.blocks.append(
                HourBlock(
                    day,
                    np.array(slots.hours, dtype=np.int8),
                    ads.astype(np.int32),
                    {name: _compact(getattr(delivered, name)) for name in HOURLY},
                )
            )

    def book(self, day: Index, ad: Index, value: Counts) -> None:
        """Count reported results on the days of their clicks."""
        np.add.at(self._columns["results"], (day, ad), 1)
        np.add.at(self._columns["value"], (day, ad), value)

    def report(self, until: int) -> None:
        """Book the late results known by ``until`` (unix seconds)."""
        due = self.pending.take(until)
        if len(due.ad):
            self.book(due.day, due.ad, due.value)

    def forget(self, today: int) -> None:
        """Drop hours older than are kept."""
        if self.blocks and self.blocks[0].day <= today - self._keep:
            self.blocks = [b for b in self.blocks if b.day > today - self._keep]

    def daily(self, name: str, first: int, last: int) -> NDArray[np.signedinteger]:
        """Return a column of days first to last, both inclusive, as (days, ads)."""
        return self._columns[name][max(first, 0) : max(last + 1, 0), : self._ads]

    @property
    def days(self) -> int:
        """Number of days known so far, today included."""
        return self._days


def _compact(amounts: NDArray[np.int32] | Counts) -> Compact:
    highest = int(amounts.max()) if amounts.size else 0
    return np.asarray(amounts.astype(np.min_scalar_type(highest)))
