"""Where AI-Buyer keeps its files: one home folder, private to its owner."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from engine.domain.errors import UserError


@dataclass(frozen=True, slots=True)
class Home:
    """The folder with data, state and logs, and the files in it."""

    folder: Path

    @property
    def warehouse(self) -> Path:
        """The DuckDB file."""
        return self.folder / "warehouse.duckdb"

    @property
    def state(self) -> Path:
        """The SQLite file."""
        return self.folder / "state.sqlite3"

    @property
    def logs(self) -> Path:
        """The folder of log files."""
        return self.folder / "logs"

    @property
    def engine_file(self) -> Path:
        """Who serves this home: pid, address and token (0600)."""
        return self.folder / "engine.json"


def find_home() -> Home:
    """Return the home from AI_BUYER_HOME, or the system's place for user data."""
    given = os.environ.get("AI_BUYER_HOME")
    return Home(Path(given).expanduser() if given else user_data_path("ai-buyer", False))


def prepare(home: Home) -> Home:
    """Make the home folder, private; UserError says why it can't be used."""
    try:
        # A folder that was there before keeps its mode: it may be shared with others, and
        # what lies in it is private file by file.
        if not home.folder.is_dir():
            home.folder.mkdir(mode=0o700, parents=True)
        home.logs.mkdir(mode=0o700, exist_ok=True)
        probe = home.folder / f".probe-{os.getpid()}"
        probe.touch(mode=0o600)
        probe.unlink()
    except OSError as error:
        raise UserError(
            f"The folder {home.folder} can't be used: {error.strerror}.",
            hint="Give yourself the right to write there, or set AI_BUYER_HOME to another folder.",
        ) from error
    return home
