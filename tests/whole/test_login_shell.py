"""Logging in and choosing accounts from a shell."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator

import httpx
import pytest

from app.sandbox_process import Sandbox
from tests.sync.logging_in import consent
from tests.whole import processes
from tests.whole.login_place import SECONDS, Place, opened, without_token
from tests.whole.processes import Outcome, ai_buyer, command, environment


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with processes.sandbox(tmp_path_factory.mktemp("login-world")) as running:
        yield running


@pytest.fixture(scope="module")
def served(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with opened(tmp_path_factory.mktemp("login") / "home", sandbox) as made:
        yield made


@pytest.fixture
def place(served: Place) -> Iterator[Place]:
    """Return the module's engine; nobody is logged in, and no account is ours."""
    yield served
    for one in served.ask("GET", "identities"):
        served.ask("DELETE", f"identities/{one['identity_id']}")
    for one in served.ask("GET", "accounts"):
        served.ask("DELETE", f"accounts/{one['account_id']}")


def run(place: Place, *words: str) -> Outcome:
    return ai_buyer(*words, home=place.engine.home.folder, extra=without_token(place.sandbox))


def typed(place: Place, typed: str, *words: str) -> Outcome:
    """Run a command that reads from standard input."""
    done = subprocess.run(
        command(*words),
        cwd=processes.ROOT,
        env=environment(place.engine.home.folder, without_token(place.sandbox)),
        input=typed,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def test_logging_in_choosing_and_removing_accounts(place: Place) -> None:
    words = command("login", "--no-browser", "--json")
    env = environment(place.engine.home.folder, without_token(place.sandbox))
    with subprocess.Popen(
        words,
        cwd=processes.ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        address = next(line.strip() for line in lines if "dialog/oauth" in line)
        httpx.get(consent(address), follow_redirects=True, trust_env=False)
        out, _ = process.communicate(timeout=SECONDS)
    login = json.loads(out)
    assert (process.returncode, login["stage"]) == (0, "done")
    found = run(place, "accounts", "find", "--json").json()["items"]
    assert {row["business"] for row in found} == {"Alpha", "Beta"}
    assert run(place, "accounts", "add", "act_1234").code == 1
    first = found[0]["account_id"]
    added = run(place, "accounts", "add", f"act_{first}", "--client", "Mine", "--json")
    assert added.json()["account_ids"] == [first]
    listed = run(place, "accounts", "list", "--json").json()["items"]
    assert [(row["account_id"], row["client"]) for row in listed] == [(first, "Mine")]
    assert run(place, "sync").code == 0
    assert run(place, "accounts", "remove", first).code == 0
    assert run(place, "accounts", "--json").json()["items"] == []
    assert "Demo Buyer" in run(place, "login", "list").out
    assert run(place, "login", "remove", login["identity_id"]).code == 0
    assert "Nobody is logged in" in run(place, "login", "list").out


def test_tokens_and_addresses_come_from_standard_input(place: Place) -> None:
    taken = typed(place, f"{place.sandbox.access_token}\n", "login", "token", "--json")
    assert taken.json()["kind"] == "system_user"
    assert place.sandbox.access_token not in taken.out + taken.err
    nothing = typed(place, "wrong address\n", "login", "--paste", "--no-browser")
    assert nothing.code == 1
    assert "not the address at which the login ends" in nothing.err
