"""Keeps the side panel true to one entry of the journal."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from engine.api.details import EditRow
from engine.api.messages import DecisionMessage, JournalRow
from ui.engine_client import Ask, Call, EngineError
from ui.pages.journal.edits import EditTrace, is_edit, path_of
from ui.pages.journal.trace import Trace
from ui.pages.journal.words import Zones
from ui.session import Session
from ui.widgets.labels import label, wrapped
from ui.widgets.side_panel import SidePanel


class TracePanel(QObject):
    """Reads a decision and shows it in the side panel.

    ``act`` is told what was pressed, on which row. ``shown`` carries
    the id of the entry beside the table, empty for none.
    """

    shown = Signal(str)

    def __init__(
        self,
        session: Session,
        panel: SidePanel,
        zones: Zones,
        act: Callable[[str, JournalRow], None],
    ) -> None:
        super().__init__(panel)
        self._session = session
        self._look = session.look
        self._panel = panel
        self._zones = zones
        self._act = act
        self._call: Call | None = None
        self._decision: DecisionMessage | None = None
        self._edit: EditRow | None = None
        self._problems: dict[str, str] = {}
        self.entry_id = ""
        self.trace: Trace | None = None
        panel.closed.connect(self._forget)
        session.look.reworded.connect(self._draw)
        session.look.restyled.connect(self._draw)

    @property
    def is_open(self) -> bool:
        """Whether an entry is shown."""
        return not self._panel.isHidden()

    @property
    def row(self) -> JournalRow | None:
        """The entry that is shown, None while it is still read."""
        return self._decision.entry if self._decision is not None else None

    def show(self, entry_id: str) -> None:
        """Show an entry; the one before stays in sight until it is read."""
        self.entry_id = entry_id
        if self._call is not None:
            self._call.cancel()
        client = self._session.client
        if is_edit(entry_id):
            edit = Ask(path_of(entry_id), EditRow)
            self._call = client.get(edit, self, self._took_edit, self._failed)
        else:
            ask = Ask(f"/api/v1/decisions/{entry_id}", DecisionMessage)
            self._call = client.get(ask, self, self._took, self._failed)
        self.shown.emit(entry_id)

    def again(self) -> None:
        """Read what is shown once more."""
        if self.entry_id and self.is_open:
            self.show(self.entry_id)

    def close(self) -> None:
        """Close the panel."""
        self._panel.dismiss()

    def note_problem(self, entry_id: str, text: str) -> None:
        """Say beside an entry why the last command on it was refused."""
        self._problems = {entry_id: text}
        self._draw()

    def clear_problems(self) -> None:
        """Forget refusals, because something else is tried."""
        self._problems = {}

    def _took(self, decision: DecisionMessage) -> None:
        self._call = None
        if decision == self._decision and self.is_open:
            return
        self._decision, self._edit = decision, None
        self._draw(opening=True)

    def _took_edit(self, edit: EditRow) -> None:
        self._call, self._decision, self.trace, self._edit = None, None, None, edit
        self._draw(opening=True)

    def _draw_edit(self, edit: EditRow) -> None:
        note = f"{edit.account_name} · {self._zones.full(edit.at, edit.account_id)}"
        self._open(edit.object_name, note, EditTrace(self._look, self._zones, edit))

    def _failed(self, error: EngineError) -> None:
        self._call, self._decision, self._edit = None, None, None
        content = wrapped(label(error.text, "body-secondary"))
        content.setContentsMargins(16, 12, 16, 16)
        self._open(error.title, "", content)

    def _draw(self, *, opening: bool = False) -> None:
        decision = self._decision
        if self._edit is not None and (opening or self.is_open):
            self._draw_edit(self._edit)
        if decision is None or not (opening or self.is_open):
            return
        row = decision.entry
        problem = self._problems.get(row.id, "")
        self.trace = Trace(
            self._look, self._zones, decision, problem, lambda what: self._act(what, row)
        )
        note = f"{row.account_name} · {self._zones.full(row.decided_at, row.account_id)}"
        self._open(row.object_name, note, self.trace)

    def _open(self, title: str, note: str, content: QWidget) -> None:
        self._panel.show_details(title, note, content)

    def _forget(self) -> None:
        self.entry_id, self._decision, self._edit, self.trace = "", None, None, None
        if self._call is not None:
            self._call.cancel()
            self._call = None
        self.shown.emit("")
