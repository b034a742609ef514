"""The grid: order, filter, ticks, pending edits and the keyboard."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from engine.domain.formats import Currency
from engine.domain.language import Language
from ui.grid.columns import Column, GridData, Kind
from ui.grid.edits import PendingEdit
from ui.grid.footer import total_text
from ui.grid.model import GridModel
from ui.grid.panel import GridPanel
from ui.look import Look

COLUMNS = (
    Column("check", "grid.select", Kind.CHECK, 40, frozen=True),
    Column("on", "column.on", Kind.SWITCH, 60, editable=True, frozen=True),
    Column("name", "column.campaign", Kind.NAME, 220, frozen=True),
    Column("delivery", "column.delivery", Kind.STATUS, 120),
    Column("trend", "column.trend", Kind.TREND, 120),
    Column("budget", "column.daily_budget", Kind.MONEY, 120, editable=True),
    Column("spend", "column.spend", Kind.MONEY, 100, total="sum"),
    Column("roas", "column.roas", Kind.RATIO, 80, total="revenue/spend"),
    Column("revenue", "column.revenue", Kind.MONEY, 100, hidden=True, total="sum"),
)
HRYVNIA, DOLLAR = Currency("UAH", 100), Currency("USD", 100)
BUDGET, SPEND, ROAS = 5, 6, 7


def rows() -> GridData:
    """Return four campaigns, one of them with unknown numbers."""
    return GridData(
        ids=("a", "b", "c", "d"),
        values={
            "on": np.array([True, False, True, True]),
            "name": ["Retargeting", "Broad", "Київ", "Lookalike"],
            "delivery": ["active", "paused", "learning", "active"],
            "trend": np.arange(28, dtype=float).reshape(4, 7),
            "budget": np.array([165000, 405000, 340000, 170000]),
            "spend": np.array([500.0, 300.0, np.nan, 900.0]) * 100,
            "roas": np.array([1.5, 3.0, np.nan, 1.0]),
            "revenue": np.array([750.0, 900.0, np.nan, 900.0]) * 100,
        },
        currency=HRYVNIA,
        muted=np.array([False, True, False, False]),
    )


@pytest.fixture
def panel(look: Look, qtbot: QtBot) -> GridPanel:
    """Return a shown grid with the four campaigns."""
    made = GridPanel(look, COLUMNS)
    qtbot.addWidget(made)
    made.load(rows())
    made.resize(1100, 400)
    made.show()
    qtbot.waitExposed(made)
    made.table.setFocus()
    made.table.setCurrentIndex(made.model.index(0, 2))
    return made


def order(model: GridModel) -> str:
    """Return the ids of the shown rows in their order."""
    return "".join(model.row_id(row) for row in range(model.rowCount()))


def test_the_model_keeps_qts_contract(look: Look, qtbot: QtBot) -> None:
    model = GridModel(look, [column for column in COLUMNS if not column.hidden])
    mode = QAbstractItemModelTester.FailureReportingMode.Warning
    tester = QAbstractItemModelTester(model, mode)
    model.load(rows())
    model.sort(SPEND, Qt.SortOrder.DescendingOrder)
    model.setData(model.index(0, BUDGET), 198000)
    model.set_columns([COLUMNS[0], COLUMNS[2], COLUMNS[6]])
    model.load(GridData((), {"name": [], "spend": np.array([])}))
    assert tester.model() is model


def test_numbers_sort_falling_first_and_unknown_stays_last(panel: GridPanel) -> None:
    panel.table.sort_by("spend")
    assert order(panel.model) == "dabc"
    panel.table.sort_by("spend")
    assert order(panel.model) == "badc"


def test_words_sort_rising_first(panel: GridPanel) -> None:
    panel.table.sort_by("name")
    assert order(panel.model) == "bdac"


def test_filter_text_and_chips_say_the_same(panel: GridPanel) -> None:
    panel.filter.set_terms(["roas < 2", "spend > 600"])
    assert panel.filter.text() == "roas < 2, spend > 600"
    assert order(panel.model) == "d"
    panel.filter.set_terms(["roas < 2"])
    assert order(panel.model) == "ad"


def test_a_wrong_filter_changes_nothing_and_is_marked(panel: GridPanel) -> None:
    panel.filter.set_terms(["roas < 2"])
    panel.filter.setText("profit > 5")
    panel.filter.apply()
    assert order(panel.model) == "ad"
    assert panel.filter.property("wrong") == "true"


def test_space_asks_for_details_and_keeps_the_focus(panel: GridPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.table.details_requested) as asked:
        QTest.keyClick(panel.table, Qt.Key.Key_Space)
    assert asked.args == ["a"]
    assert panel.table.hasFocus()


def test_the_keyboard_ticks_rows(panel: GridPanel, qtbot: QtBot) -> None:
    QTest.keyClick(panel.table, Qt.Key.Key_X)
    QTest.keyClick(panel.table, Qt.Key.Key_Down)
    QTest.keyClick(panel.table, Qt.Key.Key_X)
    assert panel.model.ticks.ids() == {"a", "b"}
    QTest.keyClick(panel.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert panel.model.ticks.ids() == {"a", "b", "c", "d"}


def test_pausing_is_a_pending_edit_until_it_is_sent(panel: GridPanel, qtbot: QtBot) -> None:
    QTest.keyClick(panel.table, Qt.Key.Key_P)
    assert panel.model.pending.all() == [PendingEdit("a", "on", True, False)]
    assert not panel.pending.isHidden()
    QTest.keyClick(panel.table, Qt.Key.Key_P)
    assert panel.model.pending.all() == []
    assert panel.pending.isHidden()


def test_typing_a_digit_edits_a_budget_in_major_units(panel: GridPanel, qtbot: QtBot) -> None:
    panel.table.setCurrentIndex(panel.model.index(0, BUDGET))
    QTest.keyClick(panel.table, Qt.Key.Key_1)
    field = panel.table.viewport().findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "980,50")
    with qtbot.waitSignal(panel.model.pending.changed):
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert panel.model.pending.all() == [PendingEdit("a", "budget", 165000, 198050)]


def test_a_budget_that_is_no_number_is_not_taken(panel: GridPanel, qtbot: QtBot) -> None:
    panel.table.setCurrentIndex(panel.model.index(0, BUDGET))
    QTest.keyClick(panel.table, Qt.Key.Key_F2)
    field = panel.table.viewport().findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    field.setText("lots")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel.table.viewport().findChild(QLineEdit) is None)
    assert panel.model.pending.all() == []


def test_new_rows_keep_ticks_edits_and_the_keyboards_row(panel: GridPanel) -> None:
    panel.model.ticks.set(["b", "d"], ticked=True)
    panel.model.setData(panel.model.index(1, BUDGET), 500000)
    panel.table.setCurrentIndex(panel.model.index(1, 2))
    fresh = rows()
    keep = [3, 1]
    values = {key: [list(column)[i] for i in keep] for key, column in fresh.values.items()}
    panel.load(GridData(("d", "b"), values, HRYVNIA))
    assert panel.model.ticks.ids() == {"b", "d"}
    assert panel.model.row_id(panel.table.currentIndex().row()) == "b"
    assert [edit.row_id for edit in panel.model.pending.all()] == ["b"]


def test_a_screen_reader_hears_old_and_new_value(panel: GridPanel) -> None:
    panel.model.setData(panel.model.index(0, BUDGET), 198000)
    spoken = panel.model.data(panel.model.index(0, BUDGET), Qt.ItemDataRole.AccessibleTextRole)
    assert str(spoken).replace("\u202f", " ") == "₴1 980, not yet sent, was ₴1 650"


def test_columns_can_be_chosen_and_reordered(panel: GridPanel) -> None:
    panel.show_columns(["check", "name", "revenue", "spend"])
    assert [column.key for column in panel.model.columns] == ["check", "name", "revenue", "spend"]


@pytest.mark.parametrize("width", range(520, 1500, 70))
def test_no_column_is_cut_before_somebody_scrolls(panel: GridPanel, width: int) -> None:
    panel.resize(width, 400)
    table = panel.table
    edge = table.viewport().width()
    places = range(len(panel.model.columns))
    lefts = {place: table.columnViewportPosition(place) for place in places}
    assert [
        panel.model.columns[place].key
        for place, left in lefts.items()
        if left < edge < left + table.columnWidth(place)
    ] == []


def test_words_follow_the_language(panel: GridPanel, look: Look) -> None:
    look.set_language(Language.UKRAINIAN)
    title = panel.model.headerData(SPEND, Qt.Orientation.Horizontal)
    status = panel.model.data(panel.model.index(1, 3))
    assert (title, status) == ("Витрати", "Призупинена")


def test_totals_divide_sums_and_never_mix_currencies(look: Look) -> None:
    data, every = rows(), np.arange(4)
    spend, roas = COLUMNS[SPEND], COLUMNS[ROAS]
    assert total_text(look, data, spend, every) == "₴1\u202f700"
    assert total_text(look, data, roas, every) == "1.50"
    mixed = GridData(data.ids, data.values, (HRYVNIA, DOLLAR, DOLLAR, HRYVNIA))
    assert total_text(look, mixed, spend, every) == "₴1\u202f400 · $300"
    assert total_text(look, mixed, roas, every) == "–"
