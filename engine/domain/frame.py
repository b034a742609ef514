"""Names of the window frame: a row per object, a column per sum.

The warehouse builds the frame, rules read it. It holds every object of one
level in one account (frames of several accounts may be stacked), archived
and deleted ones too, because they count in sums over parents and accounts.

Fixed columns:

    object_id, account_id, client, parent_id, campaign_id, name, status,
    effective_status, objective, bid_strategy, learning_stage   text
    labels                 list of text
    budget                 integer minor units, the object's own; null without one
    budget_kind            daily_budget | lifetime_budget | null
    currency_offset        minor units per major unit
    hours_since_creation, hours_since_edit    hours; null where not known
    budget_spent_percent   percent of the daily budget spent today

Asked columns are named by `column`: `spend@7d`, and `spend@7d@before` for the
preceding window of the same length. They are integer counts or integer minor
units (conversions may be fractional). A sum of actions may name an attribution window,
`conversions~7d_click`. Null means *unknown* - the window is
not covered by what was synced, or the sum does not exist there - while zero
means that Meta was asked and reported nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.domain.metrics import OFF_META_SUMS
from engine.domain.windows import Window

TEXT_COLUMNS: tuple[str, ...] = (
    "object_id",
    "account_id",
    "client",
    "parent_id",
    "campaign_id",
    "name",
    "status",
    "effective_status",
    "objective",
    "bid_strategy",
    "learning_stage",
)


@dataclass(frozen=True, slots=True, order=True)
class FrameColumn:
    """One asked column: a base sum over a window, or over the one before it."""

    sum: str
    window: str
    before: bool = False

    @property
    def name(self) -> str:
        """The column's name in the frame."""
        return f"{self.sum}@{self.window}{'@before' if self.before else ''}"


def attributed_sum(sum_name: str, attribution: str | None) -> str:
    """Return the name of a sum as one attribution window tells it.

    `conversions~7d_click`, `conversions:lead~1d_view`. Only what people do off Meta is
    attributed; other sums are the same in every window.
    """
    if attribution is None or sum_name.partition(":")[0] not in OFF_META_SUMS:
        return sum_name
    return f"{sum_name}~{attribution}"


def column(sum_name: str, window: Window, *, before: bool = False) -> FrameColumn:
    """Return the frame column of a base sum over `window`."""
    return FrameColumn(sum_name, window.name, before)


@dataclass(frozen=True, slots=True)
class Freshness:
    """When an account was last read whole (aware UTC; none: never).

    `restated` is the oldest last reading of the days that Meta still restates.
    """

    structure: datetime | None = None
    hourly: datetime | None = None
    daily: datetime | None = None
    restated: datetime | None = None

    @property
    def oldest(self) -> datetime | None:
        """The oldest of the parts, none when any part was never read."""
        parts = (self.structure, self.hourly, self.daily)
        known = [part for part in parts if part is not None]
        return min(known) if len(known) == len(parts) else None
