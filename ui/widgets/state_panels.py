"""What stands in place of content: nothing yet, loading, or an error.

Empty, loading, error and no-permission are four different panels; each but
loading offers exactly one action.
"""

from enum import StrEnum

from PySide6.QtCore import QEvent, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from ui.look import Look
from ui.theme import mix
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.labels import WordedLabel, label, wrapped

SKELETON_DELAY_MS = 300


class PanelKind(StrEnum):
    """Why there is no content; decides the icon."""

    EMPTY = "inbox"
    ERROR = "circle-alert"
    NO_PERMISSION = "lock"
    OFFLINE = "wifi-off"


class MessagePanel(QWidget):
    """An icon, a headline, an explanation and one action."""

    action = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._kind = PanelKind.EMPTY
        self._icon = QLabel()
        self._title = label("", "card-title")
        self._text = wrapped(label("", "body-secondary"))
        self._text.setMaximumWidth(460)
        self._details = wrapped(label("", "mono"))
        self._details.setMaximumWidth(460)
        self._button = Button(look, "panel.retry", ButtonKind.PRIMARY)
        self._copy = Button(look, "panel.copy", ButtonKind.QUIET, "copy")
        self._arrange()
        self._button.clicked.connect(self.action)
        self._copy.clicked.connect(self._copy_details)
        look.restyled.connect(self._redraw)

    def show_message(
        self, kind: PanelKind, title: str, text: str, action_key: str = "", details: str = ""
    ) -> None:
        """Show why there is nothing to see and what to do.

        ``details`` (an error's code and request number) can be copied;
        without ``action_key`` there is no button.
        """
        self._kind = kind
        self._title.setText(title)
        self._text.setText(text)
        self._text.setMinimumWidth(min(460, self._text.fontMetrics().horizontalAdvance(text) + 8))
        self._details.setText(details)
        self._details.setVisible(bool(details))
        self._copy.setVisible(bool(details))
        self._button.setVisible(bool(action_key))
        if action_key:
            self._button.say(action_key)
        self.setAccessibleName(f"{title}. {text}")
        self._redraw()

    def _arrange(self) -> None:
        """Stack the parts in the middle."""
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addStretch(2)
        centre = Qt.AlignmentFlag.AlignHCenter
        self._text.setAlignment(centre)
        self._details.setAlignment(centre)
        for part in (self._icon, self._title, self._text, self._details):
            column.addWidget(part, 0, centre)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._button)
        row.addWidget(self._copy)
        row.addStretch(1)
        column.addSpacing(8)
        column.addLayout(row)
        column.addStretch(3)

    def _redraw(self) -> None:
        """Tint the icon: red only for an error."""
        tokens = self._look.tokens
        ink = tokens.bad if self._kind is PanelKind.ERROR else tokens.text3
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(self._look.icons.pixmap(self._kind.value, ink, 32, ratio))

    def _copy_details(self) -> None:
        """Put title, text and details on the clipboard, for a colleague."""
        parts = (self._title.text(), self._text.text(), self._details.text())
        QGuiApplication.clipboard().setText("\n".join(parts))


class Skeleton(QWidget):
    """Grey bars where content will come; they breathe slowly."""

    def __init__(self, look: Look, rows: int = 6, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._rows = rows
        self._phase = 0
        self._timer = QTimer(self)
        self._timer.setInterval(120)
        self._timer.timeout.connect(self._breathe)
        look.keep_worded(self, lambda: self.setAccessibleName(look.say("panel.loading")))

    def event(self, event: QEvent) -> bool:
        """Breathe only while visible."""
        if event.type() == QEvent.Type.Show:
            self._timer.start()
        elif event.type() == QEvent.Type.Hide:
            self._timer.stop()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bars."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        strength = 0.65 + 0.35 * abs(self._phase - 8) / 8
        tokens = self._look.tokens
        painter.setBrush(QColor(mix(tokens.neutral_bg, tokens.surface, strength)))
        shares = (0.72, 0.9, 0.58, 0.81, 0.66)
        for row in range(self._rows):
            width = (self.width() - 32) * shares[row % len(shares)]
            painter.drawRoundedRect(QRectF(16, 16 + row * 36, width, 14), 7, 7)

    def _breathe(self) -> None:
        """Take the next step of the slow wave."""
        self._phase = (self._phase + 1) % 16
        self.update()


class StateStack(QWidget):
    """Shows its content, or a panel that says why there is none."""

    action = Signal()

    def __init__(self, look: Look, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stack = QStackedLayout(self)
        self._content = content
        self._message = MessagePanel(look)
        self._skeleton = Skeleton(look)
        for part in (content, self._message, self._skeleton):
            self._stack.addWidget(part)
        self._message.action.connect(self.action)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(SKELETON_DELAY_MS)
        self._delay.timeout.connect(lambda: self._stack.setCurrentWidget(self._skeleton))

    def show_content(self) -> None:
        """Show the content."""
        self._delay.stop()
        self._stack.setCurrentWidget(self._content)

    def show_loading(self) -> None:
        """Show the skeleton, but only if loading lasts over 300 ms."""
        self._delay.start()

    def show_message(
        self, kind: PanelKind, title: str, text: str, action_key: str = "", details: str = ""
    ) -> None:
        """Show a panel in place of the content; see ``MessagePanel``."""
        self._delay.stop()
        self._message.show_message(kind, title, text, action_key, details)
        self._stack.setCurrentWidget(self._message)


class Hint(WordedLabel):
    """A wrapped secondary line under a control."""

    def __init__(self, look: Look, key: str, parent: QWidget | None = None) -> None:
        super().__init__(look, key, "secondary", parent)
        self.setWordWrap(True)
