"""The side navigation: pages in groups, with counters, and the engine."""

from dataclasses import dataclass

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ui.look import Look
from ui.painting import draw_focus, draw_pill, pill_width
from ui.theme import Tone

WIDE, NARROW = 216, 60
_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
_PAGE = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """A page (``page`` not empty) or a group heading (``page`` empty)."""

    page: str
    key: str
    icon: str = ""
    shortcut: str = ""


class _EntryDelegate(QStyledItemDelegate):
    """Paints entries: icon, words, counter; or a heading."""

    def __init__(self, navigation: "Navigation") -> None:
        super().__init__(navigation)
        self._owner = navigation

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return the height of a page or of a heading."""
        entry = self._owner.entry(index.row())
        height = 39 if entry.page else (16 if self._owner.collapsed else 40)
        return QSize(40, self._owner.look.px(height))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one row."""
        painter.save()
        entry = self._owner.entry(index.row())
        box = QRectF(option.rect)
        if entry.page:
            self._paint_page(painter, option, box, entry)
        elif not self._owner.collapsed:
            painter.setFont(self._owner.look.font(11.5, 500))
            painter.setPen(QColor(self._owner.look.tokens.text3))
            text = self._owner.look.say(entry.key)
            bottom = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
            painter.drawText(box.adjusted(13, 0, 0, -7), bottom, text)
        painter.restore()

    def _paint_page(
        self, painter: QPainter, option: QStyleOptionViewItem, box: QRectF, entry: NavigationEntry
    ) -> None:
        """Draw a page's row with its states."""
        look, tokens = self._owner.look, self._owner.look.tokens
        state: QStyle.StateFlag = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        hover = bool(state & QStyle.StateFlag.State_MouseOver)
        ground = box.adjusted(0, 2, 0, -2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen or hover:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.soft if chosen else tokens.hover))
            painter.drawRoundedRect(ground, 6, 6)
        if state & QStyle.StateFlag.State_HasFocus and self._owner.keyboard_focus:
            draw_focus(painter, ground, tokens, 6)
        ink = tokens.accent_text if chosen else tokens.text2
        ratio = painter.device().devicePixelRatioF()
        icon = look.icons.pixmap(entry.icon, ink, 18, ratio)
        centre = box.center().y()
        icon_left = box.center().x() - 9 if self._owner.collapsed else box.left() + 12
        painter.drawPixmap(QPointF(icon_left, centre - 9), icon)
        if self._owner.collapsed:
            return
        room = self._paint_counter(painter, box, entry.page)
        painter.setFont(look.font(13, 500))
        painter.setPen(QColor(ink))
        words = box.adjusted(39, 0, -room - 8, 0)
        shown = painter.fontMetrics().elidedText(
            look.say(entry.key), Qt.TextElideMode.ElideRight, round(words.width())
        )
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_counter(self, painter: QPainter, box: QRectF, page: str) -> float:
        """Draw the counter pill; return the room it takes."""
        text, tone = self._owner.counter(page)
        if not text:
            return 0.0
        face = self._owner.look.font(11, 600)
        width = pill_width(text, face, dot=False) + 2
        height = self._owner.look.px(20)
        pill = QRectF(box.right() - 8 - width, box.center().y() - height / 2, width, height)
        draw_pill(painter, pill, text, tone, self._owner.look.tokens, face)
        return width + 10


class _Entries(QListView):
    """The list itself; remembers whether the keyboard brought the focus."""

    def __init__(self, navigation: "Navigation") -> None:
        super().__init__(navigation)
        self._owner = navigation
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setFrameShape(QFrame.Shape.NoFrame)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Mark the place of the keyboard only where the keyboard came."""
        self._owner.keyboard_focus = event.reason() in _BY_KEYBOARD
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Mark the place once the keyboard is used."""
        self._owner.keyboard_focus = True
        super().keyPressEvent(event)


class _Brand(QWidget):
    """The program's mark and name."""

    def __init__(self, navigation: "Navigation") -> None:
        super().__init__(navigation)
        self._owner = navigation
        self.setFixedHeight(42)
        self.setAccessibleName("AI-Buyer")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a rising line on a blue ground and the name."""
        look, painter = self._owner.look, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.tokens.accent))
        left = (self.width() - 28) / 2 if self._owner.collapsed else 6.0
        painter.drawRoundedRect(QRectF(left, 7, 28, 28), 7, 7)
        pen = QPen(QColor("#FFFFFF"), 2.2)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        steps = [(7, 25), (12, 19), (16, 22), (21, 15)]
        painter.drawPolyline([QPointF(left + x, y) for x, y in steps])
        if not self._owner.collapsed:
            painter.setFont(look.font(15, 700))
            painter.setPen(look.colour(look.tokens.text))
            box = QRectF(left + 34, 0, self.width(), 42)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, "AI-Buyer")


class _EngineCard(QFrame):
    """The engine's state at the foot of the navigation."""

    def __init__(self, navigation: "Navigation") -> None:
        super().__init__(navigation)
        self._owner = navigation
        self._state = ("", "", Tone.NEUTRAL)
        self.setProperty("kind", "card")
        self.setFixedHeight(54)

    def show_state(self, title: str, detail: str, tone: Tone) -> None:
        """Show what the engine does."""
        self._state = (title, detail, tone)
        self.setAccessibleName(f"{title}, {detail}")
        self.setToolTip(f"{title}\n{detail}" if self._owner.collapsed else "")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a dot, the state and what comes next."""
        super().paintEvent(event)
        look, (title, detail, tone) = self._owner.look, self._state
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour(look.tokens.pill(tone)[0]))
        narrow = self._owner.collapsed
        painter.drawEllipse(QPointF(self.width() / 2 if narrow else 18, 27 if narrow else 19), 5, 5)
        if narrow:
            return
        painter.setFont(look.font(13, 500))
        painter.setPen(look.colour(look.tokens.text))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(30, 8, self.width() - 38, 22), middle, title)
        painter.setFont(look.font(12))
        painter.setPen(look.colour(look.tokens.text2))
        room = self.width() - 24
        shown = painter.fontMetrics().elidedText(detail, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(12, 28, room, 20), middle, shown)


class Navigation(QFrame):
    """The side bar; ``chosen`` tells the page a person wants to see."""

    chosen = Signal(str)

    def __init__(
        self, look: Look, entries: list[NavigationEntry], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.look = look
        self.collapsed = False
        self.keyboard_focus = False
        self._entries = entries
        self._counters: dict[str, tuple[str, Tone]] = {}
        self.setProperty("kind", "sidebar")
        self._model = QStandardItemModel(len(entries), 1, self)
        self._list = _Entries(self)
        self._engine = _EngineCard(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 7, 10, 12)
        column.setSpacing(2)
        column.addWidget(_Brand(self))
        column.addWidget(self._list, 1)
        column.addWidget(self._engine)
        self._fill()
        self._list.setModel(self._model)
        self._list.setItemDelegate(_EntryDelegate(self))
        self._list.selectionModel().currentChanged.connect(self._report)
        look.keep_worded(self, self._reword)
        look.restyled.connect(self._relayout)
        self.set_collapsed(False)

    def entry(self, row: int) -> NavigationEntry:
        """Return what stands in a row."""
        return self._entries[row]

    def counter(self, page: str) -> tuple[str, Tone]:
        """Return a page's counter, empty where it has none."""
        return self._counters.get(page, ("", Tone.NEUTRAL))

    def set_counter(self, page: str, text: str, tone: Tone = Tone.NEUTRAL) -> None:
        """Show a count beside a page; an empty text takes it away."""
        self._counters[page] = (text, tone)
        self._reword()
        self._list.viewport().update()

    def select(self, page: str) -> None:
        """Mark a page as the present one; unknown pages are ignored."""
        for row, entry in enumerate(self._entries):
            if entry.page == page:
                self._list.setCurrentIndex(self._model.index(row, 0))

    def set_engine(self, title: str, detail: str, tone: Tone) -> None:
        """Show the engine's state at the foot."""
        self._engine.show_state(title, detail, tone)

    def set_collapsed(self, collapsed: bool) -> None:
        """Show only icons, for narrow windows."""
        self.collapsed = collapsed
        self._relayout()

    def _fill(self) -> None:
        """Make one item for each entry; headings cannot be chosen."""
        for row, entry in enumerate(self._entries):
            item = QStandardItem()
            item.setData(entry.page, _PAGE)
            if not entry.page:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self._model.setItem(row, 0, item)

    def _reword(self) -> None:
        """Give each item its words, for screen readers and tool tips."""
        for row, entry in enumerate(self._entries):
            item = self._model.item(row)
            words = self.look.say(entry.key)
            count = self.counter(entry.page)[0]
            item.setText(words)
            item.setAccessibleText(f"{words}, {count}" if count else words)
            item.setToolTip(words if self.collapsed else "")
        self._list.setAccessibleName(self.look.say("navigation.name"))
        self._list.viewport().update()

    def _relayout(self) -> None:
        """Take the width and heights of the present scale and form."""
        self.setFixedWidth(NARROW if self.collapsed else self.look.px(WIDE))
        self._list.doItemsLayout()
        self._reword()
        self.update()

    def _report(self, current: QModelIndex, previous: QModelIndex) -> None:
        """Tell the chosen page."""
        page = str(current.data(_PAGE) or "")
        if page:
            self.chosen.emit(page)
