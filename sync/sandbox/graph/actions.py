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


@dataclass(frozen=True, slots=True)
class ActionShape:
    """How action lists are asked: windows, breakdowns and types kept.

    `types` None keeps every action type.
    """

    windows: tuple[str, ...] = ()
    breakdowns: tuple[str, ...] = ()
    types: frozenset[str] | None = None


Lister = Callable[[Columns, int, ActionShape], Cells]

# Actions that happen on the platform at the click itself: no view window, no delay.
_ON_PLATFORM = frozenset(
    "link_click landing_page_view video_view post_engagement page_engagement "
    "post_reaction comment post like photo_view onsite_conversion.post_save".split()
)
_VIEW_SHARE = 0.12
_FIRST_DAY_SHARE = 0.8
_FIRST_CONVERSIONS = 0.9
_INCREMENTAL = 0.7
# Shares of an action's count by what breaks it down; a type it does not know stays whole.
_DEVICES = {"android_smartphone": 0.45, "iphone": 0.33, "desktop": 0.16, "other": 0.06}
_SPLITS: dict[str, tuple[frozenset[str] | None, dict[str, float]]] = {
    "action_device": (None, _DEVICES),
    "action_destination": (None, {"example.com": 1.0}),
    "action_target_id": (None, {"1234567890123456": 1.0}),
    "action_video_sound": (frozenset(("video_view",)), {"off": 0.7, "on": 0.3}),
    "action_video_type": (frozenset(("video_view",)), {"autoplayed": 0.9, "clicked_to_play": 0.1}),
}


def window_part(action_type: str, window: str, counts: IntColumn) -> IntColumn:
    """Return how many of the default count a window holds."""
    stem = window.removesuffix("_all_conversions")
    if stem.endswith("_first_conversion"):
        whole = window_part(action_type, stem.removesuffix("_first_conversion"), counts)
        return (whole * _FIRST_CONVERSIONS).astype(np.int64)
    if stem in ("dda", "incrementality"):
        share = 1.0 if stem == "dda" else _INCREMENTAL
        return (counts * share).astype(np.int64)
    return _plain_window(action_type, stem, counts)


def _plain_window(action_type: str, window: str, counts: IntColumn) -> IntColumn:
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
    """One action type: its counts, and the amounts to show (or the same).

    `labels` are what breaks it down, by the breakdown's name.
    """

    action_type: str
    counts: IntColumn
    amounts: IntColumn
    labels: tuple[tuple[str, str], ...] = ()

    def item(self, value: str) -> dict[str, str]:
        """Return the list item that shows an amount of this part."""
        return {"action_type": self.action_type, **dict(self.labels), "value": value}

    def split(self, name: str) -> list[_Part]:
        """Break the part down; the pieces add up to it."""
        types, shares = _SPLITS.get(name, (frozenset(), {}))
        if types is not None and self.action_type not in types:
            return [self]
        pieces: list[_Part] = []
        low = 0.0
        for place, (label, share) in enumerate(shares.items()):
            high = 1.0 if place == len(shares) - 1 else low + share
            counts, amounts = _cut(self.counts, low, high), _cut(self.amounts, low, high)
            labels = (*self.labels, (name, label))
            pieces.append(_Part(self.action_type, counts, amounts, labels))
            low = high
        return pieces

    def in_window(self, window: str) -> IntColumn:
        """Return the amounts a window holds, in proportion to its counts."""
        held = window_part(self.action_type, window, self.counts)
        return self.amounts * held // np.maximum(self.counts, 1)


def _cut(column: IntColumn, low: float, high: float) -> IntColumn:
    upper = np.floor(column * high).astype(np.int64)
    return np.asarray(upper - np.floor(column * low).astype(np.int64))


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
            item = part.item(value)
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
        items = [part.item(text(n)) for n in amounts.tolist()]
        for row, item in zip(present.tolist(), which.tolist(), strict=True):
            cells[row].append(items[item])
    return [cell or None for cell in cells]


def _counted(columns: Columns, shape: ActionShape) -> list[_Part]:
    parts = [_Part(name, n, n) for name, (n, _value) in columns.conversions.items()]
    return _shaped(parts, shape)


def _valued(columns: Columns, shape: ActionShape) -> list[_Part]:
    parts = [_Part(name, n, value) for name, (n, value) in columns.conversions.items()]
    return _shaped(parts, shape)


def _unique(columns: Columns, shape: ActionShape) -> list[_Part]:
    """Return how many people acted; hours do not know."""
    if columns.hour is not None:
        return []
    people = [n - n // 12 for n, _value in columns.conversions.values()]
    named = zip(columns.conversions, people, strict=True)
    return _shaped([_Part(name, n, n) for name, n in named], shape)


def _shaped(parts: list[_Part], shape: ActionShape) -> list[_Part]:
    if shape.types is not None:
        parts = [part for part in parts if part.action_type in shape.types]
    for name in shape.breakdowns:
        parts = [piece for part in parts for piece in part.split(name)]
    return parts


def _actions(columns: Columns, offset: int, shape: ActionShape) -> Cells:
    if not shape.windows:
        return _plain(columns, _counted(columns, shape), str)
    return _listed(columns, _counted(columns, shape), shape.windows, lambda n, _spend: str(n))


def _action_values(columns: Columns, offset: int, shape: ActionShape) -> Cells:
    parts = _valued(columns, shape)
    if not shape.windows:
        return _plain(columns, parts, lambda v: major_text(v, offset))
    return _listed(columns, parts, shape.windows, lambda v, _s: major_text(v, offset))


def _unique_actions(columns: Columns, offset: int, shape: ActionShape) -> Cells:
    return _listed(columns, _unique(columns, shape), shape.windows, lambda n, _spend: str(n))


def _cost_of(parts_of: Callable[[Columns, ActionShape], list[_Part]]) -> Lister:
    def costs(columns: Columns, offset: int, shape: ActionShape) -> Cells:
        def cost(count: int, spend: int) -> str | None:
            return decimal_text(spend / offset / count) if spend else None

        return _listed(columns, parts_of(columns, shape), shape.windows, cost)

    return costs


def _roas_of(action_type: str) -> Lister:
    def roas(columns: Columns, offset: int, shape: ActionShape) -> Cells:
        parts = [part for part in _valued(columns, shape) if part.action_type == action_type]
        return _listed(
            columns, parts, shape.windows, lambda v, s: decimal_text(v / s) if s else None
        )

    return roas


def _single(action_type: str, amounts: Callable[[Columns], IntColumn]) -> Lister:
    def listed(columns: Columns, offset: int, shape: ActionShape) -> Cells:
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
    def listed(columns: Columns, offset: int, shape: ActionShape) -> Cells:
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


def _engagement(columns: Columns, offset: int, shape: ActionShape) -> Cells:
    return [str(n) if n else None for n in _engaged(columns).tolist()]


def _engagement_cost(columns: Columns, offset: int, shape: ActionShape) -> Cells:
    spend = columns.counts["spend"].tolist()
    return [
        decimal_text(minor / offset / n) if n and minor else None
        for n, minor in zip(_engaged(columns).tolist(), spend, strict=True)
    ]


def _thruplay_cost(columns: Columns, offset: int, shape: ActionShape) -> Cells:
    plays = columns.video.get("thruplays", np.zeros(len(columns), dtype=np.int64)).tolist()
    cells: Cells = []
    for n, minor in zip(plays, columns.counts["spend"].tolist(), strict=True):
        value = decimal_text(minor / offset / n) if n and minor else None
        cells.append(None if value is None else [{"action_type": "video_view", "value": value}])
    return cells


def _watched_seconds(columns: Columns, offset: int, shape: ActionShape) -> Cells:
    """Return the mean seconds that a play was watched."""
    plays = columns.video.get("plays", np.zeros(len(columns), dtype=np.int64))
    half = columns.video.get("p50", plays)
    seconds = np.where(plays > 0, 3 + 12 * half // np.maximum(plays, 1), 0)
    return [
        [{"action_type": "video_view", "value": str(n)}] if n else None for n in seconds.tolist()
    ]


def _play_curve(columns: Columns, offset: int, shape: ActionShape) -> Cells:
    """Return the watching curve, whose item has no value, as was recorded."""
    plays = columns.video.get("plays", np.zeros(len(columns), dtype=np.int64))
    return [[{"action_type": "video_view"}] if n else None for n in plays.tolist()]


ACTION_FIELDS: dict[str, Lister] = {
    "actions": _actions,
    "action_values": _action_values,
    "cost_per_action_type": _cost_of(_counted),
    "unique_actions": _unique_actions,
    "cost_per_unique_action_type": _cost_of(_unique),
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
    "video_p95_watched_actions": _video("p100"),
    "video_p100_watched_actions": _video("p100"),
    "video_30_sec_watched_actions": _video("p50"),
    "video_avg_time_watched_actions": _watched_seconds,
    "video_play_curve_actions": _play_curve,
    "video_thruplay_watched_actions": _video("thruplays"),
}
