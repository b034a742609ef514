"""Connecting in the window, on a live engine without a token and a live sandbox."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import engine_file
from app.paths import Home, prepare
from app.sandbox_process import running_sandbox
from app.sealed_file import SealedFile
from engine.domain.language import Language
from tests.sync.logging_in import consent
from tests.ui.pages.live import World, open_window, until
from ui.application import build_window
from ui.connect.token_dialog import TokenPasteDialog
from ui.connect.wizard import ConnectWizard
from ui.main_window import MainWindow
from ui.pages.configuration.connection import ConnectionSection, IdentityRow
from ui.pages.settings import SettingsPage
from ui.widgets.buttons import Button

KEY = bytes(range(32))
_WORLD = Path(__file__).with_name("small_world.json")


@dataclass(frozen=True)
class Unconnected(World):
    """A world whose engine has no token of its own."""

    home: Home

    def trouble(self, **options: object) -> None:
        """Let Meta treat the token of the one login differently."""
        (one,) = self.ask("GET", "/api/v1/identities").json()
        kept = SealedFile(self.home.folder / "tokens.sealed", KEY)
        body = {"access_token": kept.get(f"token:{one['identity_id']}"), **options}
        url = f"{self.sandbox.url}/_sandbox/tokens"
        httpx.post(url, json=body, trust_env=False).raise_for_status()

    def check(self) -> None:
        (one,) = self.ask("GET", "/api/v1/identities").json()
        self.ask("POST", f"/api/v1/identities/{one['identity_id']}/check", {})

    def forget_all(self) -> None:
        for one in self.ask("GET", "/api/v1/identities").json():
            self.ask("DELETE", f"/api/v1/identities/{one['identity_id']}")
        for one in self.ask("GET", "/api/v1/accounts").json():
            self.ask("DELETE", f"/api/v1/accounts/{one['account_id']}")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Unconnected]:
    home = prepare(Home(tmp_path_factory.mktemp("unconnected")))
    with running_sandbox(clock="manual", seed=5, scenario=_WORLD) as sandbox:
        given = {**os.environ, **sandbox.environment(), "AI_BUYER_HOME": str(home.folder)}
        del given["FACEBOOK_ACCESS_TOKEN"]
        given["AI_BUYER_SECRET_KEY"] = base64.b64encode(KEY).decode()
        command = [sys.executable, "-m", "app", "--server", "--port", "0"]
        with subprocess.Popen(command, env=given, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            try:
                assert process.stdout.readline(), "the engine did not start"
                engine = engine_file.read(home)
                assert engine is not None
                yield Unconnected(sandbox, engine, home)
            finally:
                process.terminate()


@pytest.fixture
def world(served: Unconnected) -> Iterator[Unconnected]:
    yield served
    served.forget_all()


@dataclass
class Browser:
    """Stands where the system's browser would; goes through the dialog at once."""

    choice: dict[str, str]
    opened: list[str]
    follows: bool = True

    def open(self, address: str) -> None:
        self.opened.append(address)
        if self.follows and "dialog/oauth" in address:
            back = consent(address, **self.choice)
            httpx.get(back, follow_redirects=True, trust_env=False)


@pytest.fixture
def browser() -> Browser:
    return Browser({}, [])


@pytest.fixture
def window(
    world: Unconnected, browser: Browser, qtbot: QtBot, tmp_path: Path
) -> Iterator[MainWindow]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    settings = QSettings(str(tmp_path / "ui.ini"), QSettings.Format.IniFormat)
    settings.setValue("language", Language.ENGLISH.value)
    made = build_window(app, world.engine.url, world.engine.token, settings)
    qtbot.addWidget(made)
    made.connection.open_address = browser.open
    made.show()
    until(qtbot, lambda: made.connection.message is not None and made.session.status is not None)
    yield made
    made.session.stream.stop()


def section(window: MainWindow) -> ConnectionSection:
    page = window.pages["settings"]
    assert isinstance(page, SettingsPage)
    return page.connection


def banner_text(window: MainWindow) -> str:
    return window.connection_banner.accessibleName() if _banner(window) else ""


def _banner(window: MainWindow) -> bool:
    return not window.connection_banner.isHidden()


def press_banner(window: MainWindow) -> None:
    button = window.connection_banner.findChild(Button)
    assert button is not None
    button.click()


def row(window: MainWindow, qtbot: QtBot) -> IdentityRow:
    """Return the row of the one login, once it is there."""
    until(qtbot, lambda: section(window).rows)
    found = section(window).rows[0]
    assert isinstance(found, IdentityRow)
    return found


def log_in(window: MainWindow, qtbot: QtBot, *, choose: int | None = None) -> None:
    """Walk the wizard to its end; `choose` accounts, all of them by default."""
    window.connection.connect_login()
    wizard = open_window(ConnectWizard, qtbot)
    wizard.start.go.click()
    until(qtbot, lambda: wizard.step is wizard.accounts and wizard.accounts.list.groups)
    every = [one for group in wizard.accounts.list.groups for one in group.rows]
    for one in every[:choose]:
        wizard.accounts.list.tick(one.account.account_id)
    wizard.accounts.save.click()
    until(qtbot, lambda: wizard.step is wizard.done_step)
    wizard.done_step.close_button.click()


def test_from_the_banner_through_the_browser_to_chosen_accounts(
    window: MainWindow, world: Unconnected, browser: Browser, qtbot: QtBot
) -> None:
    assert "not connected to Meta yet" in banner_text(window)
    press_banner(window)
    wizard = open_window(ConnectWizard, qtbot)
    wizard.start.go.click()
    until(qtbot, lambda: wizard.step is wizard.accounts and wizard.accounts.list.groups)
    assert "dialog/oauth" in browser.opened[0]
    wizard.accounts.list.search.setText("kawa")
    shown = [
        one.account.name
        for group in wizard.accounts.list.groups
        for one in group.rows
        if not one.isHidden()
    ]
    assert shown == ["Kawa PL"]
    wizard.accounts.list.groups[0].tick.click()
    assert wizard.accounts.save.text() == "Work on 1 account"
    wizard.accounts.save.click()
    until(qtbot, lambda: wizard.step is wizard.done_step)
    wizard.done_step.close_button.click()
    accounts = world.ask("GET", "/api/v1/accounts").json()
    assert [one["name"] for one in accounts] == ["Kawa PL"]
    until(qtbot, lambda: not _banner(window))
    found = row(window, qtbot)
    assert found.title.text() == "Demo Buyer"
    assert found.state.text() == "Works"
    assert "Person" in found.help.text()


def test_a_declined_login_says_so_and_can_be_tried_again(
    window: MainWindow, world: Unconnected, browser: Browser, qtbot: QtBot
) -> None:
    browser.choice = {"confirm": "cancel"}
    window.connection.connect_login()
    wizard = open_window(ConnectWizard, qtbot)
    wizard.start.go.click()
    until(qtbot, lambda: "not allowed" in wizard.browser.error.text())
    browser.choice = {}
    wizard.browser.retry.click()
    assert wizard.step is wizard.start
    wizard.reject()
    assert world.ask("GET", "/api/v1/identities").json() == []


def test_closing_the_wizard_cancels_the_login_that_waits(
    window: MainWindow, browser: Browser, qtbot: QtBot
) -> None:
    browser.follows = False
    window.connection.connect_login()
    wizard = open_window(ConnectWizard, qtbot)
    wizard.start.go.click()
    until(qtbot, lambda: wizard.step is wizard.browser and browser.opened)
    login = wizard.browser.login
    assert login is not None
    assert httpx.get(login.redirect, trust_env=False).status_code == 400
    wizard.reject()

    def closed() -> bool:
        try:
            httpx.get(login.redirect, trust_env=False)
        except httpx.ConnectError:
            return True
        return False

    until(qtbot, closed)


def test_an_address_that_somebody_copies_is_taken_from_the_clipboard(
    window: MainWindow, browser: Browser, qtbot: QtBot
) -> None:
    browser.follows = False
    window.connection.connect_login()
    wizard = open_window(ConnectWizard, qtbot)
    wizard.start.go.click()
    until(qtbot, lambda: wizard.step is wizard.browser)
    wizard.browser.other.click()
    until(qtbot, lambda: wizard.browser.login and wizard.browser.login.way == "embedded")
    wizard.browser.address.setText("https://example.com/")
    wizard.browser.finish.click()
    until(qtbot, lambda: "not the address" in wizard.browser.error.text())
    QGuiApplication.clipboard().setText(consent(browser.opened[-1]))
    until(qtbot, lambda: wizard.step is wizard.accounts)
    assert wizard.browser.address.text() == ""
    wizard.reject()


@pytest.mark.parametrize(
    ("subcode", "words", "state"),
    [
        (463, "the login has expired", "Expired"),
        (458, "taken back at Facebook", "Taken back"),
    ],
)
def test_a_dead_login_is_told_with_its_action_which_renews_it(
    window: MainWindow, world: Unconnected, qtbot: QtBot, subcode: int, words: str, state: str
) -> None:
    log_in(window, qtbot, choose=1)
    until(qtbot, lambda: not _banner(window))
    world.trouble(error_subcode=subcode)
    world.check()
    until(qtbot, lambda: words in banner_text(window))
    until(qtbot, lambda: row(window, qtbot).state.text() == state)
    press_banner(window)
    wizard = open_window(ConnectWizard, qtbot)
    wizard.start.go.click()
    until(qtbot, lambda: wizard.step is wizard.done_step)
    wizard.done_step.close_button.click()
    until(qtbot, lambda: not _banner(window))
    until(qtbot, lambda: row(window, qtbot).state.text() == "Works")


def test_a_checkpoint_sends_to_facebook_and_a_look_finds_it_mended(
    window: MainWindow, world: Unconnected, browser: Browser, qtbot: QtBot
) -> None:
    log_in(window, qtbot, choose=1)
    world.trouble(error_subcode=459)
    world.check()
    until(qtbot, lambda: "Open facebook.com" in banner_text(window))
    press_banner(window)
    assert browser.opened[-1] == "https://www.facebook.com/"
    world.trouble(error_subcode=None)
    row(window, qtbot).ask.click()
    until(qtbot, lambda: not _banner(window))


def test_an_ending_and_a_missing_permission_are_told(
    window: MainWindow, world: Unconnected, browser: Browser, qtbot: QtBot
) -> None:
    browser.choice = {"declined": "ads_management"}
    log_in(window, qtbot)
    until(qtbot, lambda: "ads_management" in banner_text(window))
    until(qtbot, lambda: row(window, qtbot).state.text() == "Read only")
    world.trouble(expires_in=20 * 3600)
    world.check()
    until(qtbot, lambda: "ends" in banner_text(window) and "Log in again" in banner_text(window))
    window.session.look.set_language(Language.UKRAINIAN)
    assert "Увійдіть знову" in banner_text(window)
    window.session.look.set_language(Language.ENGLISH)


def test_a_pasted_token_is_refused_with_its_reason_or_kept(
    window: MainWindow, world: Unconnected, qtbot: QtBot
) -> None:
    window.connection.paste_token()
    dialog = open_window(TokenPasteDialog, qtbot)
    dialog.token.setText("EAAnonsense0123456789")
    dialog.take.click()
    until(qtbot, lambda: "does not accept this token" in dialog.error.text())
    dialog.token.setText(world.sandbox.access_token)
    dialog.take.click()
    wizard = open_window(ConnectWizard, qtbot)
    until(qtbot, lambda: wizard.accounts.list.groups)
    wizard.accounts.later.click()
    wizard.accounts.list.groups[0].tick.click()
    wizard.accounts.save.click()
    until(qtbot, lambda: wizard.step is wizard.done_step)
    wizard.done_step.close_button.click()
    until(qtbot, lambda: row(window, qtbot).identity.takes_all)
    assert "System user" in row(window, qtbot).help.text()
    assert "does not end" in row(window, qtbot).help.text()


def test_a_login_and_an_account_are_removed_once_confirmed(
    window: MainWindow, world: Unconnected, qtbot: QtBot
) -> None:
    log_in(window, qtbot)
    page = window.pages["settings"]
    assert isinstance(page, SettingsPage)
    window.go("settings")
    until(qtbot, lambda: len(page.accounts.rows) == 2)
    page.ask = lambda _question: True
    gone = page.accounts.rows[0]
    gone.forget.click()  # type: ignore[attr-defined]  # rows are AccountRows
    until(qtbot, lambda: len(page.accounts.rows) == 1)
    undo = next(one for one in page.toast.findChildren(Button) if one.text() == "Undo")
    undo.click()
    until(qtbot, lambda: len(page.accounts.rows) == 2)
    window.connection.ask = lambda _question: True
    row(window, qtbot).forget.click()
    until(qtbot, lambda: "Nobody is logged in at Meta" in banner_text(window))
    assert world.ask("GET", "/api/v1/identities").json() == []
