"""The floating bar over the journal while decisions are ticked."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.look import Look
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.floating import FloatingFrame
from ui.widgets.labels import WordedLabel


class TickBar(FloatingFrame):
    """Counts ticked decisions and offers to decide on all of them."""

    approve = Signal()
    reject = Signal()
    clear = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        self._count = WordedLabel(look, "activity.none_ticked", "strong")
        drop = Button(look, "activity.untick", ButtonKind.QUIET)
        self._reject = Button(look, "activity.reject_all", icon="x")
        self._approve = Button(look, "activity.approve_all", ButtonKind.PRIMARY, "check")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self._count)
        row.addSpacing(8)
        for part in (drop, self._reject, self._approve):
            row.addWidget(part)
        drop.clicked.connect(self.clear)
        self._reject.clicked.connect(self.reject)
        self._approve.clicked.connect(self.approve)
        look.reworded.connect(self.place)
        self.hide()

    def set_count(self, count: int) -> None:
        """Show the bar with its count, or hide it at zero."""
        if count:
            shown = self.look.formats.number(count)
            self._count.say("activity.ticked", count=count, shown=shown)
            self.setAccessibleName(self._count.text())
        self.setVisible(count > 0)
        self.place()
        self.raise_()

    def show_progress(self, done: int, total: int) -> None:
        """Tell how far it is; nothing can be pressed meanwhile."""
        busy = done < total
        for button in (self._reject, self._approve):
            button.setEnabled(not busy)
        if busy and total > 1:
            self._count.say("activity.working", done=done, total=total)
            self.show()
            self.place()
