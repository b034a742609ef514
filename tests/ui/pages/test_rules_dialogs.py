"""The rules' two dialogs on a live engine: versions compared, and templates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from engine.domain.language import Language
from engine.domain.resource_files import resource
from tests.ui.pages.live import World, during, until
from ui.pages.rules import RulesPage
from ui.rule_editor.diff_dialog import DiffDialog
from ui.rule_editor.document import Json
from ui.rule_editor.gallery import Gallery, TemplateCard
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.fields import Select

FIRST: Json = {
    "name": "Watch the return",
    "mode": "dry_run",
    "conditions": [{"metric": "roas", "operator": "<", "value": 1, "time_window": "7d"}],
    "actions": [{"type": "decrease_budget", "params": {"decrease_by_percent": 10}}],
}
SECOND: Json = {**FIRST, "actions": [{"type": "pause", "params": {}}]}
THIRD: Json = {**SECOND, "name": "Stop what does not return"}


@pytest.fixture
def rule_id(world: World) -> Iterator[str]:
    """Return a kept rule of three versions."""
    made: str = world.ask("POST", "/api/v1/rules", FIRST).json()["rule_id"]
    for document in (SECOND, THIRD):
        world.ask("PUT", f"/api/v1/rules/{made}", document)
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
    return made


def links(detail: QWidget) -> list[Button]:
    """Return the visible buttons that show what a version changed."""
    found = detail.findChildren(Button)
    return [one for one in found if one.isVisible() and one.text() == "Changes"]


def shown(dialog: DiffDialog) -> str:
    return dialog.findChildren(QPlainTextEdit)[0].toPlainText()


def changed(dialog: DiffDialog) -> list[str]:
    """Return the lines of a comparison that carry a sign."""
    return [line for line in shown(dialog).splitlines() if line[:1] in "+−"]


def test_a_version_is_compared_with_the_one_before_and_with_any_other(
    page: RulesPage, rule_id: str, qtbot: QtBot
) -> None:
    page.open_about(rule_id)
    detail = page.browser.detail
    until(qtbot, lambda: links(detail))
    seen: list[list[str]] = []
    grounds: list[set[str]] = []

    def look_at(dialog: DiffDialog) -> None:
        seen.append(changed(dialog))
        marks = dialog.findChildren(QPlainTextEdit)[0].extraSelections()
        grounds.append({mark.format.background().color().name() for mark in marks})
        old, new = dialog.findChildren(Select)
        assert [old.itemText(place) for place in range(old.count())] == [
            "Version 3",
            "Version 2",
            "Version 1",
        ]
        old.setCurrentIndex(old.findData(1))
        old.activated.emit(old.currentIndex())
        seen.append(changed(dialog))
        new.setCurrentIndex(new.findData(1))
        new.activated.emit(new.currentIndex())
        seen.append([shown(dialog)])
        assert any("same" in one.text() for one in dialog.findChildren(QLabel))

    waiting = during(DiffDialog, look_at)
    links(detail)[0].click()
    assert not waiting.isActive()
    against_second, against_first, itself = seen
    assert against_second == [
        '−   "name": "Watch the return",',
        '+   "name": "Stop what does not return",',
    ]
    assert '−       "type": "decrease_budget",' in against_first
    assert any('"pause"' in line and line.startswith("+") for line in against_first)
    assert '+   "name": "Stop what does not return",' in against_first
    assert itself == [""]
    tokens = page.look.tokens
    assert grounds == [{QColor(one).name() for one in (tokens.good_bg, tokens.bad_bg)}]


def cards(gallery: Gallery) -> dict[str, TemplateCard]:
    """Return the templates by the first words of what a screen reader says."""
    found = gallery.findChildren(TemplateCard)
    return {one.accessibleName().partition(".")[0]: one for one in found}


def shipped() -> list[dict[str, Any]]:
    files = sorted(resource("rule_templates").glob("*.json"))
    return [json.loads(file.read_text("utf-8")) for file in files]


@pytest.mark.parametrize("language", Language)
def test_the_gallery_offers_every_shipped_rule(
    page: RulesPage, qtbot: QtBot, language: Language
) -> None:
    page.look.set_language(language)
    offered: list[str] = []

    def look_at(gallery: Gallery) -> None:
        until(qtbot, lambda: cards(gallery))
        offered.extend(cards(gallery))

    waiting = during(Gallery, look_at)
    page.begin()
    assert not waiting.isActive()
    assert offered == [template[f"title_{language.value}"] for template in shipped()]
    assert not page.editing
    assert page.drafts == {}


def test_a_template_becomes_a_rule_in_dry_run_that_the_engine_keeps(
    page: RulesPage, world: World, qtbot: QtBot
) -> None:
    template = next(one for one in shipped() if one["rule"]["name"].startswith("Stop-loss"))
    title = template["title_en"]

    def take(gallery: Gallery) -> None:
        until(qtbot, lambda: cards(gallery))
        card = cards(gallery)[title]
        card.setFocus(Qt.FocusReason.TabFocusReason)
        QTest.keyClick(card, Qt.Key.Key_Return)

    waiting = during(Gallery, take)
    page.begin()
    assert not waiting.isActive()
    assert page.editing
    assert page.editor.draft.is_dirty
    document = {**template["rule"], "name": title, "mode": "dry_run"}
    assert page.editor.draft.document == document
    page.save()
    until(qtbot, lambda: page.editor.draft.rule_id)
    kept = world.ask("GET", f"/api/v1/rules/{page.editor.draft.rule_id}").json()
    world.ask("DELETE", f"/api/v1/rules/{page.editor.draft.rule_id}")
    assert kept["document"] == document
    assert kept["mode"] == "dry_run"


def test_an_empty_rule_begins_in_dry_run_under_a_free_name(
    page: RulesPage, world: World, qtbot: QtBot
) -> None:
    taken = page.look.say("rules.new_name")
    other = world.ask("POST", "/api/v1/rules", {**FIRST, "name": taken}).json()["rule_id"]
    page.reload()
    until(qtbot, lambda: other in page.rules)
    waiting = during(Gallery, lambda gallery: press(gallery, "Empty rule"))
    page.begin()
    world.ask("DELETE", f"/api/v1/rules/{other}")
    assert not waiting.isActive()
    assert page.editor.draft.name == f"{taken} 2"
    assert page.editor.draft.document["mode"] == "dry_run"
    until(qtbot, lambda: page.editor.preview.shown is not None)
    assert not page.editor.faults


def press(gallery: Gallery, text: str) -> None:
    next(one for one in gallery.findChildren(Button) if one.text() == text).click()
