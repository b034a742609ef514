"""Journal entries and decisions as people see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from engine.api.context import Api
from engine.api.messages import DecisionMessage, DecisionPage, JournalPage, JournalRow, Words
from engine.api.rule_reader import readings_of, words_of
from engine.domain.errors import NotFound
from engine.domain.journal import JournalEntry, JournalState
from engine.domain.money import OFFSETS
from engine.domain.objects import Account
from engine.domain.rule import Rule
from engine.domain.written import WRITTEN_FIELDS
from engine.engine import Engine
from engine.execution.approvals import fingerprint
from engine.storage.state.journal_reader import JournalFilter

_BY_HAND = Words("Changed by hand.", "Змінено вручну.")
Accounts = Mapping[str, Account]


def known_accounts(engine: Engine) -> dict[str, Account]:
    """Return every account by id, those switched off too."""
    return {known.account.account_id: known.account for known in engine.state.accounts.all()}


def page(api: Api, asked: JournalFilter, limit: int, cursor: str | None) -> JournalPage:
    """Return one page of the journal, newest first; blocking."""
    found = api.engine.state.reader.page(asked, limit=limit, cursor=cursor)
    accounts = known_accounts(api.engine)
    total = sum(api.engine.state.reader.counts(asked).values())
    return JournalPage(
        tuple(row(entry, accounts) for entry in found.entries), found.next_cursor, total
    )


def decisions(api: Api, asked: JournalFilter, limit: int, cursor: str | None) -> DecisionPage:
    """Return one page of decisions with their traces, newest first; blocking."""
    found = api.engine.state.reader.page(asked, limit=limit, cursor=cursor)
    total = sum(api.engine.state.reader.counts(asked).values())
    return DecisionPage(_decisions(api, found.entries), found.next_cursor, total)


def decision(api: Api, entry_id: str) -> DecisionMessage:
    """Return one decision with its trace; NotFound for an unknown id."""
    return _decisions(api, [api.engine.state.reader.entry(entry_id)])[0]


def row(entry: JournalEntry, accounts: Accounts) -> JournalRow:
    """Return an entry with what the window needs to show it."""
    account = accounts.get(entry.account_id)
    currency = account.currency if account is not None else ""
    return JournalRow(
        id=entry.entry_id,
        state=entry.state.value,
        mode=entry.mode.value,
        rule_id=entry.rule_id,
        rule_version=entry.rule_version,
        rule_name=entry.rule_name,
        account_id=entry.account_id,
        account_name=account.name if account is not None else entry.account_id,
        object_id=entry.object_id,
        object_name=entry.object_name,
        level=entry.level.value,
        action=entry.action,
        field=entry.field,
        before=entry.before,
        after=entry.after,
        decided_at=entry.decided_at.isoformat(),
        sent_at=_text(entry.sent_at),
        settled_at=_text(entry.settled_at),
        reason=entry.reason,
        reason_code=entry.reason_code,
        actor=entry.actor,
        currency=currency,
        offset=OFFSETS.get(currency, 1),
        can_undo=entry.state is JournalState.APPLIED
        and entry.field in WRITTEN_FIELDS
        and entry.before is not None,
        undoes=entry.undoes,
    )


def _decisions(api: Api, entries: Sequence[JournalEntry]) -> tuple[DecisionMessage, ...]:
    accounts = known_accounts(api.engine)
    rules = {
        (entry.rule_id, entry.rule_version): _rule(api, entry.rule_id, entry.rule_version)
        for entry in entries
    }
    return tuple(
        _decision(api.engine, entry, accounts, rules[entry.rule_id, entry.rule_version])
        for entry in entries
    )


def _rule(api: Api, rule_id: str, version: int) -> Rule | None:
    try:
        stored = api.engine.state.rules.get(rule_id, version)
    except NotFound:
        return None  # a change made by hand belongs to no rule
    return api.rules.rule(stored)


def _decision(
    engine: Engine, entry: JournalEntry, accounts: Accounts, rule: Rule | None
) -> DecisionMessage:
    decided = engine.state.reader.decision(entry.entry_id)
    shown = row(entry, accounts)
    verdict = decided.proposal.verdict
    return DecisionMessage(
        entry=shown,
        outcome=decided.outcome.value,
        guard=decided.reason.guard,
        until=_text(decided.reason.until),
        answer=verdict.answer.value,
        as_of=verdict.as_of.isoformat(),
        readings=readings_of(verdict.readings, rule, shown.currency),
        rule_words=words_of(rule) if rule is not None else _BY_HAND,
        history=tuple(
            (event.at.isoformat(), event.state.value, event.reason)
            for event in engine.state.reader.events(entry.entry_id)
        ),
        fingerprint=fingerprint(entry),
    )


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
