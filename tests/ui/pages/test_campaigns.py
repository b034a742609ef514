"""The campaigns page on a live engine: every control by its effect."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from engine.api.details import ObjectDetail
from tests.ui.pages.live import World, open_window, until
from ui.pages.campaigns import CampaignsPage
from ui.pages.objects.book import Desk
from ui.pages.objects.export import safe_text
from ui.pages.objects.object_editor import ObjectEditor
from ui.pages.objects.review import ReviewDialog
from ui.preferences import Preferences
from ui.session import Session
from ui.widgets.dialogs import ConfirmDialog
from ui.widgets.pill import Pill


@pytest.fixture
def page(session: Session, preferences: Preferences, qtbot: QtBot) -> Iterator[CampaignsPage]:
    """Return the shown page with its campaigns."""
    made = CampaignsPage(session, preferences, Desk(session))
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    until(qtbot, lambda: len(made.grid.model.data_set))
    yield made
    made.grid.model.pending.clear()


def row_with_budget(page: CampaignsPage) -> int:
    """Return the first shown active row whose budget is its own."""
    model = page.grid.model
    values = model.data_set.values
    return next(
        row
        for row in range(model.rowCount())
        if float(values["budget"][model.place(row)]) > 0  # type: ignore[arg-type]  # money
        and values["on"][model.place(row)]
    )


def column(page: CampaignsPage, key: str) -> int:
    """Return the place of a shown column."""
    return [one.key for one in page.grid.model.columns].index(key)


def budget(page: CampaignsPage, row: int) -> int:
    """Return a row's budget at Meta in minor units."""
    model = page.grid.model
    return int(model.data_set.numbers("budget")[model.place(row)])


def type_budget(page: CampaignsPage, row: int, text: str, qtbot: QtBot) -> None:
    """Type an amount into a budget cell as a person does."""
    table = page.grid.table
    table.setFocus()
    table.setCurrentIndex(page.grid.model.index(row, column(page, "budget")))
    QTest.keyClick(table, Qt.Key.Key_Return)
    field = table.viewport().findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    field.setText(text)
    QTest.keyClick(field, Qt.Key.Key_Return)
    until(qtbot, lambda: page.grid.model.pending.all())


def review(page: CampaignsPage, qtbot: QtBot) -> ReviewDialog:
    """Open the review with its key and return it."""
    QTest.keyClick(page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    return open_window(ReviewDialog, qtbot)


def test_shows_every_campaign_of_the_scope_with_the_engines_numbers(
    page: CampaignsPage, world: World
) -> None:
    query = page.session.query() | {"limit": "100"}
    told = world.ask("GET", "/api/v1/campaigns", **query).json()
    data = page.grid.model.data_set
    assert len(data) == told["total"] == 8
    assert list(data.ids) == [row["id"] for row in told["items"]]
    assert list(data.numbers("spend")) == [row["spend"] for row in told["items"]]
    assert data.currency_of(0).code == "UAH"


def test_a_typed_filter_leaves_the_rows_that_fit_and_shows_chips(page: CampaignsPage) -> None:
    page.grid.filter.setText("Delivery = Active, spend > 1")
    page.grid.filter.apply()
    model = page.grid.model
    spend = model.data_set.numbers("spend")
    assert 0 < model.rowCount() < 8
    assert all(spend[model.place(row)] > 100 for row in range(model.rowCount()))
    page.grid.filter.set_terms([])
    assert model.rowCount() == 8


def test_the_level_switch_shows_ad_sets_and_ads(page: CampaignsPage, qtbot: QtBot) -> None:
    page.level.choose("adset")
    until(qtbot, lambda: page.grid.book.table and len(page.grid.model.data_set) >= 8)
    assert page.grid.book.table is not None
    assert page.grid.book.table.level == "adset"
    page.level.choose("ad")
    until(qtbot, lambda: page.grid.book.table is not None and page.grid.book.level == "ad")
    assert "budget" not in [one.key for one in page.grid.model.columns]


def test_a_posted_budget_reaches_the_ledger_and_the_journal(
    page: CampaignsPage, world: World, qtbot: QtBot
) -> None:
    row = row_with_budget(page)
    object_id, before = page.grid.model.row_id(row), budget(page, row)
    wanted = round(before * 0.9 / 100)
    writes = len(world.sandbox.ledger())
    type_budget(page, row, str(wanted), qtbot)
    edit = page.grid.model.pending.get(object_id, "budget")
    assert edit is not None
    assert (edit.old, edit.new) == (before, wanted * 100)
    assert len(world.sandbox.ledger()) == writes, "nothing is sent before the review"
    dialog = review(page, qtbot)
    dialog.post()
    until(qtbot, lambda: not page.grid.model.pending.all())
    write = world.last_write()
    assert (write["object_id"], write["field"]) == (object_id, "daily_budget")
    assert str(write["after"]) == str(wanted * 100)
    entry = world.ask("GET", "/api/v1/journal", object_id=object_id, limit=1).json()["items"][0]
    assert (entry["state"], entry["after"], entry["rule_name"]) == ("applied", wanted * 100, "")
    dialog.close()


def test_a_vetoed_change_names_its_guard_and_stays_pending(
    page: CampaignsPage, world: World, qtbot: QtBot
) -> None:
    row = row_with_budget(page)
    object_id = page.grid.model.row_id(row)
    world.ask("POST", "/api/v1/engine/stop", {"reason": "test"})
    try:
        type_budget(page, row, "777", qtbot)
        writes = len(world.sandbox.ledger())
        dialog = review(page, qtbot)
        dialog.post()
        until(qtbot, lambda: "Held back" in [pill.text() for pill in dialog.findChildren(Pill)])
        words = " ".join(label.text() for label in dialog.findChildren(QLabel))
        assert "stopped" in words
        assert page.grid.model.pending.get(object_id, "budget") is not None
        assert len(world.sandbox.ledger()) == writes
        dialog.close()
    finally:
        world.ask("POST", "/api/v1/engine/resume", {"reason": ""})


def test_pausing_with_p_is_a_draft_that_posting_carries_out(
    page: CampaignsPage, world: World, qtbot: QtBot
) -> None:
    row = row_with_budget(page)
    object_id = page.grid.model.row_id(row)
    page.grid.table.setFocus()
    page.grid.table.setCurrentIndex(page.grid.model.index(row, column(page, "name")))
    QTest.keyClick(page.grid.table, Qt.Key.Key_P)
    edit = page.grid.model.pending.get(object_id, "on")
    assert edit is not None
    assert edit.new is False
    dialog = review(page, qtbot)
    dialog.post()
    until(qtbot, lambda: not page.grid.model.pending.all())
    write = world.last_write()
    assert (write["object_id"], write["field"], write["after"]) == (object_id, "status", "PAUSED")
    dialog.close()


def test_meta_refusing_a_change_is_told_with_its_reason(
    page: CampaignsPage, world: World, qtbot: QtBot
) -> None:
    row = row_with_budget(page)
    fault = {
        "method": "POST",
        "path": page.grid.model.row_id(row),
        "nth": 1,
        "times": 1,
        "fault": "error",
        "http_status": 400,
        "code": 100,
        "message": "The budget is not to my taste",
    }
    faults = f"{world.sandbox.url}/_sandbox/faults"
    httpx.post(faults, json=fault, trust_env=False).raise_for_status()
    type_budget(page, row, str(round(budget(page, row) * 0.95 / 100)), qtbot)
    dialog = review(page, qtbot)
    dialog.post()
    until(qtbot, lambda: "Refused by Meta" in [pill.text() for pill in dialog.findChildren(Pill)])
    words = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "taste" in words
    assert page.grid.model.pending.all()
    dialog.close()
    httpx.delete(faults, trust_env=False).raise_for_status()


def test_discarding_asks_once_and_then_forgets_every_draft(
    page: CampaignsPage, qtbot: QtBot
) -> None:
    type_budget(page, row_with_budget(page), "999", qtbot)
    control_shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(page, Qt.Key.Key_Delete, control_shift)
    dialog = open_window(ConfirmDialog, qtbot)
    assert page.grid.model.pending.all()
    dialog.accept()
    assert not page.grid.model.pending.all()


def test_an_amount_that_lives_on_another_level_takes_no_edit(page: CampaignsPage) -> None:
    model = page.grid.model
    without = [row for row in range(model.rowCount()) if not budget_is_own(page, row)]
    assert without
    index = model.index(without[0], column(page, "budget"))
    assert not model.flags(index) & Qt.ItemFlag.ItemIsEditable
    assert not model.setData(index, 5000)


def budget_is_own(page: CampaignsPage, row: int) -> bool:
    """Return whether a row has a budget of its own."""
    model = page.grid.model
    value = float(model.data_set.numbers("budget")[model.place(row)])
    return value == value


def test_the_exported_file_has_the_shown_rows_in_major_units(
    page: CampaignsPage, tmp_path: Path
) -> None:
    page.grid.filter.setText("Delivery = Active")
    page.grid.filter.apply()
    path = tmp_path / "rows.csv"
    page.grid.export_to(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    model = page.grid.model
    assert len(rows) == model.rowCount()
    spend = model.data_set.numbers("spend")[model.place(0)]
    assert float(rows[0]["Spend"]) == spend / 100
    assert rows[0]["Currency"] == "UAH"
    assert rows[0]["ID"].lstrip("'") == model.row_id(0)


@pytest.mark.parametrize("text", ["=1+1", "+7", "-2", "@sum", "\tx", "＝1"])
def test_a_text_that_looks_like_a_formula_is_defused(text: str) -> None:
    assert safe_text(text) == f"'{text}"
    assert safe_text("Ранкова кава") == "Ранкова кава"


def test_an_export_that_cannot_be_written_says_why(
    page: CampaignsPage, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(page.session.notice) as notice:
        page.grid.export_to(tmp_path / "no such folder" / "rows.csv")
    assert notice.args is not None
    assert "No such file" in notice.args[0]
    assert notice.args[1] == "bad"


def test_space_opens_the_side_panel_and_closes_it_again(page: CampaignsPage, qtbot: QtBot) -> None:
    page.grid.table.setFocus()
    page.grid.table.setCurrentIndex(page.grid.model.index(0, column(page, "name")))
    QTest.keyClick(page.grid.table, Qt.Key.Key_Space)
    assert not page.panel.isHidden()
    assert page.details.object_id == page.grid.model.row_id(0)
    QTest.keyClick(page.grid.table, Qt.Key.Key_Space)
    assert page.panel.isHidden()


def test_the_side_panel_tells_who_changed_the_campaign(
    page: CampaignsPage, world: World, qtbot: QtBot
) -> None:
    row = row_with_budget(page)
    object_id = page.grid.model.row_id(row)
    wanted = round(budget(page, row) * 0.98)
    world.ask("PUT", f"/api/v1/campaigns/{object_id}", {"daily_budget": wanted})
    page.open_about(object_id)

    def told() -> bool:
        words = [label.text() for label in page.panel.findChildren(QLabel)]
        return any("By hand" in text for text in words)

    until(qtbot, told)


def test_the_side_panel_tells_what_meta_says_of_an_ad_set(
    page: CampaignsPage, world: World, qtbot: QtBot
) -> None:
    campaign = page.grid.model.row_id(row_with_budget(page))
    (adset,) = [
        row
        for row in world.ask("GET", "/api/v1/campaigns", level="adset", limit=1000).json()["items"]
        if world.ask("GET", f"/api/v1/campaigns/{row['id']}").json()["parent"]
        == world.ask("GET", f"/api/v1/campaigns/{campaign}").json()["name"]
    ][:1]
    detail = world.ask("GET", f"/api/v1/campaigns/{adset['id']}").json()
    assert detail["optimization_goal"]
    page.open_about(campaign)

    def words() -> list[str]:
        return [label.text() for label in page.panel.findChildren(QLabel)]

    until(qtbot, lambda: "Bid strategy" in words())
    assert "Lowest cost without cap" in words()


def test_name_and_labels_are_changed_beside_the_days(
    page: CampaignsPage, world: World, qtbot: QtBot
) -> None:
    object_id = page.grid.model.row_id(row_with_budget(page))
    before = world.ask("GET", f"/api/v1/campaigns/{object_id}").json()
    page.open_about(object_id)
    until(qtbot, lambda: page.details.editor is not None)
    editor = page.details.editor
    assert editor is not None
    assert not editor.save.isEnabled()
    editor.name.setText("Осінні кекси")
    editor.labels.setText("scale, осінь")
    assert editor.changed() == {"name": "Осінні кекси", "labels": ["scale", "осінь"]}
    editor.save.click()

    def detail() -> dict[str, object]:
        found: dict[str, object] = world.ask("GET", f"/api/v1/campaigns/{object_id}").json()
        return found

    until(qtbot, lambda: detail()["name"] == "Осінні кекси")
    assert detail()["labels"] == ["scale", "осінь"]
    world.ask("PUT", f"/api/v1/campaigns/{object_id}", {"name": before["name"], "labels": []})


def test_an_ad_is_duplicated_paused_at_a_press(
    session: Session, world: World, qtbot: QtBot
) -> None:
    (ad,) = world.ask("GET", "/api/v1/campaigns", level="ad", limit=1).json()["items"]
    answer = world.ask("GET", f"/api/v1/campaigns/{ad['id']}").content
    done: list[bool] = []
    editor = ObjectEditor(
        session, msgspec.json.decode(answer, type=ObjectDetail), lambda: done.append(True)
    )
    qtbot.addWidget(editor)
    with qtbot.waitSignal(session.notice, timeout=20_000) as notice:
        editor.duplicate.click()
    assert notice.args == ["Applied", "good"]
    assert done == [True]
    assert world.last_write()["field"] == "created"


def test_a_saved_view_comes_back_in_another_window(
    page: CampaignsPage, preferences: Preferences, session: Session, qtbot: QtBot
) -> None:
    page.grid.filter.setText("spend > 5")
    page.grid.filter.apply()
    page.grid.show_columns(["check", "on", "name", "spend", "roas"])
    page.views.save_new("Дорогі")
    other = CampaignsPage(session, preferences, Desk(session))
    qtbot.addWidget(other)
    titles = [view.title for view in other.views.all() if view.is_own]
    assert titles == ["Дорогі"]
    other.views.choose(len(other.views.all()) - 1)
    assert other.grid.filter.text() == "spend > 5"
    assert [one.key for one in other.grid.model.columns][2:] == ["name", "spend", "roas"]


def test_the_view_without_results_shows_only_spending_rows_without_conversions(
    page: CampaignsPage,
) -> None:
    page.views.choose(2)
    model = page.grid.model
    for row in range(model.rowCount()):
        place = model.place(row)
        assert model.data_set.numbers("spend")[place] > 0
        assert model.data_set.numbers("conversions")[place] == 0


def test_ticked_rows_are_paused_together_as_drafts(page: CampaignsPage) -> None:
    model = page.grid.model
    active = [
        i for i, on in zip(model.data_set.ids, model.data_set.values["on"], strict=True) if on
    ]
    model.ticks.set(active[:2], ticked=True)
    page.grid.switch_ticked(False)
    assert {edit.row_id for edit in model.pending.all()} == set(active[:2])
