"""The floating bar that counts edits not yet sent."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from ui.look import Look
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.floating import FloatingFrame
from ui.widgets.labels import WordedLabel


class PendingBar(FloatingFrame):
    """Shown above ``parent`` while there are edits to post or discard."""

    discard = Signal()
    review = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        self._icon = QLabel()
        self._count = WordedLabel(look, "pending.none", "strong")
        self._note = WordedLabel(look, "pending.note", "secondary")
        drop = Button(look, "pending.discard", ButtonKind.QUIET)
        send = Button(look, "pending.review", ButtonKind.PRIMARY)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 8, 8)
        row.setSpacing(10)
        for part in (self._icon, self._count, self._note, drop, send):
            row.addWidget(part)
        row.insertSpacing(3, 8)
        drop.clicked.connect(self.discard)
        send.clicked.connect(self.review)
        look.keep_styled(self, self._redraw)
        look.reworded.connect(self.place)
        self.hide()

    def set_count(self, count: int) -> None:
        """Show the bar with its count, or hide it at zero."""
        if count:
            shown = self.look.formats.number(count)
            self._count.say("pending.count", count=count, shown=shown)
            self.setAccessibleName(f"{self._count.text()}, {self._note.text()}")
        self.setVisible(count > 0)
        self.place()
        self.raise_()

    def _redraw(self) -> None:
        """Tint the pencil in amber: not yet sent."""
        tint = self.look.tokens.warn
        self._icon.setPixmap(
            self.look.icons.pixmap("square-pen", tint, 16, self.devicePixelRatioF())
        )
