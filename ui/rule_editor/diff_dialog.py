"""Two versions of a rule compared: what was taken out, what came in."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from engine.api.details import RuleVersion
from ui.look import Look
from ui.rule_editor.diff import DiffLine, Side, compare
from ui.widgets.buttons import Button
from ui.widgets.fields import Select
from ui.widgets.labels import WordedLabel, label

_SIGNS = {Side.BOTH: " ", Side.OLD: "−", Side.NEW: "+", Side.GAP: " "}


class DiffDialog(QDialog):
    """Shows what changed between any two versions."""

    def __init__(
        self,
        look: Look,
        versions: Sequence[RuleVersion],
        old: int,
        new: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._versions = {one.version: one for one in versions}
        self.setWindowTitle(look.say("rules.compare_title"))
        self.resize(look.px(760), look.px(560))
        self._old, self._new = self._choice(old), self._choice(new)
        self._text = self._make_text()
        self._note = label("", "secondary")
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(label(look.say("rules.compare_title"), "card-title"))
        column.addLayout(self._choices_row())
        column.addWidget(self._text, 1)
        column.addLayout(self._foot_row())
        self._old.activated.connect(self._show)
        self._new.activated.connect(self._show)
        self._show()

    def _make_text(self) -> QPlainTextEdit:
        text = QPlainTextEdit()
        text.setReadOnly(True)
        text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        text.setAccessibleName(self._look.say("rules.compare_title"))
        text.setStyleSheet(
            'font-family: "DejaVu Sans Mono", "Consolas", "Menlo", monospace;'
            f"font-size: {self._look.px(12.5)}px;"
        )
        return text

    def _choices_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(WordedLabel(self._look, "rules.compare_from", "secondary"))
        row.addWidget(self._old)
        row.addWidget(WordedLabel(self._look, "rules.compare_to", "secondary"))
        row.addWidget(self._new)
        row.addStretch(1)
        return row

    def _foot_row(self) -> QHBoxLayout:
        close = Button(self._look, "dialog.close")
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addWidget(self._note, 1)
        row.addWidget(close)
        return row

    def _choice(self, version: int) -> Select:
        select = Select(self._look)
        for number in sorted(self._versions, reverse=True):
            select.addItem(self._look.say("rules.version", number=number), number)
        select.setCurrentIndex(select.findData(version))
        return select

    def _show(self) -> None:
        old = self._versions[int(self._old.currentData())]
        new = self._versions[int(self._new.currentData())]
        lines = compare(old.document, new.document)
        added = sum(line.side is Side.NEW for line in lines)
        removed = sum(line.side is Side.OLD for line in lines)
        key = "rules.compare_count" if lines else "rules.compare_same"
        self._note.setText(self._look.say(key, added=added, removed=removed))
        self._text.setPlainText("\n".join(f"{_SIGNS[line.side]} {line.text}" for line in lines))
        self._tint(lines)

    def _tint(self, lines: Sequence[DiffLine]) -> None:
        tokens = self._look.tokens
        grounds = {Side.OLD: tokens.bad_bg, Side.NEW: tokens.good_bg}
        found = []
        for place, line in enumerate(lines):
            if line.side in grounds:
                mark = QTextEdit.ExtraSelection()
                style = QTextCharFormat()
                style.setBackground(QColor(grounds[line.side]))
                style.setProperty(QTextFormat.Property.FullWidthSelection, True)
                mark.format = style
                mark.cursor = QTextCursor(self._text.document().findBlockByNumber(place))
                found.append(mark)
        self._text.setExtraSelections(found)
        self._text.moveCursor(QTextCursor.MoveOperation.Start)
        self._text.setFocus(Qt.FocusReason.OtherFocusReason)
