"""What people must know about logins: what ends, ended, is missing.

Each notice is a sentence in both languages with the one thing to do about it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from engine.access.sentences import trouble_sentences
from engine.domain.formats import Formats
from engine.domain.identity import (
    WRITE,
    Condition,
    Identity,
    Means,
    Source,
    Trouble,
)
from engine.domain.language import Language
from engine.domain.objects import Account

REMIND_DAYS = (14, 7, 1)
_ENGLISH, _UKRAINIAN = Formats(Language.ENGLISH), Formats(Language.UKRAINIAN)


class Action(StrEnum):
    """The one thing a person can do about a notice."""

    CONNECT = "connect"
    RECONNECT = "reconnect"
    OPEN_FACEBOOK = "open_facebook"
    UNLOCK = "unlock"
    CHOOSE_ACCOUNTS = "choose_accounts"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to know; `severity` is bad, warn or info.

    `kind` is expiring, data_expiring, a trouble, missing_permission, unseen or
    not_connected. `days` are those left, where something is about to end.
    """

    kind: str
    severity: str
    words: tuple[str, str]
    action: Action
    identity_id: str = ""
    account_ids: tuple[str, ...] = ()
    days: int | None = None


def notices(
    identities: Sequence[Identity],
    accounts: Sequence[Account],
    means: Callable[[str], Means],
    now: datetime,
) -> list[Notice]:
    """Return what people must know at `now`, the gravest first."""
    if not identities:
        return [_not_connected(bool(accounts))]
    found = [*_troubles(identities, accounts, means), *_unseen(accounts, means)]
    found += _missing(identities, accounts, means)
    for identity in identities:
        found += ending(identity, now)
    order = {"bad": 0, "warn": 1, "info": 2}
    return sorted(found, key=lambda one: order[one.severity])


def ending(identity: Identity, now: datetime) -> list[Notice]:
    """Return what of a working identity ends within two weeks."""
    if not identity.works:
        return []
    found = []
    for kind, moment in (
        ("expiring", identity.expires_at),
        ("data_expiring", identity.data_access_expires_at),
    ):
        if moment is None or moment - now > timedelta(days=max(REMIND_DAYS)):
            continue
        # A token that never lived longer than a day was not meant to: no alarm at once.
        days = max(0, (moment - now) // timedelta(days=1))
        severity = "bad" if moment - now <= timedelta(days=min(REMIND_DAYS)) else "warn"
        words = _ending_words(kind, identity.name, moment, now)
        action = Action.NONE if identity.source is Source.ENVIRONMENT else Action.RECONNECT
        found.append(Notice(kind, severity, words, action, identity.identity_id, days=days))
    return found


def reminder(identity: Identity, now: datetime) -> str:
    """Return the name of the reminder due now, empty when none is.

    It changes 14, 7 and 1 days before something ends, so that each is told once.
    """
    names = []
    for kind, moment in (
        ("token", identity.expires_at),
        ("data", identity.data_access_expires_at),
    ):
        if moment is None or not identity.works:
            continue
        passed = [days for days in REMIND_DAYS if moment - now <= timedelta(days=days)]
        if passed:
            names.append(f"{kind}:{min(passed)}:{moment.date().isoformat()}")
    return " ".join(names)


def _ending_words(kind: str, name: str, moment: datetime, now: datetime) -> tuple[str, str]:
    english = f"{_ENGLISH.moment(moment, UTC)} ({_in_english(moment - now)})"
    ukrainian = f"{_UKRAINIAN.moment(moment, UTC)} ({_in_ukrainian(moment - now)})"
    if kind == "expiring":
        return (
            f"The login of {name} ends {english}. Log in again before that.",
            f"Вхід {name} діє до {ukrainian}. Увійдіть знову до цього часу.",
        )
    return (
        f"Meta lets the login of {name} read data until {english}. Log in again before that.",
        f"Meta дозволяє входу {name} читати дані до {ukrainian}. Увійдіть знову до цього часу.",
    )


def _in_english(left: timedelta) -> str:
    if left <= timedelta():
        return "now"
    days, hours = left.days, left.seconds // 3600
    if days:
        return "in 1 day" if days == 1 else f"in {days} days"
    return f"in {hours} h" if hours else "in less than an hour"


def _in_ukrainian(left: timedelta) -> str:
    if left <= timedelta():
        return "зараз"
    days, hours = left.days, left.seconds // 3600
    if not days:
        return f"за {hours} год" if hours else "менш ніж за годину"
    if days % 10 == 1 and days != 11:
        return f"за {days} день"
    return (
        f"за {days} дні"
        if days % 10 in {2, 3, 4} and days not in {12, 13, 14}
        else f"за {days} днів"
    )


def _not_connected(has_accounts: bool) -> Notice:
    if has_accounts:
        words = (
            "Nobody is logged in at Meta: the accounts rest, what was read stays. Log in.",
            "Ніхто не увійшов у Meta: акаунти відпочивають, зчитане зберігається. Увійдіть.",
        )
        return Notice("not_connected", "bad", words, Action.CONNECT)
    words = (
        "AI-Buyer is not connected to Meta yet. Log in and choose the accounts to work on.",
        "AI-Buyer ще не під’єднано до Meta. Увійдіть і виберіть акаунти для роботи.",
    )
    return Notice("not_connected", "info", words, Action.CONNECT)


def _troubles(
    identities: Iterable[Identity], accounts: Iterable[Account], means: Callable[[str], Means]
) -> list[Notice]:
    """Return a notice for each login that does not work, with what rests for it."""
    resting: dict[str, list[Account]] = {}
    for account in accounts:
        seen = means(account.account_id)
        for idle in seen.idle if seen.reader is None else ():
            resting.setdefault(idle.identity_id, []).append(account)
    found = []
    for one in identities:
        if one.works:
            continue
        action = Action.RECONNECT
        if one.condition is Condition.OPEN_FACEBOOK:
            action = Action.OPEN_FACEBOOK
        elif one.trouble is Trouble.KEEPER:
            action = Action.UNLOCK
        elif one.source is Source.ENVIRONMENT:
            action = Action.CONNECT
        own = resting.get(one.identity_id, [])
        english, ukrainian = trouble_sentences(one)
        if own:
            names = _listed([account.name for account in own])
            english = f"{english} Until then this rests: {names}."
            ukrainian = f"{ukrainian} Доти відпочиває: {names}."
        ids = tuple(account.account_id for account in own)
        words = (english, ukrainian)
        found.append(Notice(one.trouble.value, "bad", words, action, one.identity_id, ids))
    return found


def _unseen(accounts: Iterable[Account], means: Callable[[str], Means]) -> list[Notice]:
    """Return one notice about accounts that no login can read, though logins work."""
    names, ids = [], []
    for account in accounts:
        found = means(account.account_id)
        if found.reader is None and not found.idle:
            names.append(account.name)
            ids.append(account.account_id)
    if not ids:
        return []
    words = (
        (
            f"No login can read {_listed(names)}: these accounts rest. "
            "Log in as somebody who can see them, or remove them."
        ),
        (
            f"Жоден вхід не може читати {_listed(names)}: ці акаунти відпочивають. "
            "Увійдіть як той, хто їх бачить, або вилучіть їх."
        ),
    )
    return [Notice("unseen", "bad", words, Action.CONNECT, account_ids=tuple(ids))]


def _missing(
    identities: Sequence[Identity], accounts: Iterable[Account], means: Callable[[str], Means]
) -> list[Notice]:
    """Return one notice for each right that keeps accounts read only."""
    grouped: dict[tuple[str, str], list[Account]] = {}
    for account in accounts:
        found = means(account.account_id)
        if found.is_read_only and found.reader is not None:
            key = (found.reader.identity_id, found.missing)
            grouped.setdefault(key, []).append(account)
    known = {one.identity_id: one for one in identities}
    return [
        _read_only(known[identity_id], missing, own)
        for (identity_id, missing), own in grouped.items()
    ]


def _read_only(identity: Identity, missing: str, accounts: Sequence[Account]) -> Notice:
    names = _listed([account.name for account in accounts])
    ids = tuple(account.account_id for account in accounts)
    if missing == WRITE:
        words = (
            (
                f"{identity.name} has not given the permission {missing}: {names} can only be "
                "read. Log in again and allow it."
            ),
            (
                f"{identity.name} не має дозволу {missing}: {names} можна лише читати. "
                "Увійдіть знову і надайте його."
            ),
        )
        action = Action.RECONNECT
    else:
        words = (
            (
                f"{identity.name} lacks the task {missing} in {names}: it can only be read. "
                "An administrator of the account can give it."
            ),
            (
                f"{identity.name} не має завдання {missing} у {names}: можна лише читати. "
                "Його може надати адміністратор акаунта."
            ),
        )
        action = Action.NONE
    if identity.source is Source.ENVIRONMENT:
        action = Action.CONNECT
    return Notice("missing_permission", "warn", words, action, identity.identity_id, ids)


def _listed(names: Sequence[str]) -> str:
    """Return names in a row, a few of them where there are many."""
    shown = ", ".join(names[:3])
    return f"{shown} (+{len(names) - 3})" if len(names) > 3 else shown
