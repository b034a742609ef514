"""What people get wrong, and what they are told; never a traceback."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from engine.storage.state.state import open_state
from engine.storage.warehouse_duckdb import DuckDBWarehouse
from tests.whole.conftest import Place
from tests.whole.processes import Outcome, ai_buyer, free_port

GOOD = {
    "name": "Good",
    "conditions": [{"metric": "ctr", "operator": "<", "value": 1, "time_window": "7d"}],
    "actions": [{"type": "pause"}],
}
BAD = {
    "name": "Bad",
    "conditions": [{"metric": "cttr", "operator": "=<", "value": 1, "time_windw": "7d"}],
    "actions": [{"type": "pauze"}],
    "limits": {"cooldown": "soon"},
}


def refused(done: Outcome, *words: str, code: int = 1) -> None:
    """Check that a command failed and said so in words on standard error alone."""
    assert done.code == code, done.out + done.err
    assert done.out == ""
    for word in words:
        assert word in done.err


@pytest.fixture
def rule(tmp_path: Path) -> Path:
    file = tmp_path / "rule.json"
    file.write_text(json.dumps(GOOD), "utf-8")
    return file


class TestRuleFiles:
    """A file that is no rule is refused, whatever it is."""

    def test_all_faults_are_told_with_their_paths(self, served: Place, tmp_path: Path) -> None:
        file = tmp_path / "bad.json"
        file.write_text(json.dumps(BAD), "utf-8")
        paths = [f"conditions/0/{name}" for name in ("metric", "operator", "time_windw")]
        paths += ["actions/0/type", "limits/cooldown"]
        refused(served.run("rules", "add", file), *paths, "did you mean 'ctr'", "'time_window'")
        checked = served.run("rules", "check", file)
        assert checked.code == 1
        assert all(path in checked.out for path in paths)
        told = served.run("rules", "check", file, "--json")
        assert told.code == 1
        assert {fault["path"] for fault in told.json()["faults"]} >= set(paths)

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "found nothing"),
            (b"\x00\xff\xfe\x80" * 50, "not UTF-8"),
            (b"{" * 5000, "rule"),
            (b"name: [", "can't be read"),
            (b"- 1\n- 2\n", "a list"),
            (b"x" * 3_000_000, "larger than"),
            (b"name: x\nname: y\n", "given twice"),
        ],
        ids=["empty", "binary", "deep", "torn", "list", "huge", "twice"],
    )
    def test_what_is_no_rule(
        self, served: Place, tmp_path: Path, content: bytes, words: str
    ) -> None:
        file = tmp_path / "rule.txt"
        file.write_bytes(content)
        refused(served.run("rules", "add", file), words)

    def test_a_file_that_is_not_there(self, served: Place, tmp_path: Path) -> None:
        refused(served.run("rules", "add", tmp_path / "none.json"), "none.json", "No such file")
        refused(served.run("rules", "check", tmp_path), "directory")

    def test_a_name_that_is_taken(self, served: Place, rule: Path) -> None:
        assert served.run("rules", "add", rule).code == 0
        refused(served.run("rules", "add", rule), "Good")


class TestMeta:
    """The way to Meta is closed."""

    def test_a_sandbox_that_does_not_run(self, synced: Place) -> None:
        nobody = f"http://127.0.0.1:{free_port()}"
        done = synced.run("evaluate", AI_BUYER_GRAPH_URL=nobody)
        refused(done, "could not be reached")

    def test_a_wrong_token(self, synced: Place) -> None:
        done = synced.run("evaluate", FACEBOOK_ACCESS_TOKEN="wrong")
        assert done.code == 1
        assert "log in again" in done.out

    def test_no_token(self, tmp_path: Path) -> None:
        for words in (("evaluate",), ("sync",)):
            done = ai_buyer(*words, home=tmp_path / "home")
            refused(done, "no access token", "FACEBOOK_ACCESS_TOKEN")

    @pytest.mark.parametrize(
        "url", ["nonsense", "http://[::1", "http://127.0.0.1:abc", "ftp://x", "http://example.com"]
    )
    def test_an_address_that_is_none(self, tmp_path: Path, url: str) -> None:
        done = ai_buyer("accounts", home=tmp_path / "home", extra={"AI_BUYER_GRAPH_URL": url})
        refused(done, "AI_BUYER_GRAPH_URL")
        assert not (tmp_path / "home").exists()

    def test_the_sandboxs_clock_with_a_public_address(self, tmp_path: Path) -> None:
        extra = {
            "AI_BUYER_CLOCK": "platform",
            "AI_BUYER_GRAPH_URL": "https://graph.facebook.com",
            "FACEBOOK_ACCESS_TOKEN": "token",
        }
        refused(ai_buyer("--server", home=tmp_path / "home", extra=extra), "AI_BUYER_CLOCK")

    def test_an_account_that_is_no_number(self, tmp_path: Path) -> None:
        extra = {"FACEBOOK_AD_ACCOUNT_ID": "act_12, mine"}
        refused(ai_buyer("accounts", home=tmp_path / "home", extra=extra), "'mine'")


class TestPlaces:
    """Ports and folders that can't be had."""

    @pytest.fixture
    def taken(self) -> Iterator[int]:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            yield int(listener.getsockname()[1])

    def test_a_taken_port(self, synced: Place, taken: int) -> None:
        refused(synced.run("--server", "--port", str(taken)), f"Port {taken}", "--port")
        refused(synced.run("sandbox", "--port", str(taken)), str(taken), "--port")

    def test_an_address_that_would_be_public(self, synced: Place) -> None:
        refused(synced.run("--server", "--host", "0.0.0.0"), "in the clear")
        refused(synced.run("--server", "--host", "my machine"), "not an IP address")

    def test_a_home_that_is_a_file(self, tmp_path: Path) -> None:
        home = tmp_path / "home"
        home.write_text("not a folder", "utf-8")
        refused(ai_buyer("accounts", home=home), str(home), "AI_BUYER_HOME")
        looked = ai_buyer("doctor", home=home)
        assert looked.code == 1
        assert "AI_BUYER_HOME" in looked.out

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    def test_a_home_that_may_not_be_written(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o500)
        try:
            refused(ai_buyer("accounts", home=tmp_path / "home"), "Permission denied")
        finally:
            tmp_path.chmod(0o700)

    def test_a_log_that_is_a_folder(self, tmp_path: Path) -> None:
        (tmp_path / "home" / "logs" / "engine.log").mkdir(parents=True)
        refused(ai_buyer("accounts", home=tmp_path / "home"), "engine.log")

    def test_a_shared_folder_keeps_its_mode(self, tmp_path: Path) -> None:
        home = tmp_path / "shared"
        home.mkdir(mode=0o755)
        home.chmod(0o755)
        assert ai_buyer("rules", "list", home=home).code == 0
        assert home.stat().st_mode & 0o777 == 0o755
        assert (home / "state.sqlite3").stat().st_mode & 0o077 == 0

    def test_a_report_into_what_is_no_folder(self, served: Place, rule: Path) -> None:
        refused(served.run("report", "--output", rule / "report.pdf"), "--output")

    def test_a_demo_into_what_is_no_folder(self, rule: Path) -> None:
        refused(ai_buyer("--demo", "--headless", "--out", rule, home=None), "--out")


class TestNewerDatabases:
    """Files of a newer version are refused and left as they are."""

    def test_a_newer_state(self, tmp_path: Path) -> None:
        home = tmp_path / "home"
        path = home / "state.sqlite3"
        open_state(path).close()
        with closing(sqlite3.connect(path)) as database, database:
            database.execute("UPDATE alembic_version SET version_num = '9999'")
        before = path.read_bytes()
        looked = ai_buyer("doctor", home=home)
        assert looked.code == 1
        assert "newer" in looked.out
        refused(ai_buyer("rules", "list", home=home), "state.sqlite3", "newer")
        assert path.read_bytes() == before

    def test_a_newer_warehouse(self, tmp_path: Path) -> None:
        home = tmp_path / "home"
        path = home / "warehouse.duckdb"
        DuckDBWarehouse(path).close()
        with duckdb.connect(str(path)) as database:
            database.execute("UPDATE about SET value = '9999' WHERE name = 'schema_version'")
        before = path.read_bytes()
        refused(ai_buyer("rules", "list", home=home), "warehouse.duckdb", "newer")
        assert path.read_bytes() == before

    @pytest.mark.parametrize("name", ["state.sqlite3", "warehouse.duckdb"])
    def test_a_database_that_is_none(self, tmp_path: Path, name: str) -> None:
        home = tmp_path / "home"
        home.mkdir()
        (home / name).write_bytes(b"no database at all " * 1000)
        refused(ai_buyer("rules", "list", home=home), name)


class TestScenarios:
    """Scenarios that the sandbox can't play are wrong usage."""

    @pytest.mark.parametrize(
        ("content", "word"),
        [
            (b"", "scenario"),
            (b"\xff\x00\xfe", "scenario"),
            (b"[]", "scenario"),
            (b'{"accounts": [], "eventz": 1}', "eventz"),
            (b"{" * 2_000_000, "scenario"),
        ],
        ids=["empty", "binary", "list", "unknown field", "huge"],
    )
    def test_a_bad_scenario(self, tmp_path: Path, content: bytes, word: str) -> None:
        file = tmp_path / "scenario.json"
        file.write_bytes(content)
        done = ai_buyer("sandbox", "--scenario", file, home=None)
        refused(done, word, code=2)
        assert done.err.count("\n") == 1

    def test_a_scenario_that_is_not_there(self, tmp_path: Path) -> None:
        done = ai_buyer("sandbox", "--scenario", tmp_path / "none.json", home=None)
        refused(done, "none.json", code=2)


@pytest.mark.parametrize(
    "words",
    [
        ("dance",),
        ("rules",),
        ("rules", "add"),
        ("token", "create", "--role", "king", "--name", "x"),
        ("token", "create", "--role", "owner"),
        ("--headless",),
        ("--demo", "--server"),
        ("--server", "--port", "99999"),
        ("sandbox", "--clock", "sundial"),
        ("report", "--language", "la"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_told_in_a_line(words: tuple[str, ...]) -> None:
    done = ai_buyer(*words, home=None)
    refused(done, "ai-buyer", code=2)
    assert done.err.count("\n") == 1


def test_help_ends_well() -> None:
    for words in (("--help",), ("--version",), ("rules", "--help")):
        assert ai_buyer(*words, home=None).code == 0
