"""Ranks and medians within groups, on whole columns at once.

Both get Polars series of one length - values (null where there is none) and
whole numbers that name the groups - and give back one answer per row.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.domain.conditions import End, Rank


@dataclass(frozen=True, slots=True)
class _Ordered:
    """Rows with a value, ordered by group and value, and where each group stands."""

    rows: NDArray[np.int64]
    place: NDArray[np.int64]
    start: NDArray[np.int64]
    size: NDArray[np.int64]


def _ordered(
    values: NDArray[np.float64], groups: NDArray[np.int64], ties: NDArray[np.int64]
) -> _Ordered:
    present = np.flatnonzero(~np.isnan(values))
    order = np.lexsort((ties[present], values[present], groups[present]))
    rows = present[order]
    ordered_groups = groups[rows]
    first = np.flatnonzero(np.r_[True, ordered_groups[1:] != ordered_groups[:-1]][: rows.size])
    sizes = np.diff(np.r_[first, rows.size])
    start = np.repeat(first, sizes)
    place = np.arange(rows.size) - start
    return _Ordered(rows, place, start, np.repeat(sizes, sizes))


def others_median(columns: Sequence[pl.Series]) -> pl.Series:
    """Return, per row, the median of the other values of its group.

    It is null where there is no other. `columns` are values (Float64) and groups (integers). A row
    without a value of its own gets the median of all values of its group.
    """
    values = _floats(columns[0])
    groups = _codes(columns[1])
    ordered = _ordered(values, groups, np.arange(values.size))
    found = np.full(values.size, np.nan)
    sorted_values = values[ordered.rows]
    if ordered.rows.size:
        found[ordered.rows] = _median_without(sorted_values, ordered)
        _fill_absent(found, values, groups, sorted_values, ordered)
    return pl.Series(found).fill_nan(None)


def _median_without(values: NDArray[np.float64], ordered: _Ordered) -> NDArray[np.float64]:
    others = ordered.size - 1
    low, high = (others - 1) // 2, others // 2

    def pick(rank: NDArray[np.int64]) -> NDArray[np.float64]:
        # Skipping the row itself moves every later one down by one.
        shifted = rank + (rank >= ordered.place)
        found: NDArray[np.float64] = values[np.clip(ordered.start + shifted, 0, values.size - 1)]
        return found

    middle = (pick(low) + pick(high)) / 2
    return np.where(others > 0, middle, np.nan)


def _fill_absent(
    found: NDArray[np.float64],
    values: NDArray[np.float64],
    groups: NDArray[np.int64],
    sorted_values: NDArray[np.float64],
    ordered: _Ordered,
) -> None:
    heads = np.flatnonzero(ordered.place == 0)
    size = ordered.size[heads]
    low = sorted_values[heads + (size - 1) // 2]
    high = sorted_values[heads + size // 2]
    names = groups[ordered.rows[heads]]
    absent = np.flatnonzero(np.isnan(values))
    at = np.clip(np.searchsorted(names, groups[absent]), 0, names.size - 1)
    same = names[at] == groups[absent]
    found[absent[same]] = ((low + high) / 2)[at[same]]


def chosen(rank: Rank, columns: Sequence[pl.Series]) -> pl.Series:
    """Return, per row, whether it is among the ranked; null without a value.

    `columns` are values, groups and the order among equals. A share of a group is
    rounded down, so that it never picks more than was asked.
    """
    values = _floats(columns[0])
    signed = -values if rank.end is End.TOP else values
    # A rank over the whole scope names its one group once.
    groups = np.broadcast_to(_codes(columns[1]), values.shape)
    ordered = _ordered(signed, groups, _codes(columns[2]))
    limit = picked(rank, ordered.size)
    found = np.zeros(values.size, dtype=np.bool_)
    found[ordered.rows] = ordered.place < limit
    return (
        pl.DataFrame({"found": found, "known": ~np.isnan(values)})
        .select(pl.when("known").then("found"))
        .to_series()
    )


def picked(rank: Rank, size: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many of groups of these sizes are picked."""
    if rank.percent is None:
        return np.full(size.shape, rank.count or 0, dtype=np.int64)
    # The tiny addend keeps 20 % of 5 at 1 when the product falls short in the last digit.
    counts: NDArray[np.int64] = np.floor(size * rank.percent / 100 + 1e-9).astype(np.int64)
    return counts


def _floats(series: pl.Series) -> NDArray[np.float64]:
    values: NDArray[np.float64] = series.cast(pl.Float64).fill_null(math.nan).to_numpy()
    return values


def _codes(series: pl.Series) -> NDArray[np.int64]:
    codes: NDArray[np.int64] = series.cast(pl.Int64).fill_null(-1).to_numpy()
    return codes
