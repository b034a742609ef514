"""The filter as text and as chips, always saying the same."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from ui.grid.filter_grammar import FilterError, join_terms, parse_filter, split_terms
from ui.grid.model import GridModel
from ui.look import Look
from ui.painting import draw_focus
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.fields import mark_wrong
from ui.widgets.labels import label

_TYPING_PAUSE_MS = 180


class FilterField(QLineEdit):
    """Where a filter is typed; wrong terms are explained, not applied."""

    understood = Signal(str)
    misunderstood = Signal(str)

    def __init__(self, look: Look, model: GridModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._model = model
        self._icon = QAction(self)
        self.addAction(self._icon, QLineEdit.ActionPosition.LeadingPosition)
        self.setMinimumWidth(170)
        self.setClearButtonEnabled(True)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_TYPING_PAUSE_MS)
        self._pause.timeout.connect(self.apply)
        self.textChanged.connect(self._pause.start)
        self.returnPressed.connect(self.apply)
        look.keep_styled(self, self._restyle)
        look.keep_worded(self, self._reword)

    def apply(self) -> None:
        """Filter now; a wrong term leaves the former filter on."""
        self._pause.stop()
        try:
            terms = parse_filter(self.text(), self._model.columns, self._look.say)
        except FilterError as error:
            mark_wrong(self, True)
            self.misunderstood.emit(self._look.say(error.key, **error.arguments))
            return
        mark_wrong(self, False)
        self._model.set_filter(terms)
        self.understood.emit(self.text())

    def set_terms(self, terms: list[str]) -> None:
        """Write other terms and filter by them at once."""
        self.setText(join_terms(terms))
        self.apply()

    def _restyle(self) -> None:
        """Tint the icon."""
        self._icon.setIcon(self._look.icons.icon("list-filter", self._look.tokens.text3))

    def _reword(self) -> None:
        """Take hint and name in the present language."""
        self.setPlaceholderText(self._look.say("grid.filter_hint"))
        self.setAccessibleName(self._look.say("grid.filter_name"))


class _Chip(QAbstractButton):
    """One term; a click takes it away."""

    def __init__(self, look: Look, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setText(text)
        self.setAccessibleName(look.say("grid.remove_condition", condition=text))
        self.setToolTip(self.accessibleName())
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.restyled.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """Return the width of the words and the cross."""
        width = self.fontMetrics().horizontalAdvance(self.text()) + 40
        return QSize(width, self._look.px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a soft rounded ground, the words and a cross."""
        tokens, painter = self._look.tokens, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.soft))
        box = QRectF(self.rect())
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        if self.hasFocus():
            draw_focus(painter, box, tokens, box.height() / 2)
        painter.setFont(self._look.font(12, 500))
        painter.setPen(QColor(tokens.accent_text))
        painter.drawText(box.adjusted(11, 0, -22, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
        ratio = self.devicePixelRatioF()
        cross = self._look.icons.pixmap("x", tokens.accent_text, 12, ratio)
        painter.drawPixmap(QPoint(self.width() - 21, (self.height() - 12) // 2), cross)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the click here; the row below must not."""
        super().mousePressEvent(event)
        event.accept()


class FilterChips(QWidget):
    """The applied terms as chips, or why the typed filter is wrong."""

    def __init__(self, look: Look, field: FilterField, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._field = field
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 0, 16, 8)
        self._row.setSpacing(6)
        self._error = label("", "error")
        self._clear = Button(look, "panel.clear_filter", ButtonKind.LINK)
        self._clear.clicked.connect(lambda: field.set_terms([]))
        self._chips: list[_Chip] = []
        self._row.addWidget(self._error)
        self._row.addWidget(self._clear)
        self._row.addStretch(1)
        field.understood.connect(self._show_terms)
        field.misunderstood.connect(self._show_error)
        self.hide()

    def _show_terms(self, text: str) -> None:
        """Make one chip for each term."""
        self._drop_chips()
        self._error.hide()
        terms = split_terms(text)
        for place, term in enumerate(terms):
            chip = _Chip(self._look, term, self)
            rest = terms[:place] + terms[place + 1 :]
            chip.clicked.connect(lambda _=False, rest=rest: self._field.set_terms(rest))
            self._row.insertWidget(place, chip)
            self._chips.append(chip)
        self._clear.setVisible(len(terms) > 1)
        self.setVisible(bool(terms))

    def _show_error(self, text: str) -> None:
        """Say what is wrong in place of the chips."""
        self._drop_chips()
        self._error.setText(text)
        self._error.show()
        self._clear.hide()
        self.show()

    def _drop_chips(self) -> None:
        """Remove every chip."""
        for chip in self._chips:
            self._row.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips.clear()
