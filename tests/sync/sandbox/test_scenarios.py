"""Scenario files are read whole, and every fault is told at once."""

import json
from dataclasses import fields
from pathlib import Path

import jsonschema
import pytest

from sync.sandbox.scenario_checks import Json
from sync.sandbox.scenarios import (
    EVENT_KINDS,
    AccountPlan,
    Event,
    MarketParameters,
    ScenarioError,
    default_scenario,
    load_scenario,
    parse_scenario,
)

ACCOUNT: dict[str, Json] = {
    "client": "Northwind",
    "currency": "UAH",
    "timezone": "Europe/Kyiv",
    "campaigns": 3,
}
SCHEMA = Path(__file__).parents[4] / "shared" / "scenario.schema.json"


def faults_of(document: Json) -> list[str]:
    """Return what is wrong with a document."""
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(document)
    return caught.value.faults


def test_a_small_file_gets_defaults_that_fit_its_currency(tmp_path: Path) -> None:
    path = tmp_path / "small.json"
    path.write_text(json.dumps({"accounts": [ACCOUNT]}), encoding="utf-8")
    scenario = load_scenario(path)
    account = scenario.accounts[0]
    assert (scenario.history_days, scenario.events, scenario.start) == (90, (), None)
    assert (account.adsets_per_campaign, account.ads_per_adset) == ((1, 4), (1, 5))
    assert account.market.cpm[0] > 300  # hryvnias
    assert account.market.ctr == MarketParameters().ctr


def test_an_accounts_market_stands_over_the_scenarios() -> None:
    scenario = parse_scenario(
        {
            "accounts": [ACCOUNT, ACCOUNT | {"market": {"cvr": [0.1, 0.2]}}],
            "market": {"cvr": [0.01, 0.02], "cpm": [5, 6]},
        }
    )
    assert [a.market.cvr for a in scenario.accounts] == [(0.01, 0.02), (0.1, 0.2)]
    assert [a.market.cpm for a in scenario.accounts] == [(5, 6), (5, 6)]


def test_all_faults_are_told_at_once_with_path_finding_and_remedy() -> None:
    faults = faults_of(
        {
            "acounts": [],
            "seed": 1.5,
            "start": "yesterday",
            "history_days": 0,
            "accounts": [
                {"client": 7, "currency": "XYZ", "timezone": "Mars/Base", "campaigns": 0},
                ACCOUNT | {"market": {"ctr": [0.5, 0.1], "tracking_loss": 2}, "paused_share": -1},
            ],
            "events": [{"kind": "rain", "at_hour": 1, "hours": -1, "account": 9}],
        }
    )
    told = "\n".join(faults)
    for expected in (
        "acounts: there is no such field; did you mean accounts",
        "seed: found 1.5, allowed is a whole number",
        'start: found "yesterday", allowed is a date and time with its zone',
        "history_days: found 0",
        "accounts[0].client: found 7, allowed is a text",
        'accounts[0].currency: found "XYZ"',
        'accounts[0].timezone: found "Mars/Base", allowed is an IANA name',
        "accounts[0].campaigns: found 0, allowed is a whole number of at least 1",
        "accounts[1].market.ctr: found [0.5, 0.1]",
        "accounts[1].market.tracking_loss: found 2, allowed is a number from 0 to 1",
        "accounts[1].paused_share: found -1",
        'events[0].kind: found "rain", allowed is one of cpm_factor',
        "events[0].hours: found -1, allowed is a number of at least 0",
        "events[0].account: found 9, allowed is a whole number from 0 to 1",
    ):
        assert expected in told
    assert len(faults) == 14


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ([], "the file: found [], allowed is an object"),
        ({}, "accounts: missing; this field is required"),
        ({"accounts": []}, "accounts: found [], allowed is a list of at least one account"),
        ({"accounts": [{}]}, "accounts[0].campaigns: missing"),
        ({"accounts": [ACCOUNT | {"objectives": ["SALES"]}]}, "accounts[0].objectives[0]"),
        ({"accounts": [ACCOUNT | {"campaigns": True}]}, "found true"),
        ({"accounts": [ACCOUNT], "events": [{"kind": "cpm_factor"}]}, "events[0].hours: missing"),
    ],
)
def test_a_single_fault_is_named(document: Json, told: str) -> None:
    assert told in "\n".join(faults_of(document))


def test_files_that_are_no_json_or_not_there_are_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    with pytest.raises(ScenarioError, match="this is not JSON"):
        load_scenario(broken)
    with pytest.raises(ScenarioError, match="cannot be read"):
        load_scenario(tmp_path / "none.json")


def test_the_demo_world_has_clients_and_four_currencies() -> None:
    scenario = default_scenario()
    assert {a.currency for a in scenario.accounts} == {"UAH", "USD", "EUR", "PLN"}
    assert len({a.client for a in scenario.accounts}) == 4
    assert sum(a.campaigns for a in scenario.accounts) == 120


@pytest.mark.skipif(not SCHEMA.exists(), reason="the published schema is not beside the project")
def test_fields_and_verdicts_agree_with_the_published_schema() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    account = schema["properties"]["accounts"]["items"]["properties"]
    event = schema["properties"]["events"]["items"]["properties"]
    assert {f.name for f in fields(AccountPlan)} == set(account)
    assert {f.name for f in fields(Event)} == set(event)
    assert {f.name for f in fields(MarketParameters)} == set(
        schema["$defs"]["market"]["properties"]
    )
    assert list(EVENT_KINDS) == event["kind"]["enum"]
    checker = jsonschema.Draft202012Validator(schema)
    documents: list[tuple[Json, bool]] = [
        ({"accounts": [ACCOUNT]}, True),
        ({"accounts": []}, False),
        ({"accounts": [ACCOUNT | {"extra": 1}]}, False),
        ({"accounts": [ACCOUNT], "market": {"hour_ratio": 0.5}}, False),
        ({"accounts": [ACCOUNT], "market": {"cpm": [1]}}, False),
        ({"accounts": [ACCOUNT], "events": [{"kind": "delivery_stop", "at_hour": -5,
                                             "hours": 3}]}, True),
        ({"accounts": [ACCOUNT], "history_days": 0}, False),
    ]  # fmt: skip
    for document, good in documents:
        assert checker.is_valid(document) is good
        if good:
            parse_scenario(document)
        else:
            assert faults_of(document)
