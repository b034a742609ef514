"""A live engine on a small sandbox, and the window's pages on it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from app import engine_file
from app.engine_file import Running
from app.paths import Home, prepare
from app.sandbox_process import Sandbox, running_sandbox
from tests.contract.watch import assert_meta_knows_all
from tests.ui.pages.live import World, until
from ui.engine_client import EngineClient
from ui.look import Look
from ui.preferences import Preferences
from ui.session import Session

_WORLD = Path(__file__).with_name("small_world.json")
_FIRST_CYCLE_SECONDS = 90.0


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return a running engine whose first cycle has ended."""
    home = prepare(Home(tmp_path_factory.mktemp("engine")))
    with (
        running_sandbox(clock="manual", seed=5, scenario=_WORLD) as sandbox,
        _running_engine(home, sandbox) as engine,
    ):
        made = World(sandbox, engine)
        _wait_for_cycle(made)
        yield made
        assert_meta_knows_all(sandbox.url, sandbox.access_token)


@contextmanager
def _running_engine(home: Home, sandbox: Sandbox) -> Iterator[Running]:
    command = [sys.executable, "-m", "app", "--server", "--port", "0"]
    environment = {**os.environ, **sandbox.environment(), "AI_BUYER_HOME": str(home.folder)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline(), "the engine did not start"
            found = engine_file.read(home)
            assert found is not None
            yield found
        finally:
            process.terminate()


def _wait_for_cycle(world: World) -> None:
    deadline = time.monotonic() + _FIRST_CYCLE_SECONDS
    while time.monotonic() < deadline:
        status = world.ask("GET", "/api/v1/status").json()
        if status["last_cycle_at"] is not None and status["cycle"] is None:
            return
        time.sleep(0.1)
    raise TimeoutError("the first cycle did not end")


@pytest.fixture
def preferences(look: Look, tmp_path: Path) -> Preferences:
    """Return preferences that nobody else shares."""
    return Preferences(look, QSettings(str(tmp_path / "ui.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def session(world: World, look: Look, qtbot: QtBot) -> Iterator[Session]:
    """Return a session on the engine that shows the accounts in hryvnias."""
    made = Session(look, EngineClient(look, world.engine.url, world.engine.token))
    made.wanted_scope = "currency:UAH"
    made.load_status()
    made.load_scopes()
    until(qtbot, lambda: made.is_ready)
    yield made
    made.stream.stop()
