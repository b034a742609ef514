"""A real sandbox process for the tests of the client."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from engine.domain.objects import Account
from sync.credentials import Credentials
from sync.graph_client import GraphSettings
from sync.graph_platform import GraphPlatform, PlatformSettings
from sync.insights import InsightsSettings
from tests.contract.watch import assert_meta_knows_all

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
WORLD = {
    "start": "2026-03-10T15:30:00Z",
    "history_days": 40,
    "accounts": [
        {
            "client": "Alpha",
            "name": "Alpha US",
            "currency": "USD",
            "timezone": "America/New_York",
            "campaigns": 6,
            "campaign_budget_share": 0.5,
        },
        {
            "client": "Beta",
            "name": "Beta HU",
            "currency": "HUF",
            "timezone": "Europe/Budapest",
            "campaigns": 3,
        },
    ],
}


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox: its address and keys, and its own controls."""

    url: str
    access_token: str
    app_id: str
    app_secret: str

    def platform(self, *, page_rows: int = 5000, object_rows: int = 1000) -> GraphPlatform:
        """Return a platform connected to it."""
        graph = GraphSettings(base_url=self.url, first_pause=0.001, write_deadline=5.0)
        settings = PlatformSettings(graph, InsightsSettings(page_rows=page_rows), object_rows)
        keys = Credentials(self.access_token, self.app_id, self.app_secret)
        return GraphPlatform(keys, settings)

    def control(self, path: str, body: object = None) -> object:
        """Call one of the sandbox's own controls; without a body it is a GET."""
        address = f"{self.url}/_sandbox/{path}"
        got = httpx.get(address) if body is None else httpx.post(address, json=body)
        got.raise_for_status()
        return got.json()

    def seen(self) -> int:
        """Return how many requests it has seen."""
        state = self.control("state")
        assert isinstance(state, dict)
        return int(state["requests"])

    def requests(self, after: int) -> list[dict[str, Any]]:
        """Return the requests it has seen after so many."""
        found = self.control(f"requests?after={after}")
        assert isinstance(found, dict)
        rows: list[dict[str, Any]] = found["data"]
        return rows

    def people(self) -> list[str]:
        """Return the ids of those who can log in besides the first one."""
        asked = {"client_id": self.app_id, "redirect_uri": "http://localhost/"}
        page = httpx.get(f"{self.url}/v26.0/dialog/oauth", params=asked).text
        return re.findall(r"user=(\d+)", page)

    def fault(self, **fault: object) -> None:
        """Script a fault; the next matching request meets it."""
        self.control("faults", {"nth": 1, "times": 1, **fault})


@contextmanager
def running(folder: Path, world: Mapping[str, object], seed: int = 11) -> Iterator[Sandbox]:
    """Run a sandbox of `world` as a process of its own."""
    scenario = folder / "scenario.json"
    scenario.write_text(json.dumps(world), "utf-8")
    command = [sys.executable, "-m", "sync.sandbox", "--port", "0", "--seed", str(seed)]
    command += ["--clock", "manual", "--scenario", str(scenario)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            ready = json.loads(process.stdout.readline())
            keys = ("url", "access_token", "app_id", "app_secret")
            yield Sandbox(*(ready[key] for key in keys))
            assert_meta_knows_all(ready["url"], ready["access_token"])
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Start a sandbox for the tests of one module."""
    with running(tmp_path_factory.mktemp("world"), WORLD) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(sandbox_process: Sandbox) -> Iterator[Sandbox]:
    """Yield the module's sandbox; faults left over are taken away afterwards."""
    yield sandbox_process
    httpx.delete(f"{sandbox_process.url}/_sandbox/faults").raise_for_status()


def with_platform(
    sandbox: Sandbox,
    work: Callable[[GraphPlatform, list[Account]], Awaitable[T]],
    *,
    page_rows: int = 5000,
    object_rows: int = 1000,
) -> T:
    """Run `work` with a platform and the accounts it sees."""

    async def run() -> T:
        platform = sandbox.platform(page_rows=page_rows, object_rows=object_rows)
        try:
            accounts = sorted(await platform.accounts(), key=lambda account: account.name)
            return await work(platform, accounts)
        finally:
            await platform.close()

    return asyncio.run(run())
