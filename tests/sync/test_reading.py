"""Objects and accounts from Meta's payloads."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.objects import Level, Status
from sync.graph_fields import object_fields
from sync.reading import Unreadable, read_account, read_object

ADSET: dict[str, object] = {
    "id": "23853619670380398",
    "account_id": "212551616838260",
    "campaign_id": "23853619670350398",
    "name": "Lookalike",
    "status": "ACTIVE",
    "effective_status": "CAMPAIGN_PAUSED",
    "daily_budget": "2000",
    "lifetime_budget": "0",
    "bid_amount": 350,
    "learning_stage_info": {"status": "LEARNING", "conversions": 12},
    "adlabels": [{"id": "1", "name": "spring"}, {"id": "2", "name": "test"}],
    "created_time": "2023-03-17T08:04:28-0700",
}


def as_bytes(**changes: object) -> bytes:
    return json.dumps({**ADSET, **changes}).encode()


def test_an_ad_set_is_read_whole() -> None:
    item = read_object(as_bytes(), Level.ADSET, "212551616838260")
    assert (item.object_id, item.parent_id) == ("23853619670380398", "23853619670350398")
    assert (item.daily_budget, item.lifetime_budget, item.bid_amount) == (2000, None, 350)
    assert (item.status, item.effective_status) == (Status.ACTIVE, "CAMPAIGN_PAUSED")
    assert item.labels == ("spring", "test")
    assert item.learning_stage == "LEARNING"
    assert item.created_time == datetime(2023, 3, 17, 15, 4, 28, tzinfo=UTC)
    assert item.raw_status == ""


@pytest.mark.parametrize(
    ("changes", "status", "kept"),
    [
        ({"status": "FROZEN"}, Status.OTHER, "FROZEN"),
        ({"status": "OTHER"}, Status.OTHER, "OTHER"),
        ({"status": ""}, Status.OTHER, "(none)"),
        ({"effective_status": "ON_THE_MOON"}, Status.ACTIVE, "ON_THE_MOON"),
    ],
)
def test_a_word_we_do_not_know_is_kept(
    changes: dict[str, object], status: Status, kept: str
) -> None:
    item = read_object(as_bytes(**changes), Level.ADSET, "1")
    assert (item.status, item.raw_status) == (status, kept)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "act_1"},
        {"id": None},
        {"id": 2.38e16},
        {"campaign_id": ""},
        {"daily_budget": "12,34"},
        {"daily_budget": "-5"},
        {"daily_budget": 20.5},
        {"created_time": "yesterday"},
        {"created_time": "2023-03-17T08:04:28"},
        {"name": 7},
    ],
)
def test_an_object_that_cannot_be_read_says_so(changes: dict[str, object]) -> None:
    with pytest.raises(Unreadable):
        read_object(as_bytes(**changes), Level.ADSET, "1")


def test_ids_beyond_a_doubles_reach_stay_exact() -> None:
    item = read_object(as_bytes(id=120200000000000999), Level.ADSET, "1")
    assert item.object_id == "120200000000000999"


_ODD: st.SearchStrategy[object] = st.one_of(
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(
        [None, True, [], {}, [[]], [{}], {"a": [1]}, [None], "NaN", "1e999", "-0", "\x00", "\ud800"]
    ),
)


@given(
    changes=st.dictionaries(
        st.sampled_from(sorted({name for level in Level for name in object_fields(level)})), _ODD
    ),
    level=st.sampled_from(list(Level)),
)
@settings(max_examples=150)
def test_no_object_crashes_the_reading(changes: dict[str, object], level: Level) -> None:
    try:
        item = read_object(as_bytes(**changes), level, "1")
    except Unreadable:
        return
    assert item.object_id.isdigit()


@given(changes=st.dictionaries(st.sampled_from(["account_id", "currency", "timezone_name"]), _ODD))
def test_no_account_crashes_the_reading(changes: dict[str, object]) -> None:
    whole = {"account_id": "1", "currency": "USD", "timezone_name": "Europe/Kyiv", **changes}
    try:
        account = read_account(json.dumps(whole).encode())
    except Unreadable:
        return
    assert account.account_id.isdigit()
    assert account.zone is not None
