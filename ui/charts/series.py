"""What a chart shows: lines over days, and the steps between its ticks."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

Words = Callable[[float], str]
# The plot goes on for this part of a day beyond the last one.
_EDGE_DAYS = 0.6


class Step(StrEnum):
    """The span that one point of a chart stands for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Line:
    """One line; NaN leaves a gap.

    ``series`` is the index of a chart colour (0–4); ``area`` fills below the
    line; ``previous`` draws it dashed and grey, as a comparison.
    """

    name: str
    values: Sequence[float]
    series: int = 0
    area: bool = False
    previous: bool = False


@dataclass(frozen=True, slots=True)
class ChartData:
    """Lines over the same days.

    ``notes`` holds for each day a further line of the read-out; ``actions``
    the number of rule actions by the day's place, marked on the first line.
    """

    days: Sequence[date]
    lines: Sequence[Line]
    notes: Sequence[str] = ()
    actions: Mapping[int, int] = field(default_factory=dict)
    step: Step = Step.DAY

    @property
    def is_empty(self) -> bool:
        """Tell whether there is no known value at all."""
        known = (math.isfinite(v) for line in self.lines for v in line.values)
        return len(self.days) == 0 or not any(known)


NO_DATA = ChartData((), ())


def step_start(day: date, step: Step) -> date:
    """Return the first day of the day's week (Monday) or month."""
    if step is Step.WEEK:
        return date.fromordinal(day.toordinal() - day.weekday())
    return day.replace(day=1) if step is Step.MONTH else day


def summed(data: ChartData, step: Step) -> ChartData:
    """Return sums by week or month; only for values that may be added.

    Notes are left out; action counts are added up.
    """
    if step is Step.DAY:
        return data
    starts = sorted({step_start(day, step) for day in data.days})
    place_of = {start: place for place, start in enumerate(starts)}
    places = [place_of[step_start(day, step)] for day in data.days]
    lines = [replace(line, values=_sums(line.values, places, len(starts))) for line in data.lines]
    actions: dict[int, int] = {}
    for place, count in data.actions.items():
        actions[places[place]] = actions.get(places[place], 0) + count
    return ChartData(starts, lines, (), actions, step)


def nice_ticks(low: float, high: float, lines: int = 4) -> list[float]:
    """Return ``lines`` + 1 evenly spaced round values that span a range.

    The range always takes in zero, so that a line's height does not lie.
    """
    low, high = min(0.0, low), max(0.0, high)
    high = high if high > low else low + 1.0
    span = high - low
    raw = span / lines
    power = 10.0 ** math.floor(math.log10(raw))
    for factor in (1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7.5, 8, 10, 15, 20):
        step = factor * power
        start = math.floor(low / step) * step
        if start + lines * step >= high - span * 1e-9:
            return [start + place * step for place in range(lines + 1)]
    return [low, high]


def day_ticks(count: int, room: float, label_width: float) -> list[int]:
    """Return the places of days that have room for a label."""
    if count == 0:
        return []
    most = max(1, int(room / max(1.0, label_width * 1.8)))
    # Half a label must fit beside the last one: the chart hides what would be cut.
    margin = math.ceil(label_width / 2 * count / max(1.0, room) - _EDGE_DAYS)
    for every in (1, 2, 7, 10, 14, 28, 56, 91, 182, 364):
        if math.ceil(count / every) <= most:
            last = count - 1 - (max(0, margin) if every > 2 and count > 3 else 0)
            return sorted(range(last, -1, -every))
    return [0, count - 1]


def _sums(values: Sequence[float], places: Sequence[int], count: int) -> list[float]:
    """Add up known values by place; NaN where none is known."""
    sums = [math.nan] * count
    for value, place in zip(values, places, strict=True):
        if math.isfinite(value):
            sums[place] = value + (0.0 if math.isnan(sums[place]) else sums[place])
    return sums
