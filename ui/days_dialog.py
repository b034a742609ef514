"""Asks for the first and the last day to show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QDateEdit, QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ui.look import Look
from ui.session import Span
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.labels import label

# The engine answers for at most so many days at once.
LONGEST_DAYS = 400


class DaysDialog(QDialog):
    """Two days, both included; ``chosen`` is called with them."""

    def __init__(
        self, look: Look, span: Span, today: date, chosen: Callable[[Span], None], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(look.say("scope.custom_title"))
        self._look = look
        self._chosen = chosen
        self.since = self._field("scope.since", span.since, today)
        self.until = self._field("scope.until", span.until, today)
        self._wrong = label("", "error")
        cancel = Button(look, "dialog.cancel")
        self._show = Button(look, "scope.show_days", ButtonKind.PRIMARY)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(label(look.say("scope.custom_title"), "card-title"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        for place, (key, field) in enumerate(
            (("scope.since", self.since), ("scope.until", self.until))
        ):
            grid.addWidget(label(look.say(key), "secondary"), 0, place)
            grid.addWidget(field, 1, place)
        column.addLayout(grid)
        column.addWidget(self._wrong)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self._show)
        column.addLayout(row)
        cancel.clicked.connect(self.reject)
        self._show.clicked.connect(self.accept)
        self._show.setDefault(True)
        self.since.dateChanged.connect(self._check)
        self.until.dateChanged.connect(self._check)

    def accept(self) -> None:
        """Take the days."""
        super().accept()
        self._chosen(self._span())

    def _field(self, key: str, day: date, today: date) -> QDateEdit:
        field = QDateEdit(QDate(day.year, day.month, day.day))
        field.setCalendarPopup(True)
        field.setDisplayFormat("dd.MM.yyyy")
        field.setMaximumDate(QDate(today.year, today.month, today.day))
        field.setAccessibleName(self._look.say(key))
        field.setMinimumWidth(self._look.px(160))
        return field

    def _span(self) -> Span:
        first, last = self.since.date(), self.until.date()
        return Span(
            date(first.year(), first.month(), first.day()),
            date(last.year(), last.month(), last.day()),
        )

    def _check(self) -> None:
        span, say = self._span(), self._look.say
        days = (span.until - span.since).days
        text = ""
        if days < 0:
            text = say("scope.days_wrong")
        elif days >= LONGEST_DAYS:
            text = say("scope.days_many", count=LONGEST_DAYS)
        self._wrong.setText(text)
        self._show.setEnabled(not text)
