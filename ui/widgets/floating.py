"""What floats above a page: its shadow, and where it is kept."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGraphicsDropShadowEffect, QWidget

from ui.look import Look


class FloatingFrame(QFrame):
    """A raised frame above its parent; ``place`` is called on resizes."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.look = look
        self.host = parent
        self.setProperty("kind", "floating")
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(28)
        shadow.setOffset(0, 8)
        shadow.setColor(QColor(10, 15, 25, 70))
        self.setGraphicsEffect(shadow)
        parent.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the place when the parent changes its size."""
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self.place()
        return super().eventFilter(watched, event)

    def place(self) -> None:
        """Move to the bottom centre of the parent."""
        self.adjustSize()
        left = (self.host.width() - self.width()) // 2
        self.move(left, self.host.height() - self.height() - 46)


class Veil(QWidget):
    """Dims the window behind something that wants all attention."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        window.installEventFilter(self)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def cover(self) -> None:
        """Cover the whole window, above everything in it."""
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep covering when the window changes its size."""
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self.setGeometry(self._window.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the half-dark ground."""
        QPainter(self).fillRect(self.rect(), QColor(12, 14, 20, 90))
