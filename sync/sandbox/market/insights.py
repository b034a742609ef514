"""Insights answers: delivery and results as reported at the world's now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sync.sandbox.world import World

Level = Literal["account", "campaign", "adset", "ad"]
IntColumn = NDArray[np.int64]
DateColumn = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class InsightsTable:
    """Rows of an insights answer as columns of equal length.

    Rows without impressions and conversions are left out, as Meta does. ``date`` and
    ``date_stop`` are days in the account's zone, both inclusive. ``hour`` (0-23, account
    zone) stands in hourly tables only: the hour repeated when clocks go back is one row.
    Money is integer minor units of the account's currency. ``reach`` is 0 in hourly tables,
    is not additive, and never exceeds impressions. ``conversions`` maps an action type to
    (count, value in minor units; value all 0 for actions without one). ``video`` maps
    plays, p25, p50, p75, p100, thruplays to counts; hourly tables leave it empty. Rows are
    ordered by object (in order of creation), then date, then hour.
    """

    object_id: list[str]
    date: DateColumn
    date_stop: DateColumn
    hour: NDArray[np.int8] | None
    impressions: IntColumn
    clicks: IntColumn
    inline_link_clicks: IntColumn
    spend_minor: IntColumn
    reach: IntColumn
    conversions: dict[str, tuple[IntColumn, IntColumn]] = field(default_factory=dict)
    video: dict[str, IntColumn] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.object_id)


def insights(
    world: World,
    account_id: str,
    level: Level,
    object_ids: list[str] | None,
    since: date,
    until: date,
    increment: Literal["all", "daily"] | int = "all",
    hourly: bool = False,
) -> InsightsTable:
    """Answer for one account and level, as reported at the world's now.

    ``object_ids`` are ids of that level (None: all; an unknown id has no rows); ``since``
    and ``until`` are days of the account's zone, both inclusive. ``increment`` is "all"
    (one row per object), "daily", or a number of days per row counted from ``since``.
    ``hourly`` adds the hour (rows per day and hour; only the last 35 days have them, no
    website conversions, reach 0). Raises KeyError for an unknown account, ValueError for
    an unknown level or increment, or when since is after until.
    """
    raise NotImplementedError
