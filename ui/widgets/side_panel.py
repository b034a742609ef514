"""Details beside the grid, opened with Space; the grid keeps the focus."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ui.look import Look
from ui.widgets.buttons import IconButton
from ui.widgets.card import rule_line
from ui.widgets.labels import label

WIDTH = 380


class SidePanel(QFrame):
    """A column of details; put it to the right of what it explains."""

    closed = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setProperty("kind", "card")
        self._title = label("", "card-title")
        self._note = label("", "secondary")
        close = IconButton(look, "x", "sidepanel.close", "Space")
        close.clicked.connect(self.dismiss)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self._title)
        words.addWidget(self._note)
        head = QHBoxLayout()
        head.setContentsMargins(16, 10, 8, 8)
        head.addLayout(words, 1)
        head.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(rule_line())
        column.addWidget(self._area, 1)
        look.keep_styled(self, lambda: self.setFixedWidth(look.px(WIDTH)))
        self.hide()

    def show_details(self, title: str, note: str, content: QWidget) -> None:
        """Open with new content; the old content is deleted."""
        metrics = self._title.fontMetrics()
        room = self._look.px(WIDTH) - 70
        self._title.setText(metrics.elidedText(title, Qt.TextElideMode.ElideRight, room))
        self._title.setToolTip(title)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self.setAccessibleName(title)
        old = self._area.takeWidget()
        if old is not None:
            old.deleteLater()
        self._area.setWidget(content)
        # A scroll area fills its content with the window's colour by itself.
        content.setAutoFillBackground(False)
        self._area.viewport().setAutoFillBackground(False)
        self.show()

    def dismiss(self) -> None:
        """Close and tell so."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)
