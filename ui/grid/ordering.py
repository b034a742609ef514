"""Which rows are shown, and in which order."""

import numpy as np

from ui.grid.columns import NUMERIC, Column, Flags, GridData, Kind, Places


def ordered(
    data: GridData, shown: Flags, column: Column | None, descending: bool, words: list[str] | None
) -> Places:
    """Return the places of shown rows in order; unknown values stand last.

    ``words`` replaces the stored values of a STATUS column by visible ones.
    Rows of equal value keep the order in which the engine sent them.
    """
    places = np.flatnonzero(shown)
    if column is None or column.kind in (Kind.CHECK,):
        return places
    if column.kind in NUMERIC or column.kind in (Kind.SWITCH, Kind.TREND):
        return places[_by_number(_sort_numbers(data, column)[places], descending)]
    values = words if words is not None else data.values[column.key]
    keys = [str(values[int(place)]).casefold() for place in places]
    order = sorted(range(len(keys)), key=keys.__getitem__, reverse=descending)
    return places[np.asarray(order, dtype=np.intp)]


def _sort_numbers(data: GridData, column: Column) -> np.ndarray:
    """Return what a column sorts by: money in major units, trends by growth."""
    values = data.numbers(column.key)
    if column.kind is Kind.MONEY:
        return np.asarray(values / data.offsets())
    if column.kind is Kind.TREND:
        return np.asarray(values[:, -1] - values[:, 0])
    return values


def _by_number(values: np.ndarray, descending: bool) -> Places:
    """Order numbers stably, NaN last in both directions."""
    keys = -values if descending else values
    return np.argsort(keys, kind="stable")
