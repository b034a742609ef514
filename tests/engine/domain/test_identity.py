"""Who reads an account and who changes it: the one with the least rights."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.domain.identity import (
    Access,
    Condition,
    Identity,
    Kind,
    Source,
    Trouble,
    condition_of,
    means_of,
    trouble_of,
)
from tests.builders import NOW

READS = ("ads_read", "public_profile")
CHANGES = ("ads_read", "ads_management")


def identity(name: str, scopes: tuple[str, ...] | None = CHANGES, **more: object) -> Identity:
    made = Identity(name, Source.LOGIN, name.title(), NOW, scopes=scopes)
    return replace(made, **more)  # type: ignore[arg-type]  # fields by name


def chosen(*identities: Identity, accesses: tuple[Access, ...] = ()) -> tuple[str, str]:
    found = means_of("1", identities, accesses)
    names = (one.identity_id if one is not None else "" for one in (found.reader, found.writer))
    reader, writer = names
    return reader, writer


def test_reading_goes_through_a_token_that_can_change_nothing() -> None:
    assert chosen(identity("olena"), identity("robot", READS)) == ("robot", "olena")


def test_among_equals_a_system_user_comes_first() -> None:
    robot = identity("robot", kind=Kind.SYSTEM_USER)
    assert chosen(identity("olena"), robot) == ("robot", "robot")


def test_one_whose_permissions_nobody_knows_yet_is_tried() -> None:
    assert chosen(identity("new", None)) == ("new", "new")


def test_who_is_known_to_see_the_account_is_asked_and_nobody_else() -> None:
    accesses = (Access("marta", "1"), Access("olena", "2"))
    assert chosen(identity("olena"), identity("marta"), accesses=accesses) == ("marta", "marta")


def test_a_dead_login_is_replaced_by_another_that_works() -> None:
    dead = identity("olena", trouble=Trouble.EXPIRED)
    accesses = (Access("olena", "1"), Access("marta", "1"))
    assert chosen(dead, identity("marta"), accesses=accesses) == ("marta", "marta")


def test_an_account_rests_when_who_could_read_it_does_not_work() -> None:
    found = means_of("1", [identity("olena", trouble=Trouble.EXPIRED)], [Access("olena", "1")])
    assert found.reader is None
    assert [one.identity_id for one in found.idle] == ["olena"]


@pytest.mark.parametrize(
    ("scopes", "access", "missing"),
    [
        (READS, Access("olena", "1"), "ads_management"),
        (CHANGES, Access("olena", "1", writes=False, missing="ADVERTISE"), "ADVERTISE"),
    ],
)
def test_what_is_missing_to_change_an_account_is_named(
    scopes: tuple[str, ...], access: Access, missing: str
) -> None:
    found = means_of("1", [identity("olena", scopes)], [access])
    assert (found.is_read_only, found.missing) == (True, missing)


def test_no_right_is_missing_while_only_the_login_that_has_it_rests() -> None:
    writer = identity("olena", trouble=Trouble.EXPIRED)
    found = means_of("1", [writer, identity("robot", READS)], [])
    assert (found.is_read_only, found.missing) == (False, "")
    assert [one.identity_id for one in found.idle] == ["olena"]


@pytest.mark.parametrize(
    ("code", "subcode", "trouble", "condition"),
    [
        (190, None, Trouble.INVALID, Condition.LOG_IN_AGAIN),
        (190, 458, Trouble.REVOKED, Condition.LOG_IN_AGAIN),
        (190, 460, Trouble.PASSWORD, Condition.LOG_IN_AGAIN),
        (190, 463, Trouble.EXPIRED, Condition.LOG_IN_AGAIN),
        (190, 467, Trouble.LOGGED_OUT, Condition.LOG_IN_AGAIN),
        (190, 459, Trouble.CHECKPOINT, Condition.OPEN_FACEBOOK),
        (190, 464, Trouble.UNCONFIRMED, Condition.OPEN_FACEBOOK),
        (368, None, Trouble.BLOCKED, Condition.OPEN_FACEBOOK),
    ],
)
def test_what_meta_says_of_a_token(
    code: int, subcode: int | None, trouble: Trouble, condition: Condition
) -> None:
    assert trouble_of(code, subcode) is trouble
    assert condition_of(trouble) is condition
