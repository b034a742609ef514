"""Which columns are shown, and in which order."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ui.grid.columns import Column
from ui.look import Density, Look
from ui.painting import draw_checkbox
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.labels import label
from ui.widgets.segmented import Segmented

_KEY = Qt.ItemDataRole.UserRole


class _ItemDelegate(QStyledItemDelegate):
    """Paints a column's tick box, its title and the handle to drag it."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return a row's height."""
        return QSize(100, self._look.px(30))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw one row."""
        tokens, box = self._look.tokens, QRectF(option.rect)
        painter.save()
        hover = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if hover or option.state & QStyle.StateFlag.State_Selected:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._look.colour(tokens.hover))
            painter.drawRoundedRect(box, 5, 5)
        state = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole))
        draw_checkbox(painter, QPointF(box.left() + 14, box.center().y()), state, tokens, hover)
        painter.setFont(self._look.font(13))
        painter.setPen(self._look.colour(tokens.text))
        words = box.adjusted(32, 0, -26, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, str(index.data()))
        ratio = painter.device().devicePixelRatioF()
        grip = self._look.icons.pixmap("grip-vertical", tokens.text3, 14, ratio)
        painter.drawPixmap(QPointF(box.right() - 20, box.center().y() - 7), grip)
        painter.restore()


class ColumnChooser(QFrame):
    """A pop-up list of columns: search, tick, drag into order, reset."""

    chosen = Signal(list)

    def __init__(
        self, look: Look, columns: Sequence[Column], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._look = look
        self._all = list(columns)
        self.setProperty("kind", "floating")
        self.setFixedWidth(look.px(300))
        self.setAccessibleName(look.say("grid.choose_columns"))
        self._search = QLineEdit()
        self._search.setPlaceholderText(look.say("grid.find_column"))
        self._search.setAccessibleName(look.say("grid.find_column"))
        self._list = QListWidget()
        self._list.setItemDelegate(_ItemDelegate(look, self))
        self._list.setMouseTracking(True)
        self._list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self._list.setMinimumHeight(look.px(300))
        reset = Button(look, "grid.reset_columns", ButtonKind.LINK)
        options = [(str(int(d)), f"grid.{d.name.lower()}") for d in reversed(Density)]
        density = Segmented(look, options, str(int(look.density)))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        top = QHBoxLayout()
        top.addWidget(label(look.say("grid.choose_columns"), "card-title"), 1)
        top.addWidget(reset)
        column.addLayout(top)
        column.addWidget(self._search)
        column.addWidget(self._list, 1)
        column.addWidget(label(look.say("grid.density"), "secondary"))
        column.addWidget(density)
        self._search.textChanged.connect(self._find)
        self._list.itemChanged.connect(self._report)
        self._list.model().rowsMoved.connect(self._report)
        reset.clicked.connect(self._reset)
        density.chosen.connect(lambda value: look.set_density(Density(int(value))))

    def open(self, shown: Sequence[Column], below: QWidget) -> None:
        """Show the list under a button, with the shown columns ticked."""
        self._fill(shown)
        corner = below.mapToGlobal(QPoint(below.width() - self.width(), below.height() + 4))
        self.move(corner)
        self.show()
        self._search.setFocus()

    def _fill(self, shown: Sequence[Column]) -> None:
        """List shown columns in their order, then the hidden ones."""
        keys = [column.key for column in shown]
        hidden = [column for column in self._all if column.key not in keys]
        self._list.blockSignals(True)
        self._list.clear()
        for column in [*shown, *hidden]:
            item = QListWidgetItem(self._look.say(column.title_key), self._list)
            item.setData(_KEY, column.key)
            ticked = column.key in keys
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
            if column.frozen:
                flags = Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsDragEnabled
                item.setFlags(item.flags() & ~flags)
                item.setHidden(True)
        self._list.blockSignals(False)

    def _find(self, text: str) -> None:
        """Hide the titles that do not contain the text."""
        frozen = {column.key for column in self._all if column.frozen}
        for row in range(self._list.count()):
            item = self._list.item(row)
            fits = text.casefold() in item.text().casefold()
            item.setHidden(not fits or item.data(_KEY) in frozen)

    def _reset(self) -> None:
        """Return to the columns and the order of the page."""
        self._fill([column for column in self._all if not column.hidden])
        self._report()

    def _report(self, *_: object) -> None:
        """Tell the chosen columns in their order, frozen ones first."""
        by_key = {column.key: column for column in self._all}
        items = [self._list.item(row) for row in range(self._list.count())]
        keys = [
            str(item.data(_KEY)) for item in items if item.checkState() == Qt.CheckState.Checked
        ]
        keys.sort(key=lambda key: not by_key[key].frozen)
        self.chosen.emit(keys)
