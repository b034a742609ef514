"""A card of the Settings page, and the list that leads to the cards."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ui.look import Look
from ui.pages.configuration.row import FormRow
from ui.widgets.card import Card, rule_line

_Index = QModelIndex | QPersistentModelIndex
_ICON = Qt.ItemDataRole.UserRole


class Section(Card):
    """A card with rows parted by lines; it hides when no row fits a search."""

    def __init__(self, look: Look, icon: str, title_key: str = "") -> None:
        super().__init__(look, title_key)
        self.icon = icon
        self.rows: list[FormRow] = []
        self.words = ""
        self._lines: dict[FormRow, QWidget] = {}
        self.body.setSpacing(0)

    @property
    def heading(self) -> str:
        """The section's title in the window's language."""
        return self.title.text() if self.title is not None else ""

    def add(self, row: FormRow) -> None:
        """Put a row at the end."""
        line = rule_line()
        self._lines[row] = line
        self.body.addWidget(line)
        self.body.addWidget(row)
        self.rows.append(row)
        self._show_lines()

    def drop_rows(self) -> None:
        """Take every row away."""
        for row, line in self._lines.items():
            for part in (row, line):
                self.body.removeWidget(part)
                part.hide()
                part.deleteLater()
        self._lines.clear()
        self.rows.clear()

    def search(self, query: str) -> None:
        """Show only rows that fit; a fitting title shows the whole card."""
        whole = not query or all(
            part in f"{self.heading} {self.words}".casefold() for part in query.casefold().split()
        )
        for row in self.rows:
            row.setVisible(whole or row.fits(query))
        self.setVisible(whole or any(not row.isHidden() for row in self.rows))
        self._show_lines()

    def _show_lines(self) -> None:
        first = True
        for row, line in self._lines.items():
            line.setVisible(not row.isHidden() and not first)
            first = first and row.isHidden()


class _EntryDelegate(QStyledItemDelegate):
    """Paints an entry as the navigation does."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return an entry's height."""
        return QSize(100, self._look.px(34))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw icon and words, soft ground when chosen."""
        look, tokens = self._look, self._look.tokens
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hover = bool(option.state & QStyle.StateFlag.State_MouseOver)
        box = QRectF(option.rect).adjusted(0, 1, 0, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen or hover:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.soft if chosen else tokens.hover))
            painter.drawRoundedRect(box, 6, 6)
        ink = tokens.accent_text if chosen else tokens.text2
        ratio = painter.device().devicePixelRatioF()
        icon = look.icons.pixmap(str(index.data(_ICON)), ink, 16, ratio)
        painter.drawPixmap(QPointF(box.left() + 10, box.center().y() - 8), icon)
        painter.setFont(look.font(13, 500))
        painter.setPen(QColor(ink))
        words = box.adjusted(36, 0, -6, 0)
        text = painter.fontMetrics().elidedText(
            str(index.data()), Qt.TextElideMode.ElideRight, round(words.width())
        )
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()


class SectionList(QListWidget):
    """The sections by name; ``chosen`` carries the place of one."""

    chosen = Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setItemDelegate(_EntryDelegate(look, self))
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemClicked.connect(lambda item: self.chosen.emit(self.row(item)))
        self.itemActivated.connect(lambda item: self.chosen.emit(self.row(item)))
        look.keep_styled(self, lambda: self.setFixedWidth(look.px(190)))
        look.keep_worded(self, lambda: self.setAccessibleName(look.say("settings.sections")))

    def show_sections(self, sections: Sequence[Section]) -> None:
        """Name the sections anew; those a search hides are left out."""
        place = max(0, self.currentRow())
        self.clear()
        for section in sections:
            item = QListWidgetItem(section.heading)
            item.setData(_ICON, section.icon)
            self.addItem(item)
            item.setHidden(section.isHidden())
        self.setCurrentRow(min(place, self.count() - 1))


def sections_column(sections: Sequence[Section]) -> QVBoxLayout:
    """Return the cards one under the other."""
    column = QVBoxLayout()
    column.setSpacing(12)
    for section in sections:
        column.addWidget(section)
    column.addStretch(1)
    return column
