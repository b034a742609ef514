"""All faults of a rule at a glance; choosing one goes to its place."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from engine.api.messages import Fault
from ui.look import Look
from ui.rule_editor.fields import fault_words
from ui.rule_editor.json_text import TextFault
from ui.rule_editor.words import field_words
from ui.widgets.labels import label

_MOST = 4


class FaultList(QFrame):
    """A red box that is only there while something is wrong."""

    chosen = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setProperty("kind", "banner-bad")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(14, 10, 14, 10)
        self._column.setSpacing(4)
        self._now: tuple[Sequence[Fault], TextFault | None] = ((), None)
        look.reworded.connect(lambda: self.show_faults(*self._now))
        self.hide()

    def show_faults(self, faults: Sequence[Fault], unreadable: TextFault | None = None) -> None:
        """Name the faults, or the line that can't be read."""
        self._now = (faults, unreadable)
        while self._column.count():
            item = self._column.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        say = self._look.say
        if unreadable is not None:
            self._column.addWidget(label(say("json.stops"), "strong"))
            words = say("json.line", line=unreadable.line)
            self._add("", words, say(unreadable.key, detail=unreadable.detail))
        elif faults:
            self._column.addWidget(label(say("editor.faults", count=len(faults)), "strong"))
            for fault in faults[:_MOST]:
                words = field_words(self._look, fault.path)
                self._add(fault.path, words, fault_words(self._look, fault))
            if len(faults) > _MOST:
                more = say("editor.more_faults", count=len(faults) - _MOST)
                self._column.addWidget(label(more, "secondary"))
        self.setVisible(bool(faults) or unreadable is not None)

    def _add(self, path: str, place: str, words: str) -> None:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        go = QPushButton(place.replace("&", "&&"))
        go.setProperty("kind", "link")
        go.setCursor(Qt.CursorShape.PointingHandCursor)
        go.setFixedHeight(self._look.px(24))
        go.setStyleSheet(f"min-height: {self._look.px(22)}px; max-height: {self._look.px(22)}px;")
        go.clicked.connect(partial(self.chosen.emit, path))
        said = label(words, "secondary")
        said.setToolTip(words)
        said.setMinimumWidth(40)
        row.addWidget(go)
        row.addWidget(said, 1)
        self._column.addWidget(holder)
