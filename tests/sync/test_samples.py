"""Recorded payloads of Meta's, where the shared folder is at hand."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import cast

import msgspec
import pytest

from engine.domain.limits import INSIGHTS, MANAGEMENT, LimitScope
from engine.domain.objects import Account, Level
from engine.domain.windows import Grain
from engine.ports import InsightsQuery
from sync.activities import read_activity
from sync.batch import decode_parts
from sync.error_table import Kind
from sync.errors import decode_error, kind_of
from sync.insight_rows import RowReader
from sync.reading import Unreadable, read_account, read_object
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
