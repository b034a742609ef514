"""A small rounded label that names a state."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.look import Look
from ui.painting import draw_pill, pill_width
from ui.theme import Tone


class Pill(QWidget):
    """A pill of fixed height; the word says what the colour says."""

    def __init__(
        self,
        look: Look,
        text: str = "",
        tone: Tone = Tone.NEUTRAL,
        dot: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._text = text
        self._tone = tone
        self._dot = dot
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)
        look.restyled.connect(self._resize)

    def text(self) -> str:
        """Return the word shown."""
        return self._text

    @property
    def tone(self) -> Tone:
        """The state that its colour tells."""
        return self._tone

    def show_state(self, text: str, tone: Tone) -> None:
        """Show another word in another colour."""
        self._text, self._tone = text, tone
        self.setAccessibleName(text)
        self._resize()

    def sizeHint(self) -> QSize:
        """Return the size that the word needs."""
        face = self._look.font(11, 600)
        return QSize(round(pill_width(self._text, face, self._dot) + 2), self._look.px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pill."""
        painter = QPainter(self)
        face = self._look.font(11, 600)
        box = QRectF(self.rect())
        draw_pill(painter, box, self._text, self._tone, self._look.tokens, face, self._dot)

    def _resize(self) -> None:
        """Ask the layout for the new size."""
        self.updateGeometry()
        self.update()
