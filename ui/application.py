"""Starts Qt, builds the window and runs it until it is closed."""

from __future__ import annotations

import signal
import sys

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication

from ui.engine_client import EngineClient
from ui.look import Look
from ui.main_window import MainWindow
from ui.preferences import Preferences
from ui.session import Session

_SIGNALS_EVERY_MS = 200


def run_window(url: str, token: str) -> int:
    """Show the window on the engine at ``url``; return the exit code."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    app.setApplicationName("AI-Buyer")
    app.setOrganizationName("ai-buyer")
    window = build_window(app, url, token)
    window.show()
    _let_python_hear_signals(app)
    return app.exec()


def _let_python_hear_signals(app: QApplication) -> None:
    """Give the interpreter a turn often enough to notice Ctrl+C and SIGTERM.

    Qt's loop stays in C++ while nothing happens; a signal would wait for the mouse.
    """
    timer = QTimer(app)
    timer.setInterval(_SIGNALS_EVERY_MS)
    timer.timeout.connect(lambda: None)
    timer.start()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: app.quit())


def build_window(
    app: QApplication, url: str, token: str, settings: QSettings | None = None
) -> MainWindow:
    """Return the whole window, not yet shown; ``settings`` keeps its look."""
    look = Look(app)
    preferences = Preferences(look, settings or QSettings())
    preferences.apply()
    session = Session(look, EngineClient(look, url, token), app)
    return MainWindow(session, preferences)
