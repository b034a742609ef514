"""Bringing a state database to the newest form, and refusing newer ones."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import ScriptDirectory

import engine.storage.migrations
from engine.domain.errors import StorageError


def known_revisions() -> frozenset[str]:
    """Return the revisions this program knows."""
    return frozenset(script.revision for script in _scripts().walk_revisions())


def newest_revision() -> str:
    """Return the revision that a database has after opening."""
    head = _scripts().get_current_head()
    assert head is not None
    return head


def refuse_what_is_newer(path: Path) -> None:
    """Raise StorageError for a file of a newer version, or of something else.

    Reads only: the file and its log stay as they are.
    """
    if path.stat().st_size == 0:
        return
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as file:
            names = {row[0] for row in file.execute("SELECT name FROM sqlite_master")}
            rows = (
                file.execute("SELECT version_num FROM alembic_version").fetchall()
                if "alembic_version" in names
                else []
            )
    except sqlite3.DatabaseError as error:
        raise StorageError(
            f"{path} can't be read as a state database: {error}.",
            hint="Restore a backup, or move the file away to begin anew.",
        ) from error
    _refuse(str(path), {str(row[0]) for row in rows})


def bring_up_to_date(database: sa.Engine, path: Path | None) -> None:
    """Run the migrations that are missing, all or none of them.

    `path` is the SQLite file, of which a copy is made first. Raises StorageError for
    a database of a newer version.
    """
    scripts = _scripts()
    with database.begin() as connection:
        current = set(MigrationContext.configure(connection).get_current_heads())
    if current == {newest_revision()}:
        return
    _refuse(database.url.render_as_string(hide_password=True), current)
    if path is not None and current:
        copy_file(path, path.with_name(f"{path.name}.before-{newest_revision()}"))

    def steps(revision: tuple[str, ...], _context: MigrationContext) -> list[RevisionStep]:
        return scripts._upgrade_revs("head", revision)  # type: ignore[arg-type]  # alembic says str

    with (
        EnvironmentContext(_config(), scripts, fn=steps) as environment,
        database.begin() as connection,
    ):
        environment.configure(connection=connection)
        environment.run_migrations()


def _refuse(name: str, revisions: set[str]) -> None:
    unknown = revisions - known_revisions()
    if unknown:
        raise StorageError(
            f"The state database {name} was written by a newer version of AI-Buyer "
            f"(form {', '.join(sorted(unknown))}). It was left as it is.",
            hint="Install that version, or restore a backup made by this one.",
        )


def copy_file(source: Path, copy: Path) -> None:
    """Copy a SQLite database that may be in use; the copy is 0600."""
    os.close(os.open(copy, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600))
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)


def _config() -> Config:
    config = Config()
    folder = Path(next(iter(engine.storage.migrations.__path__)))
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
