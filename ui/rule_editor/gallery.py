"""Where a new rule begins: empty, or from a template with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from engine.api.details import TemplateMessage
from ui.engine_client import Ask, EngineError
from ui.rule_editor.document import Json
from ui.rule_editor.words import choice_words, words_in
from ui.session import Session
from ui.theme import Tone
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.labels import WordedLabel, label, wrapped
from ui.widgets.pill import Pill
from ui.widgets.state_panels import PanelKind, StateStack

_EMPTY: Json = {
    "name": "",
    "mode": "dry_run",
    "conditions": [{"metric": "roas", "operator": "<", "value": 1, "time_window": "7d"}],
    "actions": [{"type": "notify_team", "params": {"message": "{name}: ROAS {roas}"}}],
}


class Gallery(QDialog):
    """Offers an empty rule and the templates; ``document`` is what was chosen."""

    def __init__(self, session: Session, taken: Sequence[str], parent: QWidget | None) -> None:
        super().__init__(parent)
        self._session = session
        self._look = look = session.look
        self._taken = taken
        self.document: Json | None = None
        self.setWindowTitle(look.say("rules.new"))
        self.resize(look.px(860), look.px(620))
        self._grid = QGridLayout()
        self._grid.setSpacing(12)
        self.states = StateStack(look, self._scrolled_grid())
        self.states.action.connect(self._ask)
        page = QVBoxLayout(self)
        page.setContentsMargins(20, 18, 20, 16)
        page.setSpacing(16)
        page.addLayout(self._head())
        page.addWidget(self.states, 1)
        self._ask()

    def _scrolled_grid(self) -> QScrollArea:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 6, 0)
        column.addLayout(self._grid)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        # Handing a widget to the area switches its ground on: the order matters.
        content.setAutoFillBackground(False)
        area.viewport().setAutoFillBackground(False)
        return area

    def _head(self) -> QHBoxLayout:
        look = self._look
        empty = Button(look, "rules.new_empty", icon="plus")
        empty.clicked.connect(lambda: self._take(_EMPTY, look.say("rules.new_name")))
        cancel = Button(look, "dialog.cancel", ButtonKind.QUIET)
        cancel.clicked.connect(self.reject)
        titles = QVBoxLayout()
        titles.setSpacing(2)
        titles.addWidget(WordedLabel(look, "rules.new", "page-title"))
        titles.addWidget(WordedLabel(look, "rules.new_text", "body-secondary"))
        head = QHBoxLayout()
        head.addLayout(titles, 1)
        head.addWidget(empty)
        head.addWidget(cancel)
        return head

    def _ask(self) -> None:
        self.states.show_loading()
        ask = Ask("/api/v1/templates", list[TemplateMessage])
        self._session.client.get(ask, self, self._show, self._failed)

    def _show(self, templates: list[TemplateMessage]) -> None:
        for place, template in enumerate(templates):
            card = TemplateCard(self._session, template)
            card.taken.connect(partial(self._take_template, template))
            self._grid.addWidget(card, place // 2, place % 2)
        for column in (0, 1):
            self._grid.setColumnStretch(column, 1)
        self.states.show_content()

    def _failed(self, error: EngineError) -> None:
        self.states.show_message(
            PanelKind.ERROR, error.title, error.text, "panel.retry", error.details
        )

    def _take_template(self, template: TemplateMessage) -> None:
        # However sure the template is: what it would do is to be seen first.
        document = {**template.document, "mode": "dry_run"}
        self._take(document, words_in(self._look, template.title))

    def _take(self, document: Json, name: str) -> None:
        self.document = {**document, "name": free_name(name, self._taken)}
        self.accept()


class TemplateCard(QFrame):
    """One template: title, why, what it does; a click or Enter takes it."""

    taken = Signal()

    def __init__(self, session: Session, template: TemplateMessage) -> None:
        super().__init__()
        look = session.look
        self.setProperty("kind", "template")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        title = words_in(look, template.title)
        self.setAccessibleName(f"{title}. {words_in(look, template.why)}")
        top = QHBoxLayout()
        top.addWidget(wrapped(label(title, "strong")), 1)
        level = str(template.document.get("level", "campaign"))
        top.addWidget(Pill(look, choice_words(look, "rules.level_", level), Tone.NEUTRAL))
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(6)
        column.addLayout(top)
        for text, kind in ((template.why, "body-secondary"), (template.words, "tertiary")):
            line = label(words_in(look, text), kind)
            line.setWordWrap(True)
            column.addWidget(line)
        column.addStretch(1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take the template."""
        if self.rect().contains(event.position().toPoint()):
            self.taken.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the template with Enter or Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.taken.emit()
        else:
            super().keyPressEvent(event)


def free_name(name: str, taken: Sequence[str]) -> str:
    """Return the name, with a number where it is taken."""
    found, number = name, 2
    while found in taken:
        found, number = f"{name} {number}", number + 1
    return found
