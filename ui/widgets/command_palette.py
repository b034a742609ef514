"""Ctrl+K: everything the window can do, found by typing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ui.look import Look
from ui.painting import draw_pill, pill_width
from ui.theme import Tone
from ui.widgets.floating import FloatingFrame, Veil
from ui.widgets.fuzzy import fuzzy_score
from ui.widgets.labels import WordedLabel

_LIMIT = 60
_ROW, _TALLEST = 36, 392
_PLACE = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Command:
    """Something a person can do, ready for the palette.

    ``words`` are further search words (in any language); they are not shown.
    """

    title: str
    run: Callable[[], None]
    icon: str = "chevron-right"
    shortcut: str = ""
    words: str = ""


class _RowDelegate(QStyledItemDelegate):
    """Paints a command: icon, title, shortcut."""

    def __init__(self, palette: "CommandPalette") -> None:
        super().__init__(palette)
        self._owner = palette

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return a row's height."""
        return QSize(100, self._owner.look.px(_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one row."""
        look = self._owner.look
        command = self._owner.shown[int(index.data(_PLACE))]
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        box = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.tokens.soft))
            painter.drawRoundedRect(box, 6, 6)
        ink = look.tokens.accent_text if chosen else look.tokens.text
        icon_ink = look.tokens.accent_text if chosen else look.tokens.text2
        ratio = painter.device().devicePixelRatioF()
        icon = look.icons.pixmap(command.icon, icon_ink, 16, ratio)
        painter.drawPixmap(QPointF(box.left() + 13, box.center().y() - 8), icon)
        room = 0.0
        if command.shortcut:
            native = QKeySequence.SequenceFormat.NativeText
            keys = QKeySequence(command.shortcut).toString(native) or command.shortcut
            face = look.font(11, 600)
            room = pill_width(keys, face, dot=False)
            height = look.px(20)
            pill = QRectF(box.right() - room - 10, box.center().y() - height / 2, room, height)
            draw_pill(painter, pill, keys, Tone.NEUTRAL, look.tokens, face)
        painter.setFont(look.font(13))
        painter.setPen(QColor(ink))
        words = box.adjusted(42, 0, -room - 18, 0)
        metrics = painter.fontMetrics()
        elide = Qt.TextElideMode.ElideRight
        title = metrics.elidedText(command.title, elide, round(words.width()))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, title)
        painter.restore()


class CommandPalette(FloatingFrame):
    """A field and a list in the upper middle of the window."""

    def __init__(self, look: Look, window: QWidget) -> None:
        self._veil = Veil(window)
        super().__init__(look, window)
        self.shown: list[Command] = []
        self._commands: Sequence[Command] = ()
        self._model = QStandardItemModel(self)
        self._field = QLineEdit()
        self._field.setProperty("kind", "palette")
        self._list = QListView()
        self._list.setModel(self._model)
        self._list.setItemDelegate(_RowDelegate(self))
        self._list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setMouseTracking(True)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._nothing = WordedLabel(look, "palette.nothing", "body-secondary")
        self._nothing.setContentsMargins(14, 10, 14, 10)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 7)
        column.setSpacing(6)
        column.addWidget(self._field)
        inset = QVBoxLayout()
        inset.setContentsMargins(6, 0, 6, 0)
        inset.addWidget(self._list, 1)
        inset.addWidget(self._nothing)
        column.addLayout(inset, 1)
        self._field.textChanged.connect(self._search)
        self._field.installEventFilter(self)
        self._list.clicked.connect(self._run)
        self._list.entered.connect(self._list.setCurrentIndex)
        self._veil.installEventFilter(self)
        look.keep_worded(self, self._reword)
        self.hide()

    def open(self, commands: Sequence[Command], query: str = "") -> None:
        """Offer commands, best first as given, and take the keyboard."""
        self._commands = commands
        self._veil.cover()
        self.show()
        self.raise_()
        self.place()
        self._field.setText(query)
        self._search(query)
        self._field.selectAll()
        self._field.setFocus()

    def dismiss(self) -> None:
        """Close without doing anything."""
        self.hide()
        self._veil.hide()

    def place(self) -> None:
        """Stand in the upper middle of the window."""
        parent = self.host
        width = min(self.look.px(600), parent.width() - 48)
        height = min(self.look.px(_TALLEST), parent.height() - 120)
        self.setGeometry((parent.width() - width) // 2, parent.height() // 8, width, height)
        inside = self.layout()
        if inside is not None and not self._list.isHidden():
            inside.activate()
            # No row is cut in half.
            self.resize(width, height - self._list.viewport().height() % self.look.px(_ROW))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move with the arrows, run with Enter, leave with Escape."""
        if watched is self._field and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress and self._take_key(event.key()):
                return True
        elif watched is self._veil and event.type() == QEvent.Type.MouseButtonPress:
            self.dismiss()
            return True
        return super().eventFilter(watched, event)

    def _take_key(self, key: int) -> bool:
        """Handle a key of the field; return whether it was one of ours."""
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8}
        steps[Qt.Key.Key_PageUp] = -8
        if key in steps:
            last = self._model.rowCount() - 1
            row = self._list.currentIndex().row() + steps[Qt.Key(key)]
            self._list.setCurrentIndex(self._model.index(max(0, min(last, row)), 0))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(self._list.currentIndex())
        elif key == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            return False
        return True

    def _search(self, query: str) -> None:
        """Show what fits, best first; equal scores keep their order."""
        scored = [(fuzzy_score(query, f"{c.title} {c.words}"), c) for c in self._commands]
        fitting = [(score, command) for score, command in scored if score > 0]
        if query.strip():
            fitting.sort(key=lambda pair: -pair[0])
        self.shown = [command for _, command in fitting[:_LIMIT]]
        self._model.clear()
        for place, command in enumerate(self.shown):
            item = QStandardItem(command.title)
            item.setData(place, _PLACE)
            item.setAccessibleText(f"{command.title} {command.shortcut}".strip())
            self._model.appendRow(item)
        self._list.setVisible(bool(self.shown))
        self._nothing.setVisible(not self.shown)
        self._list.setCurrentIndex(self._model.index(0, 0))

    def _run(self, index: QModelIndex) -> None:
        """Close, then do the chosen command."""
        if not index.isValid():
            return
        command = self.shown[index.row()]
        self.dismiss()
        command.run()

    def _reword(self) -> None:
        """Take names in the present language."""
        self._field.setPlaceholderText(self.look.say("palette.hint"))
        self._field.setAccessibleName(self.look.say("palette.hint"))
        self._list.setAccessibleName(self.look.say("palette.results"))
        self.setAccessibleName(self.look.say("palette.name"))
