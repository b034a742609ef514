"""What the window's tests share: one look on one application."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.domain.language import Language
from ui.look import Look
from ui.none_guard import keep_none_alive
from ui.theme import ThemeName


@pytest.fixture
def look(qapp: object, qtbot: QtBot) -> Look:
    """Return an English, light look."""
    from PySide6.QtWidgets import QApplication

    keep_none_alive()
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    made = Look(app, Language.ENGLISH)
    made.set_theme(ThemeName.LIGHT)
    return made


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the windowless platform say that it cannot pass size hints on."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support"))
