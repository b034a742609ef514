"""The bar above each page: where am I, whose numbers, how fresh."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from ui.look import Look
from ui.painting import draw_focus, draw_pill, pill_width
from ui.theme import Tone
from ui.widgets.buttons import IconButton
from ui.widgets.labels import label
from ui.widgets.pill import Pill

SEARCH_WIDE, SEARCH_NARROW = 236, 132
# Below these widths (at scale 1) the zone goes, then the search's words.
_ROOM_FOR_ZONE, _ROOM_FOR_SEARCH = 1040, 940


class _Choice(QPushButton):
    """A button that shows a present choice, with an icon."""

    def __init__(self, look: Look, icon: str, key: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._look, self._icon, self._key = look, icon, key
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        look.keep_styled(self, self._redraw)
        look.keep_worded(self, self._reword)

    def show_choice(self, text: str) -> None:
        """Show the choice in words."""
        self.setText(text.replace("&", "&&"))
        self._reword()

    def _redraw(self) -> None:
        """Tint the icon."""
        tokens = self._look.tokens
        self.setIcon(self._look.icons.spaced(self._icon, tokens.text2, tokens.text3))
        self.setIconSize(QSize(22, 16))

    def _reword(self) -> None:
        """Name the control and its choice for screen readers."""
        self.setAccessibleName(f"{self._look.say(self._key)}: {self.text()}")


class _SearchBox(QPushButton):
    """Looks like a search field and opens the command palette."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setFixedWidth(SEARCH_WIDE)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        look.keep_worded(self, self._reword)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a field with its icon, its hint and its shortcut."""
        look, tokens = self._look, self._look.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(tokens.text3 if self.underMouse() else tokens.control), 1))
        painter.setBrush(QColor(tokens.surface))
        painter.drawRoundedRect(box, 6, 6)
        if self.hasFocus():
            draw_focus(painter, QRectF(self.rect()), tokens, 6)
        ratio = self.devicePixelRatioF()
        glass = look.icons.pixmap("search", tokens.text3, 16, ratio)
        painter.drawPixmap(QPoint(8, (self.height() - 16) // 2), glass)
        face = look.font(11, 600)
        width = pill_width("Ctrl K", face, dot=False)
        height = look.px(20)
        pill = QRectF(box.right() - width - 6, (self.height() - height) / 2, width, height)
        draw_pill(painter, pill, "Ctrl K", Tone.NEUTRAL, tokens, face)
        painter.setFont(look.font(13))
        painter.setPen(QColor(tokens.text3))
        words = box.adjusted(36, 0, -width - 14, 0)
        hint = look.say("topbar.search")
        shown = painter.fontMetrics().elidedText(
            hint, Qt.TextElideMode.ElideRight, round(words.width())
        )
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, shown)

    def _reword(self) -> None:
        """Name the control for screen readers."""
        self.setAccessibleName(self._look.say("topbar.search"))
        self.update()


class _SyncPill(Pill):
    """The freshness of the numbers; a click asks for a sync."""

    clicked = Signal()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ask for a sync."""
        self.clicked.emit()


class TopBar(QFrame):
    """Title, account, period, freshness, zone, search and theme."""

    account_requested = Signal()
    period_requested = Signal()
    sync_requested = Signal()
    search_requested = Signal()
    theme_toggled = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setProperty("kind", "topbar")
        self.setFixedHeight(56)
        self._title = label("", "page-title")
        self.account = _Choice(look, "layers", "topbar.account", self)
        self.period = _Choice(look, "calendar", "topbar.period", self)
        self.fresh = _SyncPill(look)
        self._zone = label("", "secondary")
        self._search = _SearchBox(look, self)
        self._theme = IconButton(look, "moon", "topbar.dark")
        self.fresh.setCursor(Qt.CursorShape.PointingHandCursor)
        self._zone.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 0, 20, 0)
        row.setSpacing(10)
        for part in (self._title, self.account, self.period):
            row.addWidget(part)
        row.insertSpacing(1, 6)
        row.addStretch(1)
        for other in (self.fresh, self._zone, self._search, self._theme):
            row.addWidget(other)
        self.account.clicked.connect(self.account_requested)
        self.period.clicked.connect(self.period_requested)
        self.fresh.clicked.connect(self.sync_requested)
        self._search.clicked.connect(self.search_requested)
        self._theme.clicked.connect(self.theme_toggled)
        look.keep_styled(self, self._show_theme)
        look.restyled.connect(self._fit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what a narrow window has no room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width() / self._look.scale
        self._zone.setVisible(room >= _ROOM_FOR_ZONE)
        wide = room >= _ROOM_FOR_SEARCH
        self._search.setFixedWidth(self._look.px(SEARCH_WIDE if wide else SEARCH_NARROW))

    def set_title(self, text: str) -> None:
        """Show the page's name."""
        self._title.setText(text)

    def set_account(self, text: str) -> None:
        """Show the chosen account; an empty text hides the control."""
        self.account.show_choice(text)
        self.account.setVisible(bool(text))

    def set_period(self, text: str) -> None:
        """Show the chosen period; an empty text hides the control."""
        self.period.show_choice(text)
        self.period.setVisible(bool(text))

    def set_freshness(self, text: str, tone: Tone, explanation: str = "") -> None:
        """Show how old the numbers are; an empty text hides the pill."""
        self.fresh.show_state(text, tone)
        self.fresh.setToolTip(explanation)
        self.fresh.setVisible(bool(text))

    def set_zone(self, text: str) -> None:
        """Show the time zone of the numbers."""
        self._zone.setText(text)

    def _show_theme(self) -> None:
        """Offer the theme that is not on."""
        dark = self._look.tokens.dark
        self._theme.set_icon("sun" if dark else "moon")
        self._theme.say("topbar.light" if dark else "topbar.dark")
