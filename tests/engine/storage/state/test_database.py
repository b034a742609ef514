"""Opening the state: private, durable, brought up to date, never harmed."""

from __future__ import annotations

import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from engine.domain.errors import StorageError
from engine.storage.state.database import open_database
from engine.storage.state.migrating import copy_file
from engine.storage.state.tables import METADATA, SETTINGS
from tests.builders import NOW


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "private" / "state.db"


def test_the_file_belongs_to_its_owner_alone(path: Path) -> None:
    open_database(path).close()
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_rights_of_others_are_taken_away(path: Path) -> None:
    open_database(path).close()
    path.chmod(0o644)
    open_database(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_survives_a_power_cut_by_its_settings(path: Path) -> None:
    database = open_database(path)
    with database.read() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    database.close()
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_the_migrations_make_the_tables_that_the_stores_use(path: Path) -> None:
    database = open_database(path)
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, METADATA)
        indices = {
            row[0]: row[1]
            for row in connection.exec_driver_sql(
                "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            )
        }
    database.close()
    assert differences == []
    from_code = sa.create_engine("sqlite://")
    METADATA.create_all(from_code)
    with from_code.connect() as connection:
        for name, sql in connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        ):
            assert indices[name] == sql
    from_code.dispose()


def test_the_tables_are_valid_for_postgresql_too() -> None:
    dialect = sa.create_mock_engine("postgresql://", lambda *_: None).dialect
    for table in METADATA.sorted_tables:
        assert str(sa.schema.CreateTable(table).compile(dialect=dialect))
        for index in table.indexes:
            assert str(sa.schema.CreateIndex(index).compile(dialect=dialect))


def test_a_database_of_a_newer_version_is_refused_unharmed(path: Path) -> None:
    open_database(path).close()
    with closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
        file.commit()
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = path.read_bytes()
    with pytest.raises(StorageError, match="newer version"):
        open_database(path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_unharmed(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("these are not the rows you are looking for" * 100)
    with pytest.raises(StorageError, match="can't be read"):
        open_database(path)
    assert path.read_text().startswith("these are not")


def test_a_database_at_the_newest_step_is_not_copied(path: Path) -> None:
    open_database(path).close()
    open_database(path).close()
    assert [file.name for file in path.parent.iterdir()] == ["state.db"]


def test_the_copy_made_before_a_migration_is_whole_and_private(path: Path) -> None:
    open_database(path).close()
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE kept (word TEXT)")
        file.execute("INSERT INTO kept VALUES ('safe')")
        file.commit()
    copy = path.with_name("copy.db")
    copy_file(path, copy)
    with closing(sqlite3.connect(copy)) as file:
        assert file.execute("SELECT word FROM kept").fetchall() == [("safe",)]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="can't be opened"):
        open_database(tmp_path / "file" / "state.db")


def test_readers_do_not_wait_for_a_writer(path: Path) -> None:
    database = open_database(path)
    seen: list[int | None] = []

    def read() -> None:
        with database.read() as connection:
            seen.append(connection.scalar(sa.select(sa.func.count()).select_from(SETTINGS)))

    with database.write() as connection:
        connection.execute(
            sa.insert(SETTINGS).values(key="k", value=1, changed_at=NOW, changed_by="x")
        )
        reader = threading.Thread(target=read)
        reader.start()
        reader.join(timeout=10)
    database.close()
    assert seen == [0]


def test_an_error_takes_the_whole_transaction_back(path: Path) -> None:
    database = open_database(path)
    insert = sa.insert(SETTINGS).values(key="k", value=1, changed_at=NOW, changed_by="x")

    def insert_twice() -> None:
        with database.write() as connection:
            connection.execute(insert)
            connection.execute(insert)

    with pytest.raises(StorageError, match="can't be used"):
        insert_twice()
    with database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(SETTINGS)) == 0
    database.close()
