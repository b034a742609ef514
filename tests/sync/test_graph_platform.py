"""The whole way to Meta against the real sandbox process."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta

import polars as pl
import pytest

from engine.domain.errors import OutcomeUnknown, PlatformError, RateLimited, Refused, TokenExpired
from engine.domain.objects import Account, AdObject, Level, ObjectRef, Status, Structure
from engine.domain.windows import Grain
from engine.ports import ACTION_SCHEMA, ROW_SCHEMA, InsightsBatch, InsightsQuery, Platform, Write
from sync.errors import Missing
from sync.graph_platform import GraphPlatform
from tests.sync.clients import joined
from tests.sync.conftest import WORLD, Sandbox, with_platform

TODAY = date(2026, 3, 10)


def question(account: Account, level: Level, grain: Grain, days: int = 3) -> InsightsQuery:
    return InsightsQuery(account, level, grain, TODAY - timedelta(days=days - 1), TODAY)


async def whole(platform: Platform, query: InsightsQuery) -> InsightsBatch:
    """Return all batches of an answer as one."""
    return joined([batch async for batch in platform.insights(query)])


def insights(sandbox: Sandbox, grain: Grain, *, page_rows: int = 5000) -> InsightsBatch:
    async def ask(platform: GraphPlatform, accounts: list[Account]) -> InsightsBatch:
        return await whole(platform, question(accounts[0], Level.CAMPAIGN, grain))

    return with_platform(sandbox, ask, page_rows=page_rows)


def structure(sandbox: Sandbox, *, object_rows: int = 1000) -> Structure:
    async def ask(platform: GraphPlatform, accounts: list[Account]) -> Structure:
        return await platform.structure(accounts[0])

    return with_platform(sandbox, ask, object_rows=object_rows)


def with_budget(structure: Structure) -> AdObject:
    """Return an object that has a daily budget of its own."""
    return next(item for item in structure.objects if item.daily_budget)


async def write(platform: GraphPlatform, one: Write) -> None:
    """Make one change; raises its outcome unless it is confirmed."""
    (outcome,) = await platform.write_many([one])
    if outcome is not None:
        raise outcome


def ref(item: AdObject) -> ObjectRef:
    return ObjectRef(item.object_id, item.account_id, item.level)


def test_it_keeps_the_ports_promises_for_the_type_checker(sandbox: Sandbox) -> None:
    platform: Platform = sandbox.platform()
    asyncio.run(platform.close())


def test_accounts_carry_what_decides_about_money(sandbox: Sandbox) -> None:
    async def ask(_: GraphPlatform, accounts: list[Account]) -> list[Account]:
        return accounts

    alpha, beta = with_platform(sandbox, ask)
    assert (alpha.name, alpha.client, alpha.currency, alpha.offset) == (
        "Alpha US",
        "Alpha",
        "USD",
        100,
    )
    assert (beta.currency, beta.offset, beta.timezone_name) == ("HUF", 1, "Europe/Budapest")
    assert alpha.account_id.isdigit()
    assert alpha.min_daily_budget > 0


def test_the_structure_is_one_tree(sandbox: Sandbox) -> None:
    got = structure(sandbox)
    ids = {item.object_id: item for item in got.objects}
    campaigns = [item for item in got.objects if item.level is Level.CAMPAIGN]
    assert got.complete
    assert got.rejected == 0
    assert len(campaigns) == WORLD["accounts"][0]["campaigns"]  # type: ignore[index]  # literal
    assert all(item.parent_id in ids for item in got.objects if item.level is not Level.CAMPAIGN)
    assert all(ids[item.campaign_id or ""].level is Level.CAMPAIGN for item in got.objects)
    assert {item.status for item in got.objects} <= {Status.ACTIVE, Status.PAUSED}
    assert {item.raw_status for item in got.objects} == {""}


def test_small_pages_give_the_same_structure(sandbox: Sandbox) -> None:
    assert structure(sandbox, object_rows=3).objects == structure(sandbox).objects


@pytest.mark.parametrize("level", list(Level))
def test_hours_add_up_to_days_and_levels_to_each_other(sandbox: Sandbox, level: Level) -> None:
    async def ask(
        platform: GraphPlatform, accounts: list[Account]
    ) -> tuple[InsightsBatch, InsightsBatch, InsightsBatch]:
        hours = await whole(platform, question(accounts[0], level, Grain.HOUR))
        days = await whole(platform, question(accounts[0], level, Grain.DAY))
        top = await whole(platform, question(accounts[0], Level.CAMPAIGN, Grain.DAY))
        return hours, days, top

    hours, days, top = with_platform(sandbox, ask)
    assert hours.rows.schema == pl.Schema(ROW_SCHEMA)
    assert days.actions.schema == pl.Schema(ACTION_SCHEMA)
    assert (hours.rejected, days.rejected, hours.complete, days.complete) == (0, 0, True, True)
    for name in ("impressions", "clicks", "link_clicks", "spend"):
        assert hours.rows[name].sum() == days.rows[name].sum() == top.rows[name].sum() > 0
    assert hours.rows["reach"].null_count() == hours.rows.height
    assert days.rows["reach"].sum() > 0
    assert hours.actions.is_empty()
    assert days.actions.height > 0


def test_an_hour_starts_where_the_accounts_zone_says(sandbox: Sandbox) -> None:
    rows = insights(sandbox, Grain.HOUR).rows
    zone = "America/New_York"
    local = rows["hour_start"].dt.convert_time_zone(zone)
    assert (local.dt.hour().cast(pl.Int8) == rows["hour"]).all()
    assert (local.dt.date() == rows["date"]).all()


def test_lifetime_is_one_row_an_object_dated_the_last_day(sandbox: Sandbox) -> None:
    batch = insights(sandbox, Grain.LIFETIME)
    assert batch.rows["object_id"].is_unique().all()
    assert set(batch.rows["date"]) == {TODAY}
    assert batch.actions["count"].sum() > 0


def test_known_at_is_metas_time(sandbox: Sandbox) -> None:
    assert insights(sandbox, Grain.DAY).known_at == datetime.fromisoformat(str(WORLD["start"]))


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "error", "http_status": 500, "code": 1, "subcode": 99},
        {"fault": "error", "http_status": 400, "code": 2},
        {"fault": "html_502"},
        {"fault": "truncated_json"},
        {"fault": "wrong_types"},
        {"fault": "empty_page_with_next"},
        {"fault": "paging_loop"},
        {"fault": "duplicate_rows"},
        {"fault": "drop_before_apply"},
        {"fault": "missing_fields", "fields": ["campaign_id"]},
        {"fault": "missing_fields", "fields": ["spend"]},
        {"fault": "missing_fields", "fields": ["date_start"]},
    ],
    ids=lambda fault: f"{fault['fault']}-{fault.get('code', fault.get('fields', ''))}",
)
@pytest.mark.parametrize("nth", [1, 3])
def test_a_passing_fault_changes_nothing(
    sandbox: Sandbox, fault: dict[str, object], nth: int
) -> None:
    clean = insights(sandbox, Grain.HOUR, page_rows=60)
    sandbox.fault(method="GET", path="/insights", **{**fault, "nth": nth})
    faulty = insights(sandbox, Grain.HOUR, page_rows=60)
    order = ["object_id", "hour_start"]
    assert faulty.rows.sort(order).equals(clean.rows.sort(order))
    assert faulty.complete
    assert faulty.rejected == 0


def test_a_fault_that_stays_leaves_the_batch_incomplete(sandbox: Sandbox) -> None:
    sandbox.fault(method="GET", path="/insights", fault="html_502", nth=3, times=0)
    batch = insights(sandbox, Grain.HOUR, page_rows=60)
    assert not batch.complete
    assert batch.rows.height == 120
    assert "could not be read" in batch.faults[0]


def test_rows_that_stay_unreadable_are_counted(sandbox: Sandbox) -> None:
    sandbox.fault(
        method="GET", path="/insights", fault="missing_fields", fields=["campaign_id"], times=0
    )
    batch = insights(sandbox, Grain.DAY)
    assert batch.rows.is_empty()
    assert batch.rejected > 0
    assert "no object id" in " ".join(batch.faults)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"fault": "rate_limit", "code": 80000, "minutes": 5}, RateLimited),
        ({"fault": "token_expired"}, TokenExpired),
        ({"fault": "error", "http_status": 400, "code": 100}, Refused),
    ],
)
def test_a_fault_for_good_is_raised_at_once(
    sandbox: Sandbox, fault: dict[str, object], expected: type[PlatformError]
) -> None:
    sandbox.fault(method="GET", path="/insights", **{**fault, "nth": 2})
    with pytest.raises(expected) as caught:
        insights(sandbox, Grain.HOUR, page_rows=60)
    if isinstance(caught.value, RateLimited):
        start = datetime.fromisoformat(str(WORLD["start"]))
        wait = caught.value.until - start
        assert timedelta(minutes=5) <= wait < timedelta(minutes=6)


def test_a_question_that_is_too_large_is_halved(sandbox: Sandbox) -> None:
    clean = insights(sandbox, Grain.HOUR)
    words = "Please reduce the amount of data you're asking for, then retry your request"
    sandbox.fault(
        method="GET", path="/insights", fault="error", http_status=500, code=1, message=words
    )
    halved = insights(sandbox, Grain.HOUR)
    order = ["object_id", "hour_start"]
    assert halved.rows.sort(order).equals(clean.rows.sort(order))
    assert halved.complete


def test_a_write_is_read_back_and_stands_in_the_history(sandbox: Sandbox) -> None:
    async def change(platform: GraphPlatform, accounts: list[Account]) -> None:
        item = with_budget(await platform.structure(accounts[0]))
        since = platform.server_clock.now() - timedelta(minutes=1)
        target = ref(item)
        higher = (item.daily_budget or 0) + 700
        await write(platform, Write(target, "daily_budget", higher, "entry-1"))
        await write(platform, Write(target, "status", "PAUSED", "entry-2"))
        now = (await platform.read([target]))[item.object_id]
        assert (now.daily_budget, now.status) == (higher, Status.PAUSED)
        rows = [
            row
            for row in await platform.activities(accounts[0], since)
            if row.object_id == item.object_id
        ]
        told = {(row.field, row.before, row.after, row.by_us) for row in rows}
        assert ("daily_budget", item.daily_budget, higher, True) in told
        assert ("status", "ACTIVE", "PAUSED", True) in told
        await write(platform, Write(target, "status", "ACTIVE", "entry-3"))

    with_platform(sandbox, change)


def test_a_lost_answer_is_unknown_and_the_write_is_not_repeated(sandbox: Sandbox) -> None:
    async def change(platform: GraphPlatform, accounts: list[Account]) -> None:
        item = with_budget(await platform.structure(accounts[0]))
        for fault, landed in (("drop_after_apply", True), ("drop_before_apply", False)):
            before = (await platform.read([ref(item)]))[item.object_id].name
            name = f"{before} {fault}"
            sandbox.fault(method="POST", path=item.object_id, fault=fault)
            with pytest.raises(OutcomeUnknown):
                await write(platform, Write(ref(item), "name", name, fault))
            now = (await platform.read([ref(item)]))[item.object_id]
            assert (now.name == name) is landed

    with_platform(sandbox, change)
    ledger = sandbox.control("ledger")
    assert str(ledger).count("drop_after_apply") == 1


def test_what_meta_would_refuse_is_not_sent(sandbox: Sandbox) -> None:
    async def change(platform: GraphPlatform, accounts: list[Account]) -> None:
        got = await platform.structure(accounts[0])
        item = with_budget(got)
        ad = next(part for part in got.objects if part.level is Level.AD)
        calls = platform.calls()
        for one in (
            Write(ref(item), "daily_budget", accounts[0].min_daily_budget - 1, "1"),
            Write(ref(item), "daily_budget", 0, "2"),
            Write(ref(item), "daily_budget", None, "3"),
            Write(ref(ad), "daily_budget", 5000, "4"),
            Write(ref(item), "status", "OTHER", "5"),
            Write(ref(item), "name", "  ", "6"),
            Write(ref(item), "targeting", "{}", "7"),
        ):
            with pytest.raises(Refused, match="Nothing was sent"):
                await write(platform, one)
        assert platform.calls() == calls

    with_platform(sandbox, change)


def test_absent_objects_are_left_out(sandbox: Sandbox) -> None:
    async def ask(platform: GraphPlatform, accounts: list[Account]) -> None:
        got = await platform.structure(accounts[0])
        nobody = ObjectRef("124999999999999999", accounts[0].account_id, Level.AD)
        targets = [*(ref(item) for item in got.objects[:60]), nobody]
        found = await platform.read(targets)
        assert set(found) == {target.object_id for target in targets[:-1]}
        assert await platform.read([nobody]) == {}
        assert await platform.read([]) == {}

    with_platform(sandbox, ask)


def test_an_item_of_a_batch_without_an_answer_is_read_alone(sandbox: Sandbox) -> None:
    async def ask(platform: GraphPlatform, accounts: list[Account]) -> None:
        got = await platform.structure(accounts[0])
        targets = [ref(item) for item in got.objects[:4]]
        sandbox.fault(method="GET", path=targets[2].object_id, fault="batch_item_null")
        assert set(await platform.read(targets)) == {target.object_id for target in targets}

    with_platform(sandbox, ask)


def test_many_writes_travel_together_with_an_outcome_each(sandbox: Sandbox) -> None:
    async def change(platform: GraphPlatform, accounts: list[Account]) -> None:
        got = await platform.structure(accounts[0])
        ads = [item for item in got.objects if item.level is Level.AD][:3]
        good = [Write(ref(ad), "name", f"{ad.name} together", ad.object_id) for ad in ads]
        missing = replace(good[0], target=replace(good[0].target, object_id="124999999999999999"))
        senseless = replace(good[0], value="")
        sandbox.fault(method="POST", path=ads[2].object_id, fault="batch_item_null")
        outcomes = await platform.write_many([*good, missing, senseless])
        kinds = [type(outcome) if outcome else None for outcome in outcomes]
        assert kinds == [None, None, OutcomeUnknown, Missing, Refused]
        now = await platform.read([ref(ad) for ad in ads[:2]])
        assert all(item.name.endswith(" together") for item in now.values())

    with_platform(sandbox, change)


def test_a_batch_that_lost_its_answer_is_unknown_in_all_its_parts(sandbox: Sandbox) -> None:
    async def change(platform: GraphPlatform, accounts: list[Account]) -> None:
        got = await platform.structure(accounts[0])
        ads = [item for item in got.objects if item.level is Level.AD][:3]
        for fault, landed in (("drop_after_apply", True), ("drop_before_apply", False)):
            writes = [Write(ref(ad), "name", f"{ad.name} {fault}", ad.object_id) for ad in ads]
            sandbox.fault(method="POST", path="/v[0-9.]+$", fault=fault)
            outcomes = await platform.write_many(writes)
            assert [type(outcome) for outcome in outcomes] == [OutcomeUnknown] * 3
            now = await platform.read([ref(ad) for ad in ads])
            assert all((item.name.endswith(fault)) is landed for item in now.values())

    with_platform(sandbox, change)


def test_the_fifth_change_of_an_ad_sets_budget_is_not_sent(sandbox: Sandbox) -> None:
    async def change(platform: GraphPlatform, accounts: list[Account]) -> None:
        got = await platform.structure(accounts[0])
        item = next(one for one in got.objects if one.level is Level.ADSET and one.daily_budget)
        for number in range(1, 5):
            more = (item.daily_budget or 0) + 100 * number
            await write(platform, Write(ref(item), "daily_budget", more, f"e{number}"))
        calls = platform.calls()
        one = Write(ref(item), "daily_budget", (item.daily_budget or 0) + 700, "e5")
        with pytest.raises(RateLimited, match="4 times within an hour") as caught:
            await write(platform, one)
        assert caught.value.object_id == item.object_id
        assert platform.calls() == calls
        again = sandbox.platform()
        try:
            # A new engine knows from Meta's history; one that does not ask learns from Meta.
            with pytest.raises(RateLimited) as refused:
                await write(again, one)
            assert refused.value.object_id == item.object_id
            await again.activities(accounts[0], again.server_clock.now() - timedelta(hours=1))
            with pytest.raises(RateLimited, match="Nothing was sent"):
                await write(again, one)
        finally:
            await again.close()

    with_platform(sandbox, change)


def test_the_platforms_clock_follows_a_clock_moved_by_hand(sandbox: Sandbox) -> None:
    async def ask(platform: GraphPlatform, _: list[Account]) -> None:
        before = await platform.server_clock.refresh()
        await asyncio.to_thread(sandbox.control, "advance", {"hours": 1})
        after = await platform.server_clock.refresh()
        assert timedelta(minutes=59) < after - before < timedelta(minutes=61)

    with_platform(sandbox, ask)


def test_no_request_shows_the_token_in_its_address(sandbox: Sandbox) -> None:
    seen = len(_requests(sandbox))
    structure(sandbox)
    addresses = [request["query"] for request in _requests(sandbox)[seen:]]
    assert len(addresses) > 3
    assert "access_token" not in str(addresses)


def _requests(sandbox: Sandbox) -> list[dict[str, object]]:
    """Return the requests the sandbox received."""
    got = sandbox.control("requests")
    rows = got["data"] if isinstance(got, dict) and "data" in got else got
    assert isinstance(rows, list)
    return rows
