"""The program as its users meet it: real processes, real HTTP, real files."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from app.paths import Home
from app.sandbox_process import Sandbox
from tests.contract.watch import assert_meta_knows_all

ROOT = Path(__file__).resolve().parents[2]
_OWN = re.compile(r"(AI_BUYER|FACEBOOK)_\w+")
_SECONDS = 150

# Two clients, budgets on campaigns at one and on ad sets at the other; small, so that
# a sync takes a moment.
SMALL_WORLD: dict[str, object] = {
    "start": "2026-03-10T09:30:00Z",
    "history_days": 8,
    "accounts": [
        {
            "client": "Alpha",
            "name": "Alpha Kyiv",
            "currency": "USD",
            "timezone": "Europe/Kyiv",
            "campaigns": 6,
            "campaign_budget_share": 1.0,
            "paused_share": 0.0,
            "adsets_per_campaign": [1, 1],
            "ads_per_adset": [1, 1],
            "daily_budget": [40, 60],
        },
        {
            "client": "Beta",
            "name": "Beta Warsaw",
            "currency": "PLN",
            "timezone": "Europe/Warsaw",
            "campaigns": 3,
            "campaign_budget_share": 0.0,
            "paused_share": 0.0,
            "adsets_per_campaign": [1, 2],
            "ads_per_adset": [1, 1],
            "daily_budget": [40, 60],
        },
    ],
}


@dataclass(frozen=True)
class Outcome:
    """How a command ended: exit code and what it said."""

    code: int
    out: str
    err: str

    def json(self) -> Any:  # noqa: ANN401  # any JSON
        """Return what it printed, read as JSON."""
        return json.loads(self.out)


def environment(home: Path | None, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment without our own variables, and then `extra`."""
    kept = {name: value for name, value in os.environ.items() if not _OWN.fullmatch(name)}
    own = {"AI_BUYER_HOME": str(home)} if home is not None else {}
    return {**kept, **own, **(extra or {})}


def ai_buyer(
    *words: str | Path, home: Path | None, extra: Mapping[str, str] | None = None
) -> Outcome:
    """Run a command to its end; a traceback is never an answer."""
    done = subprocess.run(
        command(*words),
        cwd=ROOT,
        env=environment(home, extra),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    told = Outcome(done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in told.out + told.err, told.err
    return told


def command(*words: str | Path) -> list[str]:
    """Return the command line of `ai-buyer` with `words`."""
    return [sys.executable, "-m", "app", *map(str, words)]


@contextmanager
def sandbox(
    folder: Path, world: Mapping[str, object] = SMALL_WORLD, *, seed: int = 5
) -> Iterator[Sandbox]:
    """Yield a sandbox on a free port whose clock is moved by hand."""
    scenario = folder / "scenario.json"
    scenario.write_text(json.dumps(world), "utf-8")
    words = ("sandbox", "--clock", "manual", "--seed", str(seed), "--scenario", scenario)
    with running(*words, home=None) as (process, told):
        yield Sandbox(told["url"], told["access_token"], told["app_id"], told["app_secret"])
        assert process.poll() is None, "the sandbox lives to the end"
        assert_meta_knows_all(told["url"], told["access_token"])


@dataclass(frozen=True)
class RunningEngine:
    """An engine that serves a home."""

    process: subprocess.Popen[str]
    url: str
    home: Home

    @property
    def token(self) -> str:
        """The owner's token, from the file that only its user may read."""
        told = json.loads(self.home.engine_file.read_text("utf-8"))
        return str(told["token"])

    def client(self, **headers: str) -> httpx.Client:
        """Return a client of its API; the owner's where no header is given."""
        chosen = headers or {"Authorization": f"Bearer {self.token}"}
        return httpx.Client(base_url=self.url, headers=chosen, timeout=60, trust_env=False)


@contextmanager
def engine(home: Path, world: Sandbox) -> Iterator[RunningEngine]:
    """Yield an engine that serves `home` on the sandbox `world`."""
    words = ("--server", "--port", "0")
    with running(*words, home=home, extra=world.environment()) as (process, told):
        yield RunningEngine(process, told["url"], Home(home))


@contextmanager
def running(
    *words: str | Path, home: Path | None, extra: Mapping[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], Any]]:
    """Yield a process that says in one JSON line that it is ready, and that line."""
    with subprocess.Popen(
        command(*words),
        cwd=ROOT,
        env=environment(home, extra),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, f"{words} ended with {process.wait(30)}"
            yield process, json.loads(line)
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def free_port() -> int:
    """Return a port of loopback on which nobody listens."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])
