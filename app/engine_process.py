"""Finds the engine of a home, or starts one that outlives the window."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from app import engine_file
from app.engine_file import Running
from app.paths import Home
from engine.domain.errors import UserError

_START_SECONDS = 60.0
_LOOK_EVERY_SECONDS = 0.1
_STOP_SECONDS = 20.0


def find_or_start(home: Home, extra: Mapping[str, str] | None = None) -> Running:
    """Return the running engine of `home`, started now when there is none.

    `extra` are environment variables for a new one. Raises UserError with what the
    engine said when it does not start.
    """
    running = engine_file.find_running(home)
    if running is not None:
        return running
    said = home.logs / "engine-start.log"
    process = _start(home, said, extra or {})
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        running = engine_file.read(home)
        if running is not None and running.pid == process.pid and running.is_alive():
            return running
        time.sleep(_LOOK_EVERY_SECONDS)
    process.kill()
    raise UserError("The engine did not start.", hint=_last_words(said))


def stop(running: Running) -> None:
    """Ask an engine that this process started to end, and wait for it."""
    try:
        os.kill(running.pid, 15)
        deadline = time.monotonic() + _STOP_SECONDS
        while time.monotonic() < deadline:
            if os.waitpid(running.pid, os.WNOHANG)[0]:
                return
            time.sleep(_LOOK_EVERY_SECONDS)
        os.kill(running.pid, 9)
        os.waitpid(running.pid, 0)
    except (ProcessLookupError, ChildProcessError):
        # It ended by itself meanwhile, or somebody else started it.
        return


def _start(home: Home, said: Path, extra: Mapping[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "app", "--server", "--port", "0"]
    environment = {**os.environ, **extra, "AI_BUYER_HOME": str(home.folder)}
    with said.open("wb") as output:
        return subprocess.Popen(
            command,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )


def _last_words(said: Path) -> str:
    lines = said.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1].removeprefix("ai-buyer: ") if lines else f"See {said}."
