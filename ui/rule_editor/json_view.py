"""The rule as JSON text, with line numbers and faults at their lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from engine.api.messages import Fault
from ui.look import Look
from ui.rule_editor.draft import Draft
from ui.rule_editor.fields import fault_words
from ui.rule_editor.json_text import line_of, lines_of

_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*"(?=\s*:))|(?P<text>"(?:[^"\\]|\\.)*")'
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|(?P<word>\b(?:true|false|null)\b)"
)


class JsonView(QPlainTextEdit):
    """An editor of the draft's text; typing goes into the draft at once."""

    def __init__(self, look: Look, draft: Draft) -> None:
        super().__init__()
        self._look = look
        self._draft = draft
        self._marks: Mapping[int, str] = {}
        self._gutter = _Gutter(self)
        self._colours = _Highlighter(look, self)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setPlainText(draft.text)
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._scroll_gutter)
        self.textChanged.connect(self._typed)
        draft.changed.connect(self._follow)
        look.keep_styled(self, self._restyle)
        look.keep_worded(self, lambda: self.setAccessibleName(look.say("json.name")))

    def show_faults(self, faults: Sequence[Fault]) -> None:
        """Mark the lines of faults, and of what can't be read."""
        marks: dict[int, str] = {}
        fault = self._draft.text_fault
        if fault is not None:
            marks[fault.line] = self._look.say(fault.key, detail=fault.detail)
        elif faults:
            places = lines_of(self._draft.text)
            for one in faults:
                line = line_of(places, one.path)
                words = f"{one.path}: {fault_words(self._look, one)}"
                marks[line] = f"{marks[line]}\n{words}" if line in marks else words
        self._marks = marks
        self._paint_marks()

    def go_to(self, path: str) -> None:
        """Put the cursor on a path's line, or on the line that can't be read."""
        fault = self._draft.text_fault
        line = fault.line if fault else line_of(lines_of(self._draft.text), path)
        block = self.document().findBlockByNumber(line - 1)
        self.setTextCursor(QTextCursor(block))
        self.centerCursor()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def line_words(self, line: int) -> str:
        """Return what is wrong on a line (from 1), empty for nothing."""
        return self._marks.get(line, "")

    def gutter_width(self) -> int:
        """Return the width of the line numbers, in pixels."""
        digits = max(2, len(str(self.blockCount())))
        return round(QFontMetricsF(self.font()).horizontalAdvance("0") * digits) + 26

    def paint_gutter(self, event: QPaintEvent) -> None:
        """Draw the numbers of the lines that are seen; a wrong line's is red."""
        tokens = self._look.tokens
        painter = QPainter(self._gutter)
        painter.fillRect(event.rect(), QColor(tokens.bg))
        painter.setFont(self.font())
        block = self.firstVisibleBlock()
        while block.isValid():
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if box.top() > event.rect().bottom():
                break
            line = block.blockNumber() + 1
            painter.setPen(QColor(tokens.bad if line in self._marks else tokens.text3))
            words = f"● {line}" if line in self._marks else str(line)
            area = QRect(0, round(box.top()), self._gutter.width() - 8, round(box.height()))
            painter.drawText(area, Qt.AlignmentFlag.AlignRight, words)
            block = block.next()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the line numbers at the left edge."""
        super().resizeEvent(event)
        self._make_room()

    def _typed(self) -> None:
        if self.toPlainText() != self._draft.text:
            self._draft.type_text(self.toPlainText())

    def _follow(self, source: str) -> None:
        if source != "text" and self.toPlainText() != self._draft.text:
            cursor = self.textCursor()
            place = cursor.position()
            self.blockSignals(True)
            cursor.select(QTextCursor.SelectionType.Document)
            cursor.insertText(self._draft.text)
            self.blockSignals(False)
            cursor.setPosition(min(place, len(self._draft.text)))
            self.setTextCursor(cursor)
            self._make_room()

    def _paint_marks(self) -> None:
        tint = QColor(self._look.tokens.bad_bg)
        found = []
        for line, words in self._marks.items():
            mark = QTextEdit.ExtraSelection()
            style = QTextCharFormat()
            style.setBackground(tint)
            style.setProperty(QTextFormat.Property.FullWidthSelection, True)
            style.setToolTip(words)
            mark.format = style
            cursor = QTextCursor(self.document().findBlockByNumber(line - 1))
            mark.cursor = cursor
            found.append(mark)
        self.setExtraSelections(found)
        self._gutter.update()

    def _make_room(self, _count: int = 0) -> None:
        width = self.gutter_width()
        self.setViewportMargins(width, 0, 0, 0)
        inside = self.contentsRect()
        self._gutter.setGeometry(
            inside.left() + 1, inside.top() + 1, width - 1, inside.height() - 2
        )

    def _scroll_gutter(self, rect: QRect, by: int) -> None:
        if by:
            self._gutter.scroll(0, by)
        else:
            self._gutter.update(0, rect.y(), self._gutter.width(), rect.height())

    def _restyle(self) -> None:
        face = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        face.setPixelSize(self._look.px(12.5))
        face.setStyleHint(QFont.StyleHint.Monospace)
        # The sheet names a typeface for everything; only a sheet of its own is stronger.
        self.setStyleSheet(
            f'font-family: "DejaVu Sans Mono", "Consolas", "Menlo", "{face.family()}";'
            f"font-size: {self._look.px(12.5)}px; padding: 0; border-radius: 8px;"
        )
        self._colours.restyle()
        self._paint_marks()
        self._make_room()


class _Gutter(QWidget):
    """The strip of line numbers."""

    def __init__(self, view: JsonView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self) -> QSize:
        """Return the strip's width."""
        return QSize(self._view.gutter_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Let the view draw, which knows the lines."""
        self._view.paint_gutter(event)


class _Highlighter(QSyntaxHighlighter):
    """Colours names, texts, numbers and words."""

    def __init__(self, look: Look, view: JsonView) -> None:
        super().__init__(view.document())
        self._look = look
        self._formats: dict[str, QTextCharFormat] = {}

    def restyle(self) -> None:
        """Take the colours of the theme."""
        tokens = self._look.tokens
        inks = {
            "key": tokens.accent_text,
            "text": tokens.good,
            "number": tokens.warn,
            "word": tokens.series[3] if tokens.dark else tokens.warn,
        }
        for name, ink in inks.items():
            style = QTextCharFormat()
            style.setForeground(QColor(ink))
            self._formats[name] = style
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        for match in _TOKEN.finditer(text):
            style = self._formats.get(match.lastgroup or "")
            if style is not None:
                self.setFormat(match.start(), len(match[0]), style)
