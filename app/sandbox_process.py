"""Starts the sandbox as a process of its own and stops it again."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from engine.domain.errors import UserError

_STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox: its address and what a client needs to log in."""

    url: str
    access_token: str = field(repr=False)
    app_id: str
    app_secret: str = field(repr=False)

    def environment(self) -> Mapping[str, str]:
        """Return the variables that point an engine at this sandbox, in its time."""
        return {
            "AI_BUYER_GRAPH_URL": self.url,
            "AI_BUYER_DIALOG_URL": self.url,
            "AI_BUYER_CLOCK": "platform",
            "FACEBOOK_ACCESS_TOKEN": self.access_token,
            "FACEBOOK_APP_ID": self.app_id,
            "FACEBOOK_APP_SECRET": self.app_secret,
        }

    def advance(self, hours: float) -> None:
        """Move a manual clock on."""
        answer = httpx.post(
            f"{self.url}/_sandbox/advance", json={"hours": hours}, timeout=120, trust_env=False
        )
        answer.raise_for_status()

    def ledger(self) -> list[dict[str, object]]:
        """Return every write that took effect, oldest first."""
        return self._log("ledger")

    def requests(self) -> list[dict[str, object]]:
        """Return every request it received, tokens blotted out, oldest first."""
        return self._log("requests")

    def _log(self, name: str) -> list[dict[str, object]]:
        answer = httpx.get(f"{self.url}/_sandbox/{name}", timeout=60, trust_env=False)
        answer.raise_for_status()
        rows: list[dict[str, object]] = answer.json()["data"]
        return rows


@contextmanager
def running_sandbox(*, clock: str, seed: int, scenario: Path | None = None) -> Iterator[Sandbox]:
    """Yield a sandbox, by default with the demo's world; stop it at the end."""
    command = [sys.executable, "-m", "app", "sandbox", "--clock", clock, "--seed", str(seed)]
    if scenario is not None:
        command += ["--scenario", str(scenario)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise UserError(
                f"The sandbox did not start (exit code {process.wait(_STOP_SECONDS)}).",
                hint="Run `ai-buyer sandbox` to see why.",
            )
        told = json.loads(line)
        yield Sandbox(told["url"], told["access_token"], told["app_id"], told["app_secret"])
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
