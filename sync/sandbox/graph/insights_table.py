"""Column tables of insights: joined, grouped, picked and summed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from sync.sandbox.market.insights import InsightsTable

IntColumn = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Columns:
    """Insights columns of equal length; money in minor units.

    `hour` is None unless an hourly breakdown was asked; `labels` hold the
    values of other breakdowns by their name.
    """

    object_id: NDArray[np.object_]
    date: NDArray[np.datetime64]
    date_stop: NDArray[np.datetime64]
    hour: NDArray[np.int8] | None
    counts: dict[str, IntColumn]
    conversions: dict[str, tuple[IntColumn, IntColumn]]
    video: dict[str, IntColumn]
    labels: dict[str, NDArray[np.object_]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.object_id)

    def pick(self, index: NDArray[np.intp] | NDArray[np.bool_] | slice) -> Columns:
        """Return the rows of an index, a mask or a slice."""
        return Columns(
            self.object_id[index],
            self.date[index],
            self.date_stop[index],
            None if self.hour is None else self.hour[index],
            {name: column[index] for name, column in self.counts.items()},
            {name: (n[index], v[index]) for name, (n, v) in self.conversions.items()},
            {name: column[index] for name, column in self.video.items()},
            {name: column[index] for name, column in self.labels.items()},
        )

    def labelled(self, labels: Mapping[str, str]) -> Columns:
        """Return the rows with the same breakdown values on each."""
        columns: dict[str, NDArray[np.object_]] = {}
        for name, value in labels.items():
            columns[name] = np.full(len(self), value, dtype=object)
        return replace(self, labels=columns)

    def only(self, action_types: Sequence[str]) -> Columns:
        """Return the rows with no other actions than these."""
        kept = {n: pair for n, pair in self.conversions.items() if n in action_types}
        return replace(self, conversions=kept)


def columns_of(table: InsightsTable) -> Columns:
    """Take over one market answer."""
    ids = np.empty(len(table), dtype=object)
    ids[:] = table.object_id
    return Columns(
        ids,
        table.date,
        table.date_stop,
        table.hour,
        {
            "impressions": table.impressions,
            "clicks": table.clicks,
            "inline_link_clicks": table.inline_link_clicks,
            "spend": table.spend_minor,
            "reach": table.reach,
        },
        dict(table.conversions),
        dict(table.video),
    )


def joined(parts: Sequence[Columns]) -> Columns:
    """Put tables under each other; columns missing in one read zero there."""
    if len(parts) == 1:
        return parts[0]
    hours = [part.hour for part in parts if part.hour is not None]
    types = dict.fromkeys(name for part in parts for name in part.conversions)
    videos = dict.fromkeys(name for part in parts for name in part.video)

    def conversion(name: str, which: int) -> IntColumn:
        return np.concatenate(
            [p.conversions[name][which] if name in p.conversions else _zeros(p) for p in parts]
        )

    return Columns(
        np.concatenate([part.object_id for part in parts]),
        np.concatenate([part.date for part in parts]),
        np.concatenate([part.date_stop for part in parts]),
        np.concatenate(hours) if len(hours) == len(parts) else None,
        {name: np.concatenate([p.counts[name] for p in parts]) for name in parts[0].counts},
        {name: (conversion(name, 0), conversion(name, 1)) for name in types},
        {name: np.concatenate([p.video.get(name, _zeros(p)) for p in parts]) for name in videos},
        {name: np.concatenate([p.labels[name] for p in parts]) for name in parts[0].labels},
    )


def grouped_by_hour(
    rows: Columns, since: np.datetime64, until: np.datetime64, days: int
) -> Columns:
    """Sum hourly rows of several days into one row per object, span and hour.

    `days` is the length of a span counted from `since`; the last may be cut.
    """
    if rows.hour is None or not len(rows):
        return rows
    ids, number = _numbered(rows.object_id)
    span = ((rows.date - since) // np.timedelta64(days, "D")).astype(np.int64)
    key = (number * (int(span.max()) + 1) + span) * 24 + rows.hour
    unique, inverse = np.unique(key, return_inverse=True)
    spans = (unique // 24) % (int(span.max()) + 1)
    starts = since + spans * np.timedelta64(days, "D")
    stops = np.minimum(starts + np.timedelta64(days - 1, "D"), until)
    size = len(unique)
    return Columns(
        ids[unique // 24 // (int(span.max()) + 1)],
        starts.astype("datetime64[D]"),
        stops.astype("datetime64[D]"),
        (unique % 24).astype(np.int8),
        {name: _summed(column, inverse, size) for name, column in rows.counts.items()},
        {
            name: (_summed(n, inverse, size), _summed(v, inverse, size))
            for name, (n, v) in rows.conversions.items()
        },
        {name: _summed(column, inverse, size) for name, column in rows.video.items()},
    )


def total(rows: Columns, reach: int | None) -> Columns:
    """Sum all rows into one; `reach` is given because it does not add up."""
    counts = {name: _one(int(column.sum())) for name, column in rows.counts.items()}
    counts["reach"] = _one(reach or 0)
    ids = np.empty(1, dtype=object)
    ids[0] = ""
    return Columns(
        ids,
        rows.date.min(keepdims=True),
        rows.date_stop.max(keepdims=True),
        None,
        counts,
        {
            name: (_one(int(n.sum())), _one(int(v.sum())))
            for name, (n, v) in rows.conversions.items()
        },
        {name: _one(int(column.sum())) for name, column in rows.video.items()},
    )


def _zeros(part: Columns) -> IntColumn:
    return np.zeros(len(part), dtype=np.int64)


def _one(value: int) -> IntColumn:
    return np.array([value], dtype=np.int64)


def _numbered(
    ids: NDArray[np.object_],
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Number ids in order of first appearance."""
    numbers: dict[str, int] = {}
    number = np.fromiter(
        (numbers.setdefault(one, len(numbers)) for one in ids), dtype=np.int64, count=len(ids)
    )
    unique = np.empty(len(numbers), dtype=object)
    unique[:] = list(numbers)
    return unique, number


def _summed(column: IntColumn, inverse: NDArray[np.intp], size: int) -> IntColumn:
    out = np.zeros(size, dtype=np.int64)
    np.add.at(out, inverse, column)
    return out
