"""Opening the file after a crash, and saying why it can't be.

DuckDB keeps committed work in a log beside the file until a checkpoint. Two
states of that log, both left by a power cut, are refused at the next start
though nothing is lost; each is put right here, on a copy, the original kept:

* a log older than the file ("checkpoint iteration does not match") is set aside;
* a log with a torn end ("Corrupt WAL file: entry at byte N") is cut at N.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import duckdb

from engine.domain.errors import StorageError

_STALE = re.compile(r"iteration does not match", re.IGNORECASE)
_TORN = re.compile(r"corrupt wal.*?byte (\d+)", re.IGNORECASE | re.DOTALL)
_LOCKED = re.compile(r"could not set lock|conflicting lock|already open|being used", re.IGNORECASE)
_FULL = re.compile(r"no space left|disk full|not enough space|out of disk", re.IGNORECASE)
_DENIED = re.compile(r"permission denied|read-only file system|access is denied", re.IGNORECASE)
_NEWER = re.compile(
    r"newer version|newer duckdb|version number|storage version|not a valid duckdb",
    re.IGNORECASE,
)


def wal_of(path: Path) -> Path:
    """Return the log that stands beside the database file."""
    return path.with_name(f"{path.name}.wal")


def repair_log(path: Path, error: duckdb.Error) -> str | None:
    """Put a log right that `error` complained about; say what was done.

    Returns none when the error is not about the log. The log as it was is kept
    beside the file as `<name>.wal.kept-<n>`.
    """
    wal = wal_of(path)
    if not wal.exists():
        return None
    text = str(error)
    if _STALE.search(text) and path.stat().st_size > wal.stat().st_size:
        kept = _keep_name(wal)
        wal.rename(kept)
        return f"The log was older than the database and was set aside as {kept.name}."
    torn = _TORN.search(text)
    if torn is None or int(torn.group(1)) >= wal.stat().st_size:
        return None
    kept = _keep_name(wal)
    shutil.copy2(wal, kept)
    with wal.open("r+b") as log:
        log.truncate(int(torn.group(1)))
    return f"The log's torn end was cut off; the whole is kept as {kept.name}."


def _keep_name(wal: Path) -> Path:
    number = 1
    while (kept := wal.with_name(f"{wal.name}.kept-{number}")).exists():
        number += 1
    return kept


def storage_error(path: Path, error: Exception) -> StorageError:
    """Return the error in words that say what to do."""
    text = str(error)
    if _LOCKED.search(text):
        return StorageError(
            f"The warehouse {path} is in use by another program.",
            hint="Close the other AI-Buyer (or its engine), then start again.",
        )
    if _FULL.search(text):
        return StorageError(
            f"The disk with the warehouse {path} is full; nothing of the last step was stored.",
            hint="Free at least 2 GB, then start again.",
        )
    if isinstance(error, PermissionError) or _DENIED.search(text):
        return StorageError(
            f"The warehouse {path} can't be written.",
            hint="Give this user the right to write there, or set AI_BUYER_HOME to another folder.",
        )
    if _NEWER.search(text):
        return newer_version(path)
    return StorageError(
        f"The warehouse {path} can't be read: {text.splitlines()[0] if text else error!r}",
        hint="Move the file elsewhere and start again: the numbers are read again from Meta.",
    )


def newer_version(path: Path) -> StorageError:
    """Return the refusal of a file that a newer program made."""
    return StorageError(
        f"The warehouse {path} is no file this version can read; a newer AI-Buyer may have "
        "made it. It was left as it is.",
        hint="Install the newest AI-Buyer, or set AI_BUYER_HOME to another folder.",
    )
