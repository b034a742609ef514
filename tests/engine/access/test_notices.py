"""What people are told about logins, when, and what they can do about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.access.notices import Action, ending, notices, reminder
from engine.access.sentences import resting_sentences
from engine.domain.identity import Access, Identity, Means, Source, Trouble, means_of
from tests import builders
from tests.builders import NOW

OLENA = Identity(
    "olena",
    Source.LOGIN,
    "Demo Buyer",
    NOW,
    scopes=("ads_read", "ads_management", "business_management"),
)
ACCOUNTS = [builders.account("100"), builders.account("200")]


def told(*identities: Identity, accesses: tuple[Access, ...] = ()) -> list[tuple[str, str, str]]:
    def means(account_id: str) -> Means:
        return means_of(account_id, identities, accesses)

    found = notices(identities, ACCOUNTS, means, NOW)
    return [(one.kind, one.severity, one.action.value) for one in found]


def test_nothing_is_told_while_all_is_well() -> None:
    assert told(OLENA) == []


def test_without_any_login_the_one_thing_to_do_is_to_connect() -> None:
    assert told() == [("not_connected", "bad", "connect")]
    assert notices([], [], lambda _id: Means(""), NOW)[0].severity == "info"


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(days=15), []),
        (timedelta(days=14), [("expiring", "warn", "reconnect")]),
        (timedelta(days=2), [("expiring", "warn", "reconnect")]),
        (timedelta(days=1), [("expiring", "bad", "reconnect")]),
    ],
)
def test_a_token_that_ends_is_told_two_weeks_before(
    left: timedelta, expected: list[tuple[str, str, str]]
) -> None:
    assert told(replace(OLENA, expires_at=NOW + left)) == expected


def test_the_end_of_data_access_is_told_of_a_token_that_never_ends() -> None:
    notice = ending(replace(OLENA, data_access_expires_at=NOW + timedelta(days=7)), NOW)[0]
    assert (notice.kind, notice.days) == ("data_expiring", 7)
    assert "Demo Buyer" in notice.words[0]
    assert "in 7 days" in notice.words[0]
    assert "за 7 днів" in notice.words[1]


def test_each_reminder_is_told_once_14_7_and_1_days_before() -> None:
    ends = NOW + timedelta(days=20)
    one = replace(OLENA, expires_at=ends)
    due = [reminder(one, ends - timedelta(days=left)) for left in (15, 14, 8, 7, 2, 1, 0)]
    steps = [name.split(":")[1] if name else "" for name in due]
    assert steps == ["", "14", "14", "7", "7", "1", "1"]


@pytest.mark.parametrize(
    ("trouble", "action"),
    [
        (Trouble.EXPIRED, Action.RECONNECT),
        (Trouble.REVOKED, Action.RECONNECT),
        (Trouble.CHECKPOINT, Action.OPEN_FACEBOOK),
        (Trouble.KEEPER, Action.UNLOCK),
    ],
)
def test_each_trouble_has_its_one_action(trouble: Trouble, action: Action) -> None:
    assert told(replace(OLENA, trouble=trouble)) == [(trouble.value, "bad", action.value)]


def test_read_only_accounts_are_told_together_with_what_is_missing() -> None:
    reader = replace(OLENA, scopes=("ads_read",))
    found = notices([reader], ACCOUNTS, lambda one: means_of(one, [reader], []), NOW)
    assert [one.kind for one in found] == ["missing_permission"]
    assert found[0].account_ids == ("100", "200")
    assert "ads_management" in found[0].words[0]


def test_an_account_nobody_sees_is_told_while_the_login_works() -> None:
    accesses = (Access("olena", "100"), Access("olena", "200", reads=False))
    assert told(OLENA, accesses=accesses) == [("unseen", "bad", "connect")]


def test_an_account_says_in_one_sentence_why_it_rests() -> None:
    dead = replace(OLENA, trouble=Trouble.EXPIRED)
    resting = resting_sentences(means_of("100", [dead], []))
    assert resting[0] == (
        "Demo Buyer: the login has expired. Log in again. Until then this account rests."
    )
    assert resting_sentences(means_of("100", [OLENA], [])) == ("", "")
