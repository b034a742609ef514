"""The engine without a window, as a process on a port."""

from __future__ import annotations

import http.client
import json
import signal
import stat
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from app.sandbox_process import Sandbox
from tests.whole import processes
from tests.whole.conftest import Place
from tests.whole.processes import RunningEngine

# The two rules of the original design, word for word.
AUTO_PAUSE = """
{"name": "Auto-pause Low CTR Campaigns",
 "conditions": [{"metric": "ctr", "operator": "<", "value": 1.0, "time_window": "24h", "min_impressions": 1000}],
 "actions": [{"type": "pause_campaign", "params": {"reason": "Low CTR performance"}},
             {"type": "notify_client", "params": {"message": "Campaign paused due to low CTR"}}],
 "ml_enhancement": {"use_prediction": true, "confidence_threshold": 0.8}}
"""  # noqa: E501
SMART_BUDGET = """
{"name": "Smart Budget Optimization",
 "conditions": [{"metric": "roas", "operator": ">", "value": 3.0, "time_window": "7d"}],
 "actions": [{"type": "increase_budget", "params": {"increase_by_percent": 20, "max_daily_budget": 1000}}],
 "ml_enhancement": {"use_prediction": true, "prediction_horizon": "7d", "confidence_threshold": 0.75, "fallback_to_rule": true}}
"""  # noqa: E501
JSON = {"Content-Type": "application/json"}
FOREIGN = (
    ({"Host": "evil.example"}, 421),
    ({"Host": "127.0.0.1"}, 421),
    ({"Host": "127.0.0.1.evil.example:8000"}, 421),
    ({"Origin": "https://evil.example"}, 403),
    ({"Origin": "null"}, 403),
    ({"Sec-Fetch-Site": "cross-site"}, 403),
)


def test_health_is_open_and_nothing_else_is(engine: RunningEngine) -> None:
    answer = httpx.get(f"{engine.url}/health", trust_env=False)
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert answer.json()["pid"] == engine.process.pid
    for path in ("/metrics", "/api/v1/status", "/api/v1/rules", "/docs", "/api/v1/openapi.json"):
        refused = httpx.get(engine.url + path, trust_env=False)
        assert refused.status_code == 401
        assert refused.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("rule", [AUTO_PAUSE, SMART_BUDGET], ids=["auto-pause", "smart-budget"])
def test_the_original_rules_are_accepted_word_for_word(
    engine: RunningEngine, served: Place, rule: str
) -> None:
    """With a key that was made from a shell."""
    name = f"key for {json.loads(rule)['name']}"
    made = served.run("token", "create", "--role", "owner", "--name", name, "--json")
    assert made.code == 0
    with engine.client(**{"X-API-Key": made.json()["token"]}) as client:
        added = client.post("/api/v1/rules", content=rule, headers=JSON)
        assert added.status_code == 201, added.text
        kept = client.get(f"/api/v1/rules/{added.json()['rule_id']}").json()
    assert kept["document"] == json.loads(rule)
    assert kept["mode"] == "dry_run"


def test_keys_bring_the_rights_of_their_role(engine: RunningEngine, served: Place) -> None:
    made = served.run("token", "create", "--role", "analyst", "--name", "reader", "--json")
    with engine.client(Authorization=f"Bearer {made.json()['token']}") as client:
        assert client.get("/api/v1/rules").status_code == 200
        assert client.post("/api/v1/rules", content=AUTO_PAUSE, headers=JSON).status_code == 403
    with engine.client(**{"X-API-Key": "aib_nobody's"}) as client:
        assert client.get("/api/v1/rules").status_code == 401


@pytest.mark.parametrize(("headers", "status"), FOREIGN, ids=lambda one: str(one))
def test_other_hosts_and_pages_of_other_sites_are_turned_away(
    engine: RunningEngine, headers: dict[str, str], status: int
) -> None:
    """Even with the owner's token, and for the open route as well."""
    where = urlsplit(engine.url)
    for path in ("/health", "/api/v1/rules"):
        connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=30)
        connection.request("GET", path, headers={"X-API-Key": engine.token, **headers})
        assert connection.getresponse().status == status
        connection.close()


def test_only_its_user_may_read_who_serves_the_home(engine: RunningEngine) -> None:
    assert stat.S_IMODE(engine.home.engine_file.stat().st_mode) == 0o600
    assert stat.S_IMODE((engine.home.logs / "engine.log").stat().st_mode) == 0o600
    told = json.loads(engine.home.engine_file.read_text("utf-8"))
    assert told["pid"] == engine.process.pid
    assert told["url"] == engine.url
    for path in (engine.home.state, engine.home.warehouse):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_no_secret_stands_in_the_logs(engine: RunningEngine, world: Sandbox) -> None:
    logged = "".join(path.read_text("utf-8") for path in engine.home.logs.iterdir())
    for secret in (world.access_token, world.app_secret, engine.token):
        assert secret not in logged


def test_a_second_engine_on_the_same_home_refuses(engine: RunningEngine, served: Place) -> None:
    second = served.run("--server", "--port", "0")
    assert second.code == 1
    assert "already serves" in second.err
    assert engine.url in second.err


def test_changes_are_told_as_they_happen(engine: RunningEngine) -> None:
    with engine.client() as client, client.stream("GET", "/api/v1/events") as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": connected"
        with engine.client() as other:
            stopped = other.post("/api/v1/engine/stop", json={"reason": "a test"})
            assert stopped.status_code == 200
            assert _next_areas(lines) & {"engine", "status", "stop"}
            assert other.post("/api/v1/engine/resume").status_code == 200


def _next_areas(lines: object) -> set[str]:
    for line in lines:  # type: ignore[attr-defined]  # an iterator of texts
        if line.startswith("data: "):
            return set(json.loads(line.removeprefix("data: "))["areas"])
    raise AssertionError("the stream ended")


def test_ctrl_c_ends_it_though_somebody_listens(world: Sandbox, tmp_path: Path) -> None:
    with processes.engine(tmp_path / "home", world) as engine:
        ends_well(engine, signal.SIGINT)


def test_a_signal_ends_it_in_the_middle_of_a_cycle(world: Sandbox, tmp_path: Path) -> None:
    """Meta lets the first reading wait for a minute; nobody waits for that."""
    faults = f"{world.url}/_sandbox/faults"
    slow = {"method": "GET", "path": "insights$", "nth": 1, "times": 50}
    httpx.post(faults, json={**slow, "fault": "slow", "seconds": 60}).raise_for_status()
    try:
        with processes.engine(tmp_path / "home", world) as engine:
            with engine.client() as client:
                while client.get("/api/v1/status").json()["cycle"] is None:
                    assert engine.process.poll() is None
            ends_well(engine, signal.SIGTERM)
    finally:
        httpx.delete(faults).raise_for_status()


def ends_well(engine: RunningEngine, number: signal.Signals) -> None:
    """Listen to the engine's changes, send it a signal and wait for its end."""
    with engine.client() as client, client.stream("GET", "/api/v1/events") as stream:
        assert next(stream.iter_lines()) == ": connected"
        engine.process.send_signal(number)
        assert engine.process.wait(timeout=10) == 0
    assert not engine.home.engine_file.exists()


def test_a_new_pace_of_syncs_holds_at_once(engine: RunningEngine, served: Place) -> None:
    with engine.client() as client:

        def minutes_to_next() -> float:
            status = client.get("/api/v1/status").json()
            left = datetime.fromisoformat(status["next_cycle_at"]) - datetime.fromisoformat(
                status["now"]
            )
            return left.total_seconds() / 60

        url = "/api/v1/settings/sync.every_minutes"
        assert client.put(url, json={"value": 1440}).status_code == 200
        assert 1400 < minutes_to_next() <= 1440
        assert client.delete(url).status_code == 200
        assert minutes_to_next() <= 15
