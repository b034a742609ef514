"""Opening, closing and refusing the warehouse's file, in words that help."""

import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from engine.domain.errors import StorageError
from engine.domain.windows import Grain
from engine.storage.warehouse_duckdb import DuckDBWarehouse
from engine.storage.warehouse_recovery import repair_log, wal_of
from tests.builders import NOW, account, batch, campaign, day_row, structure

ROOT = Path(__file__).resolve().parents[3]
TODAY = NOW.date()
HOLDER = """
import sys
from pathlib import Path
from engine.storage.warehouse_duckdb import DuckDBWarehouse
warehouse = DuckDBWarehouse(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
"""


def test_what_was_stored_is_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "home" / "warehouse.duckdb"
    first = DuckDBWarehouse(path)
    first.store_structure(structure(campaign("1")))
    first.close()

    second = DuckDBWarehouse(path)
    assert second.objects("100") == [campaign("1")]
    second.close()
    assert not wal_of(path).exists()


@pytest.mark.skipif(os.name != "posix", reason="file modes of POSIX")
def test_only_the_user_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "home" / "warehouse.duckdb"
    warehouse = DuckDBWarehouse(path)
    warehouse.store_structure(structure(campaign("1")))

    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path.stat().st_mode & 0o777 == 0o600
    assert wal_of(path).stat().st_mode & 0o777 == 0o600
    warehouse.close()


def test_a_file_of_a_newer_version_is_refused_unharmed(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    DuckDBWarehouse(path).close()
    with duckdb.connect(str(path)) as newer:
        newer.execute("UPDATE about SET value = '99' WHERE name = 'schema_version'")
    before = path.read_bytes()

    with pytest.raises(StorageError, match=r"newer AI-Buyer.*left as it is.*Install the newest"):
        DuckDBWarehouse(path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_unharmed(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(b"holiday pictures" * 1000)

    with pytest.raises(StorageError, match="no file this version can read"):
        DuckDBWarehouse(path)
    assert path.read_bytes() == b"holiday pictures" * 1000


def test_a_second_process_is_told_who_is_in_the_way(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(StorageError, match="in use by another program"):
            DuckDBWarehouse(path)
        holder.communicate()

    DuckDBWarehouse(path).close()


def test_a_folder_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    with pytest.raises(StorageError, match="can't be"):
        DuckDBWarehouse(blocked / "warehouse.duckdb")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_the_right_to_write_is_said_so(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError, match="can't be written"):
        DuckDBWarehouse(tmp_path / "warehouse.duckdb")


def test_a_closed_warehouse_says_so(tmp_path: Path) -> None:
    warehouse = DuckDBWarehouse(tmp_path / "warehouse.duckdb")
    warehouse.close()
    warehouse.close()
    with pytest.raises(StorageError, match="closed"):
        warehouse.counts()


def test_many_threads_read_while_one_writes(tmp_path: Path) -> None:
    warehouse = DuckDBWarehouse(tmp_path / "warehouse.duckdb")
    counted: list[int] = []

    def read() -> None:
        counted.extend(warehouse.counts()["daily"] for _ in range(20))

    def write(account_id: str) -> None:
        facts = [day_row(str(number), TODAY, spend=1) for number in range(50)]
        of = account(account_id)
        warehouse.store_insights(batch(of, Grain.DAY, (TODAY, TODAY), facts=facts))

    threads = [threading.Thread(target=read) for _ in range(4)]
    threads += [threading.Thread(target=write, args=(str(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert warehouse.counts()["daily"] == 200
    assert len(counted) == 80
    assert all(count % 50 == 0 for count in counted), "a batch is seen whole or not at all"
    warehouse.close()


def test_a_statement_cannot_reach_other_files(tmp_path: Path) -> None:
    warehouse = DuckDBWarehouse(tmp_path / "warehouse.duckdb")
    other = tmp_path / "other.csv"
    other.write_text("a\n1\n")
    with (
        pytest.raises(duckdb.PermissionException),
        warehouse._file.reading() as cursor,
    ):
        cursor.execute(f"SELECT * FROM read_csv('{other}')")
    assert warehouse.counts()["daily"] == 0
    warehouse.close()


def test_a_log_older_than_the_file_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(b"x" * 100)
    wal_of(path).write_bytes(b"old log")

    done = repair_log(path, duckdb.IOException("WAL checkpoint iteration does not match"))

    assert done is not None
    assert not wal_of(path).exists()
    assert (tmp_path / "warehouse.duckdb.wal.kept-1").read_bytes() == b"old log"


def test_a_torn_end_of_the_log_is_cut_and_the_whole_kept(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(b"x")
    wal_of(path).write_bytes(b"good|torn")

    done = repair_log(path, duckdb.IOException("Corrupt WAL file: entry at byte 4 is broken"))

    assert done is not None
    assert wal_of(path).read_bytes() == b"good"
    assert (tmp_path / "warehouse.duckdb.wal.kept-1").read_bytes() == b"good|torn"


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_a_file_of_an_earlier_version_is_brought_up_to_date(tmp_path: Path, version: int) -> None:
    path = tmp_path / "warehouse.duckdb"
    first = DuckDBWarehouse(path)
    first.store_structure(structure(campaign("1")))
    first.close()
    with duckdb.connect(path) as older:
        _make_older(older, version)

    warehouse = DuckDBWarehouse(path)
    facts = [day_row("1", TODAY, spend=5)]
    stored = warehouse.store_insights(batch(account(), Grain.DAY, (TODAY, TODAY), facts=facts))
    assert warehouse.objects("100") == [campaign("1")]
    issue = campaign("1", issues=("Payment failed",))
    warehouse.store_structure(structure(issue, as_of=NOW + timedelta(hours=1)))

    assert stored.added == 1
    assert warehouse.objects("100") == [issue]
    warehouse.close()


def _make_older(connection: duckdb.DuckDBPyConnection, version: int) -> None:
    """Take away what the versions after `version` brought."""
    connection.execute("DROP TABLE deliveries")
    if version < 4:
        connection.execute("DROP TABLE aside_counts")
    if version < 3:
        _drop_objects_tables(connection)
    if version == 1:
        for table in ("gone_days", "set_aside", "report_runs", "thinnings"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("ALTER TABLE readings DROP COLUMN row_count")
    connection.execute("UPDATE about SET value = ? WHERE name = 'schema_version'", [str(version)])


def _drop_objects_tables(connection: duckdb.DuckDBPyConnection) -> None:
    for table in ("creatives", "edits", "missed"):
        connection.execute(f"DROP TABLE {table}")
    for column in ("roas_floor", "optimization_goal", "billing_event", "attribution", "issues"):
        connection.execute(f"ALTER TABLE objects DROP COLUMN {column}")
    connection.execute("ALTER TABLE objects DROP COLUMN source_id")
