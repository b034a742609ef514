"""A live engine as tests see it, and waiting for what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import httpx
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.engine_file import Running
from app.sandbox_process import Sandbox

WAIT_MS = 20_000
Shown = TypeVar("Shown", bound=QWidget)


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
