"""The window around the pages, on a live engine: keys, palette, kill switch, memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QSettings, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.ui.pages.live import World, open_window, until
from ui.application import build_window
from ui.days_dialog import DaysDialog
from ui.main_window import MainWindow
from ui.pages.campaigns import CampaignsPage
from ui.session import Span
from ui.stop_dialog import StopDialog
from ui.widgets.banner import Banner
from ui.widgets.command_palette import Command
from ui.widgets.dialogs import ConfirmDialog, ShortcutSheet


def settings(folder: Path) -> QSettings:
    """Return the settings kept in a folder, English and light at first."""
    kept = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
    for name, value in (("language", "en"), ("theme", "light"), ("scope", "currency:UAH")):
        if not kept.contains(name):
            kept.setValue(name, value)
    return kept


def make(world: World, folder: Path, qtbot: QtBot) -> MainWindow:
    """Return a shown window that knows its scope."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    made = build_window(app, world.engine.url, world.engine.token, settings(folder))
    made.resize(1440, 900)
    made.show()
    until(qtbot, lambda: made.session.is_ready and made.session.stream.is_online)
    return made


def gone(window: MainWindow) -> None:
    """Close a window for good, so that the next one is not styled beside it."""
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)


@pytest.fixture
def window(world: World, tmp_path: Path, qtbot: QtBot) -> Iterator[MainWindow]:
    """Return the whole window on the engine."""
    made = make(world, tmp_path, qtbot)
    yield made
    gone(made)


def campaigns_of(window: MainWindow) -> CampaignsPage:
    """Return the page of campaigns."""
    page = window.pages["campaigns"]
    assert isinstance(page, CampaignsPage)
    return page


def command(window: MainWindow, part: str) -> Command:
    """Return the palette's command whose title contains a part."""
    return next(one for one in window.all_commands() if part in one.title)


@pytest.mark.parametrize(
    ("keys", "page"),
    [("GC", "campaigns"), ("GR", "rules"), ("GA", "activity"), ("GS", "settings")],
)
def test_two_letters_lead_to_a_page(window: MainWindow, keys: str, page: str) -> None:
    QTest.keyClicks(window, keys)
    assert window.page == page


def test_the_palette_opens_a_campaign_by_its_name(window: MainWindow, qtbot: QtBot) -> None:
    window.go("campaigns")
    page = campaigns_of(window)
    until(qtbot, lambda: len(page.grid.model.data_set))
    name = str(page.grid.model.data_set.values["name"][3])
    window.go("rules")
    command(window, name).run()
    assert window.page == "campaigns"
    until(qtbot, lambda: not page.panel.isHidden())
    assert name in page.panel.accessibleName()


def test_the_kill_switch_asks_first_and_then_stops_everything(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    command(window, "Stop all actions").run()
    dialog = open_window(StopDialog, qtbot)
    assert not world.ask("GET", "/api/v1/status").json()["stopped"]
    dialog.reason.setText("the shop is down")
    dialog.accept()
    banner = window.findChild(Banner)
    assert banner is not None
    until(qtbot, banner.isVisible)
    status = world.ask("GET", "/api/v1/status").json()
    assert status["stopped"]
    assert "the shop is down" in status["stop_reason"]
    assert "the shop is down" in banner.accessibleName()
    banner.action.emit()
    until(qtbot, lambda: not banner.isVisible())
    assert not world.ask("GET", "/api/v1/status").json()["stopped"]


def test_sync_now_runs_a_cycle(window: MainWindow, world: World, qtbot: QtBot) -> None:
    before = world.ask("GET", "/api/v1/status").json()["calls"]
    told: list[str] = []
    window.session.notice.connect(lambda text, _tone: told.append(text))
    command(window, "Sync and evaluate").run()
    assert told == ["Reading and evaluating all accounts…"]
    until(qtbot, lambda: len(told) == 2)
    assert told[1] == "All accounts are read and evaluated"
    status = world.ask("GET", "/api/v1/status").json()
    assert status["cycle"] is None
    assert status["calls"] > before


def test_the_keys_of_the_desktop_close_the_window(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert not window.isVisible()


def test_a_question_mark_shows_the_shortcuts_of_the_page(window: MainWindow, qtbot: QtBot) -> None:
    seen: list[str] = []

    def look_and_close() -> None:
        sheet = open_window(ShortcutSheet, qtbot)
        seen.extend(label.text() for label in sheet.findChildren(QLabel))
        sheet.reject()

    window.go("campaigns")
    QTimer.singleShot(50, look_and_close)
    window.open_shortcuts()
    assert "Review and post changes" in seen


def test_the_window_remembers_page_scope_and_theme(
    world: World, tmp_path: Path, qtbot: QtBot
) -> None:
    first = make(world, tmp_path, qtbot)
    zloty = next(one for one in first.session.scopes if one.scope == "currency:PLN")
    first.session.choose_scope(zloty)
    first.go("campaigns")
    first.toggle_theme()
    gone(first)
    second = make(world, tmp_path, qtbot)
    assert second.page == "campaigns"
    assert second.session.scope is not None
    assert second.session.scope.currency == "PLN"
    assert second.session.look.tokens.dark
    gone(second)


def test_closing_with_drafts_asks_once(window: MainWindow, qtbot: QtBot) -> None:
    window.go("campaigns")
    page = campaigns_of(window)
    until(qtbot, lambda: len(page.grid.model.data_set))
    page.grid.model.pending.put(page.grid.model.row_id(0), "on", True, False)
    QTimer.singleShot(50, lambda: open_window(ConfirmDialog, qtbot).reject())
    assert not window.close()
    assert window.isVisible()
    page.grid.model.pending.clear()
    assert window.close()
    assert not window.isVisible()


def test_drafts_are_the_same_on_both_pages(window: MainWindow, qtbot: QtBot) -> None:
    window.go("campaigns")
    page = campaigns_of(window)
    until(qtbot, lambda: len(page.grid.model.data_set))
    page.grid.model.pending.put(page.grid.model.row_id(0), "on", True, False)
    window.go("dashboard")
    titles = [one.title for one in window.pages["dashboard"].commands()]
    page.grid.model.pending.clear()  # else the window asks before it closes
    assert window.session.look.say("pending.review") in titles


def test_days_of_ones_own_can_be_shown(window: MainWindow, qtbot: QtBot) -> None:
    command(window, "Choose days").run()
    dialog = open_window(DaysDialog, qtbot)
    last = dialog.until.date()
    dialog.since.setDate(last.addDays(-2))
    dialog.accept()
    day = date(last.year(), last.month(), last.day())
    assert window.session.custom == Span(date.fromordinal(day.toordinal() - 2), day)


def test_the_first_day_must_not_be_after_the_last(window: MainWindow, qtbot: QtBot) -> None:
    command(window, "Choose days").run()
    dialog = open_window(DaysDialog, qtbot)
    dialog.until.setDate(dialog.since.date().addDays(-1))
    words = [label.text() for label in dialog.findChildren(QLabel)]
    assert "The first day must not be after the last." in words
    dialog.reject()


def test_a_narrow_window_shows_only_icons_in_the_navigation(window: MainWindow) -> None:
    window.resize(1100, 800)
    assert window.navigation.collapsed
    window.resize(1440, 900)
    assert not window.navigation.collapsed


def test_the_keyboard_starts_in_the_page(window: MainWindow) -> None:
    window.go("campaigns")
    focus = window.focusWidget()
    assert focus is campaigns_of(window).grid.table
