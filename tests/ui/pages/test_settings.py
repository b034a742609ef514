"""The Settings page on a live engine: saved at once, refused clearly, taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from engine.domain.language import Language
from tests.ui.pages.live import World, open_window, until
from ui.connect.desk import ConnectionDesk
from ui.look import Density
from ui.pages.configuration.editors import ChoiceEditor, TextEditor, parse_number
from ui.pages.configuration.keys import TokenDialog
from ui.pages.settings import SettingsPage
from ui.preferences import Preferences
from ui.session import Session
from ui.stop_dialog import StopDialog
from ui.theme import ThemeName
from ui.widgets.buttons import Button


@pytest.fixture
def page(session: Session, preferences: Preferences, qtbot: QtBot) -> SettingsPage:
    """Return the shown page with all it reads."""
    window = QWidget()
    qtbot.addWidget(window)
    made = SettingsPage(session, preferences, ConnectionDesk(session, window))
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    until(qtbot, lambda: made.table.rows and made.accounts.rows)
    return made


def value_of(world: World, key: str) -> object:
    """Return a setting's value as the engine keeps it."""
    settings = world.ask("GET", "/api/v1/settings").json()
    return next(one["value"] for one in settings if one["key"] == key)


def line_of(page: SettingsPage, key: str) -> TextEditor:
    """Return the editor of a number or a text."""
    editor = page.table.rows[key].editor
    assert isinstance(editor, TextEditor)
    return editor


def test_a_typed_number_is_saved_and_the_toast_takes_it_back(
    page: SettingsPage, world: World, qtbot: QtBot
) -> None:
    key = "safety.blast_minimum"
    line = line_of(page, key).control
    line.setText("7")
    QTest.keyClick(line, Qt.Key.Key_Return)
    until(qtbot, lambda: value_of(world, key) == 7)
    row = page.table.rows[key]
    until(qtbot, lambda: "Default: 5." in row.help.text())
    undo = next(one for one in page.toast.findChildren(Button) if one.text() == "Undo")
    undo.click()
    until(qtbot, lambda: value_of(world, key) == 5)
    until(qtbot, lambda: line.text() == "5")


def test_a_number_outside_its_bounds_is_explained_and_not_sent(
    page: SettingsPage, world: World, qtbot: QtBot
) -> None:
    key = "sync.every_minutes"
    line = line_of(page, key).control
    line.setText("9999")
    QTest.keyClick(line, Qt.Key.Key_Return)
    row = page.table.rows[key]
    assert row.error.text() == "Write a whole number from 1 to 1\u202f440."
    assert value_of(world, key) == 5
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert (line.text(), row.error.text()) == ("5", "")


def test_a_text_that_the_engine_refuses_says_why(page: SettingsPage, qtbot: QtBot) -> None:
    key = "money.budget_ceiling"
    line = line_of(page, key).control
    line.setText("five hundred")
    QTest.keyClick(line, Qt.Key.Key_Return)
    row = page.table.rows[key]
    until(qtbot, lambda: "USD 500" in row.error.text())
    assert line.text() == "five hundred"


def test_a_choice_is_saved_and_reset_to_its_default(
    page: SettingsPage, world: World, qtbot: QtBot
) -> None:
    key = "rules.default_mode"
    editor = page.table.rows[key].editor
    assert isinstance(editor, ChoiceEditor)
    editor.control.activated.emit(editor.setting.choices.index("approval"))
    until(qtbot, lambda: value_of(world, key) == "approval")
    page.table.rows[key].reset.emit(key)
    until(qtbot, lambda: value_of(world, key) == "dry_run")


def test_the_search_finds_a_setting_in_both_languages(page: SettingsPage) -> None:
    for query in ("quiet hours", "тихі години"):
        page.search.setText(query)
        seen = [key for key, row in page.table.rows.items() if row.isVisible()]
        assert seen == ["safety.quiet_hours"]
    page.search.clear()
    assert all(not section.isHidden() for section in page.sections)


def test_the_language_renames_everything_at_once_and_is_kept(
    page: SettingsPage, qtbot: QtBot, tmp_path: Path
) -> None:
    page.appearance.language.choose(Language.UKRAINIAN.value)
    row = page.table.rows["sync.every_minutes"]
    assert row.title.text() == "Синхронізувати та оцінювати кожні"
    headings = [one.heading for one in page.sections]
    assert headings[:4] == ["Це вікно", "З’єднання з Meta", "План запитів", "Синхронізація"]
    titles = [one.text() for one in page.findChildren(QLabel) if one.isVisible()]
    assert "Сума денних бюджетів" in titles
    page.appearance.language.choose(Language.ENGLISH.value)
    headings = [one.heading for one in page.sections]
    assert headings[:4] == ["This window", "Connection to Meta", "Quota plan", "Sync"]


def test_theme_density_and_scale_take_effect_and_are_kept(
    page: SettingsPage, tmp_path: Path
) -> None:
    look = page.look
    page.appearance.theme.choose(ThemeName.DARK.value)
    page.appearance.density.choose(Density.COMPACT.name)
    page.appearance.scale.activated.emit(3)
    assert (look.tokens.dark, look.density, look.scale) == (True, Density.COMPACT, 1.2)
    kept = QSettings(str(tmp_path / "ui.ini"), QSettings.Format.IniFormat)
    assert (kept.value("theme"), kept.value("density")) == ("dark", "COMPACT")
    page.appearance.theme.choose(ThemeName.LIGHT.value)
    page.appearance.scale.activated.emit(1)


def test_an_account_is_switched_and_gets_a_client(
    page: SettingsPage, world: World, qtbot: QtBot
) -> None:
    row = page.accounts.row_of(page.session.accounts[0].account_id)
    assert row is not None
    before = row.account.client

    def kept() -> dict[str, object]:
        accounts = world.ask("GET", "/api/v1/accounts").json()
        known = (one for one in accounts if one["account_id"] == row.account.account_id)
        found: dict[str, object] = next(known)
        return found

    row.automation.click()
    until(qtbot, lambda: kept()["automation"] is False)
    until(qtbot, lambda: row.account.automation is False)
    row.automation.click()
    until(qtbot, lambda: kept()["automation"] is True)
    row.client.setText("Новий клієнт")
    row.client.editingFinished.emit()
    until(qtbot, lambda: kept()["client"] == "Новий клієнт")
    until(qtbot, lambda: row.account.client == "Новий клієнт")
    row.client.setText(before)
    row.client.editingFinished.emit()
    until(qtbot, lambda: kept()["client"] == before)


def test_a_key_is_shown_once_and_revoked(page: SettingsPage, world: World, qtbot: QtBot) -> None:
    page.keys.form.name.setText("Nightly export")
    page.keys.form.make.click()
    dialog = open_window(TokenDialog, qtbot)
    assert dialog.token.text().startswith("aib_")
    dialog.accept()
    until(qtbot, lambda: [row.title.text() for row in page.keys.rows] == ["Nightly export"])
    page.ask = lambda _question: True
    page.keys.revoke.emit(page.keys.rows[0].key)  # type: ignore[attr-defined]  # rows are KeyRows
    until(qtbot, lambda: "revoked" in page.keys.rows[0].help.text())
    assert world.ask("GET", "/api/v1/api-keys").json()[0]["revoked_at"]


def test_the_kill_switch_asks_stops_and_resumes(
    page: SettingsPage, world: World, qtbot: QtBot
) -> None:
    page.engine.button.click()
    dialog = open_window(StopDialog, qtbot)
    dialog.reason.setText("a look at the numbers")
    dialog.accept()
    until(qtbot, lambda: world.ask("GET", "/api/v1/status").json()["stopped"])
    until(qtbot, lambda: page.engine.button.isHidden())
    page.ask = lambda _question: True
    page.engine.resume.emit()
    until(qtbot, lambda: not world.ask("GET", "/api/v1/status").json()["stopped"])


def test_an_account_that_needs_a_look_is_brought_into_sight(page: SettingsPage) -> None:
    account = page.session.accounts[-1].account_id
    page.open_about(f"account:{account}")
    row = page.accounts.row_of(account)
    assert row is not None
    assert not row.visibleRegion().isEmpty()


@pytest.mark.parametrize(
    ("text", "number"),
    [("1 440", 1440.0), ("2,5", 2.5), ("1\u202f000", 1000.0), ("-3", -3.0), ("ten", None)],
)
def test_numbers_are_read_as_people_write_them(text: str, number: float | None) -> None:
    assert parse_number(text) == number


def test_the_plan_tells_what_reading_costs(page: SettingsPage, qtbot: QtBot) -> None:
    until(qtbot, lambda: page.plan.accounts)
    row = page.plan.accounts[0]
    assert "today every 5 min" in row.help.text()
    assert "28 days every 24 h" in row.help.text()
    texts = [one.text() for one in page.plan.findChildren(QLabel)]
    assert sum("an hour" in text for text in texts) >= 1 + len(page.plan.accounts)
    assert any("Every row that Meta sent was read." in text for text in texts)


def test_older_days_are_read_from_the_window(
    page: SettingsPage, world: World, qtbot: QtBot
) -> None:
    until(qtbot, lambda: page.plan.accounts)
    page.plan.history.button.click()
    until(
        qtbot,
        lambda: world.ask("GET", "/api/v1/sync/history").json()["state"] == "done",
    )
    page.reload()
    until(qtbot, lambda: "All days asked for are here" in page.plan.history.help.text())
    assert page.plan.history.button.isVisibleTo(page)
    assert not page.plan.history.stop.isVisibleTo(page)


def test_the_plan_is_told_in_ukrainian_too(page: SettingsPage, qtbot: QtBot) -> None:
    until(qtbot, lambda: page.plan.accounts)
    page.look.set_language(Language.UKRAINIAN)
    assert "сьогодні кожні 5 хв" in page.plan.accounts[0].help.text()
    assert page.plan.heading == "План запитів"
