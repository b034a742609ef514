"""Removing an account, once confirmed, and bringing it back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from engine.api.connection import AddedMessage
from engine.api.messages import AccountMessage, Done
from ui.engine_client import Ask
from ui.look import Look
from ui.session import Session
from ui.widgets.dialogs import Question

OfferUndo = Callable[[str, Callable[[], object]], None]


def removal_question(look: Look, account: AccountMessage) -> Question:
    """Return what a person is asked before an account is removed."""
    return Question(
        look.say("connection.remove_account_title", name=account.name),
        look.say("connection.remove_account_text"),
        "connection.remove_account",
        danger=True,
    )


def remove_account(
    session: Session,
    account: AccountMessage,
    owner: QObject,
    offer_undo: OfferUndo,
    again: Callable[[], None],
) -> None:
    """Work on an account no longer; ``offer_undo`` can bring it back."""
    client = session.client

    def back() -> None:
        ask = Ask("/api/v1/accounts", AddedMessage, body={"account_ids": [account.account_id]})
        client.post(ask, owner, lambda _added: again(), session.fail)

    def done(_done: Done) -> None:
        offer_undo(session.look.say("connection.account_removed", name=account.name), back)
        again()

    client.delete(Ask(f"/api/v1/accounts/{account.account_id}", Done), owner, done, session.fail)
