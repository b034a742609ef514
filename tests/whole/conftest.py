"""A sandbox, a home read from it and a running engine, shared by the whole folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.sandbox_process import Sandbox
from tests.whole import processes
from tests.whole.processes import Outcome, RunningEngine, ai_buyer


@dataclass(frozen=True)
class Place:
    """A home and the sandbox it belongs to; commands are run in it."""

    home: Path
    sandbox: Sandbox

    def run(self, *words: str | Path, **variables: str) -> Outcome:
        """Run a command here; `variables` change the environment."""
        extra = {**self.sandbox.environment(), **variables}
        return ai_buyer(*words, home=self.home, extra=extra)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with processes.sandbox(tmp_path_factory.mktemp("world")) as running:
        yield running


@pytest.fixture(scope="session")
def synced(world: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Return a home that was read once and that no engine serves."""
    place = Place(tmp_path_factory.mktemp("synced") / "home", world)
    done = place.run("sync", "--json")
    assert done.code == 0, done.err
    return place


@pytest.fixture(scope="session")
def engine(world: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEngine]:
    with processes.engine(tmp_path_factory.mktemp("served") / "home", world) as running:
        yield running


@pytest.fixture(scope="session")
def served(engine: RunningEngine, world: Sandbox) -> Place:
    """Return the home that the running engine serves, after its first sync."""
    place = Place(engine.home.folder, world)
    assert place.run("sync").code == 0
    return place
