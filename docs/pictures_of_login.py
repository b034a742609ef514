"""The pictures of logging in: wizard, accounts, and every trouble of a login.

Used by `make_pictures.py`. It has an engine of its own without a token, on a small
sandbox, so that each state can be brought about as it comes about in life.
"""

from __future__ import annotations

import base64
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QWidget

from app import engine_process
from app.engine_file import Running
from app.paths import Home, prepare
from app.sandbox_process import Sandbox, running_sandbox
from app.sealed_file import SealedFile
from engine.domain.language import Language
from ui.application import build_window
from ui.connect.wizard import ConnectWizard
from ui.main_window import MainWindow
from ui.pages.settings import SettingsPage
from ui.theme import ThemeName

ROOT = Path(__file__).resolve().parent.parent
WORLD = ROOT / "docs" / "pictures_of_login.json"
WAIT_SECONDS = 60.0
DAY = 86_400
# What is done to the token, by the name of the picture.
TROUBLES: dict[str, dict[str, object]] = {
    "expiring": {"expires_in": 6 * DAY + 3600},
    "expired": {"error_subcode": 463},
    "revoked": {"error_subcode": 458},
    "missing-permission": {"scopes": ["ads_read", "business_management"]},
}
_MENDED: dict[str, object] = {
    "error_subcode": None,
    "expires_in": 59 * DAY,
    "scopes": ["ads_read", "ads_management", "business_management"],
}
Save = Callable[[QWidget, str], None]


class LoginCamera:
    """Opens the window on an engine nobody is logged in at, and takes its pictures."""

    def __init__(self, app: QApplication, running: Running, home: Home, sandbox: Sandbox) -> None:
        self._app = app
        self._running = running
        self._home = home
        self._sandbox = sandbox
        kept = Path(tempfile.mkdtemp(prefix="pictures-")) / "window.ini"
        settings = QSettings(str(kept), QSettings.Format.IniFormat)
        settings.setValue("language", Language.ENGLISH.value)
        settings.setValue("theme", ThemeName.LIGHT.value)
        self._window = build_window(app, running.url, running.token, settings)
        self._window.connection.open_address = lambda _address: None
        self._window.resize(1440, 900)
        self._window.show()

    def take_all(self, save: Save) -> None:
        """Take every picture in both themes and languages."""
        window = self._window
        self._until(lambda: window.connection.message is not None and window.session.status)
        for language in Language:
            for theme in (ThemeName.LIGHT, ThemeName.DARK):
                window.session.look.set_language(language)
                window.session.look.set_theme(theme)
                self._take(save, f"{theme.value}-{language.value}")
        window.close()
        self._settle()

    def _take(self, save: Save, suffix: str) -> None:
        window = self._window
        window.go("settings", "connection")
        self._settle()
        self._save_with(save, window, None, f"not-connected-{suffix}")
        self._walk(save, suffix)
        self._ask("POST", "/api/v1/engine/cycle", {})
        window.go("settings", "connection")
        self._settle(0.8)
        save(window, f"connection-{suffix}")
        for name, change in TROUBLES.items():
            self._change_token(change)
            self._until(lambda: bool(self._notices()))
            page = window.pages["settings"]
            assert isinstance(page, SettingsPage)
            page.open_about("connection")
            self._settle(0.8)
            save(window, f"login-{name}-{suffix}")
            self._change_token(_MENDED)
            self._until(lambda: not self._notices())
        self._forget()

    def _walk(self, save: Save, suffix: str) -> None:
        """Walk the wizard, with a picture of each step."""
        window = self._window
        window.connection.connect_login()
        wizard = self._wizard()
        self._save_with(save, window, wizard, f"login-start-{suffix}")
        wizard.start.go.click()
        self._until(lambda: wizard.step is wizard.browser)
        self._save_with(save, window, wizard, f"login-browser-{suffix}")
        login = wizard.browser.login
        assert login is not None
        answer = httpx.get(f"{login.address}&confirm=continue", trust_env=False)
        httpx.get(answer.headers["location"], follow_redirects=True, trust_env=False)
        self._until(lambda: wizard.step is wizard.accounts and bool(wizard.accounts.list.groups))
        for group in wizard.accounts.list.groups[:3]:
            group.tick.click()
        self._save_with(save, window, wizard, f"login-accounts-{suffix}")
        wizard.accounts.save.click()
        self._until(lambda: wizard.step is wizard.done_step)
        wizard.done_step.close_button.click()
        self._settle()

    def _wizard(self) -> ConnectWizard:
        def found() -> list[ConnectWizard]:
            every = self._app.topLevelWidgets()
            return [one for one in every if isinstance(one, ConnectWizard) and one.isVisible()]

        self._until(lambda: bool(found()))
        return found()[0]

    def _save_with(
        self, save: Save, window: MainWindow, dialog: ConnectWizard | None, name: str
    ) -> None:
        self._settle(0.5)
        save(dialog if dialog is not None else window, name)

    def _notices(self) -> bool:
        message = self._window.connection.message
        return message is not None and bool(message.notices)

    def _change_token(self, change: dict[str, object]) -> None:
        (one,) = self._ask("GET", "/api/v1/identities")
        kept = SealedFile(self._home.folder / "tokens.sealed", self.key)
        body = {"access_token": kept.get(f"token:{one['identity_id']}"), **change}
        url = f"{self._sandbox.url}/_sandbox/tokens"
        httpx.post(url, json=body, trust_env=False).raise_for_status()
        self._ask("POST", f"/api/v1/identities/{one['identity_id']}/check", {})

    def _forget(self) -> None:
        for one in self._ask("GET", "/api/v1/identities"):
            self._ask("DELETE", f"/api/v1/identities/{one['identity_id']}")
        for one in self._ask("GET", "/api/v1/accounts"):
            self._ask("DELETE", f"/api/v1/accounts/{one['account_id']}")
        self._settle(0.8)

    def _ask(self, verb: str, path: str, body: object = None) -> list[dict[str, object]]:
        headers = {"Authorization": f"Bearer {self._running.token}"}
        url = f"{self._running.url}{path}"
        answer = httpx.request(verb, url, json=body, headers=headers, timeout=300, trust_env=False)
        answer.raise_for_status()
        content = answer.json()
        return content if isinstance(content, list) else [content]

    def _until(self, condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError("the window did not get that far")
            self._settle(0.05)

    def _settle(self, seconds: float = 0.4) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._app.processEvents()
            time.sleep(0.01)

    key = secrets.token_bytes(32)


def take_login_pictures(app: QApplication, save: Save) -> None:
    """Take the pictures of logging in; `save` takes a widget and a name."""
    with (
        tempfile.TemporaryDirectory(prefix="ai-buyer-pictures-") as folder,
        running_sandbox(clock="manual", seed=11, scenario=WORLD) as sandbox,
    ):
        home = prepare(Home(Path(folder)))
        given = {
            **sandbox.environment(),
            "FACEBOOK_ACCESS_TOKEN": "",
            "AI_BUYER_SECRET_KEY": base64.b64encode(LoginCamera.key).decode(),
        }
        running = engine_process.find_or_start(home, given)
        try:
            LoginCamera(app, running, home, sandbox).take_all(save)
        finally:
            engine_process.stop(running)
    sys.stdout.flush()
