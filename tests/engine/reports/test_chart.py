"""The report's chart: round axes, one point a day, nothing from nothing."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from engine.reports.chart import Line, line_chart, nice_ceiling

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("value", "ceiling"), [(0, 1), (0.7, 0.8), (1, 1), (101, 120), (9_999, 10_000), (130, 160)]
)
def test_the_axis_ends_at_a_round_number(value: float, ceiling: float) -> None:
    assert nice_ceiling(value) == pytest.approx(ceiling)


def test_a_line_has_one_point_per_day() -> None:
    drawing = line_chart([Line([1, 2, 3], "#000")], ["a", "b", "c"], str)
    lines = ElementTree.fromstring(drawing).findall(f"{SVG}polyline")
    assert [len(line.attrib["points"].split()) for line in lines] == [3]


def test_nothing_is_drawn_for_an_empty_line() -> None:
    drawing = line_chart([Line([], "#000")], [], str)
    assert ElementTree.fromstring(drawing).findall(f"{SVG}polyline") == []


def test_names_of_days_can_not_break_the_drawing() -> None:
    drawing = line_chart([Line([1], "#000")], ["<script>"], str)
    assert "<script>" not in drawing
