"""Action lists of insights rows: counts, values, costs, return, video.

Attribution windows are shares of the default value: website conversions
split into clicks and views, on-platform actions count fully in every click
window (as recorded rows show).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sync.sandbox.graph.insights_table import Columns
from sync.sandbox.graph.numbers import decimal_text, major_text

IntColumn = NDArray[np.int64]
Cells = list[object]
Lister = Callable[[Columns, int, Sequence[str]], Cells]

# Actions that happen on the platform at the click itself: no view window, no delay.
_ON_PLATFORM = frozenset(
    "link_click landing_page_view video_view post_engagement page_engagement "
    "post_reaction comment post like photo_view onsite_conversion.post_save".split()
)
_VIEW_SHARE = 0.12
_FIRST_DAY_SHARE = 0.8


def window_part(action_type: str, window: str, counts: IntColumn) -> IntColumn:
    """Return how many of the default count a window holds."""
    if action_type in _ON_PLATFORM:
        return counts if window.endswith("_click") else np.zeros_like(counts)
    views = (counts * _VIEW_SHARE).astype(np.int64)
    if window == "1d_view":
        return views
    if window in ("7d_click", "28d_click"):
        return counts - views
    if window == "1d_click":
        first_day: IntColumn = np.ceil((counts - views) * _FIRST_DAY_SHARE).astype(np.int64)
        return first_day
    return np.zeros_like(counts)


@dataclass(frozen=True, slots=True)
class _Part:
    """One action type: its counts, and the amounts to show (or the same)."""

    action_type: str
    counts: IntColumn
    amounts: IntColumn

    def in_window(self, window: str) -> IntColumn:
        """Return the amounts a window holds, in proportion to its counts."""
        held = window_part(self.action_type, window, self.counts)
        return self.amounts * held // np.maximum(self.counts, 1)


def _listed(
    columns: Columns,
    parts: Sequence[_Part],
    windows: Sequence[str],
    text: Callable[[int, int], str | None],
) -> Cells:
    """Build one list of actions per row; None for a row without any.

    `text` turns an amount and the row's spend in minor units into a value.
    """
    spend = columns.counts["spend"].tolist()
    cells: list[list[dict[str, str]] | None] = [None] * len(spend)
    for part in parts:
        by_window = [(window, part.in_window(window).tolist()) for window in windows]
        present = np.flatnonzero(part.amounts)
        for row, amount in zip(present.tolist(), part.amounts[present].tolist(), strict=True):
            value = text(amount, spend[row])
            if value is None:
                continue
            item = {"action_type": part.action_type, "value": value}
            for window, shares in by_window:
                share = text(shares[row], spend[row]) if shares[row] else None
                if share is not None:
                    item[window] = share
            cell = cells[row]
            if cell is None:
                cells[row] = [item]
            else:
                cell.append(item)
    return list(cells)


def _plain(columns: Columns, parts: Sequence[_Part], text: Callable[[int], str]) -> Cells:
    """Build one list of actions per row where no window is asked; None without any.

    Rows share the items they have in common: few counts differ, and building them anew
    is most of what a long answer costs.
    """
    cells: list[list[object]] = [[] for _ in range(len(columns))]
    for part in parts:
        present = np.flatnonzero(part.amounts)
        amounts, which = np.unique(part.amounts[present], return_inverse=True)
        items = [{"action_type": part.action_type, "value": text(n)} for n in amounts.tolist()]
        for row, item in zip(present.tolist(), which.tolist(), strict=True):
            cells[row].append(items[item])
    return [cell or None for cell in cells]


def _counted(columns: Columns) -> list[_Part]:
    return [_Part(name, n, n) for name, (n, _value) in columns.conversions.items()]


def _valued(columns: Columns) -> list[_Part]:
    return [_Part(name, n, value) for name, (n, value) in columns.conversions.items()]


def _actions(columns: Columns, offset: int, windows: Sequence[str]) -> Cells:
    if not windows:
        return _plain(columns, _counted(columns), str)
    return _listed(columns, _counted(columns), windows, lambda n, _spend: str(n))


def _action_values(columns: Columns, offset: int, windows: Sequence[str]) -> Cells:
    if not windows:
        return _plain(columns, _valued(columns), lambda v: major_text(v, offset))
    return _listed(columns, _valued(columns), windows, lambda v, _s: major_text(v, offset))


def _costs(columns: Columns, offset: int, windows: Sequence[str]) -> Cells:
    def cost(count: int, spend: int) -> str | None:
        return decimal_text(spend / offset / count) if spend else None

    return _listed(columns, _counted(columns), windows, cost)


def _roas_of(action_type: str) -> Lister:
    def roas(columns: Columns, offset: int, windows: Sequence[str]) -> Cells:
        parts = [part for part in _valued(columns) if part.action_type == action_type]
        return _listed(columns, parts, windows, lambda v, s: decimal_text(v / s) if s else None)

    return roas


def _single(action_type: str, amounts: Callable[[Columns], IntColumn]) -> Lister:
    def listed(columns: Columns, offset: int, windows: Sequence[str]) -> Cells:
        found, which = np.unique(amounts(columns), return_inverse=True)
        cells = [
            [{"action_type": action_type, "value": str(n)}] if n else None for n in found.tolist()
        ]
        return [cells[place] for place in which.tolist()]

    return listed


def _video(name: str) -> Lister:
    def amounts(columns: Columns) -> IntColumn:
        return columns.video.get(name, np.zeros(len(columns), dtype=np.int64))

    return _single("video_view", amounts)


def _outbound_ratio(text: Callable[[int, int, int], str | None], action_type: str) -> Lister:
    def listed(columns: Columns, offset: int, windows: Sequence[str]) -> Cells:
        counts = columns.counts
        rows = zip(
            counts["inline_link_clicks"].tolist(),
            counts["impressions"].tolist(),
            counts["spend"].tolist(),
            strict=True,
        )
        cells: Cells = []
        for clicks, shown, spend in rows:
            value = text(clicks, shown, spend * 100 // offset) if clicks else None
            cells.append(None if value is None else [{"action_type": action_type, "value": value}])
        return cells

    return listed


def _click_rate(clicks: int, impressions: int, cents: int) -> str | None:
    return decimal_text(100 * clicks / impressions) if impressions else None


def _click_cost(clicks: int, impressions: int, cents: int) -> str | None:
    return decimal_text(cents / 100 / clicks) if cents else None


def _engaged(columns: Columns) -> IntColumn:
    """Return engagements with the post; clicks where none are counted."""
    if "post_engagement" in columns.conversions:
        return columns.conversions["post_engagement"][0]
    return columns.counts["inline_link_clicks"]


def _engagement(columns: Columns, offset: int, windows: Sequence[str]) -> Cells:
    return [str(n) if n else None for n in _engaged(columns).tolist()]


def _engagement_cost(columns: Columns, offset: int, windows: Sequence[str]) -> Cells:
    spend = columns.counts["spend"].tolist()
    return [
        decimal_text(minor / offset / n) if n and minor else None
        for n, minor in zip(_engaged(columns).tolist(), spend, strict=True)
    ]


def _thruplay_cost(columns: Columns, offset: int, windows: Sequence[str]) -> Cells:
    plays = columns.video.get("thruplays", np.zeros(len(columns), dtype=np.int64)).tolist()
    cells: Cells = []
    for n, minor in zip(plays, columns.counts["spend"].tolist(), strict=True):
        value = decimal_text(minor / offset / n) if n and minor else None
        cells.append(None if value is None else [{"action_type": "video_view", "value": value}])
    return cells


ACTION_FIELDS: dict[str, Lister] = {
    "actions": _actions,
    "action_values": _action_values,
    "cost_per_action_type": _costs,
    "purchase_roas": _roas_of("omni_purchase"),
    "website_purchase_roas": _roas_of("offsite_conversion.fb_pixel_purchase"),
    "inline_post_engagement": _engagement,
    "cost_per_inline_post_engagement": _engagement_cost,
    "cost_per_thruplay": _thruplay_cost,
    "outbound_clicks": _single("outbound_click", lambda c: c.counts["inline_link_clicks"]),
    "outbound_clicks_ctr": _outbound_ratio(_click_rate, "outbound_click"),
    "cost_per_outbound_click": _outbound_ratio(_click_cost, "outbound_click"),
    "website_ctr": _outbound_ratio(_click_rate, "link_click"),
    "video_play_actions": _video("plays"),
    "video_p25_watched_actions": _video("p25"),
    "video_p50_watched_actions": _video("p50"),
    "video_p75_watched_actions": _video("p75"),
    "video_p100_watched_actions": _video("p100"),
    "video_thruplay_watched_actions": _video("thruplays"),
}
