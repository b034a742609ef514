"""`ai-buyer --demo`: the whole product on a sandbox."""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import NoReturn

from app.logs import set_up_logs
from app.paths import Home, prepare
from app.sandbox_process import running_sandbox
from engine.domain.errors import UserError
from engine.domain.secrets import KnownSecrets

SEED = 20261122
# Sixty times: a day of the sandbox passes in 24 minutes, an hour in one.
_WINDOW_CLOCK = "x60"


def run(arguments: argparse.Namespace) -> int:
    """Run the demo and return the exit code."""
    if arguments.headless or not _has_display():
        return _headless(arguments)
    return _window(arguments)


def _headless(arguments: argparse.Namespace) -> int:
    from app.demo_run import run_demo

    out: Path = arguments.out
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"The folder {out} can't be made: {error.strerror}.", hint="Choose one with --out."
        ) from error
    with (
        tempfile.TemporaryDirectory(prefix="ai-buyer-demo-") as folder,
        running_sandbox(clock="manual", seed=SEED) as sandbox,
    ):
        home = prepare(Home(Path(folder)))
        set_up_logs(home.logs, secrets=KnownSecrets((sandbox.access_token, sandbox.app_secret)))
        return run_demo(home, sandbox, out)


def _window(arguments: argparse.Namespace) -> int:
    from app.desktop import run_on_sandbox

    # A request to end must end the sandbox and the engine too, not only the window.
    signal.signal(signal.SIGTERM, _end)
    with (
        tempfile.TemporaryDirectory(prefix="ai-buyer-demo-") as folder,
        running_sandbox(clock=_WINDOW_CLOCK, seed=SEED) as sandbox,
    ):
        home = prepare(Home(Path(folder)))
        _prepare_state(home)
        return run_on_sandbox(arguments, home, sandbox)


def _prepare_state(home: Home) -> None:
    """Give the demo its rules before its engine starts."""
    from app.demo_rules import add_templates, quicken
    from engine.storage.state.state import open_state

    state = open_state(home.state)
    try:
        add_templates(state, datetime.now(UTC))
        quicken(state, datetime.now(UTC))
    finally:
        state.close()


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


def _has_display() -> bool:
    if os.environ.get("HEADLESS") == "1":
        return False
    if os.name == "nt" or os.uname().sysname == "Darwin":
        return True
    named = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return any(os.environ.get(name) for name in named)
