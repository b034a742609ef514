"""Pages of the journal, newest first, read again when it changes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from engine.api.details import EditPage
from engine.api.messages import JournalPage, JournalRow
from ui.engine_client import Ask, Call, EngineClient, EngineError
from ui.pages.journal.edits import EDITS_PATH, rows_of

PAGE = 100
_MOST_AT_ONCE = 1000
PATH = "/api/v1/journal"


class Group(StrEnum):
    """Which states a tab shows."""

    ALL = "all"
    APPLIED = "applied"
    WAITING = "waiting"
    NOT_DONE = "not_done"
    DRY_RUN = "dry_run"
    EDITED = "edited"


# A decision of a rule in dry run stays `decided`; the others leave it at once.
STATES: dict[Group, tuple[str, ...]] = {
    Group.ALL: (),
    Group.APPLIED: ("applied", "undone", "sent", "intent"),
    Group.WAITING: ("awaiting_approval", "needs_human", "conflict", "unknown"),
    Group.NOT_DONE: ("vetoed", "skipped", "held_out", "rejected", "cancelled", "not_applied"),
    Group.DRY_RUN: ("decided",),
    Group.EDITED: (),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; empty fields don't restrict."""

    group: Group = Group.ALL
    rule_id: str = ""
    accounts: tuple[str, ...] = ()
    text: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether rows may be missing for another reason than the tab."""
        return bool(self.rule_id or self.accounts or self.text)

    def query(self, limit: int, cursor: str | None = None) -> dict[str, str | int | None]:
        """Return it as a query of the engine."""
        asked: dict[str, str | int | None] = {
            "account_id": ",".join(self.accounts) or None,
            "text": self.text or None,
            "limit": limit,
            "cursor": cursor,
        }
        if self.group is Group.EDITED:
            return asked
        states = ",".join(STATES[self.group]) or None
        return {**asked, "state": states, "rule_id": self.rule_id or None}


class Feed(QObject):
    """Reads the journal's rows page by page.

    ``more`` adds older rows, ``again`` reads the same stretch anew. ``loaded`` carries
    all rows that are there now and whether they belong to another wish than before.
    """

    loaded = Signal(list, bool)
    failed = Signal(object)

    def __init__(self, client: EngineClient, parent: QObject) -> None:
        super().__init__(parent)
        self._client = client
        self._call: Call | None = None
        self._cursor: str | None = None
        self._missed = False
        self.wanted = Wanted()
        self.rows: list[JournalRow] = []
        self.total = 0

    @property
    def has_more(self) -> bool:
        """Whether the engine has older rows."""
        return self._cursor is not None

    @property
    def is_busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._call is not None

    def want(self, wanted: Wanted) -> None:
        """Show other rows from the newest on."""
        self.wanted = wanted
        self._cancel()
        self._ask(PAGE, None, [], fresh=True)

    def again(self) -> None:
        """Read what is there once more, so that states are true."""
        if self.is_busy:
            self._missed = True
            return
        self._restart()

    def more(self) -> None:
        """Read older rows, unless something is being read."""
        if self.has_more and not self.is_busy:
            self._ask(PAGE, self._cursor, self.rows, fresh=False)

    def _restart(self) -> None:
        goal = max(PAGE, len(self.rows))
        self._ask(min(goal, _MOST_AT_ONCE), None, [], fresh=False, goal=goal)

    def _ask(
        self,
        limit: int,
        cursor: str | None,
        before: list[JournalRow],
        *,
        fresh: bool,
        goal: int = 0,
    ) -> None:
        def done(page: JournalPage | EditPage) -> None:
            self._call = None
            rows = [*before, *rows_of(page)]
            if page.cursor is not None and len(rows) < goal:
                rest = min(goal - len(rows), _MOST_AT_ONCE)
                self._ask(rest, page.cursor, rows, fresh=fresh, goal=goal)
                return
            self.rows, self._cursor, self.total = rows, page.cursor, page.total
            self.loaded.emit(rows, fresh)
            if self._missed:
                self._missed = False
                self.again()

        query = self.wanted.query(limit, cursor)
        if self.wanted.group is Group.EDITED:
            edits = Ask(EDITS_PATH, EditPage, query)
            self._call = self._client.get(edits, self, done, self._fail)
        else:
            ask = Ask(PATH, JournalPage, query)
            self._call = self._client.get(ask, self, done, self._fail)

    def _fail(self, error: EngineError) -> None:
        self._call, self._missed = None, False
        self.failed.emit(error)

    def _cancel(self) -> None:
        self._missed = False
        if self._call is not None:
            self._call.cancel()
            self._call = None
