"""A strip across a page that tells a lasting condition."""

from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from ui.look import Look
from ui.theme import Tone
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.labels import label


class BannerKind(StrEnum):
    """How serious the condition is."""

    ACCENT = "banner-accent"
    WARN = "banner-warn"
    BAD = "banner-bad"


_TONES = {
    BannerKind.ACCENT: (Tone.ACCENT, "info"),
    BannerKind.WARN: (Tone.WARN, "triangle-alert"),
    BannerKind.BAD: (Tone.BAD, "octagon-x"),
}


class Banner(QFrame):
    """An icon, a sentence and at most one action; hidden until used."""

    action = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._kind = BannerKind.ACCENT
        self._icon = QLabel()
        self._text = label()
        self._text.setWordWrap(True)
        self._button = Button(look, "toast.undo", ButtonKind.LINK)
        self._button.clicked.connect(self.action)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 8, 6)
        row.setSpacing(10)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self._button)
        look.restyled.connect(self._redraw)
        self.hide()

    def tell(self, kind: BannerKind, text: str, action_key: str = "") -> None:
        """Show the condition until ``hide`` is called."""
        self._kind = kind
        self._text.setText(text)
        self._button.setVisible(bool(action_key))
        if action_key:
            self._button.say(action_key)
        self.setProperty("kind", kind.value)
        self.style().unpolish(self)
        self.style().polish(self)
        self.setAccessibleName(text)
        self._redraw()
        self.show()

    def _redraw(self) -> None:
        """Tint the icon."""
        tone, icon = _TONES[self._kind]
        ink = self._look.tokens.ink(tone)
        self._icon.setPixmap(self._look.icons.pixmap(icon, ink, 18, self.devicePixelRatioF()))
