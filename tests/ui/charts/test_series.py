"""Charts: ticks, sums by step, and the read-out."""

import math
from datetime import date, timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ui.charts.line_card import LineCard
from ui.charts.series import ChartData, Line, Step, day_ticks, nice_ticks, summed
from ui.look import Look

FIRST = date(2026, 10, 24)
DAYS = [FIRST + timedelta(days=place) for place in range(30)]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 134000, [0, 35000, 70000, 105000, 140000]),
        (20, 40, [0, 10, 20, 30, 40]),
        (0, 0, [0, 0.25, 0.5, 0.75, 1.0]),
        (0, 0.9, [0, 0.25, 0.5, 0.75, 1]),
    ],
)
def test_ticks_are_round_and_start_at_zero(low: float, high: float, ticks: list[float]) -> None:
    assert nice_ticks(low, high) == pytest.approx(ticks)


def test_ticks_hold_negative_values() -> None:
    ticks = nice_ticks(-12, 30)
    assert ticks[0] <= -12
    assert ticks[-1] >= 30


def test_days_are_labelled_where_there_is_room() -> None:
    assert day_ticks(30, 600, 40) == [0, 7, 14, 21, 28]
    assert day_ticks(0, 600, 40) == []
    assert day_ticks(3, 600, 40) == [0, 1, 2]


def test_weeks_begin_on_monday_and_unknown_days_count_as_nothing() -> None:
    values = [1.0, math.nan, 2.0, *[1.0] * 27]
    weeks = summed(ChartData(DAYS, [Line("Spend", values)], actions={0: 2, 1: 1, 9: 1}), Step.WEEK)
    assert weeks.days[:2] == [date(2026, 10, 19), date(2026, 10, 26)]
    assert list(weeks.lines[0].values[:2]) == [1.0, 8.0]
    assert weeks.actions == {0: 3, 2: 1}


def test_months_add_up_to_the_same_sum() -> None:
    data = ChartData(DAYS, [Line("Spend", [2.0] * 30)])
    months = summed(data, Step.MONTH)
    assert months.days == [date(2026, 10, 1), date(2026, 11, 1)]
    assert sum(months.lines[0].values) == 60


@pytest.fixture
def card(look: Look, qtbot: QtBot) -> LineCard:
    """Return a shown card with a rising line."""
    made = LineCard(look, "column.spend")
    qtbot.addWidget(made)
    made.resize(700, 260)
    values = [float(place) for place in range(30)]
    made.show_data(ChartData(DAYS, [Line("Spend", values)], actions={3: 2}), str, str)
    made.show()
    qtbot.waitUntil(made.has_plot)
    return made


def test_a_chart_is_told_in_words(card: LineCard) -> None:
    assert card.summary() == "Spend: from 0.0 to 29.0, lowest 0.0, highest 29.0"
    assert card.accessibleName() == "Spend"


def test_the_read_out_shows_the_day_and_its_actions(card: LineCard) -> None:
    card.point_at(3)
    assert card.read_out() == "Tue 27 Oct"


def test_a_chart_leaves_as_a_table(card: LineCard, tmp_path: Path) -> None:
    card.save_csv(tmp_path / "spend.csv")
    lines = (tmp_path / "spend.csv").read_text("utf-8").splitlines()
    assert lines[:2] == ["date,Spend", "2026-10-24,0.0"]
    assert card.save_picture(tmp_path / "spend.png")


def test_no_numbers_are_said_to_be_none(look: Look, qtbot: QtBot) -> None:
    empty = LineCard(look, "column.spend")
    qtbot.addWidget(empty)
    empty.show_data(ChartData(DAYS, [Line("Spend", [math.nan] * 30)]), str, str)
    assert empty.summary() == ""
