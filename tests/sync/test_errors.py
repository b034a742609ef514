"""Meta's recorded errors, each put into the class that says what follows."""

from __future__ import annotations

import msgspec
import pytest

from sync.errors import Kind, advice, decode_error, is_whole_app, kind_of


def kind(status: int, **error: object) -> Kind:
    return kind_of(status, decode_error(msgspec.Raw(msgspec.json.encode(error))))


@pytest.mark.parametrize(
    ("status", "error", "expected"),
    [
        (400, {"code": 190, "error_subcode": 463}, Kind.TOKEN_DEAD),
        (400, {"code": 190, "error_subcode": 460}, Kind.TOKEN_DEAD),
        (400, {"code": 190, "error_subcode": 467}, Kind.TOKEN_DEAD),
        (400, {"code": 190}, Kind.TOKEN_DEAD),
        (400, {"code": 190, "error_subcode": 459}, Kind.NEEDS_PERSON),
        (400, {"code": 190, "error_subcode": 464}, Kind.NEEDS_PERSON),
        (400, {"code": 190, "error_subcode": 492}, Kind.PERMISSION),
        (400, {"code": 190, "message": "pages_show must be granted before"}, Kind.PERMISSION),
        (400, {"code": 2500, "message": "An active access token must be used"}, Kind.TOKEN_DEAD),
        (400, {"code": 2500, "message": "Syntax error"}, Kind.REFUSED),
        (400, {"code": 368, "error_subcode": 1404082}, Kind.NEEDS_PERSON),
        (400, {"code": 100, "message": "(#100) Missing permissions"}, Kind.PERMISSION),
        (400, {"code": 100, "error_subcode": 33, "message": "missing permissions"}, Kind.MISSING),
        (403, {"code": 200}, Kind.PERMISSION),
        (403, {"code": 4}, Kind.THROTTLED),
        (400, {"code": 17, "is_transient": True}, Kind.THROTTLED),
        (400, {"code": "80004", "error_subcode": "2446079"}, Kind.THROTTLED),
        (400, {"code": 80014}, Kind.THROTTLED),
        (400, {"code": 200, "error_subcode": 4841013}, Kind.THROTTLED),
        (500, {"code": 1, "error_subcode": 99}, Kind.TRANSIENT),
        (500, {"code": 1, "message": "Please reduce the amount of data"}, Kind.TOO_MUCH_DATA),
        (400, {"code": 1, "error_subcode": 2853001}, Kind.REFUSED),
        (400, {"code": 2}, Kind.TRANSIENT),
        (400, {"code": 2, "error_subcode": 1504038}, Kind.TOO_MUCH_DATA),
        (400, {"code": 2, "error_subcode": 1504041}, Kind.REFUSED),
        (400, {"code": -3, "error_subcode": 1504045}, Kind.TOO_MUCH_DATA),
        (400, {"code": 2642}, Kind.CURSOR_EXPIRED),
        (400, {"code": 2635}, Kind.VERSION),
        (400, {"code": 1487901}, Kind.REFUSED),
        (400, {"code": 999999, "is_transient": True}, Kind.TRANSIENT),
        (500, {"code": 999999}, Kind.TRANSIENT),
        (400, {"code": "what"}, Kind.TRANSIENT),
    ],
)
def test_an_error_is_judged_by_its_numbers(
    status: int, error: dict[str, object], expected: Kind
) -> None:
    assert kind(status, **error) is expected


def test_only_app_limits_stop_every_account() -> None:
    def error(code: int) -> bool:
        return is_whole_app(decode_error(msgspec.Raw(msgspec.json.encode({"code": code}))))

    assert (error(4), error(17), error(80000)) == (True, False, False)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_tells_people_what_to_do(kind: Kind) -> None:
    error = decode_error(msgspec.Raw(b'{"code": 100, "error_subcode": 7, "message": "No."}'))
    told = advice(kind, error)
    assert "No." in told
    assert "100/7" in told
    assert told.endswith(".")
