"""Short notices at the foot of the window that go by themselves."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from ui.look import Look
from ui.theme import Tone
from ui.widgets.buttons import Button, ButtonKind, IconButton
from ui.widgets.floating import FloatingFrame
from ui.widgets.labels import label

# Of the text, and of icon, button and margins beside it.
_WIDEST, _AROUND = 560, 200
_ICONS = {
    Tone.GOOD: "circle-check",
    Tone.BAD: "circle-alert",
    Tone.WARN: "triangle-alert",
    Tone.ACCENT: "info",
    Tone.NEUTRAL: "info",
}


class Toast(FloatingFrame):
    """One notice at a time, with at most one action such as Undo."""

    def __init__(self, look: Look, window: QWidget) -> None:
        super().__init__(look, window)
        self._icon = QLabel()
        self._text = label()
        self._text.setWordWrap(True)
        self._button = Button(look, "toast.undo", ButtonKind.LINK)
        self._on_action: Callable[[], None] | None = None
        close = IconButton(look, "x", "toast.close")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 6, 6)
        row.setSpacing(10)
        for part in (self._icon, self._text, self._button, close):
            row.addWidget(part)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        close.clicked.connect(self.hide)
        self._button.clicked.connect(self._act)
        self.hide()

    def notify(
        self,
        text: str,
        tone: Tone = Tone.NEUTRAL,
        action_key: str = "",
        on_action: Callable[[], None] | None = None,
        seconds: float = 6.0,
    ) -> None:
        """Show a notice; an error stays until it is closed."""
        ink = self.look.tokens.ink(tone)
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(self.look.icons.pixmap(_ICONS[tone], ink, 18, ratio))
        self._text.setText(text)
        self._on_action = on_action
        self._button.setVisible(bool(action_key))
        if action_key:
            self._button.say(action_key)
        self.setAccessibleName(text)
        self.show()
        self.place()
        self.raise_()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        self._timer.stop()
        if tone is not Tone.BAD:
            self._timer.start(round(seconds * 1000))

    def place(self) -> None:
        """Stand in the lower right corner, clear of the pending bar."""
        self._fit_text()
        self.adjustSize()
        left = self.host.width() - self.width() - 20
        self.move(left, self.host.height() - self.height() - 20)

    def _fit_text(self) -> None:
        """Let a long text go on in further lines, a short one keep its width."""
        most = min(self.look.px(_WIDEST), self.host.width() - self.look.px(_AROUND))
        needed = self._text.fontMetrics().horizontalAdvance(self._text.text()) + 2
        self._text.setFixedWidth(min(needed, most))

    def _act(self) -> None:
        """Do the action once and go."""
        action, self._on_action = self._on_action, None
        self.hide()
        if action is not None:
            action()
