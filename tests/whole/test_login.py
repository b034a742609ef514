"""Login and tokens with real processes: browser, keeper, trouble, recovery, canaries."""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.sandbox_process import Sandbox
from tests.sync.logging_in import consent
from tests.whole import processes
from tests.whole.login_place import SEALED, SECONDS, Place, opened, until, without_token
from tests.whole.processes import ai_buyer


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


def test_from_the_browser_to_accounts_that_are_worked_on(place: Place) -> None:
    assert place.notices() == ["not_connected"]
    done = place.log_in()
    assert (done["stage"], done["text"]) == ("done", "Demo Buyer is logged in.")
    identity = place.identity(done["identity_id"])
    assert (identity["kind"], identity["condition"]) == ("person", "works")
    assert identity["expires_at"] is not None
    seen = place.ask("GET", f"identities/{done['identity_id']}/accounts")
    names = [one["name"] for group in seen["groups"] for one in group["accounts"]]
    assert sorted(names) == ["Alpha Kyiv", "Beta Warsaw"]
    alpha = next(
        one["account_id"]
        for group in seen["groups"]
        for one in group["accounts"]
        if one["name"] == "Alpha Kyiv"
    )
    added = place.ask("POST", "accounts", {"account_ids": [f"act_{alpha}"]})
    assert added["account_ids"] == [alpha]
    assert place.cycle() == {alpha: ""}
    assert place.notices() == []


def test_a_login_that_is_declined_cancelled_or_not_ours_leaves_nothing(place: Place) -> None:
    denied = place.ask("POST", "logins", {})
    httpx.get(consent(denied["address"], confirm="cancel"), follow_redirects=True, trust_env=False)
    assert place.until_over(denied["id"])["stage"] == "denied"

    begun = place.ask("POST", "logins", {})
    stolen = httpx.get(begun["redirect"], params={"code": "x", "state": "y"}, trust_env=False)
    assert stolen.status_code == 400
    assert place.ask("GET", f"logins/{begun['id']}")["stage"] == "waiting"
    assert place.ask("DELETE", f"logins/{begun['id']}")["stage"] == "cancelled"
    with pytest.raises(httpx.ConnectError):
        httpx.get(begun["redirect"], trust_env=False)
    assert place.ask("GET", "identities") == []


def test_the_address_of_metas_own_page_can_be_brought_back_by_hand(place: Place) -> None:
    begun = place.ask("POST", "logins", {"way": "embedded"})
    assert begun["redirect"].endswith("/connect/login_success.html")
    ended = consent(begun["address"])
    path = f"logins/{begun['id']}/answer"
    assert "begins with" in place.ask("POST", path, {"address": "https://x.test/"}, 422)["hint"]
    foreign = f"{begun['redirect']}?code=evil&state=another"
    refused = place.ask("POST", path, {"address": foreign}, 422)
    assert "another login" in refused["detail"]
    done = place.ask("POST", path, {"address": f"  {ended}\n"})
    assert done["stage"] == "done"
    assert place.ask("POST", path, {"address": ended}, 409)


def test_several_people_stand_side_by_side_and_each_removal_leaves_the_others(
    place: Place,
) -> None:
    olena = place.log_in()["identity_id"]
    begun = place.ask("POST", "logins", {"read_only": True})
    page = httpx.get(begun["address"], trust_env=False).text
    user = page.split("user=")[1].split("'")[0].split("&")[0]
    httpx.get(consent(begun["address"], user=user), follow_redirects=True, trust_env=False)
    marta = place.until_over(begun["id"])["identity_id"]
    assert place.identity(marta)["missing"] == ["ads_management"]
    place.add_all(olena)
    place.add_all(marta)
    place.cycle()
    # Reading goes through her who can change nothing, changing through the other.
    counts = {who: place.identity(who) for who in (olena, marta)}
    assert (counts[marta]["reads"], counts[marta]["writes"]) == (2, 0)
    assert (counts[olena]["reads"], counts[olena]["writes"]) == (0, 2)
    place.ask("DELETE", f"identities/{olena}")
    assert place.notices() == ["missing_permission"]
    assert place.cycle() == dict.fromkeys(place.cycle(), "")


def test_a_system_users_token_is_checked_and_kept(place: Place) -> None:
    kept = place.ask("POST", "identities", {"token": f" {place.sandbox.access_token}\n"})
    assert (kept["source"], kept["kind"], kept["expires_at"]) == ("pasted", "system_user", None)
    wrong = place.ask("POST", "identities", {"token": "EAAnonsense0123456789"}, 422)
    assert "does not accept this token" in wrong["detail"]
    assert "EAAnonsense" not in json.dumps(wrong)
    odd = place.ask("POST", "identities", {"tokenn": "EAAsecret0123456789abc"}, 422)
    assert "EAAsecret" not in json.dumps(odd)


@pytest.mark.parametrize(
    ("subcode", "kind", "sentence"),
    [
        (463, "expired", "the login has expired. Log in again"),
        (458, "revoked", "taken back at Facebook. Log in again"),
        (459, "checkpoint", "Open facebook.com and do what it asks"),
    ],
)
def test_trouble_rests_the_accounts_and_recovery_needs_no_restart(
    place: Place, subcode: int, kind: str, sentence: str
) -> None:
    who = place.log_in()["identity_id"]
    place.add_all(who)
    assert set(place.cycle().values()) == {""}
    place.trouble(who, error_subcode=subcode)
    first = place.cycle()
    second = place.cycle()
    assert all(sentence in error for error in second.values()), second
    assert len(set(second.values())) == 1
    assert len(first) == 2
    assert place.notices() == [kind]
    assert place.identity(who)["condition"] == (
        "open_facebook" if kind == "checkpoint" else "log_in_again"
    )
    if kind == "checkpoint":
        place.trouble(who, error_subcode=None)
        place.ask("POST", f"identities/{who}/check")
    else:
        assert place.log_in(body={"identity_id": who})["identity_id"] == who
    assert set(place.cycle().values()) == {""}
    assert place.notices() == []


def test_a_missing_permission_is_named_and_reading_goes_on(place: Place) -> None:
    who = place.log_in(declined="ads_management")["identity_id"]
    place.add_all(who)
    assert set(place.cycle().values()) == {""}
    (notice,) = place.ask("GET", "connection")["notices"]
    assert (notice["kind"], notice["action"]) == ("missing_permission", "reconnect")
    assert "ads_management" in notice["text"]["en"]
    campaigns = place.ask("GET", "campaigns?limit=1")["items"]
    status = "PAUSED" if campaigns[0]["status"] == "ACTIVE" else "ACTIVE"
    answer = place.client.put(f"/api/v1/campaigns/{campaigns[0]['id']}", json={"status": status})
    assert "read only" in answer.text
    assert "ads_management" in answer.text
    writes = [row for row in place.sandbox.ledger() if row["object_id"] == campaigns[0]["id"]]
    assert writes == []
    again = place.log_in(body={"identity_id": who})
    assert again["identity_id"] == who
    assert place.notices() == []


def test_a_token_that_is_about_to_end_is_told_here_and_in_the_log(place: Place) -> None:
    who = place.log_in()["identity_id"]
    place.trouble(who, expires_in=3 * 86400)
    place.ask("POST", f"identities/{who}/check")
    assert place.notices() == ["expiring"]
    log = place.engine.home.logs / "engine.log"
    until(lambda: "login ends soon" in log.read_text("utf-8"))


def test_logins_survive_a_restart_and_a_wrong_key_opens_none(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with opened(home, sandbox) as place:
        who = place.log_in()["identity_id"]
        place.add_all(who)
    with opened(home, sandbox) as place:
        assert place.identity(who)["condition"] == "works"
        assert set(place.cycle().values()) == {""}
    before = (home / "tokens.sealed").read_bytes()
    other = {"AI_BUYER_SECRET_KEY": base64.b64encode(bytes(32)).decode()}
    with opened(home, sandbox, **other) as place:
        assert place.identity(who)["trouble"] == "keeper"
        assert place.notices() == ["keeper"]
        assert "can't be opened" in next(iter(place.cycle().values()))
    assert (home / "tokens.sealed").read_bytes() == before


def test_without_keyring_and_key_a_login_is_refused_before_the_browser_opens(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    with opened(tmp_path / "home", sandbox, AI_BUYER_SECRET_KEY="") as place:
        refused = place.ask("POST", "logins", {}, 422)
        assert "no keyring" in refused["detail"]
        assert "AI_BUYER_SECRET_KEY" in refused["hint"]
        place.ask("POST", "identities", {"token": sandbox.access_token}, 422)
        assert place.ask("GET", "connection")["keeper"] == ""
    assert not (tmp_path / "home" / "tokens.sealed").exists()


def test_a_key_that_is_none_stops_the_start_with_one_sentence(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    extra = {**without_token(sandbox), "AI_BUYER_SECRET_KEY": "my password"}
    done = ai_buyer("--server", "--port", "0", home=tmp_path / "home", extra=extra)
    assert done.code == 1
    assert "32 random bytes" in done.err
    assert "my password" not in done.err


def test_the_secret_of_the_app_is_kept_with_the_tokens(sandbox: Sandbox, tmp_path: Path) -> None:
    none = {"FACEBOOK_APP_ID": "", "FACEBOOK_APP_SECRET": ""}
    with opened(tmp_path / "home", sandbox, **none) as place:
        assert "No Meta app" in place.ask("POST", "logins", {}, 422)["detail"]
        place.ask("PUT", "connection/app", {"app_id": "mine", "app_secret": "x"}, 422)
        body = {"app_id": sandbox.app_id, "app_secret": sandbox.app_secret}
        place.ask("PUT", "connection/app", body)
        told = place.ask("GET", "connection")
        assert (told["app_id"], told["app_has_secret"]) == (sandbox.app_id, True)
        assert place.log_in()["stage"] == "done"
    assert sandbox.app_secret.encode() not in _everything(tmp_path)


def test_no_token_stands_anywhere_but_in_the_keeper(sandbox: Sandbox, tmp_path: Path) -> None:
    """A canary run: logins, failures and cycles, then every byte of the home is searched."""
    home, said = tmp_path / "home", b""
    with opened(home, sandbox) as place:
        who = place.log_in()["identity_id"]
        system = place.ask("POST", "identities", {"token": sandbox.access_token})["identity_id"]
        place.add_all(who)
        place.cycle()
        tokens = [place.token_of(who), place.token_of(system)]
        place.trouble(who, error_subcode=463)
        place.trouble(system, error_subcode=467)
        place.cycle()
        for path in ("connection", "identities", "accounts", "journal", "status", "settings"):
            said += place.client.get(f"/api/v1/{path}").content
        said += place.client.get("/metrics").content
        pid = place.engine.process.pid
        seen = Path(f"/proc/{pid}/cmdline").read_bytes() if os.name == "posix" else b""
        place.trouble(system, error_subcode=None)
    everything = _everything(home) + said + seen
    keyed = base64.b64decode(SEALED["AI_BUYER_SECRET_KEY"])
    for token in [*tokens, sandbox.app_secret, SEALED["AI_BUYER_SECRET_KEY"]]:
        for form in (
            token.encode(),
            base64.b64encode(token.encode()),
            token.encode().hex().encode(),
        ):
            assert form not in everything
    assert keyed not in everything


def _everything(folder: Path) -> bytes:
    return b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())


@pytest.mark.skipif(
    not hasattr(os, "fork") or os.getuid() != 0, reason="needs to become another user"
)
def test_another_user_of_this_machine_reads_nothing_and_takes_no_port(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o011)
    with opened(home, sandbox) as place:
        place.log_in()
        home.chmod(0o755)
        private = ["tokens.sealed", ".tokens.sealed.lock", "engine.json", "state.sqlite3"]
        private += ["logs/engine.log"]
        assert all((home / name).exists() for name in private)
        assert _as_nobody([str(home / name) for name in private]) == ["denied"] * len(private)


def _as_nobody(paths: list[str]) -> list[str]:
    """Try to open files as the user nobody."""
    script = (
        "import os, sys\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "for path in sys.argv[1:]:\n"
        "    try:\n"
        "        open(path, 'rb').close(); print('open')\n"
        "    except PermissionError:\n"
        "        print('denied')\n"
    )
    done = subprocess.run(
        ["/usr/bin/env", "python3", "-c", script, *paths],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    return done.stdout.split()


def test_a_squatter_on_the_login_port_gets_no_code_of_ours(place: Place) -> None:
    """The port is random and ours before the browser opens: nobody can sit there first."""
    begun = place.ask("POST", "logins", {})
    port = int(begun["redirect"].rsplit(":", 1)[1].strip("/"))
    with socket.socket() as squatter, pytest.raises(OSError, match="in use"):
        squatter.bind(("127.0.0.1", port))
    assert place.ask("DELETE", f"logins/{begun['id']}")["stage"] == "cancelled"
