"""What an edit means to the market beyond the new value."""

import numpy as np

from sync.sandbox.market.calendar import HOUR
from sync.sandbox.market.controls import number
from sync.sandbox.market.edits import Edit
from sync.sandbox.market.layout import Index, Layout
from sync.sandbox.market.plan import Parts

BUDGET_STEP = 0.2
"""A budget change beyond this share is significant (practice, not official)."""
LONG_PAUSE = 7 * 24 * HOUR
_ALWAYS = ("bid_amount", "bid_strategy", "bid_constraints", "targeting", "optimization_goal",
           "promoted_object", "attribution_spec")  # fmt: skip
_BUDGETS = ("daily_budget", "lifetime_budget")


def apply_edit(parts: Parts, edit: Edit, week_hours: float) -> None:
    """Apply an edit to settings, learning and budget limits.

    ``week_hours``: hours since Sunday's midnight in the account's zone at the edit; what
    these hours were entitled to stays counted at the old budget.
    """
    parts.controls.apply(edit)
    layout, state = parts.layout, parts.state
    adsets = _adsets_below(parts, edit.object_id)
    if edit.field == "status":
        _note_switch(parts, edit, adsets)
    elif edit.field in _BUDGETS:
        before, after = number(edit.before), number(edit.after)
        if edit.field == "daily_budget":
            _shift_week(parts, edit.object_id, (after - before) * week_hours / 24)
        if abs(after - before) > BUDGET_STEP * max(before, 1e-9) and before > 0:
            _restart(parts, adsets, edit.time)
    elif edit.field == "budget_rise":
        # A scheduled rise is no edit of the buyer's: nothing is learned anew.
        rise = number(edit.after) - number(edit.before)
        _shift_week(parts, edit.object_id, rise * week_hours / 24)
    elif edit.field == "spend_cap" and not _is_object(layout, edit.object_id):
        state.account_planned = float(state.day_spend.sum())
    elif edit.field == "creative_id" and edit.object_id in layout.ads:
        ad = layout.ads[edit.object_id]
        layout.swap_creative(ad, str(edit.after))
        state.exposures[ad] = 0
        state.creative_since[ad] = edit.time
        _restart(parts, adsets, edit.time)
    elif edit.field in _ALWAYS:
        _restart(parts, adsets, edit.time)


def _is_object(layout: Layout, object_id: str) -> bool:
    return any(object_id in known for known in (layout.campaigns, layout.adsets, layout.ads))


def _adsets_below(parts: Parts, object_id: str) -> Index:
    """Return the ad sets an object's edit concerns: below, itself, or the one above."""
    layout = parts.layout
    if object_id in layout.campaigns:
        return np.flatnonzero(layout.campaign_of_adset == layout.campaigns[object_id])
    if object_id in layout.adsets:
        return np.array([layout.adsets[object_id]], dtype=np.intp)
    if object_id in layout.ads:
        return layout.adset_of_ad[[layout.ads[object_id]]]
    return np.zeros(0, dtype=np.intp)


def _note_switch(parts: Parts, edit: Edit, adsets: Index) -> None:
    layout, state = parts.layout, parts.state
    if edit.object_id in layout.campaigns:
        since, place = state.campaign_off_since, layout.campaigns[edit.object_id]
    elif edit.object_id in layout.adsets:
        since, place = state.adset_off_since, layout.adsets[edit.object_id]
    else:
        return
    if edit.after != "ACTIVE":
        since[place] = min(since[place], edit.time)
    else:
        if edit.time - since[place] >= LONG_PAUSE:
            _restart(parts, adsets, edit.time)
        since[place] = np.inf


def _shift_week(parts: Parts, object_id: str, amount: float) -> None:
    layout, state = parts.layout, parts.state
    if object_id in layout.campaigns:
        state.campaign_week_lag[layout.campaigns[object_id]] += amount
    elif object_id in layout.adsets:
        state.adset_week_lag[layout.adsets[object_id]] += amount


def _restart(parts: Parts, adsets: Index, time: float) -> None:
    for adset in adsets:
        parts.state.restart_learning(int(adset), time, parts.layout)
