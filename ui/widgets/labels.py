"""Text labels in the few styles of the window."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from ui.look import Look


def label(text: str = "", kind: str = "body", parent: QWidget | None = None) -> QLabel:
    """Return a label; ``kind`` is a style named in the style sheet.

    Kinds: body, page-title, card-title, kpi, strong, secondary,
    body-secondary, tertiary, small, error, mono.
    """
    made = QLabel(text, parent)
    made.setProperty("kind", kind)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made


class WordedLabel(QLabel):
    """A label that follows the language by a key of the catalogue."""

    def __init__(
        self, look: Look, key: str, kind: str = "body", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._key = key
        self._arguments: dict[str, str | int] = {}
        self.setProperty("kind", kind)
        self.setTextFormat(Qt.TextFormat.PlainText)
        look.keep_worded(self, self._reword)

    def say(self, key: str, **arguments: str | int) -> None:
        """Show another text of the catalogue from now on."""
        self._key = key
        self._arguments = arguments
        self._reword()

    def _reword(self) -> None:
        """Take the text in the present language."""
        self.setText(self._look.say(self._key, **self._arguments))


def wrapped(made: QLabel) -> QLabel:
    """Let a label break into lines and be selected with the mouse."""
    made.setWordWrap(True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made
