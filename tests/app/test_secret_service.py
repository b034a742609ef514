"""The desktop's own keyring, for real: a Secret Service on a bus of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.whole.processes import ROOT

pytestmark = pytest.mark.skipif(
    not (shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")),
    reason="needs dbus-run-session and gnome-keyring",
)
SECONDS = 60
KEEP_AND_FORGET = """
from pathlib import Path
from app.token_store import open_token_store
store = open_token_store(Path("never-made"))
print(store.place)
store.put("token:a", "EAAcanary0123456789")
print(store.get("token:a"))
store.remove("token:a")
print(store.get("token:a"))
"""
REFUSED = """
from pathlib import Path
from app.token_store import open_token_store
from engine.domain.errors import UserError
store = open_token_store(Path("never-made"))
try:
    store.put("token:a", "EAAcanary0123456789")
except UserError as error:
    print(error)
"""


def on_a_bus(script: str, tmp_path: Path, unlock: str) -> str:
    """Run a script in a session whose keyring is unlocked with a word, or not."""
    begin = f"printf '%s' '{unlock}' | gnome-keyring-daemon --unlock --components=secrets"
    shell = f"{begin} >/dev/null 2>&1; exec {sys.executable} -c '{script}'"
    if not unlock:
        shell = f"exec {sys.executable} -c '{script}'"
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", shell],
        cwd=ROOT,
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
            "XDG_DATA_HOME": str(tmp_path / "data"),
            "XDG_RUNTIME_DIR": str(tmp_path),
        },
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


def test_a_token_is_kept_in_the_desktops_keyring_and_forgotten(tmp_path: Path) -> None:
    said = on_a_bus(KEEP_AND_FORGET, tmp_path, "word").splitlines()
    assert said == ["secret_service", "EAAcanary0123456789", "None"]


def test_a_keyring_nobody_unlocked_is_told_and_nothing_waits_for_an_answer(tmp_path: Path) -> None:
    said = on_a_bus(REFUSED, tmp_path, "")
    assert "Unlock" in said
    assert "EAAcanary" not in said
