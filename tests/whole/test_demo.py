"""The demo without a window: what a newcomer gets from one command."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.contract.watch import class_by_prefix, judge_rows
from tests.whole.processes import Outcome, ai_buyer

# Two demos, each of up to three minutes on a slow machine.
pytestmark = pytest.mark.timeout(400)
TOLERANCE = timedelta(seconds=5)
AT_META = {"applied", "undone"}


@dataclass(frozen=True)
class Demo:
    """One run: how it ended and the folder it wrote to."""

    done: Outcome
    out: Path

    def read(self, name: str) -> Any:  # noqa: ANN401  # any JSON
        """Return one of its JSON files."""
        return json.loads((self.out / name).read_text("utf-8"))

    def applied(self) -> list[dict[str, Any]]:
        """Return the journal's rows that changed something at Meta."""
        rows = self.read("journal.json")
        return [row for row in rows if row["state"] in AT_META and row["field"] != "notification"]


@pytest.fixture(scope="module")
def person(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the home folder of a person who never ran the program."""
    return tmp_path_factory.mktemp("person")


@pytest.fixture(scope="module")
def demo(person: Path) -> Demo:
    return run(person, "first")


def run(person: Path, name: str) -> Demo:
    """Run the demo; it keeps nothing of the person's settings."""
    out = person / name
    extra = {"HOME": str(person), "XDG_DATA_HOME": str(person / "data")}
    return Demo(ai_buyer("--demo", "--headless", "--out", out, home=None, extra=extra), out)


def test_it_ends_well_and_prints_a_summary(demo: Demo) -> None:
    assert demo.done.code == 0, demo.done.out + demo.done.err
    for words in ("Objects", "Rows", "Rules", "Verdicts", "Decisions", "Actions applied"):
        assert f"\n{words} " in demo.done.out
    assert "\nAPI calls " in demo.done.out
    assert "\nJournal equals ledger    yes\n" in demo.done.out
    assert str(demo.out) in demo.done.out


def test_the_summary_says_what_was_done(demo: Demo) -> None:
    summary = demo.read("summary.json")
    assert summary["actions_applied"] > 0
    assert summary["journal_equals_ledger"] is True
    assert {"UAH", "USD", "EUR", "PLN"} <= set(summary["currencies"])
    assert summary["objects"].keys() == {"campaign", "adset", "ad"}
    assert min(summary["objects"].values()) > 0
    assert summary["rules"] == 8
    assert summary["verdicts"].keys() == {"true", "false", "unknown"}
    assert summary["api_calls"] > 0


def test_it_counts_what_its_files_hold(demo: Demo) -> None:
    summary = demo.read("summary.json")
    assert summary["actions_applied"] == len(demo.applied())
    assert summary["ledger_rows"] == len(demo.read("ledger.json"))
    assert sum(summary["journal"].values()) == len(demo.read("journal.json"))


def test_every_applied_action_stands_once_in_the_ledger(demo: Demo) -> None:
    """An action and a row belong together by object, field, values and time."""
    rows: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in demo.read("ledger.json"):
        rows[row["object_id"], row["field"]].append(row)
    for entry in sorted(demo.applied(), key=lambda one: str(one["sent_at"])):
        row = rows[entry["object_id"], entry["field"]].pop(0)
        assert (row["before"], row["after"]) == (entry["before"], entry["after"])
        sent = datetime.fromisoformat(entry["sent_at"])
        assert abs(datetime.fromisoformat(row["time"]) - sent) <= TOLERANCE
    assert [row for left in rows.values() for row in left] == []


def test_rules_in_dry_run_and_rules_that_act_both_decide(demo: Demo) -> None:
    journal = demo.read("journal.json")
    assert {row["mode"] for row in journal} == {"dry_run", "automatic"}
    assert {row["mode"] for row in demo.applied()} == {"automatic"}
    assert len({row["rule_id"] for row in demo.applied()}) >= 2


def test_every_journal_row_has_the_fields_that_others_rely_on(demo: Demo) -> None:
    wanted = set(
        "id state mode rule_id rule_version account_id object_id level field before after "
        "decided_at sent_at settled_at reason".split()
    )
    for row in demo.read("journal.json"):
        assert wanted <= row.keys()
        assert row["id"]


def test_nothing_is_left_in_between(demo: Demo) -> None:
    states = {row["state"] for row in demo.read("journal.json")}
    assert not states & {"intent", "sent", "unknown", "conflict", "needs_human"}


def test_the_report_is_one_page_that_can_be_read(demo: Demo) -> None:
    path = demo.out / "report.pdf"
    assert path.read_bytes().startswith(b"%PDF-")
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not here: the text was not looked at")
    told = subprocess.run(
        ["pdftotext", str(path), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert told.count("\f") == 1, "one page"
    assert "Advertising report" in told or "report" in told.lower()


def test_it_leaves_nothing_behind_but_its_output(demo: Demo, person: Path) -> None:
    assert demo.done.code == 0
    assert {path.name for path in person.iterdir()} - {".cache"} <= {"first", "second"}


def test_it_does_so_again(demo: Demo, person: Path) -> None:
    assert demo.done.code == 0
    again = run(person, "second")
    assert again.done.code == 0, again.done.out + again.done.err
    summary = again.read("summary.json")
    assert summary["journal_equals_ledger"] is True
    assert summary["actions_applied"] > 0


def test_meta_would_understand_every_request(demo: Demo) -> None:
    opinion = judge_rows(demo.read("requests.json"), class_by_prefix)
    assert opinion.judged > 100
    assert not opinion.faults
