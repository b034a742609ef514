"""Recorded payloads of Meta's, where the shared folder is at hand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import cast

import msgspec
import polars as pl
import pytest

from engine.domain.limits import INSIGHTS, MANAGEMENT, LimitScope
from engine.domain.objects import Account, Level
from engine.domain.windows import Grain
from engine.ports import ROW_SCHEMA, InsightsQuery
from sync.activities import read_activity
from sync.batch import decode_parts
from sync.error_table import Kind
from sync.errors import TooMuchData, decode_error, kind_of
from sync.insight_rows import RowReader
from sync.reading import Unreadable, read_account, read_object
from sync.reports import failure_of, read_state, run_id_of
from sync.usage import parse_usage

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "meta" / "samples"
pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the recorded samples (../shared/meta/samples) are not here"
)
Json = dict[str, object]


def sample(name: str) -> Json:
    return cast(Json, json.loads((SAMPLES / name).read_text("utf-8")))


def encoded(value: object) -> bytes:
    return json.dumps(value).encode()


def query(level: Level, day: date) -> InsightsQuery:
    account = Account("798085168510957", "A", "C", "USD", "America/Los_Angeles")
    return InsightsQuery(account, level, Grain.DAY, day, day)


def test_recorded_insights_become_rows_and_actions() -> None:
    rows = sample("insights_ad_daily_product_id.json")["data"]
    page = RowReader(query(Level.AD, date(2023, 6, 1))).read(encoded(rows))
    first = page.rows.row(0, named=True)
    assert page.rejected == 0
    assert first["object_id"] == "23854695759200548"
    assert (first["impressions"], first["clicks"], first["spend"]) == (185, 9, 1435)
    assert page.actions.filter(action_type="page_engagement")["count"][0] == 10


@pytest.mark.parametrize(
    "name", ["insights_hourly_breakdown.json", "insights_age_gender_breakdown.json"]
)
def test_rows_without_an_object_are_set_aside_with_their_text(name: str) -> None:
    rows = cast(list[Json], sample(name)["data"])
    asked = query(Level.CAMPAIGN, date(2016, 4, 1))
    page = RowReader(replace(asked, grain=Grain.LIFETIME)).read(encoded(rows))
    assert page.rows.is_empty()
    assert dict(page.reasons) == {"no object id": len(rows)}
    assert [json.loads(row.raw) for row in page.set_aside] == rows


def test_the_numbers_of_recorded_breakdowns_have_the_right_types() -> None:
    rows = cast(list[Json], sample("insights_hourly_breakdown.json")["data"])
    hour = "hourly_stats_aggregated_by_advertiser_time_zone"
    day = {"date_start": "2016-03-05", "date_stop": "2016-03-05", "campaign_id": "1", "spend": "1"}
    ours = [{**row, **day, hour: str(row.pop(f"{hour[:27]}audience_time_zone"))} for row in rows]
    asked = replace(query(Level.CAMPAIGN, date(2016, 3, 5)), grain=Grain.HOUR)
    page = RowReader(asked).read(encoded(ours))
    assert page.rows.schema == pl.Schema(ROW_SCHEMA)
    assert page.rows.select("hour", "impressions").rows() == [(0, 1148), (1, 172), (10, 2921)]


def test_insights_nested_in_ads_give_actions_by_type() -> None:
    ads = cast(list[Json], sample("ads_edge_nested_adcreatives_insights.json")["data"])
    rows = [
        {**row, "ad_id": ad["id"]}
        for ad in ads
        for row in cast(Json, ad.get("insights", {"data": []}))["data"]  # type: ignore[attr-defined]
    ]
    last = date.fromisoformat(str(rows[0]["date_stop"]))
    page = RowReader(replace(query(Level.AD, last), grain=Grain.LIFETIME)).read(encoded(rows))
    assert page.rejected == 0
    assert page.rows["object_id"].dtype == pl.String
    assert page.rows["spend"].sum() > 0
    assert set(page.actions["action_type"]) >= {"link_click", "page_engagement"}


def test_recorded_states_of_reports_are_understood() -> None:
    recorded = sample("async_report_run.json")
    assert run_id_of(encoded(recorded["post_response"])) == "6023920149050"
    done, failed = (
        read_state(encoded(recorded[name])) for name in ("poll_done", "failed_shape_v25")
    )
    assert (done.is_done, done.has_failed, done.has_begun) == (True, False, True)
    assert (failed.is_done, failed.has_failed) == (False, True)
    assert isinstance(failure_of(failed), TooMuchData)


def test_insights_nested_in_ads_have_the_same_rows() -> None:
    ads = cast(list[Json], sample("ads_edge_nested_adcreatives_insights.json")["data"])
    for ad in ads:
        assert read_object(
            encoded({**ad, "adset_id": cast(Json, ad["adset"])["id"], "campaign_id": "1"}),
            Level.AD,
            "1135898378327369",
        ).object_id == str(ad["id"])


def test_recorded_objects_keep_ids_names_and_times() -> None:
    records = sample("objects_airbyte_expected_records.json")
    account = cast(Json, records["ad_account"])
    # The connector that recorded these turned whole numbers into floats.
    whole = {**account, "min_daily_budget": 100}
    got = read_account(encoded(whole))
    assert (got.account_id, got.currency, got.client) == ("212551616838260", "USD", "Airbyte")
    campaign = read_object(encoded(records["campaign"]), Level.CAMPAIGN, "212551616838260")
    assert campaign.object_id == "23853498584890398"
    assert campaign.created_time is not None


def test_floats_in_place_of_minor_units_are_set_aside() -> None:
    adset = sample("objects_airbyte_expected_records.json")["ad_set"]
    with pytest.raises(Unreadable):
        read_object(encoded(adset), Level.ADSET, "212551616838260")


def test_a_recorded_change_is_read() -> None:
    row = sample("objects_airbyte_expected_records.json")["activity"]
    got = read_activity(encoded(row), "2586347315015828")
    assert (got.event, got.field, got.by_us) == ("ad_account_billing_charge", None, False)
    assert got.at.isoformat() == "2023-03-13T13:30:47+00:00"


def test_recorded_errors_all_have_a_class() -> None:
    kinds = {}
    for item in cast(list[Json], sample("errors_observed.json")["items"]):
        error = decode_error(msgspec.Raw(encoded(item["error"])))
        key = (error.code, error.error_subcode, item["src"])
        kinds[key] = kind_of(cast(int, item["status"] or 400), error)
    assert kinds == {
        (190, 463, "A"): Kind.TOKEN_DEAD,
        (190, 460, "A"): Kind.TOKEN_DEAD,
        (190, 458, "A"): Kind.TOKEN_DEAD,
        (100, 0, "A"): Kind.PERMISSION,
        (200, 0, "A"): Kind.PERMISSION,
        (100, 33, "A"): Kind.MISSING,
        (1, 2853001, "A"): Kind.REFUSED,
        (80000, 2446079, "A"): Kind.THROTTLED,
        (1, 99, "A"): Kind.TRANSIENT,
        (2, 0, "A"): Kind.TRANSIENT,
        (1, 0, "A"): Kind.TOO_MUCH_DATA,
        (80004, 2446079, "B"): Kind.THROTTLED,
        (17, 0, "F"): Kind.THROTTLED,
        (100, 3858079, "C"): Kind.REFUSED,
        (1487901, 0, "C"): Kind.REFUSED,
        (100, 1885272, "E"): Kind.REFUSED,
        (368, 1404082, "D"): Kind.NEEDS_PERSON,
        (100, 1815573, "D"): Kind.REFUSED,
        (100, 3858355, "D"): Kind.REFUSED,
        (32, 0, "C"): Kind.THROTTLED,
    }


def test_recorded_usage_headers_are_read() -> None:
    recorded = sample("rate_limit_headers.json")
    headers = {
        name.split(" ")[0].lower(): json.dumps(value)
        for name, value in recorded.items()
        if name.endswith("(C)")
    }
    usage = parse_usage(headers, "10153848260347724")
    assert usage.percents == {
        LimitScope(): 28,
        LimitScope("10153848260347724"): 9.67,
        LimitScope("10153848260347724", INSIGHTS): 97,
        LimitScope("", INSIGHTS): 100,
        LimitScope("66782684", MANAGEMENT): 95,
    }
    assert usage.waits == {LimitScope("10153848260347724"): 100}
    probed = {"x-business-use-case-usage": json.dumps(recorded["X-Business-Use-Case-Usage (P)"])}
    assert parse_usage(probed, "").percents == {LimitScope("1569761797025413", MANAGEMENT): 2}


def test_a_recorded_batch_gives_an_answer_or_none_per_item() -> None:
    recorded = cast(list[object], sample("batch_response.json")["response"])
    parts = decode_parts(encoded(recorded), 3)
    assert parts is not None
    assert [part.status if part else None for part in parts] == [200, 403, None]
