"""Insights pages into frames: exact where readable, set aside where not."""

from __future__ import annotations

import gc
import json
import threading
from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.errors import UserError
from engine.domain.objects import Account, Level
from engine.domain.windows import Grain
from engine.ports import ACTION_SCHEMA, ROW_SCHEMA, InsightsQuery
from sync.insight_rows import PageFrames, RowReader, paused_collection
from sync.mending import mended

HOUR = "hourly_stats_aggregated_by_advertiser_time_zone"
FALL_BACK = date(2026, 11, 1)


def reader(
    grain: Grain = Grain.DAY,
    *,
    level: Level = Level.CAMPAIGN,
    currency: str = "USD",
    day: date = FALL_BACK,
    zone: str = "America/Los_Angeles",
) -> RowReader:
    account = Account("1", "A", "C", currency, zone)
    return RowReader(InsightsQuery(account, level, grain, day, day))


def row(**changes: object) -> dict[str, object]:
    whole: dict[str, object] = {
        "campaign_id": "120200000000000001",
        "date_start": "2026-11-01",
        "date_stop": "2026-11-01",
        "impressions": "185",
        "clicks": "9",
        "inline_link_clicks": "7",
        "spend": "14.35",
    }
    return {name: value for name, value in {**whole, **changes}.items() if value != "ABSENT"}


def hour_row(hour: int, **changes: object) -> dict[str, object]:
    return row(**{HOUR: f"{hour:02d}:00:00 - {hour:02d}:59:59", **changes})


def read(
    *rows: object,
    grain: Grain = Grain.DAY,
    currency: str = "USD",
    day: date = FALL_BACK,
    zone: str = "America/Los_Angeles",
) -> PageFrames:
    read_page = reader(grain, currency=currency, day=day, zone=zone).read
    return read_page(json.dumps(rows).encode())


def test_a_day_row_becomes_a_row_of_the_schema() -> None:
    page = read(row(reach="100", video_play_actions=[{"action_type": "video_view", "value": "5"}]))
    assert page.rows.schema == pl.Schema(ROW_SCHEMA)
    assert page.rows.row(0, named=True) == {
        "object_id": "120200000000000001",
        "date": FALL_BACK,
        "hour": -1,
        "hour_start": None,
        "impressions": 185,
        "clicks": 9,
        "link_clicks": 7,
        "spend": 1435,
        "reach": 100,
        "video_plays": 5,
        "thruplays": 0,
    }


@pytest.mark.parametrize(("currency", "minor"), [("USD", 1435), ("HUF", 14), ("BHD", 1435)])
def test_spend_counts_in_metas_own_minor_units(currency: str, minor: int) -> None:
    assert read(row(), currency=currency).rows["spend"].to_list() == [minor]


def test_a_currency_outside_metas_table_is_refused() -> None:
    with pytest.raises(UserError, match="not in Meta's table"):
        reader(currency="XXX")


def test_a_missing_metric_is_zero() -> None:
    page = read(row(inline_link_clicks="ABSENT", clicks="ABSENT"))
    assert page.rows.select("clicks", "link_clicks", "reach").row(0) == (0, 0, 0)
    assert page.rejected == 0


def test_an_hour_of_a_day_of_25_hours_has_its_utc_start() -> None:
    page = read(hour_row(0), hour_row(1), hour_row(2), grain=Grain.HOUR)
    starts = page.rows["hour_start"].to_list()
    assert starts == [datetime(2026, 11, 1, hour, tzinfo=UTC) for hour in (7, 8, 10)]


def test_an_hour_of_a_day_of_23_hours_has_its_utc_start() -> None:
    day = {"date_start": "2026-03-08", "date_stop": "2026-03-08"}
    page = read(hour_row(1, **day), hour_row(3, **day), grain=Grain.HOUR, day=date(2026, 3, 8))
    starts = page.rows["hour_start"].to_list()
    assert starts == [datetime(2026, 3, 8, hour, tzinfo=UTC) for hour in (9, 10)]


def test_a_zone_of_half_an_hour_is_exact() -> None:
    page = read(hour_row(0), grain=Grain.HOUR, zone="Asia/Kolkata")
    assert page.rows["hour_start"].to_list() == [datetime(2026, 10, 31, 18, 30, tzinfo=UTC)]


def test_by_the_hour_what_meta_does_not_report_is_null() -> None:
    page = read(hour_row(4), grain=Grain.HOUR)
    assert page.rows.select("reach", "video_plays", "thruplays").row(0) == (None, None, None)


def test_actions_stay_apart_by_type_and_meet_their_values() -> None:
    actions = [
        {"action_type": "purchase", "value": "2", "7d_click": "2"},
        {"action_type": "omni_purchase", "value": "2"},
        {"action_type": "link_click", "value": "7"},
        {"action_type": "video_play_curve"},
    ]
    values = [
        {"action_type": "purchase", "value": "59.98"},
        {"action_type": "late_value", "value": "10.5"},
    ]
    page = read(row(actions=actions, action_values=values))
    assert page.actions.schema == pl.Schema(ACTION_SCHEMA)
    assert sorted(page.actions.select("action_type", "count", "value").rows()) == [
        ("late_value", 0.0, 1050),
        ("link_click", 7.0, 0),
        ("omni_purchase", 2.0, 0),
        ("purchase", 2.0, 5998),
    ]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (row(spend="12,34"), "float"),
        (row(spend=""), "float"),
        (row(spend=None), "float"),
        (row(spend="NaN"), "float"),
        (row(spend="inf"), "float"),
        (row(spend="1e400"), "out of range"),
        (row(spend="-1"), "float"),
        (row(spend="ABSENT"), "impressions without spend"),
        (row(impressions="-5"), "int"),
        (row(impressions="1.5"), "int"),
        (row(impressions="99999999999999999999"), "int"),
        (row(clicks=[]), "int"),
        (row(campaign_id="ABSENT"), "no object id"),
        (row(campaign_id=None), "str"),
        (row(campaign_id="abc"), "no object id"),
        (row(date_start="ABSENT"), "not asked for"),
        (row(date_start="2026-10-31"), "not asked for"),
        (row(date_stop="2026-11-02"), "not asked for"),
        (row(actions={"action_type": "purchase"}), "array"),
        (row(actions=[{"value": "1"}]), "action_type"),
        ([], "object"),
        (None, "object"),
        (7, "object"),
    ],
)
def test_a_bad_row_is_set_aside_and_its_page_goes_on(bad: object, why: str) -> None:
    page = read(row(), bad, row(campaign_id="120200000000000002"))
    assert page.rows["object_id"].to_list() == ["120200000000000001", "120200000000000002"]
    assert page.rejected == 1
    assert why in " ".join(page.reasons)


@pytest.mark.parametrize("label", ["", "24:00:00 - 24:59:59", "10:00", "noon"])
def test_a_row_without_a_readable_hour_is_set_aside(label: str) -> None:
    page = read(row(**{HOUR: label}), grain=Grain.HOUR)
    assert dict(page.reasons) == {"no readable hour": 1}


def test_ids_never_become_floats() -> None:
    page = read(row(campaign_id=120200000000000999), row(campaign_id="9" * 25))
    assert page.rows["object_id"].to_list() == ["120200000000000999", "9" * 25]


@pytest.mark.parametrize(
    "text",
    [
        b'[{"campaign_id": "\\ud800"}]',
        b'[{"campaign_id": "\xff"}]',
        b'[{"campaign_name": ' + b"[" * 5_000 + b"]" * 5_000 + b"}]",
        b'{"a": 1}',
        b"[{]",
        b"null",
        b"",
    ],
)
def test_what_is_no_readable_page_gives_no_rows(text: bytes) -> None:
    page = reader().read(text)
    assert page.rows.is_empty()
    assert page.rejected == 1


def test_lifetime_rows_are_dated_by_their_last_day() -> None:
    page = read(row(date_start="2023-11-01", date_stop="2026-11-01"), grain=Grain.LIFETIME)
    assert page.rows["date"].to_list() == [date(2026, 11, 1)]


_ODD: st.SearchStrategy[object] = st.one_of(
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(
        [None, True, [], {}, [[]], [{}], {"a": [1]}, [None], "NaN", "1e999", "-0", "\x00", "\ud800"]
    ),
)
_FIELD = st.sampled_from([*row(), HOUR, "reach", "actions", "action_values"])


@pytest.mark.parametrize("grain", [Grain.HOUR, Grain.DAY, Grain.LIFETIME])
@given(changes=st.lists(st.dictionaries(_FIELD, _ODD, max_size=3), max_size=4))
@settings(max_examples=150)
def test_no_payload_crashes_and_every_row_is_kept_or_counted(
    grain: Grain, changes: list[dict[str, object]]
) -> None:
    rows = [{**hour_row(3), **change} for change in changes]
    page = reader(grain).read(mended(json.dumps(rows).encode()))
    assert page.rows.height + page.rejected == len(rows)
    assert page.rows.schema == pl.Schema(ROW_SCHEMA)


@given(text=st.binary(max_size=200))
def test_no_bytes_crash(text: bytes) -> None:
    reader().read(b"[" + text + b"]")


def test_the_collector_runs_again_after_the_last_of_several_threads() -> None:
    inside, leave = threading.Event(), threading.Event()

    def stay() -> None:
        with paused_collection():
            inside.set()
            leave.wait()

    thread = threading.Thread(target=stay)
    thread.start()
    inside.wait()
    with paused_collection():
        assert not gc.isenabled()
    assert not gc.isenabled()
    leave.set()
    thread.join()
    assert gc.isenabled()
