"""The Activity page on a live engine: traces, approvals, undo, search, export."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.api.messages import JournalRow
from engine.domain.language import Language
from tests.ui.pages.live import World, until
from ui.pages.activity import ActivityPage
from ui.pages.journal.feed import Group
from ui.pages.journal.model import Col
from ui.session import Session
from ui.widgets.dialogs import Question

RAISE: dict[str, object] = {
    "name": "Raise a little",
    "mode": "automatic",
    "level": "campaign",
    "conditions": [{"metric": "budget", "operator": ">", "value": 0}],
    "actions": [{"type": "increase_budget", "params": {"increase_by_percent": 4}}],
}
REST: dict[str, object] = {
    "name": "Let ads rest",
    "mode": "approval",
    "level": "ad",
    "conditions": [{"metric": "hours_since_creation", "operator": ">", "value": 1}],
    "actions": [{"type": "pause"}],
}
WATCH: dict[str, object] = {
    **RAISE,
    "name": "Only watch",
    "mode": "dry_run",
    "priority": 900,
    "actions": [{"type": "decrease_budget", "params": {"decrease_by_percent": 10}}],
}


@pytest.fixture(scope="module")
def journal(world: World) -> World:
    """Let three rules decide once in the account in zlotys, then rest."""
    accounts = world.ask("GET", "/api/v1/accounts").json()
    account = next(one["account_id"] for one in accounts if one["currency"] == "PLN")
    made = [
        world.ask("POST", "/api/v1/rules", {**rule, "scope": {"accounts": [account]}}).json()
        for rule in (RAISE, REST, WATCH)
    ]
    world.ask("POST", "/api/v1/engine/cycle", {"accounts": [account]})
    for rule in made:
        world.ask("POST", f"/api/v1/rules/{rule['id']}/status", {"status": "paused"})
    return world


@pytest.fixture
def page(journal: World, session: Session, qtbot: QtBot) -> Iterator[ActivityPage]:
    """Return the shown page with the journal's first rows."""
    session.stream.start()
    made = ActivityPage(session)
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    until(qtbot, lambda: made.model.rows)
    made.acting.ask = lambda _question: True
    yield made
    made.feed.blockSignals(True)


def row_of(page: ActivityPage, fits: Callable[[JournalRow], bool]) -> JournalRow:
    """Return the newest row that fits, and bring the keyboard to it."""
    row = next(one for one in page.model.rows if fits(one))
    assert page.table.go_to(row.id)
    return row


def state_of(world: World, entry_id: str) -> str:
    """Return the state in which the engine keeps an entry."""
    decision = world.ask("GET", f"/api/v1/decisions/{entry_id}").json()
    return str(decision["entry"]["state"])


def texts(page: ActivityPage) -> list[str]:
    """Return every text that is in sight."""
    return [one.text() for one in page.findChildren(QLabel) if one.isVisible()]


def open_trace(page: ActivityPage, row: JournalRow, qtbot: QtBot) -> None:
    """Press Space on a row and wait for its trace."""
    page.table.go_to(row.id)
    QTest.keyClick(page.table, Qt.Key.Key_Space)
    until(qtbot, lambda: page.panel.row is not None and page.panel.row.id == row.id)


def test_a_row_shows_what_was_changed_in_the_accounts_money_and_time(
    page: ActivityPage,
) -> None:
    row = row_of(page, lambda one: one.state == "applied")
    place = page.model.place_of(row.id)
    words = {column: page.model.words(place, column) for column in Col}
    assert isinstance(row.before, int)
    money = page.look.formats
    assert "zł" in words[Col.CHANGE]
    assert money.number(row.before // 100) in words[Col.CHANGE]
    assert words[Col.CHANGE].endswith(f"(+4{chr(0x202F)}%)")
    assert (words[Col.STATE], words[Col.BY]) == ("Applied", "Raise a little")
    tip = page.model.data(page.model.index(place, Col.TIME), Qt.ItemDataRole.ToolTipRole)
    assert str(tip).endswith("UTC+1")


def test_the_trace_tells_why_with_value_and_threshold(page: ActivityPage, qtbot: QtBot) -> None:
    row = row_of(page, lambda one: one.state == "applied")
    open_trace(page, row, qtbot)
    shown = texts(page)
    assert {"Why", "What the rule saw", "History", "Sent", "Applied"} <= set(shown)
    assert any("threshold zł0" in one or "threshold 0" in one for one in shown)
    assert any(one.startswith("If Budget is above 0") for one in shown)
    assert any(one.startswith("The conditions hold") for one in shown)


def test_undo_reaches_meta_and_the_journal_says_taken_back(
    page: ActivityPage, journal: World, qtbot: QtBot
) -> None:
    asked: list[Question] = []
    page.acting.ask = lambda question: not asked.append(question)  # type: ignore[func-returns-value]  # None is falsy
    row = row_of(page, lambda one: one.can_undo and one.rule_name == "Raise a little")
    QTest.keyClick(page.table, Qt.Key.Key_U)
    until(qtbot, lambda: state_of(journal, row.id) == "undone")
    assert row.object_name in asked[0].lines[0]
    write = journal.last_write()
    assert (write["object_id"], write["field"]) == (row.object_id, "daily_budget")
    assert int(str(write["after"])) == row.before
    until(qtbot, lambda: page.model.rows[page.model.place_of(row.id)].state == "undone")
    assert page.model.rows[0].undoes == row.id
    assert page.model.words(0, Col.BY).startswith("Undo by")


def test_an_undo_that_is_refused_says_why_beside_the_entry(
    page: ActivityPage, journal: World, qtbot: QtBot
) -> None:
    row = row_of(page, lambda one: one.can_undo and one.rule_name == "Raise a little")
    assert isinstance(row.after, int)
    path = f"/api/v1/campaigns/{row.object_id}"
    journal.ask("PUT", path, {"daily_budget": row.after + 500})
    open_trace(page, row, qtbot)
    assert page.panel.trace is not None
    page.panel.trace.buttons["undo"].click()
    until(qtbot, lambda: any("can't be taken back" in one for one in texts(page)))
    ours = f"we set {row.after / 100:.2f} PLN"
    assert any(ours in one for one in texts(page))
    assert state_of(journal, row.id) == "applied"


def test_approving_acts_and_rejecting_does_not(
    page: ActivityPage, journal: World, qtbot: QtBot
) -> None:
    page.filters.choose(Group.WAITING)
    until(qtbot, lambda: {one.state for one in page.model.rows} == {"awaiting_approval"})
    first = page.model.rows[0]
    page.table.go_to(first.id)
    QTest.keyClick(page.table, Qt.Key.Key_A)
    until(qtbot, lambda: state_of(journal, first.id) == "applied")
    write = journal.last_write()
    assert (write["object_id"], write["after"]) == (first.object_id, "PAUSED")
    until(qtbot, lambda: page.model.place_of(first.id) < 0 and not page.acting.is_busy)
    rest = list(page.model.rows)
    assert rest
    page.acting.ask_reason = lambda _title, _text: "not before the sale"
    QTest.keyClick(page.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert page.bar.isVisible()
    QTest.keyClick(page.table, Qt.Key.Key_X)
    until(qtbot, lambda: all(state_of(journal, one.id) == "rejected" for one in rest))
    until(qtbot, lambda: not page.model.rows)
    assert journal.last_write() == write
    assert "Nothing waits for you" in texts(page)


def test_the_search_asks_the_engine_and_finds_nothing_politely(
    page: ActivityPage, qtbot: QtBot
) -> None:
    page.filters.search.setText("only watch")
    until(qtbot, lambda: {one.rule_name for one in page.model.rows} == {"Only watch"})
    states = {page.model.words(place, Col.STATE) for place in range(len(page.model.rows))}
    assert states
    assert "Applied" not in states  # the rule is in dry run
    page.filters.search.setText("no such thing")
    until(qtbot, lambda: "Nothing fits the filter" in texts(page))
    page.filters.clear()
    until(qtbot, lambda: len({one.rule_name for one in page.model.rows}) > 1)


def test_a_link_opens_the_entry_and_the_language_rewords_it(
    page: ActivityPage, qtbot: QtBot
) -> None:
    # Entries of the engine itself or of a person carry no reading; a rule's do.
    last = next(one for one in reversed(page.model.rows) if one.rule_name == "Only watch")
    page.filters.choose(Group.WAITING)
    page.open_about(last.id)
    until(qtbot, lambda: page.panel.row is not None and page.panel.row.id == last.id)
    until(qtbot, lambda: page.table.current() == last)
    page.look.set_language(Language.UKRAINIAN)
    assert {"Що побачило правило", "Історія"} <= set(texts(page))
    assert any(one.startswith("Чому") for one in texts(page))
    assert page.filters.tabs.tabText(0) == "Усі"
    page.look.set_language(Language.ENGLISH)


def test_the_export_holds_every_row_and_no_formula(
    page: ActivityPage, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "activity.csv"
    page.export_to(path)
    until(qtbot, path.exists)
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = list(csv.reader(file))
    assert header[:2] == ["Time", "State"]
    assert len(rows) == page.feed.total
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@", "-"))]
    budgets = [row for row in rows if row[header.index("Field")] == "daily_budget"]
    of_account = {one.account_id: one.currency for one in page.feed.rows}
    assert budgets
    assert {row[header.index("Currency")] for row in budgets} <= set(of_account.values())


def test_new_rows_do_not_move_what_is_being_read(page: ActivityPage, qtbot: QtBot) -> None:
    page.resize(1200, 330)
    bar = page.table.verticalScrollBar()
    until(qtbot, lambda: bar.maximum() > 40)
    bar.setValue(40)
    top = page.model.rows[page.table.rowAt(0)].id
    page.table.show_rows([page.model.rows[-1], *page.model.rows], page.feed.has_more)
    assert page.model.rows[page.table.rowAt(0)].id == top


def test_what_others_change_at_meta_stands_in_its_own_tab(
    page: ActivityPage, world: World, qtbot: QtBot
) -> None:
    rows = world.ask("GET", "/api/v1/campaigns", level="campaign").json()["items"]
    one = next(row for row in rows if row["currency"] != "PLN")
    answer = httpx.post(
        f"{world.sandbox.url}/v26.0/{one['id']}",
        data={"name": "Renamed by hand", "access_token": world.sandbox.access_token},
    )
    answer.raise_for_status()
    world.ask("POST", "/api/v1/engine/sync", {"accounts": [one["account_id"]]})

    page.filters.choose(Group.EDITED)
    until(qtbot, lambda: any(row.state == "edited_at_meta" for row in page.model.rows))
    row = row_of(page, lambda row: row.object_id == one["id"] and row.field == "name")
    assert (row.before, row.after) == (one["name"], "Renamed by hand")

    page.panel.show(row.id)
    until(qtbot, lambda: any("our Meta app, but not by this" in text for text in texts(page)))
    page.look.set_language(Language.UKRAINIAN)
    assert any("наш застосунок Meta, але не цим" in text for text in texts(page))
    page.look.set_language(Language.ENGLISH)
