"""Meta's recorded errors, each put into the class that says what follows."""

from __future__ import annotations

import msgspec
import pytest

from sync.error_table import Kind
from sync.errors import advice, decode_error, kind_of


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
        (400, {"code": 200, "error_subcode": 4841013}, Kind.PERHAPS_THROTTLED),
        (400, {"code": 613, "error_subcode": 4841018}, Kind.THROTTLED),
        (400, {"code": 613}, Kind.THROTTLED),
        (400, {"code": 613, "error_subcode": 1996}, Kind.THROTTLED),
        (400, {"code": 613, "error_subcode": 5044001}, Kind.THROTTLED),
        (400, {"code": 4, "error_subcode": 1504022}, Kind.THROTTLED),
        (400, {"code": 17, "error_subcode": 1885172}, Kind.THROTTLED),
        (400, {"code": 32}, Kind.THROTTLED),
        (400, {"code": 341}, Kind.THROTTLED),
        (500, {"code": 1, "error_subcode": 99}, Kind.TRANSIENT),
        (500, {"code": 1, "message": "Please reduce the amount of data"}, Kind.TOO_MUCH_DATA),
        (400, {"code": 1, "error_subcode": 2853001}, Kind.REFUSED),
        (400, {"code": 2}, Kind.TRANSIENT),
        (400, {"code": 2, "error_subcode": 1504038}, Kind.TOO_MUCH_DATA),
        (400, {"code": 2, "error_subcode": 1504041}, Kind.REFUSED),
        (400, {"code": -3, "error_subcode": 1504045}, Kind.TOO_MUCH_DATA),
        (400, {"code": 2642}, Kind.CURSOR_EXPIRED),
        (400, {"code": -2, "error_subcode": 2490547}, Kind.TRANSIENT),
        (400, {"code": 2, "error_subcode": 1504043}, Kind.TRANSIENT),
        (400, {"code": 100, "error_subcode": 1504018}, Kind.TOO_MUCH_DATA),
        (400, {"code": 100, "error_subcode": 3191001}, Kind.PERMISSION),
        (400, {"code": 2635}, Kind.VERSION),
        (400, {"code": 102, "error_subcode": 463}, Kind.TOKEN_DEAD),
        (400, {"code": 102, "error_subcode": 459}, Kind.NEEDS_PERSON),
        (400, {"code": 102, "error_subcode": 464}, Kind.NEEDS_PERSON),
        (400, {"code": 1404078}, Kind.NEEDS_PERSON),
        (400, {"code": 3910001}, Kind.NEEDS_PERSON),
        (400, {"code": 1404163}, Kind.PERMISSION),
        (400, {"code": 270}, Kind.PERMISSION),
        (400, {"code": 294}, Kind.PERMISSION),
        (400, {"code": 104}, Kind.REFUSED),
        (400, {"code": 506}, Kind.REFUSED),
        (400, {"code": 900}, Kind.REFUSED),
        (400, {"code": 3018}, Kind.REFUSED),
        (400, {"code": 5000}, Kind.TRANSIENT),
        (400, {"code": 100, "error_subcode": 1885621}, Kind.REFUSED),
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


def test_a_number_of_seven_digits_means_the_same_under_every_code() -> None:
    for code in (-1, 1, 100, 368, 613):
        assert kind(400, code=code, error_subcode=1487534) is Kind.TOO_MUCH_DATA
        assert kind(400, code=code, error_subcode=1885272) is Kind.REFUSED
        assert kind(400, code=code, error_subcode=1404078) is Kind.NEEDS_PERSON


def test_what_nobody_has_met_is_tried_again_only_where_that_may_help() -> None:
    assert kind(400, code=987) is Kind.REFUSED
    assert kind(403, code=987) is Kind.REFUSED
    assert kind(400, code=-17) is Kind.REFUSED
    assert kind(429, code=987) is Kind.THROTTLED
    assert kind(500, code=987) is Kind.TRANSIENT
    assert kind(400, code=987, is_transient=True) is Kind.TRANSIENT
    assert kind(400, code=10**18) is Kind.REFUSED


@pytest.mark.parametrize(
    "details",
    [
        {"blame_field_specs": [["daily_budget"], ["targeting", "geo_locations"]]},
        '{"blame_field_specs": [["daily_budget"], ["targeting", "geo_locations"]]}',
    ],
    ids=["as an object", "as text"],
)
def test_the_fields_that_meta_blames_are_told(details: object) -> None:
    body = msgspec.json.encode({"code": 100, "message": "No.", "error_data": details})
    error = decode_error(msgspec.Raw(body))
    assert error.blamed == ("daily_budget", "targeting.geo_locations")
    assert "100, about daily_budget, targeting.geo_locations" in advice(Kind.REFUSED, error)


@pytest.mark.parametrize("details", [None, 7, "", "{", [], {"blame_field_specs": "x"}])
def test_details_that_cannot_be_read_blame_nothing(details: object) -> None:
    body = msgspec.json.encode({"code": 100, "message": "No.", "error_data": details})
    assert decode_error(msgspec.Raw(body)).blamed == ()


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_tells_people_what_to_do(kind: Kind) -> None:
    error = decode_error(msgspec.Raw(b'{"code": 100, "error_subcode": 7, "message": "No."}'))
    told = advice(kind, error)
    assert "No." in told
    assert "100/7" in told
    assert told.endswith(".")
