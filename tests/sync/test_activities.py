"""The change history, in the shapes Meta gives it."""

import json

import pytest

from sync.activities import read_activity
from sync.reading import Unreadable


def activity(event: str, extra: object, app: str = "4711") -> bytes:
    row = {
        "event_time": "2026-11-22T12:00:00+0000",
        "event_type": event,
        "object_id": 120200000000000001,
        "application_id": app,
        "actor_name": "Somebody",
        "extra_data": json.dumps(extra),
    }
    return json.dumps(row).encode()


BUDGET = {"type": "payment_amount", "currency": "USD", "old_value": 2000, "new_value": 2400}


@pytest.mark.parametrize(
    ("event", "extra", "expected"),
    [
        ("update_campaign_budget", BUDGET, ("daily_budget", 2000, 2400)),
        ("update_ad_set_budget", BUDGET, ("daily_budget", 2000, 2400)),
        (
            "update_ad_set_budget",
            {"old_value": {"old_value": "2000", "additional_value": "Lifetime"}, "new_value": "9"},
            ("lifetime_budget", 2000, 9),
        ),
        (
            "update_campaign_run_status",
            {"old_value": "Active", "new_value": "Inactive"},
            ("status", "ACTIVE", "PAUSED"),
        ),
        ("update_ad_set_bidding", {"old_value": 1, "new_value": 2}, ("bid_amount", 1, 2)),
        ("update_campaign_name", {"old_value": "7", "new_value": "8"}, ("name", "7", "8")),
        ("create_ad", {}, (None, None, None)),
        (
            "update_ad_set_budget",
            {"old_value": [1], "new_value": True},
            ("daily_budget", None, None),
        ),
    ],
)
def test_a_change_is_told_in_our_fields(
    event: str, extra: object, expected: tuple[object, object, object]
) -> None:
    row = read_activity(activity(event, extra), "4711")
    assert (row.field, row.before, row.after) == expected
    assert row.object_id == "120200000000000001"
    assert row.by_us


def test_an_object_with_a_lifetime_budget_changes_that() -> None:
    row = read_activity(activity("update_campaign_budget", BUDGET), "4711", {"120200000000000001"})
    assert row.field == "lifetime_budget"


@pytest.mark.parametrize(("app", "ours"), [("4711", True), ("0", False), ("", False)])
def test_our_own_changes_are_known_by_the_app(app: str, ours: bool) -> None:
    assert read_activity(activity("create_ad", {}, app), "4711").by_us is ours
    assert not read_activity(activity("create_ad", {}, app), "").by_us


@pytest.mark.parametrize("text", [b"{}", b"[]", activity("x", []), b'{"event_time": "2026"}'])
def test_a_row_that_cannot_be_read_says_so(text: bytes) -> None:
    with pytest.raises(Unreadable):
        read_activity(text, "4711")
