"""Every command of the shell as a process, with a running engine and without one."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from app.sandbox_process import Sandbox
from tests.whole import processes
from tests.whole.conftest import Place
from tests.whole.processes import RunningEngine, ai_buyer

RULE_YAML = """
# Kept as a file by people.
name: Weak clicks
level: campaign
conditions:
  - metric: ctr
    operator: "<"
    value: 0.5
    time_window: 7d
actions:
  - type: pause
"""
RULE_JSON = {
    "name": "Dear clicks",
    "mode": "automatic",
    "conditions": [{"metric": "cpc", "operator": ">", "value": 0.01, "time_window": "7d"}],
    "actions": [
        {"type": "decrease_budget", "params": {"decrease_by_percent": 5}},
        {"type": "notify_team", "params": {"message": "{name} is dear"}},
    ],
}


@pytest.fixture(params=["synced", "served"], ids=["without an engine", "through an engine"])
def place(request: pytest.FixtureRequest) -> Place:
    """Return a home, once without and once with an engine that serves it."""
    found: Place = request.getfixturevalue(request.param)
    return found


def test_sync_tells_what_it_read_of_each_account(served: Place) -> None:
    done = served.run("sync", "--json")
    assert done.code == 0, done.err
    items = done.json()["items"]
    assert [item["account_name"] for item in items] == ["Alpha Kyiv", "Beta Warsaw"]
    assert all(item["complete"] and item["objects"] and item["calls"] for item in items)


def test_accounts_are_listed_with_their_freshness(served: Place) -> None:
    accounts = served.run("accounts", "--json").json()["items"]
    assert [(one["client"], one["currency"]) for one in accounts] == [
        ("Alpha", "USD"),
        ("Beta", "PLN"),
    ]
    assert all(one["synced_at"] for one in accounts)


def test_rules_are_added_and_listed(served: Place, tmp_path: Path) -> None:
    file = tmp_path / "rule.yaml"
    file.write_text(RULE_YAML, "utf-8")
    added = served.run("rules", "add", file, "--json")
    assert added.code == 0, added.err
    assert added.json()["mode"] == "dry_run"
    listed = served.run("rules", "list")
    assert listed.code == 0
    assert added.json()["rule_id"] in listed.out
    assert added.json()["name"] in listed.out


def test_a_rule_is_checked_without_being_added(served: Place, tmp_path: Path) -> None:
    file = tmp_path / "rule.yaml"
    file.write_text(RULE_YAML.replace("Weak", "Checked"), "utf-8")
    checked = served.run("rules", "check", file)
    assert checked.code == 0, checked.err
    assert "The rule is valid." in checked.out
    assert "Checked" not in served.run("rules", "list").out


def test_evaluate_runs_one_cycle_that_acts(place: Place, tmp_path: Path) -> None:
    """Both homes work on one sandbox: what one changed, the other sees and leaves alone."""
    file = tmp_path / "rule.json"
    file.write_text(json.dumps(RULE_JSON), "utf-8")
    assert place.run("rules", "add", file).code == 0
    before = len(place.sandbox.ledger())
    done = place.run("evaluate", "--json")
    assert done.code == 0, done.out
    items = done.json()["items"]
    assert {item["error"] for item in items} == {""}
    assert sum(item["answers"]["true"] for item in items) > 0
    applied = sum(item["settled"].get("applied", 0) for item in items)
    messages = sum(item["outcomes"].get("act", 0) for item in items) // 2
    assert len(place.sandbox.ledger()) - before == applied - messages


def test_a_report_is_written_as_pdf(place: Place, tmp_path: Path) -> None:
    file = tmp_path / "new folder" / "report.pdf"
    done = place.run("report", "--client", "Beta", "--language", "uk", "--output", file, "--json")
    assert done.code == 0, done.err
    assert done.json() == {"path": str(file), "bytes": file.stat().st_size}
    assert file.read_bytes().startswith(b"%PDF-")
    if shutil.which("pdftotext") is not None:
        told = subprocess.run(
            ["pdftotext", str(file), "-"], capture_output=True, text=True, check=True
        ).stdout
        assert "Beta" in told
        assert "Звіт" in told


def test_a_report_on_an_unknown_client_names_the_known_ones(served: Place) -> None:
    done = served.run("report", "--client", "Gamma")
    assert (done.code, done.out) == (1, "")
    assert "Alpha, Beta" in done.err


def test_a_key_is_shown_once(served: Place) -> None:
    told = served.run("token", "create", "--role", "buyer", "--name", "of a shell")
    assert told.code == 0
    assert told.out.startswith("aib_")
    assert "can't be shown again" in told.out


def test_a_key_made_without_an_engine_opens_the_next_one(world: Sandbox, tmp_path: Path) -> None:
    place = Place(tmp_path / "home", world)
    made = place.run("token", "create", "--role", "analyst", "--name", "early", "--json")
    assert made.code == 0
    with (
        processes.engine(place.home, world) as engine,
        engine.client(**{"X-API-Key": made.json()["token"]}) as client,
    ):
        assert client.get("/api/v1/rules").status_code == 200


def test_the_doctor_finds_all_well(place: Place, engine: RunningEngine) -> None:
    done = place.run("doctor", "--json")
    assert done.code == 0, done.out
    findings = {row["check"]: row for row in done.json()}
    assert all(row["ok"] == "yes" for row in findings.values())
    assert "sees 2 accounts" in findings["connection to Meta"]["words"]
    served_here = engine.home.folder == place.home
    assert ("Running at" in findings["engine"]["words"]) == served_here


def test_work_on_own_files_needs_neither_token_nor_meta(tmp_path: Path) -> None:
    home = tmp_path / "home"
    rule = tmp_path / "rule.json"
    rule.write_text(json.dumps(RULE_JSON), "utf-8")
    assert ai_buyer("rules", "check", rule, home=home).code == 0
    nobody = {"AI_BUYER_GRAPH_URL": "http://127.0.0.1:9", "AI_BUYER_CLOCK": "platform"}
    listed = ai_buyer("accounts", "--json", home=home, extra=nobody)
    assert listed.code == 0
    assert listed.json() == {"items": []}


def test_new_homes_are_private(synced: Place) -> None:
    for path in (synced.home, synced.home / "logs"):
        assert path.stat().st_mode & 0o077 == 0


def test_an_export_is_imported_once_and_again_changes_nothing(
    synced: Place, tmp_path: Path
) -> None:
    accounts = synced.run("accounts", "--json").json()["items"]
    account = next(one for one in accounts if one["currency"] == "USD")
    path = tmp_path / "export.csv"
    path.write_text(
        "Campaign ID,Day,Impressions,Amount spent (USD)\n"
        "120214930552110177,2026-01-05,5000,12.34\n"
        "120214930552110178,someday,5000,12.34\n",
        "utf-8",
    )
    words = ("import", path, "--account", account["account_id"], "--json")
    (first,) = synced.run(*words).json()["items"]
    assert (first["rows"], first["added"], first["rejected"]) == (1, 1, 1)
    assert first["set_aside"] == [{"line": 3, "reason": "'someday' is no day"}]
    (again,) = synced.run(*words).json()["items"]
    assert again["repeated"] is True
    other = next(one for one in accounts if one["currency"] == "PLN")
    wrong = synced.run("import", path, "--account", other["account_id"])
    assert wrong.code == 1
    assert "is in USD" in wrong.err
    assert "imported before" in synced.run(*words[:-1]).out
