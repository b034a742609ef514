"""What a client report says, before it is put on a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from engine.domain.formats import Currency


@dataclass(frozen=True, slots=True)
class DayNumbers:
    """One day of all the client's campaigns; money in minor units."""

    day: date
    spend: int
    revenue: int
    conversions: float


@dataclass(frozen=True, slots=True)
class CampaignNumbers:
    """One campaign over the period; money in minor units."""

    name: str
    status: str
    spend: int
    revenue: int
    conversions: float


@dataclass(frozen=True, slots=True)
class ActionTaken:
    """One change that automation made: when, to what, by which rule."""

    at: datetime
    object_name: str
    rule_name: str
    field: str
    before: int | str | None
    after: int | str | None


@dataclass(frozen=True, slots=True)
class ReportData:
    """A client's period in one currency, as read at `as_of`.

    `days` and `previous` have one entry per day, the same number of each.
    `open_conversions_days` is how many of the last days may still grow, because
    conversions are reported late.
    """

    client: str
    account_names: tuple[str, ...]
    currency: Currency
    timezone_name: str
    as_of: datetime
    days: tuple[DayNumbers, ...]
    previous: tuple[DayNumbers, ...]
    campaigns: tuple[CampaignNumbers, ...]
    actions: tuple[ActionTaken, ...]
    open_conversions_days: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over days; ratios are none where the denominator is zero."""

    spend: int
    revenue: int
    conversions: float

    @property
    def roas(self) -> float | None:
        """Revenue per unit of spend."""
        return self.revenue / self.spend if self.spend else None

    @property
    def cpa(self) -> float | None:
        """Minor units of spend per conversion."""
        return self.spend / self.conversions if self.conversions else None


def totals(days: tuple[DayNumbers, ...]) -> Totals:
    """Return the sums over `days`."""
    return Totals(
        sum(day.spend for day in days),
        sum(day.revenue for day in days),
        sum(day.conversions for day in days),
    )
