"""Small widgets: what they tell, by keyboard and to screen readers."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QListView, QWidget
from pytestqt.qtbot import QtBot

from engine.domain.language import Language
from ui.look import Look
from ui.theme import Tone
from ui.widgets.buttons import Button
from ui.widgets.command_palette import Command, CommandPalette
from ui.widgets.dialogs import ConfirmDialog, Question
from ui.widgets.fuzzy import fuzzy_score
from ui.widgets.kpi_tile import KpiTile, KpiValues
from ui.widgets.navigation import Navigation, NavigationEntry
from ui.widgets.pending_bar import PendingBar
from ui.widgets.segmented import Segmented
from ui.widgets.side_panel import SidePanel
from ui.widgets.toast import Toast


@pytest.fixture
def window(look: Look, qtbot: QtBot) -> QWidget:
    """Return a shown window."""
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    return made


def test_a_tile_speaks_its_number_and_its_change(look: Look, qtbot: QtBot) -> None:
    tile = KpiTile(look)
    qtbot.addWidget(tile)
    tile.show_values(KpiValues("Spend", "₴1 264", "vs ₴1 168", "+8.2 %", Tone.GOOD))
    assert tile.accessibleName() == "Spend ₴1 264, +8.2 %, vs ₴1 168"


def test_words_of_a_button_follow_the_language(look: Look, qtbot: QtBot) -> None:
    button = Button(look, "dialog.save")
    qtbot.addWidget(button)
    look.set_language(Language.UKRAINIAN)
    assert button.text() == "Зберегти"


def test_arrow_keys_choose_a_segment(look: Look, qtbot: QtBot) -> None:
    control = Segmented(look, [("day", "chart.day"), ("week", "chart.week")])
    qtbot.addWidget(control)
    control.show()
    with qtbot.waitActive(control):
        control.activateWindow()
    first = control.findChildren(QWidget)[0]
    first.setFocus()
    with qtbot.waitSignal(control.chosen) as chosen:
        QTest.keyClick(first, Qt.Key.Key_Right)
    assert chosen.args == ["week"]
    assert control.value() == "week"


def test_navigation_skips_headings(look: Look, qtbot: QtBot) -> None:
    entries = [
        NavigationEntry("dashboard", "navigation.dashboard", "layout-dashboard"),
        NavigationEntry("", "navigation.automation"),
        NavigationEntry("rules", "navigation.rules", "workflow"),
    ]
    navigation = Navigation(look, entries)
    qtbot.addWidget(navigation)
    navigation.show()
    navigation.select("dashboard")
    with qtbot.waitSignal(navigation.chosen) as chosen:
        QTest.keyClick(navigation.findChildren(QListView)[0], Qt.Key.Key_Down)
    assert chosen.args == ["rules"]


def test_the_palette_finds_by_words_and_runs_with_enter(
    look: Look, window: QWidget, qtbot: QtBot
) -> None:
    done: list[str] = []
    palette = CommandPalette(look, window)
    commands = [
        Command("Open settings", lambda: done.append("settings")),
        Command("Pause campaigns with ROAS below 1", lambda: done.append("pause")),
    ]
    palette.open(commands)
    field = palette.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "pause roas")
    assert [command.title for command in palette.shown] == [commands[1].title]
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert done == ["pause"]
    assert palette.isHidden()


def test_the_palette_says_when_nothing_fits(look: Look, window: QWidget) -> None:
    palette = CommandPalette(look, window)
    palette.open([Command("Open settings", lambda: None)], "zzz")
    nothing = next(one for one in palette.findChildren(QLabel) if "Nothing found" in one.text())
    assert nothing.isVisible()
    QTest.keyClick(palette.findChildren(QLineEdit)[0], Qt.Key.Key_Return)
    assert palette.isVisible()
    palette.findChildren(QLineEdit)[0].setText("settings")
    assert not nothing.isVisible()


def test_the_palette_shows_whole_rows(look: Look, window: QWidget) -> None:
    palette = CommandPalette(look, window)
    palette.open([Command(f"Command {number}", lambda: None) for number in range(20)])
    found = palette.findChildren(QListView)[0]
    last = found.indexAt(found.viewport().rect().bottomLeft())
    assert found.viewport().rect().contains(found.visualRect(last))
    assert found.visualRect(last).bottom() == found.viewport().rect().bottom()


def test_escape_leaves_the_palette(look: Look, window: QWidget) -> None:
    palette = CommandPalette(look, window)
    palette.open([Command("Open settings", lambda: None)])
    QTest.keyClick(palette.findChildren(QLineEdit)[0], Qt.Key.Key_Escape)
    assert palette.isHidden()


def test_fuzzy_order_prefers_starts_of_words() -> None:
    assert fuzzy_score("pau", "Pause") > fuzzy_score("pau", "Undo pause")
    assert fuzzy_score("pau", "Undo pause") > fuzzy_score("aus", "Undo pause")
    assert fuzzy_score("psc", "Pause campaign") > 0
    assert fuzzy_score("xyz", "Pause campaign") == 0


def test_a_dangerous_question_defaults_to_no(look: Look, qtbot: QtBot) -> None:
    dialog = ConfirmDialog(look, Question("Delete?", "Gone for good.", "dialog.delete", True))
    qtbot.addWidget(dialog)
    dialog.show()
    with qtbot.waitSignal(dialog.rejected):
        QTest.keyClick(dialog, Qt.Key.Key_Return)


def test_the_pending_bar_counts_and_goes(look: Look, window: QWidget) -> None:
    bar = PendingBar(look, window)
    bar.set_count(2)
    assert bar.accessibleName() == "2 pending changes, not yet sent to Meta"
    bar.set_count(0)
    assert bar.isHidden()


def test_a_long_notice_stays_inside_the_window(look: Look, window: QWidget) -> None:
    toast = Toast(look, window)
    toast.notify("Short", Tone.GOOD)
    low = toast.height()
    toast.notify("The account could not be read because Meta did not answer. " * 6, Tone.BAD)
    assert window.rect().contains(toast.geometry())
    assert toast.height() > low
    window.resize(640, 480)
    assert window.rect().contains(toast.geometry())


def test_a_toast_acts_once(look: Look, window: QWidget) -> None:
    done: list[str] = []
    toast = Toast(look, window)
    toast.notify("Budget raised", Tone.GOOD, "toast.undo", lambda: done.append("undo"))
    button = toast.findChild(Button)
    assert isinstance(button, Button)
    button.click()
    button.click()
    assert done == ["undo"]
    assert toast.isHidden()


def test_the_side_panel_closes_with_escape(look: Look, qtbot: QtBot, window: QWidget) -> None:
    panel = SidePanel(look, window)
    panel.show_details("Retargeting", "act_204", QLabel("spend"))
    assert panel.accessibleName() == "Retargeting"
    with qtbot.waitSignal(panel.closed):
        QTest.keyClick(panel, Qt.Key.Key_Escape)
