"""Budget limits of a day and a week, held hour by hour."""

import numpy as np

from sync.sandbox.draws import Floats
from sync.sandbox.market.layout import Index
from sync.sandbox.market.state import Counts
from sync.sandbox.market.sums import sum_by

# The plan stops a little before the limit: what is realised scatters around what was planned.
_PLAN_MARGIN = 0.97


def planned_fractions(
    wanted: Floats, planned_before: Floats, day_cap: Floats, week_cap: Floats
) -> tuple[Floats | None, Floats]:
    """Cut wanted spend down to what the limits leave.

    ``wanted`` is (slots, holders), minor units; ``planned_before`` what the day has planned
    so far, uncut. Returns the part of each slot that may run (None: all of it) and the new
    planned total. Adding slot by slot or all at once gives the same numbers.
    """
    limit = _PLAN_MARGIN * np.minimum(day_cap, week_cap)
    running = np.cumsum(np.vstack([planned_before, wanted]), axis=0)
    after = running[-1]
    if not (after > limit).any():
        return None, after
    allowed = np.diff(np.minimum(running, limit), axis=0)
    return np.where(wanted > 0, allowed / np.where(wanted > 0, wanted, 1), 0.0), after


def hold_to_limits(spend: Counts, holder: Index, spent_before: Floats, limit: Floats) -> Counts:
    """Take back what was spent above a holder's limit for the day.

    ``spend`` is (slots, ads) in minor units, ``holder`` each ad's holder. What goes beyond
    the limit is shown for free, as Meta does.
    """
    total = spent_before + sum_by(holder, spend.sum(axis=0), len(limit))
    over = np.flatnonzero(total > limit)
    if not len(over):
        return spend
    spend = spend.copy()
    for each in over:
        mine = np.flatnonzero(holder == each)
        left = float(max(limit[each] - spent_before[each], 0.0))
        for slot in range(len(spend)):
            cost = float(spend[slot, mine].sum())
            if cost > left:
                spend[slot, mine] = np.floor(spend[slot, mine] * (left / cost))
                cost = float(spend[slot, mine].sum())
                left = 0.0
            else:
                left -= cost
    return spend
