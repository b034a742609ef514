"""The dialog that shows pending edits, posts them and tells their outcome."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from engine.domain.formats import MINUS
from ui.grid.edits import PendingEdit
from ui.look import Look
from ui.pages.objects.book import Drafts
from ui.pages.objects.posting import Poster, PostResult
from ui.session import Session
from ui.theme import Tone
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.card import rule_line
from ui.widgets.labels import label, wrapped
from ui.widgets.pill import Pill

# Above this jump Meta may begin to learn anew (its own advice on significant edits).
_JUMP = 0.20
_TOP = Qt.AlignmentFlag.AlignTop


class ReviewDialog(QDialog):
    """Old → new of every edit, then one result for each."""

    def __init__(self, session: Session, drafts: Drafts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session = session
        self._look = session.look
        self._drafts = drafts
        self._edits = drafts.edits.all()
        self._results: dict[tuple[str, str], QVBoxLayout] = {}
        self._counts = {True: 0, False: 0}
        self._is_posting = False
        self._poster = Poster(session, drafts, self)
        self._poster.told.connect(self._show_result)
        self._poster.finished.connect(self._show_end)
        self._arrange()

    def post(self) -> None:
        """Send every edit that is shown."""
        self._is_posting = True
        self._post.setEnabled(False)
        self._back.setEnabled(False)
        self._note.setText(self._look.say("review.posting"))
        self._poster.post(self._edits)

    def reject(self) -> None:
        """Close, but not while a change is on its way."""
        if not self._is_posting:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stay open while a change is on its way."""
        if self._is_posting:
            event.ignore()
        else:
            super().closeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Post with Ctrl+Enter, from anywhere in the dialog."""
        pressed = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if pressed and control and self._post.isEnabled():
            self.post()
        else:
            super().keyPressEvent(event)

    def _arrange(self) -> None:
        look, count = self._look, len(self._edits)
        self.setWindowTitle(look.say("review.title"))
        self._note = label(look.say("review.note"), "body-secondary")
        self._note.setWordWrap(True)
        self._back = Button(look, "dialog.cancel")
        self._post = Button(look, "review.title", ButtonKind.PRIMARY, "send")
        self._post.say("review.post", count=count)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(8)
        column.addWidget(label(look.say("review.title"), "page-title"))
        column.addWidget(self._note)
        column.addSpacing(4)
        column.addWidget(self._table(), 1)
        row = QHBoxLayout()
        row.setContentsMargins(0, 8, 0, 0)
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self._back)
        row.addWidget(self._post)
        column.addLayout(row)
        self._back.clicked.connect(self.reject)
        self._post.clicked.connect(self.post)
        self._post.setDefault(True)
        self.resize(look.px(860), look.px(min(620, 230 + 58 * count)))

    def _table(self) -> QWidget:
        look = self._look
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(8)
        for place, key in enumerate(("object", "field", "old", "new", "change", "result")):
            grid.addWidget(label(look.say(f"review.{key}"), "secondary"), 0, place)
        grid.addWidget(rule_line(), 1, 0, 1, 6)
        for number, edit in enumerate(self._edits):
            self._add_row(grid, 2 + number * 2, edit)
            grid.addWidget(rule_line(), 3 + number * 2, 0, 1, 6)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(5, 2)
        grid.setColumnMinimumWidth(5, look.px(190))
        grid.setRowStretch(2 + len(self._edits) * 2, 1)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        inside.setAutoFillBackground(False)
        area.viewport().setAutoFillBackground(False)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return area

    def _add_row(self, grid: QGridLayout, row: int, edit: PendingEdit) -> None:
        look, facts = self._look, self._drafts.facts(edit.row_id)
        names = QVBoxLayout()
        names.setSpacing(1)
        names.addWidget(wrapped(label(facts.name, "strong")))
        names.addWidget(label(facts.account_name, "small"))
        grid.addLayout(names, row, 0)
        field = "review.status" if edit.key == "on" else f"column.{facts.budget_kind}"
        old, new = (
            _shown(look, self._drafts, edit, edit.old),
            _shown(look, self._drafts, edit, edit.new),
        )
        grid.addWidget(label(look.say(field)), row, 1, _TOP)
        before = label(old, "body-secondary")
        face = look.figures(13)
        face.setStrikeOut(True)
        before.setFont(face)
        before.setStyleSheet("text-decoration: line-through")
        grid.addWidget(before, row, 2, _TOP)
        after = label(new, "strong")
        grid.addWidget(after, row, 3, _TOP)
        grid.addWidget(_change(look, edit), row, 4, _TOP)
        result = QVBoxLayout()
        result.setSpacing(3)
        result.addWidget(label(look.say("review.waiting"), "tertiary"))
        result.addStretch(1)
        self._results[edit.row_id, edit.key] = result
        grid.addLayout(result, row, 5)
        if _jump(edit) > _JUMP:
            warning = label(look.say("review.jump"), "small")
            warning.setStyleSheet(f"color: {look.tokens.warn}")
            warning.setWordWrap(True)
            names.addWidget(warning)

    def _show_result(self, result: PostResult) -> None:
        self._counts[result.done] += 1
        column = self._results[result.edit.row_id, result.edit.key]
        while (item := column.takeAt(0)) is not None:
            shown = item.widget()
            if shown is not None:
                shown.deleteLater()
        column.addWidget(Pill(self._look, result.word, result.tone, dot=True))
        if result.text:
            column.addWidget(wrapped(label(result.text, "secondary")))
        column.addStretch(1)

    def _show_end(self) -> None:
        self._is_posting = False
        self._post.hide()
        self._back.setEnabled(True)
        self._back.say("dialog.close")
        self._back.setDefault(True)
        self._back.setFocus()
        done, left = self._counts[True], self._counts[False]
        say = self._look.say
        words = say("review.done", count=done)
        if left:
            words = f"{words} {say('review.left', count=left)}"
        self._note.setText(words)


def _shown(look: Look, drafts: Drafts, edit: PendingEdit, value: object) -> str:
    if edit.key == "on":
        return look.say("delivery.active" if value else "delivery.paused")
    return look.formats.money(float(str(value)), drafts.facts(edit.row_id).currency)


def _jump(edit: PendingEdit) -> float:
    """Return how far a budget moves, as a share of the old one."""
    if edit.key != "budget":
        return 0.0
    old, new = float(str(edit.old)), float(str(edit.new))
    return abs(new / old - 1) if old else 0.0


def _change(look: Look, edit: PendingEdit) -> QWidget:
    if edit.key == "on":
        return QLabel()
    old, new = float(str(edit.old)), float(str(edit.new))
    text = look.formats.percent(new / old - 1 if old else None, 1, sign=True)
    tone = Tone.WARN if _jump(edit) > _JUMP else Tone.NEUTRAL
    pill = Pill(look, text, tone)
    pill.setAccessibleName(text.replace(MINUS, "-"))
    return pill
