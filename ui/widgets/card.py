"""The white sheet with one border on which everything stands."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.look import Look
from ui.widgets.labels import WordedLabel


class Card(QFrame):
    """A card with an optional title row.

    Put widgets into ``body``; put words and buttons beside the title into
    ``header`` (they follow the title; add a stretch to move them right).
    """

    def __init__(self, look: Look, title_key: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.look = look
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 12, 16, 12)
        outer.setSpacing(10)
        self.header = QHBoxLayout()
        self.header.setSpacing(10)
        self.title: QLabel | None = None
        if title_key:
            self.title = WordedLabel(look, title_key, "card-title")
            self.header.addWidget(self.title)
            outer.addLayout(self.header)
            look.keep_worded(self, self._rename)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        outer.addLayout(self.body, 1)

    def _rename(self) -> None:
        """Give screen readers the title as the card's name."""
        if self.title is not None:
            self.setAccessibleName(self.title.text())


def rule_line(vertical: bool = False) -> QFrame:
    """Return a 1-pixel separating line."""
    line = QFrame()
    line.setProperty("kind", "rule")
    if vertical:
        line.setFixedWidth(1)
    else:
        line.setFixedHeight(1)
    return line
