"""What a person does about entries: approve, reject, take back, settle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from engine.api.messages import DecisionMessage, JournalPage, JournalRow
from ui.engine_client import Ask, EngineError
from ui.pages.journal.reason_dialog import ReasonDialog
from ui.pages.journal.words import amount, change_of, currency_of
from ui.pages.objects.outcomes import reason_words, state_of
from ui.session import Session
from ui.widgets.dialogs import ConfirmDialog, Question

_MOST_LINES = 6
_SECONDS = 120.0
WAITING = "awaiting_approval"


@dataclass(slots=True)
class _Batch:
    """Approvals or rejections on their way, one after the other."""

    verb: str
    waiting: list[JournalRow]
    body: dict[str, object] = field(default_factory=dict)
    total: int = 0
    done: int = 0
    missed: int = 0
    last_problem: str = ""


class Acting(QObject):
    """Asks, sends, and tells what became of it.

    ``finished`` follows every command, ``refused`` carries an entry's id and why the
    engine refused, ``progress`` how many of how many are decided. ``ask`` and
    ``ask_reason`` are the dialogs; a reason of None means no.
    """

    finished = Signal()
    refused = Signal(str, str)
    progress = Signal(int, int)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._look = session.look
        self._parent = parent
        self._batch: _Batch | None = None
        self.ask: Callable[[Question], bool] = self._ask_by_dialog
        self.ask_reason: Callable[[str, str], str | None] = self._ask_reason_by_dialog

    @property
    def is_busy(self) -> bool:
        """Whether approvals or rejections are on their way."""
        return self._batch is not None

    def approve(self, rows: Sequence[JournalRow], *, sure: bool = False) -> None:
        """Approve waiting entries as they are shown; asks first unless ``sure``."""
        waiting = self._waiting(rows)
        if not waiting or self.is_busy:
            return
        say = self._look.say
        question = Question(
            say("activity.approve_title", count=len(waiting)),
            say("activity.approve_text"),
            "activity.approve",
            lines=self._lines(waiting),
        )
        if sure or self.ask(question):
            self._begin(_Batch("approve", waiting, total=len(waiting)))

    def reject(self, rows: Sequence[JournalRow]) -> None:
        """Reject waiting entries, with a reason for the journal."""
        waiting = self._waiting(rows)
        if not waiting or self.is_busy:
            return
        title = self._look.say("activity.reject_title", count=len(waiting))
        reason = self.ask_reason(title, "\n".join(self._lines(waiting)))
        if reason is not None:
            self._begin(_Batch("reject", waiting, {"reason": reason}, len(waiting)))

    def undo(self, row: JournalRow) -> None:
        """Take an applied change back, after showing what that does."""
        if not row.can_undo:
            return
        say = self._look.say
        back = say(
            "activity.undo_line",
            name=row.object_name,
            now=amount(self._look, row, row.after),
            then=amount(self._look, row, row.before),
        )
        question = Question(
            say("activity.undo_title"), say("activity.undo_text"), "activity.undo", lines=[back]
        )
        if self.ask(question):
            ask = Ask(f"/api/v1/journal/{row.id}/undo", JournalPage, timeout=_SECONDS)
            self._session.client.post(
                ask, self, self._taken_back, lambda error: self._refuse(row, error)
            )

    def settle(self, row: JournalRow, *, applied: bool) -> None:
        """Say whether a change that nobody could judge took effect."""
        say = self._look.say
        which = "applied" if applied else "not_applied"
        line = f"{row.object_name}: {change_of(self._look, row).spoken}"
        question = Question(
            say("activity.settle_title"),
            say(f"activity.settle_{which}_text"),
            f"activity.settle_{which}",
            lines=[line],
        )
        if not self.ask(question):
            return
        ask = Ask(f"/api/v1/journal/{row.id}/settle", JournalPage, body={"applied": applied})

        def done(_page: JournalPage) -> None:
            self._session.say(say("activity.settled"))
            self.finished.emit()

        self._session.client.post(ask, self, done, lambda error: self._refuse(row, error))

    def _waiting(self, rows: Sequence[JournalRow]) -> list[JournalRow]:
        return [row for row in rows if row.state == WAITING]

    def _lines(self, rows: Sequence[JournalRow]) -> list[str]:
        look = self._look
        lines = [f"{row.object_name}: {change_of(look, row).spoken}" for row in rows[:_MOST_LINES]]
        more = len(rows) - _MOST_LINES
        if more > 0:
            lines.append(look.say("activity.and_more", count=more))
        return [*lines, *self._money_line(rows)]

    def _money_line(self, rows: Sequence[JournalRow]) -> list[str]:
        """Return by how much budgets move together, for each currency apart."""
        sums: dict[str, tuple[JournalRow, int]] = {}
        for row in rows:
            if isinstance(row.before, int) and isinstance(row.after, int):
                known = sums.get(row.currency, (row, 0))[1]
                sums[row.currency] = (row, known + row.after - row.before)
        if len(rows) < 2 or not sums:
            return []
        formats = self._look.formats
        texts = [
            ("+" if total > 0 else "")
            + formats.money(total, currency_of(row), exact=total % row.offset != 0)
            for row, total in sums.values()
        ]
        return [self._look.say("activity.together", amounts=", ".join(texts))]

    def _begin(self, batch: _Batch) -> None:
        # The oldest first: what follows another decision is settled together with it.
        batch.waiting.reverse()
        self._batch = batch
        self._next()

    def _next(self) -> None:
        batch = self._batch
        if batch is None:
            return
        self.progress.emit(batch.done + batch.missed, batch.total)
        if not batch.waiting:
            self._end(batch)
            return
        row = batch.waiting.pop(0)
        ask = Ask(f"/api/v1/decisions/{row.id}", DecisionMessage)
        self._session.client.get(
            ask,
            self,
            lambda decision: self._send(batch, row, decision),
            lambda error: self._miss(batch, row, error),
        )

    def _send(self, batch: _Batch, row: JournalRow, decision: DecisionMessage) -> None:
        """Send the word on one entry, if it still is what was shown."""
        now = decision.entry
        if now.state != WAITING:
            batch.done += 1
            self._next()
            return
        if (now.before, now.after, now.action) != (row.before, row.after, row.action):
            batch.missed += 1
            batch.last_problem = self._look.say("activity.changed_meanwhile")
            self._next()
            return
        body = dict(batch.body)
        if batch.verb == "approve":
            body["fingerprint"] = decision.fingerprint
        ask = Ask(
            f"/api/v1/decisions/{row.id}/{batch.verb}", JournalPage, body=body, timeout=_SECONDS
        )
        self._session.client.post(
            ask,
            self,
            lambda page: self._count(batch, page),
            lambda error: self._miss(batch, row, error),
        )

    def _count(self, batch: _Batch, page: JournalPage) -> None:
        first = page.items[0] if page.items else None
        wanted = ("applied", "sent", "intent") if batch.verb == "approve" else ("rejected",)
        if first is not None and first.state not in wanted:
            batch.missed += 1
            words = state_of(self._look, first)[0]
            batch.last_problem = f"{first.object_name} – {words}: {reason_words(self._look, first)}"
            self.refused.emit(first.id, reason_words(self._look, first))
        else:
            batch.done += 1
        self._next()

    def _miss(self, batch: _Batch, row: JournalRow, error: EngineError) -> None:
        batch.missed += 1
        batch.last_problem = error.text or error.title
        self.refused.emit(row.id, batch.last_problem)
        self._next()

    def _end(self, batch: _Batch) -> None:
        self._batch = None
        say = self._look.say
        done = say(f"activity.{batch.verb}_done", count=batch.done) if batch.done else ""
        if batch.missed:
            missed = say("activity.missed", count=batch.missed)
            self._session.say(f"{done} {missed} {batch.last_problem}".strip(), "bad")
        else:
            self._session.say(done)
        self.finished.emit()

    def _taken_back(self, page: JournalPage) -> None:
        row = page.items[0]
        say = self._look.say
        if row.state == "applied":
            back = amount(self._look, row, row.after)
            self._session.say(say("activity.undone", name=row.object_name, value=back))
        else:
            text = f"{state_of(self._look, row)[0]}: {reason_words(self._look, row)}"
            self._session.say(say("activity.not_undone", why=text), "bad")
            self.refused.emit(row.undoes or row.id, text)
        self.finished.emit()

    def _refuse(self, row: JournalRow, error: EngineError) -> None:
        self._session.fail(error)
        self.refused.emit(row.id, error.text or error.title)
        self.finished.emit()

    def _ask_by_dialog(self, question: Question) -> bool:
        return ConfirmDialog(self._look, question, self._parent).ask()

    def _ask_reason_by_dialog(self, title: str, text: str) -> str | None:
        return ReasonDialog(self._look, title, text, self._parent).ask()
