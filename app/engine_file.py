"""The file that says who serves a home: pid, address and token."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

import httpx

from app.paths import Home


@dataclass(frozen=True, slots=True)
class Running:
    """A running engine: process id, address and the token of its API."""

    pid: int
    url: str
    token: str = field(repr=False)

    def is_alive(self) -> bool:
        """Whether the process lives and the address answers as an engine."""
        if not _process_lives(self.pid):
            return False
        try:
            answer = httpx.get(f"{self.url}/health", timeout=5, trust_env=False)
            content = answer.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            # Nobody answers there, or a program that is no engine.
            return False
        return isinstance(content, dict) and content.get("pid") == self.pid


def write(home: Home, running: Running) -> None:
    """Write the file, whole or not at all, readable by its owner only."""
    temporary = home.engine_file.with_suffix(f".{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(running), file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(home.engine_file)


def read(home: Home) -> Running | None:
    """Return what the file says; none when there is none or it can't be read."""
    return _parse(home.engine_file)


def remove(home: Home) -> None:
    """Remove the file if it is about this process."""
    found = read(home)
    if found is not None and found.pid == os.getpid():
        home.engine_file.unlink(missing_ok=True)


def find_running(home: Home) -> Running | None:
    """Return the living engine of `home`, none when there is none."""
    found = read(home)
    return found if found is not None and found.is_alive() else None


def _parse(path: Path) -> Running | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Running(int(content["pid"]), str(content["url"]), str(content["token"]))
    except (OSError, ValueError, KeyError, TypeError):
        # A missing or torn file means that nobody is known to serve this home.
        return None


def _process_lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
