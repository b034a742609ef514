"""The report's chart as SVG: revenue and spend by day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT = 760.0, 230.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 58.0, 8.0, 8.0, 24.0
_GRID_LINES = 4
_DAY_LABELS = 6
_TEXT, _GRID = "#69717F", "#ECEEF2"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the chart; `fill` draws a pale area under it."""

    values: Sequence[float]
    colour: str
    dashed: bool = False
    fill: bool = False


def line_chart(
    lines: Sequence[Line], day_labels: Sequence[str], axis: Callable[[float], str]
) -> str:
    """Return an SVG drawing of `lines`, one point per day.

    `axis` writes a value of the vertical axis for people. Lines shorter than the
    days are drawn from the left; nothing at all is drawn for empty lines.
    """
    top = nice_ceiling(max((max(line.values, default=0.0) for line in lines), default=0.0))
    box = f"0 0 {_WIDTH:g} {_HEIGHT:g}"
    font = 'font-family="Inter" font-size="11"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" {font}>']
    parts += _grid(top, axis)
    parts += _days(day_labels)
    for line in lines:
        parts += _line(line, top, len(day_labels))
    return "".join([*parts, "</svg>"])


def nice_ceiling(value: float) -> float:
    """Return the next round number at or above `value`; 1 for nothing."""
    if value <= 0:
        return 1.0
    size = 10 ** floor(log10(value))
    for factor in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10):
        if value <= factor * size:
            return float(factor * size)
    return float(ceil(value / size) * size)


def _x(index: int, count: int) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (index / max(count - 1, 1))


def _y(value: float, top: float) -> float:
    return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - value / top)


def _grid(top: float, axis: Callable[[float], str]) -> list[str]:
    parts = []
    for step in range(_GRID_LINES + 1):
        value = top * step / _GRID_LINES
        y = _y(value, top)
        parts.append(
            f'<line x1="{_LEFT:g}" x2="{_WIDTH - _RIGHT:g}" y1="{y:.1f}" y2="{y:.1f}" '
            f'stroke="{_GRID}"/>'
            f'<text x="{_LEFT - 8:g}" y="{y + 4:.1f}" text-anchor="end" fill="{_TEXT}">'
            f"{escape(axis(value))}</text>"
        )
    return parts


def _days(labels: Sequence[str]) -> list[str]:
    every = max(1, ceil(len(labels) / _DAY_LABELS))
    shown = [index for index in range(len(labels)) if index % every == every // 2]
    return [
        f'<text x="{_x(index, len(labels)):.1f}" y="{_HEIGHT - 6:g}" text-anchor="middle" '
        f'fill="{_TEXT}">{escape(labels[index])}</text>'
        for index in shown
    ]


def _line(line: Line, top: float, count: int) -> list[str]:
    if not line.values:
        return []
    points = " ".join(
        f"{_x(index, count):.1f},{_y(value, top):.1f}" for index, value in enumerate(line.values)
    )
    dash = ' stroke-dasharray="4 3" stroke-width="1.2"' if line.dashed else ' stroke-width="2"'
    parts = []
    if line.fill:
        floor_y = _y(0, top)
        last = _x(len(line.values) - 1, count)
        parts.append(
            f'<polygon points="{_LEFT:g},{floor_y:.1f} {points} {last:.1f},{floor_y:.1f}" '
            f'fill="{line.colour}" fill-opacity="0.10"/>'
        )
    parts.append(
        f'<polyline points="{points}" fill="none" stroke="{line.colour}"{dash} '
        'stroke-linejoin="round"/>'
    )
    return parts
