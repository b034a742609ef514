"""The Rules page on a live engine: saving, switching, previews, and what is not lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.api.messages import RuleMessage
from tests.ui.pages.live import World, until
from ui.pages.rules import RulesPage
from ui.rule_editor.diff import Side, compare
from ui.rule_editor.document import Json
from ui.rule_editor.draft import Draft
from ui.rule_editor.fields import LineField
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.dialogs import ConfirmDialog

DOCUMENT: Json = {
    "name": "Lower every budget",
    "conditions": [{"metric": "budget", "operator": ">", "value": 0}],
    "actions": [{"type": "decrease_budget", "params": {"decrease_by_percent": 10}}],
}


@pytest.fixture
def rule_id(world: World) -> Iterator[str]:
    """Return a kept rule in dry run that matches every campaign with a budget."""
    made = world.ask("POST", "/api/v1/rules", DOCUMENT).json()["rule_id"]
    yield made
    world.ask("DELETE", f"/api/v1/rules/{made}")


@pytest.fixture
def page(session: Session, qtbot: QtBot, rule_id: str) -> RulesPage:
    """Return the shown page with its rules."""
    made = RulesPage(session)
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    until(qtbot, lambda: rule_id in made.rules)
    made.open_about(rule_id)
    return made


def kept(world: World, rule_id: str) -> dict[str, object]:
    """Return a rule as the engine has it."""
    found: dict[str, object] = world.ask("GET", f"/api/v1/rules/{rule_id}").json()
    return found


def rename(page: RulesPage, name: str) -> None:
    """Type another name into the form."""
    assert page.editor.form is not None
    field = page.editor.form.form.spots["name"]
    assert isinstance(field, LineField)
    field.line.selectAll()
    QTest.keyClicks(field.line, name)


def test_saving_makes_a_version_with_its_reason(
    page: RulesPage, world: World, rule_id: str, qtbot: QtBot
) -> None:
    page.edit(rule_id)
    rename(page, "Lower all budgets")
    page.editor.draft.reason = "the old name said less"
    page.save()
    until(qtbot, lambda: not page.editor.draft.is_dirty)
    versions = world.ask("GET", f"/api/v1/rules/{rule_id}/versions").json()
    assert [one["version"] for one in versions] == [2, 1]
    assert versions[0]["name"] == "Lower all budgets"
    assert versions[0]["reason"] == "the old name said less"
    lines = compare(versions[1]["document"], versions[0]["document"])
    changed = [line.text for line in lines if line.side is not Side.BOTH]
    assert changed == ['  "name": "Lower every budget",', '  "name": "Lower all budgets",']


def test_the_switch_stops_a_rule(page: RulesPage, world: World, rule_id: str, qtbot: QtBot) -> None:
    QTest.keyClick(page.browser.list, Qt.Key.Key_Space)
    until(qtbot, lambda: page.rules[rule_id].status == "paused")
    assert kept(world, rule_id)["status"] == "paused"
    world.sandbox.advance(1)
    world.ask("POST", "/api/v1/engine/cycle", {})
    assert world.ask("GET", f"/api/v1/rules/{rule_id}/executions").json()["total"] == 0


def test_the_preview_is_what_the_cycle_then_decides(
    page: RulesPage, world: World, rule_id: str, qtbot: QtBot
) -> None:
    page.edit(rule_id)
    until(qtbot, lambda: page.editor.preview.shown is not None)
    shown = page.editor.preview.shown
    assert shown is not None
    assert shown.rows
    world.sandbox.advance(1)
    world.ask("POST", "/api/v1/engine/cycle", {})
    decided = world.ask("GET", f"/api/v1/rules/{rule_id}/executions", limit=200).json()["items"]
    found = {
        (one["entry"]["object_id"], one["entry"]["before"], one["entry"]["after"], one["outcome"])
        for one in decided
    }
    assert found == {(row.object_id, row.before, row.after, row.outcome) for row in shown.rows}


def test_the_engines_faults_stand_at_their_fields(
    page: RulesPage, rule_id: str, qtbot: QtBot
) -> None:
    page.edit(rule_id)
    editor = page.editor
    editor.draft.reshape(
        {**DOCUMENT, "conditions": [{"metric": "budgte", "operator": ">", "value": 0}]}
    )
    until(qtbot, lambda: editor.faults)
    assert [fault.path for fault in editor.faults] == ["conditions/0/metric"]
    assert editor.form is not None
    spot = editor.form.form.spots["conditions/0/metric"]
    spot.findChildren(Button)[0].click()
    assert editor.draft.document == DOCUMENT
    until(qtbot, lambda: not editor.faults)


def test_automatic_asks_first_and_says_how_many_match(
    page: RulesPage, world: World, rule_id: str, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def refuse(dialog: ConfirmDialog) -> bool:
        told.extend(one.text() for one in dialog.findChildren(QLabel))
        return False

    monkeypatch.setattr(ConfirmDialog, "ask", refuse)
    with qtbot.waitSignal(page.rule_commands.failed):
        page.browser.detail.mode_wanted.emit(rule_id, "automatic")
    preview = world.ask("POST", "/api/v1/rules/preview", {**DOCUMENT, "mode": "automatic"}).json()
    matches = preview["answers"]["true"]
    assert any(text.startswith(f"{matches} object") for text in told)
    assert preview["words"]["en"] in told
    assert kept(world, rule_id)["mode"] == "dry_run"


def test_unsaved_edits_outlive_other_pages_and_closing_asks(
    page: RulesPage, rule_id: str, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.edit(rule_id)
    rename(page, "Half done")
    page.hide()
    page.show()
    assert page.editor.draft.name == "Half done"
    QTest.keyClick(page.editor, Qt.Key.Key_Escape)
    page.edit(rule_id)
    assert page.editor.draft.name == "Half done"
    asked: list[str] = []

    def refuse(dialog: ConfirmDialog) -> bool:
        asked.append(dialog.windowTitle())
        return False

    monkeypatch.setattr(ConfirmDialog, "ask", refuse)
    assert not page.may_close()
    assert len(asked) == 1


def test_a_copy_begins_in_dry_run_under_a_free_name(page: RulesPage, rule_id: str) -> None:
    page.copy(rule_id)
    assert page.editor.draft.document["mode"] == "dry_run"
    assert page.editor.draft.name == "Lower every budget (copy)"
    assert page.editor.draft.rule_id == ""


def test_a_version_saved_by_somebody_else_is_not_overwritten_unasked(
    page: RulesPage, world: World, rule_id: str, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.edit(rule_id)
    rename(page, "Mine")
    world.ask("PUT", f"/api/v1/rules/{rule_id}", {**DOCUMENT, "name": "Theirs"})
    asked: list[str] = []

    def agree(dialog: ConfirmDialog) -> bool:
        asked.append(dialog.windowTitle())
        return True

    monkeypatch.setattr(ConfirmDialog, "ask", agree)
    page.save()
    until(qtbot, lambda: not page.editor.draft.is_dirty)
    assert len(asked) == 1
    assert kept(world, rule_id)["name"] == "Mine"
    assert kept(world, rule_id)["version"] == 3


def test_a_taken_name_is_a_fault_of_the_name(page: RulesPage, qtbot: QtBot) -> None:
    page.editor.edit(Draft(DOCUMENT))
    page.rule_commands.save(page.editor.draft)
    until(qtbot, lambda: page.editor.faults)
    assert page.editor.faults[0].path == "name"


def test_a_broken_rule_stands_with_its_reason(page: RulesPage, rule_id: str) -> None:
    rule = page.rules[rule_id]
    broken = RuleMessage(
        **{
            **{name: getattr(rule, name) for name in RuleMessage.__slots__},
            "broken": "metric gone",
        }
    )
    page.browser.show_rules([broken])
    index = page.browser.list.rules.index(0, 1)
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "metric gone"
    assert page.browser.list.rules.index(0, 2).data() == "Broken"
