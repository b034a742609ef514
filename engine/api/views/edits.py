"""Changes made at Meta, as its change history tells them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from engine.api.context import Api
from engine.api.details import EditPage, EditRow
from engine.api.queries import part
from engine.api.views.journal import Accounts, known_accounts
from engine.decide.edits import Origin, origin_of
from engine.domain.errors import NotFound
from engine.domain.journal import JournalEntry
from engine.domain.money import OFFSETS
from engine.domain.objects import AdObject
from engine.ports import Activity, EditsAsked
from engine.storage.state.journal_reader import JournalFilter

# More than anybody looks through; older ones are found by object, account or time.
_MOST = 5000
_BEFORE_SEEN = timedelta(days=1)


def page(api: Api, asked: EditsAsked, limit: int, cursor: str | None) -> EditPage:
    """Return a page of changes that this engine did not make; blocking."""
    rows = _by_others(api, replace(asked, limit=_MOST))
    wanted = part(len(rows), limit, cursor)
    return EditPage(tuple(_rows(api, rows[wanted.start : wanted.end])), wanted.cursor, len(rows))


def one(api: Api, edit_id: str) -> EditRow:
    """Return one change; NotFound for an unknown id. Blocking."""
    found = api.engine.warehouse.history.edits(EditsAsked(mark=edit_id, limit=1))
    if not found:
        raise NotFound(f"There is no change {edit_id!r} in Meta's history.")
    return _rows(api, found)[0]


def _by_others(api: Api, asked: EditsAsked) -> list[Activity]:
    found = api.engine.warehouse.history.edits(asked)
    entries = _entries_around(api, found)
    return [
        edit
        for edit in found
        if origin_of(edit, entries.get(edit.object_id, ())) is not Origin.ENGINE
    ]


def _entries_around(api: Api, edits: Sequence[Activity]) -> dict[str, list[JournalEntry]]:
    """Return what the journal knows of the time of some edits, by object."""
    if not edits:
        return {}
    since = min(edit.at for edit in edits) - _BEFORE_SEEN
    accounts = sorted({edit.account_id for edit in edits})
    found: dict[str, list[JournalEntry]] = {}
    for entry in api.engine.state.reader.find(JournalFilter(accounts=accounts, since=since)):
        if entry.sent_at is not None:
            found.setdefault(entry.object_id, []).append(entry)
    return found


def _rows(api: Api, edits: Sequence[Activity]) -> list[EditRow]:
    accounts = known_accounts(api.engine)
    objects = api.engine.warehouse.find(sorted({edit.object_id for edit in edits}))
    return [_row(edit, accounts, objects.get(edit.object_id)) for edit in edits]


def _row(edit: Activity, accounts: Accounts, known: AdObject | None) -> EditRow:
    account = accounts.get(edit.account_id)
    level = known.level if known is not None else edit.level
    currency = account.currency if account is not None else ""
    return EditRow(
        id=edit.mark,
        at=edit.at.isoformat(),
        account_id=edit.account_id,
        account_name=account.name if account is not None else edit.account_id,
        object_id=edit.object_id,
        object_name=(known.name if known is not None else edit.object_name) or edit.object_id,
        level=level.value if level is not None else "account",
        event=edit.event,
        words=edit.words,
        field=edit.field or "",
        before=edit.before,
        after=edit.after,
        actor=edit.actor,
        application=edit.application,
        origin=(Origin.OWN_APP if edit.by_us else Origin.OTHERS).value,
        currency=currency,
        offset=OFFSETS.get(currency, 1),
    )
