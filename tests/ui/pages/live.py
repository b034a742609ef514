"""A live engine as tests see it, and waiting for what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import httpx
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from app.engine_file import Running
from app.sandbox_process import Sandbox

WAIT_MS = 20_000
Shown = TypeVar("Shown", bound=QWidget)
Dialog = TypeVar("Dialog", bound=QDialog)


@dataclass(frozen=True, slots=True)
class World:
    """A sandbox and the engine that works on it."""

    sandbox: Sandbox
    engine: Running

    def ask(self, verb: str, path: str, body: object = None, **query: str | int) -> httpx.Response:
        """Ask the engine; raises on an error's answer."""
        headers = {"Authorization": f"Bearer {self.engine.token}"}
        url = f"{self.engine.url}{path}"
        answer = httpx.request(
            verb, url, json=body, params=query, headers=headers, timeout=60, trust_env=False
        )
        answer.raise_for_status()
        return answer

    def last_write(self) -> dict[str, object]:
        """Return the newest write that took effect at the sandbox."""
        return self.sandbox.ledger()[-1]


def until(qtbot: QtBot, condition: Callable[[], object]) -> None:
    """Wait until something holds; fails after some seconds."""
    qtbot.waitUntil(lambda: bool(condition()), timeout=WAIT_MS)


def open_window(kind: type[Shown], qtbot: QtBot) -> Shown:
    """Wait for a window of a kind and return it."""

    def found() -> list[Shown]:
        windows = QApplication.topLevelWidgets()
        return [one for one in windows if isinstance(one, kind) and one.isVisible()]

    until(qtbot, found)
    return found()[0]


def during(kind: type[Dialog], act: Callable[[Dialog], None]) -> QTimer:
    """Do something in the next dialog of a kind, which then is closed.

    For dialogs that hold up their caller; keep what is returned until then.
    """
    timer = QTimer()

    def find() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, kind) or not dialog.isVisible():
            return
        timer.stop()
        try:
            act(dialog)
        finally:
            if dialog.isVisible():
                dialog.reject()

    timer.timeout.connect(find)
    timer.start(10)
    return timer
