"""Changes that others made at Meta, as rows beside those of the journal."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from engine.api.details import EditPage, EditRow
from engine.api.messages import JournalPage, JournalRow
from ui.look import Look
from ui.pages.journal.words import Zones, change_of
from ui.pages.objects.edit_rows import SIGN, as_row
from ui.pages.objects.outcomes import state_of
from ui.widgets.card import rule_line
from ui.widgets.labels import label, wrapped
from ui.widgets.pill import Pill

EDITS_PATH = "/api/v1/edits"


def is_edit(entry_id: str) -> bool:
    """Whether a row is a change at Meta and not an entry of the journal."""
    return entry_id.startswith(SIGN)


def path_of(entry_id: str) -> str:
    """Return where the engine gives one change."""
    return f"{EDITS_PATH}/{entry_id.removeprefix(SIGN)}"


def rows_of(page: JournalPage | EditPage) -> list[JournalRow]:
    """Return the rows of a page, changes at Meta in the journal's form."""
    if isinstance(page, JournalPage):
        return list(page.items)
    return [as_row(edit) for edit in page.items]


class EditTrace(QWidget):
    """One change at Meta in the side panel: what, by whom, with what."""

    def __init__(self, look: Look, zones: Zones, edit: EditRow) -> None:
        super().__init__()
        row = as_row(edit)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(10)
        words, tone = state_of(look, row)
        column.addWidget(Pill(look, words, tone), 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(wrapped(label(change_of(look, row).spoken, "strong")))
        key = "activity.edit_own_app" if edit.origin == "own_app" else "activity.edit_others"
        column.addWidget(wrapped(label(look.say(key), "body-secondary")))
        column.addWidget(rule_line())
        column.addLayout(_facts(look, zones, edit))
        column.addStretch(1)


def _facts(look: Look, zones: Zones, edit: EditRow) -> QGridLayout:
    lines = (
        ("activity.edit_actor", edit.actor),
        ("activity.edit_application", edit.application),
        ("activity.edit_time", zones.full(edit.at, edit.account_id)),
        ("activity.edit_event", edit.words or edit.event),
        ("activity.column_account", edit.account_name),
        ("activity.level", look.say(f"activity.level_{edit.level}")),
        ("activity.object_id", edit.object_id),
    )
    grid = QGridLayout()
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(5)
    grid.setColumnStretch(1, 1)
    for place, (key, value) in enumerate(line for line in lines if line[1]):
        grid.addWidget(label(look.say(key), "secondary"), place, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(wrapped(label(value, "secondary")), place, 1)
    return grid
