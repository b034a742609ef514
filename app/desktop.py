"""`ai-buyer`: the window, on an engine that was found or started."""

from __future__ import annotations

import argparse

from app import engine_process
from app.engine_file import Running
from app.paths import Home, find_home, prepare
from app.sandbox_process import Sandbox
from engine.domain.errors import UserError


def run(arguments: argparse.Namespace) -> int:
    """Open the window on this home's engine, which outlives the window."""
    home = prepare(find_home())
    return _open_window(arguments, engine_process.find_or_start(home))


def run_on_sandbox(arguments: argparse.Namespace, home: Home, sandbox: Sandbox) -> int:
    """Open the window on an engine of the demo; both end together."""
    running = engine_process.find_or_start(home, sandbox.environment())
    try:
        return _open_window(arguments, running)
    finally:
        engine_process.stop(running)


def _open_window(arguments: argparse.Namespace, running: Running) -> int:
    try:
        # Qt is loaded only where a window is wanted; everything else runs without it.
        from ui.application import run_window
    except ImportError as error:
        raise UserError(
            f"The window can't be opened: {error}.",
            hint="On Debian and Ubuntu install: libegl1 libgl1 libxkbcommon-x11-0 libxcb-cursor0 "
            "libxcb-icccm4 libxcb-keysyms1 libxcb-image0 libxcb-render-util0 libxcb-shape0. "
            "Without a window: ai-buyer --server.",
        ) from error
    return run_window(running.url, running.token)
