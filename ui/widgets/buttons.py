"""Push buttons and icon buttons whose words and icons follow the look."""

from enum import StrEnum

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from ui.look import Look


class ButtonKind(StrEnum):
    """How much a button asks for attention; one primary per view."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"
    QUIET = "quiet"
    LINK = "link"


class Button(QPushButton):
    """A push button with a text of the catalogue and an optional icon."""

    def __init__(
        self,
        look: Look,
        key: str,
        kind: ButtonKind = ButtonKind.PLAIN,
        icon: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._key = key
        self._arguments: dict[str, str | int] = {}
        self._kind = kind
        self._icon = icon
        self.setProperty("kind", kind.value)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        look.keep_worded(self, self._reword)
        look.keep_styled(self, self._redraw)

    def say(self, key: str, **arguments: str | int) -> None:
        """Show another text of the catalogue from now on."""
        self._key, self._arguments = key, arguments
        self._reword()

    def set_icon(self, name: str) -> None:
        """Show another icon; an empty name shows none."""
        self._icon = name
        self._redraw()

    def _reword(self) -> None:
        """Take the text in the present language."""
        self.setText(self._look.say(self._key, **self._arguments).replace("&", "&&"))

    def _redraw(self) -> None:
        """Tint the icon in the colour of the text."""
        if not self._icon:
            return
        tokens = self._look.tokens
        colours = {
            ButtonKind.PRIMARY: "#FFFFFF",
            ButtonKind.DANGER: "#FFFFFF",
            ButtonKind.LINK: tokens.accent_text,
        }
        ink = colours.get(self._kind, tokens.text2)
        self.setIcon(self._look.icons.spaced(self._icon, ink, tokens.text3))
        self.setIconSize(QSize(22, 16))


class IconButton(QToolButton):
    """A small button that shows only an icon and names itself on hover."""

    def __init__(
        self, look: Look, icon: str, key: str, shortcut: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._icon = icon
        self._key = key
        self._shortcut = shortcut
        self.setFixedSize(30, 30)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        look.keep_worded(self, self._reword)
        look.keep_styled(self, self._redraw)

    def set_icon(self, name: str) -> None:
        """Show another icon."""
        self._icon = name
        self._redraw()

    def say(self, key: str) -> None:
        """Carry another name from now on."""
        self._key = key
        self._reword()

    def _reword(self) -> None:
        """Take the name in the present language."""
        name = self._look.say(self._key)
        self.setAccessibleName(name)
        native = QKeySequence.SequenceFormat.NativeText
        keys = QKeySequence(self._shortcut).toString(native) if self._shortcut else ""
        self.setToolTip(f"{name}  {keys}".strip())

    def _redraw(self) -> None:
        """Tint the icon."""
        tokens = self._look.tokens
        self.setIcon(self._look.icons.icon(self._icon, tokens.text2, 16, tokens.border2))
        self.setIconSize(QSize(16, 16))
