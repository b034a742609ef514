"""The sandbox as a program: its one line, its signals, its exit codes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from sync.sandbox.server import bind

SCENARIO = {
    "start": "2026-03-10T09:30:00Z",
    "history_days": 3,
    "accounts": [{"client": "A", "currency": "USD", "timezone": "UTC", "campaigns": 1}],
}


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "scenario.json"
    path.write_text(json.dumps(SCENARIO), encoding="utf-8")
    return path


@contextmanager
def running(*options: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "sync.sandbox", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_one_line_serves_and_stops_on_a_signal(
    scenario: Path, number: signal.Signals
) -> None:
    with running("--scenario", str(scenario), "--clock", "manual", "--seed", "4") as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        answer = httpx.get(
            f"{ready['url']}/v26.0/me/adaccounts",
            params={"access_token": ready["access_token"]},
            trust_env=False,
        )
        state = httpx.get(f"{ready['url']}/_sandbox/state", trust_env=False).json()
        process.send_signal(number)
        rest, complaints = process.communicate(timeout=30)

    assert set(ready) == {"url", "access_token", "app_id", "app_secret"}
    assert ready["url"].startswith("http://127.0.0.1:")
    assert len(answer.json()["data"]) == 1
    assert (state["seed"], state["scenario"]) == (4, str(scenario))
    assert (process.returncode, rest, complaints) == (0, "", "")


def test_a_taken_port_is_code_1(scenario: Path) -> None:
    taken = bind(0)
    port = str(taken.getsockname()[1])
    with running("--scenario", str(scenario), "--port", port) as process:
        said, complaints = process.communicate(timeout=60)
    taken.close()

    assert (process.returncode, said) == (1, "")
    assert port in complaints
    assert len(complaints.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("{", "not JSON"),
        ('{"accounts": []}', "accounts"),
        (json.dumps({**SCENARIO, "colour": 1}), "colour"),
    ],
)
def test_a_wrong_scenario_is_code_2_in_one_line(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text, encoding="utf-8")
    with running("--scenario", str(path)) as process:
        said, complaints = process.communicate(timeout=60)

    assert (process.returncode, said) == (2, "")
    assert word in complaints
    assert len(complaints.strip().splitlines()) == 1


@pytest.mark.parametrize("options", [["--clock", "x-3"], ["--scenario", "/no/such/file"]])
def test_wrong_options_are_code_2(options: list[str]) -> None:
    with running(*options) as process:
        said, complaints = process.communicate(timeout=60)

    assert (process.returncode, said) == (2, "")
    assert len(complaints.strip().splitlines()) == 1


def test_small_answers_do_not_wait_for_more_data() -> None:
    listener = bind(0)
    protocol = listener.proto
    listener.close()

    assert protocol == socket.IPPROTO_TCP
