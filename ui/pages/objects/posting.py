"""Sends pending edits to the engine, one object after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from engine.api.messages import JournalPage, JournalRow
from ui.engine_client import Ask, EngineError
from ui.grid.edits import PendingEdit
from ui.look import Look
from ui.pages.objects.book import Drafts
from ui.pages.objects.outcomes import reason_words, state_of
from ui.session import Session
from ui.theme import Tone

# The engine answers when Meta has, which a busy account may delay.
_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class PostResult:
    """What became of one edit; ``done`` means that it need not be sent again."""

    edit: PendingEdit
    done: bool
    word: str
    tone: Tone
    text: str = ""


def field_of(edit: PendingEdit, drafts: Drafts) -> str:
    """Return the engine's name of the field that an edit changes."""
    if edit.key == "on":
        return "status"
    return drafts.facts(edit.row_id).budget_kind or "daily_budget"


def value_of(edit: PendingEdit) -> str | int:
    """Return an edit's new value for the engine; budgets in minor units."""
    if edit.key == "on":
        return "ACTIVE" if edit.new else "PAUSED"
    return round(float(str(edit.new)))


class Poster(QObject):
    """Posts edits through guards and journal.

    ``told`` carries each PostResult.
    """

    told = Signal(object)
    finished = Signal()

    def __init__(self, session: Session, drafts: Drafts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._drafts = drafts
        self._waiting: list[list[PendingEdit]] = []

    def post(self, edits: Sequence[PendingEdit]) -> None:
        """Send edits; those of one object go together."""
        by_object: dict[str, list[PendingEdit]] = {}
        for edit in edits:
            by_object.setdefault(edit.row_id, []).append(edit)
        self._waiting = list(by_object.values())
        self._next()

    def stop(self) -> None:
        """Send nothing more; what was sent already still answers."""
        self._waiting.clear()

    def _next(self) -> None:
        if not self._waiting:
            self.finished.emit()
            return
        edits = self._waiting.pop(0)
        body = {field_of(edit, self._drafts): value_of(edit) for edit in edits}
        path = f"/api/v1/campaigns/{edits[0].row_id}"
        self._session.client.put(
            Ask(path, JournalPage, body=body, timeout=_SECONDS),
            self,
            lambda page: self._answered(edits, page),
            lambda error: self._refused(edits, error),
        )

    def _answered(self, edits: list[PendingEdit], page: JournalPage) -> None:
        rows = {row.field: row for row in page.items}
        for edit in edits:
            row = rows.get(field_of(edit, self._drafts))
            self._tell(edit_result(self._session.look, edit, row))
        self._next()

    def _refused(self, edits: list[PendingEdit], error: EngineError) -> None:
        say = self._session.look.say
        text = error.text or error.title
        for edit in edits:
            self._tell(PostResult(edit, False, say("review.not_sent"), Tone.BAD, text))
        self._next()

    def _tell(self, result: PostResult) -> None:
        if result.done:
            self._drafts.edits.drop([result.edit])
        self.told.emit(result)


def edit_result(look: Look, edit: PendingEdit, row: JournalRow | None) -> PostResult:
    """Return what the journal's row says of an edit; none: it was already so."""
    if row is None:
        return PostResult(edit, True, look.say("review.already"), Tone.NEUTRAL)
    if row.state == "applied":
        return PostResult(edit, True, look.say("review.applied"), Tone.GOOD)
    reason = reason_words(look, row)
    if row.state == "not_applied":
        return PostResult(edit, False, look.say("review.refused"), Tone.BAD, reason)
    # The outcome of an unknown one is found out by the engine: sending it again could double it.
    done = row.state in ("unknown", "sent", "intent", "needs_human", "conflict")
    return PostResult(edit, done, *state_of(look, row), reason)
