"""Changes that others made at Meta, in the form of the journal's rows."""

from __future__ import annotations

from engine.api.details import EditRow
from engine.api.messages import JournalRow

# The state of rows that are no entries of ours: somebody changed it at Meta.
EDITED = "edited_at_meta"
# Tells ids of such rows from those of the journal.
SIGN = "edit:"


def as_row(edit: EditRow) -> JournalRow:
    """Return a change at Meta as a row of the journal."""
    return JournalRow(
        id=f"{SIGN}{edit.id}",
        state=EDITED,
        mode="",
        rule_id="",
        rule_version=0,
        rule_name="",
        account_id=edit.account_id,
        account_name=edit.account_name,
        object_id=edit.object_id,
        object_name=edit.object_name,
        level=edit.level,
        action=edit.words or edit.event,
        field=edit.field,
        before=edit.before,
        after=edit.after,
        decided_at=edit.at,
        sent_at=None,
        settled_at=None,
        reason=edit.application,
        reason_code="",
        actor=edit.actor or edit.application,
        currency=edit.currency,
        offset=edit.offset,
        can_undo=False,
    )
