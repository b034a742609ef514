"""A process killed while it stores: the file opens again, nothing is half there."""

from __future__ import annotations

import random
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from engine.storage.warehouse_duckdb import DuckDBWarehouse
from tests.builders import NOW

ROOT = Path(__file__).resolve().parents[2]
ROWS = 400
WRITER = f"""
import sys
from datetime import timedelta
from pathlib import Path
from engine.domain.windows import Grain
from engine.storage.warehouse_duckdb import DuckDBWarehouse
from tests.builders import NOW, account, batch, day_row

warehouse = DuckDBWarehouse(Path(sys.argv[1]))
today = NOW.date()
number = int(sys.argv[2])
while True:
    number += 1
    facts = [day_row(str(n), today, spend=number * 1000 + n) for n in range({ROWS})]
    at = NOW + timedelta(seconds=number)
    warehouse.store_insights(batch(account(), Grain.DAY, (today, today), facts=facts, known_at=at))
    print(number, flush=True)
    if number % 3 == 0:
        warehouse.checkpoint()
"""


@pytest.mark.parametrize("seed", [1, 2])
def test_a_killed_writer_leaves_whole_batches(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "warehouse.duckdb"
    draw = random.Random(seed)
    acknowledged = 0
    for _ in range(2):
        acknowledged = store_until_killed(path, acknowledged, draw.randint(1, 6))
        stored = whole_batches(path)
        assert stored >= acknowledged, "what was confirmed is there"
        acknowledged = stored


def store_until_killed(path: Path, start: int, batches: int) -> int:
    """Let a child store batches and kill it during a later one; return the last confirmed."""
    command = [sys.executable, "-c", WRITER, str(path), str(start)]
    confirmed = start
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as child:
        assert child.stdout is not None
        for _ in range(batches):
            confirmed = int(child.stdout.readline())
        child.kill()
    return confirmed


def whole_batches(path: Path) -> int:
    """Return the number of the newest batch, after checking that it is whole."""
    warehouse = DuckDBWarehouse(path)
    fresh = warehouse.freshness("100").daily
    assert fresh is not None
    number = (fresh - NOW) // timedelta(seconds=1)
    with warehouse._file.reading() as cursor:
        rows = cursor.execute("SELECT sum(spend)::BIGINT FROM daily GROUP BY object_key").fetchall()
    warehouse.close()
    assert sorted(row[0] for row in rows) == [number * 1000 + n for n in range(ROWS)]
    return number
