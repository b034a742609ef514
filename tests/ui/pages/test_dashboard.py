"""The dashboard on a live engine: its numbers, its choices, and when there is none."""

from __future__ import annotations

import httpx
import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.api.messages import NeedRow, Words
from tests.ui.pages.live import World, until
from ui.charts.series import Step
from ui.engine_client import EngineClient
from ui.look import Look
from ui.pages.dashboard import DashboardPage
from ui.pages.objects.book import Desk
from ui.pages.overview import figures
from ui.session import Preset, Session
from ui.widgets.buttons import Button


@pytest.fixture
def page(session: Session, qtbot: QtBot) -> DashboardPage:
    """Return the shown page with its numbers."""
    made = DashboardPage(session, Desk(session))
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    until(qtbot, lambda: made.message is not None and len(made.grid.model.data_set))
    until(qtbot, made.chart.has_plot)
    return made


def told(page: DashboardPage, world: World) -> httpx.Response:
    """Return what the engine tells for the same scope and period."""
    return world.ask("GET", "/api/v1/analytics/dashboard", **page.session.query())


def test_the_tiles_carry_the_engines_numbers(page: DashboardPage, world: World) -> None:
    tiles = told(page, world).json()["tiles"]
    assert len(page.tiles) == len(tiles) == 5
    for tile, numbers in zip(page.tiles, tiles, strict=True):
        words = tile.accessibleName()
        assert words.startswith(numbers["label"]["en"])
    spend = page.look.formats.number(tiles[0]["value"] / 100)
    assert f"₴{spend}" in page.tiles[0].accessibleName()


def test_the_read_out_tells_the_days_return_and_the_rules_actions(
    page: DashboardPage, world: World
) -> None:
    series = told(page, world).json()["series"]
    message = page.message
    assert message is not None
    data = figures.chart_data(message, page.look, Step.DAY)
    day = 3
    roas = page.look.formats.number(series["revenue"][day] / series["spend"][day], 2)
    assert data.notes[day].startswith(f"ROAS {roas}")
    page.chart.point_at(day)
    assert page.chart.read_out()


def test_weeks_sum_up_the_days(page: DashboardPage, world: World) -> None:
    series = told(page, world).json()["series"]
    page.chart.step.choose("week")
    message = page.message
    assert message is not None
    data = figures.chart_data(message, page.look, Step.WEEK)
    assert sum(data.lines[1].values) == sum(series["spend"])
    assert len(data.days) < len(series["days"])


def test_the_bars_switch_from_objectives_to_clients(page: DashboardPage) -> None:
    page.group.choose("client")
    names = [bar.name for bar in page.breakdown.bars()]
    assert names == ["Ранкова кава"]
    page.group.choose("objective")
    assert "Sales" in [bar.name for bar in page.breakdown.bars()]


def test_another_scope_and_another_period_change_the_numbers(
    page: DashboardPage, qtbot: QtBot
) -> None:
    session = page.session
    zloty = next(one for one in session.scopes if one.scope == "currency:PLN")
    session.choose_scope(zloty)
    until(qtbot, lambda: page.message is not None and page.message.currency == "PLN")
    until(qtbot, lambda: page.grid.model.data_set.currency_of(0).code == "PLN")
    assert str(session.zone) == "Europe/Warsaw"
    session.choose_preset(Preset.LAST_7)
    until(qtbot, lambda: page.message is not None and len(page.message.series.days) == 7)


def test_what_needs_a_person_leads_to_its_page(page: DashboardPage, qtbot: QtBot) -> None:
    needs = (
        NeedRow("approval", Words("2 waiting", "2 чекають"), "activity?state=awaiting_approval"),
        NeedRow("stale", Words("Old", "Старі"), "account:17"),
        NeedRow("broken", Words("Rule", "Правило"), "rules/r1"),
    )
    page.needs.show_needs(needs, "₴1")
    asked: list[tuple[str, str]] = []
    page.session.page_requested.connect(lambda name, about: asked.append((name, about)))
    for row in page.needs.rows():
        row.click()
    assert asked == [
        ("activity", "state=awaiting_approval"),
        ("settings", "account:17"),
        ("rules", "r1"),
    ]


def test_stopping_all_actions_is_what_needs_a_person_now(
    page: DashboardPage, world: World, qtbot: QtBot
) -> None:
    page.session.stream.start()
    world.ask("POST", "/api/v1/engine/stop", {"reason": "test"})
    try:
        until(qtbot, lambda: [row for row in page.needs.rows() if "stopped" in row.text()])
    finally:
        world.ask("POST", "/api/v1/engine/resume", {"reason": ""})
    until(qtbot, lambda: not page.needs.rows())


def test_without_an_engine_the_page_says_so_and_offers_another_try(
    look: Look, qtbot: QtBot
) -> None:
    session = Session(look, EngineClient(look, "http://127.0.0.1:9", "none"))
    page = DashboardPage(session, Desk(session))
    qtbot.addWidget(page)
    page.show()
    session.load_status()
    session.load_scopes()

    def shown() -> bool:
        words = [label.text() for label in page.findChildren(QLabel) if label.isVisible()]
        return look.say("panel.offline") in words

    until(qtbot, shown)
    buttons = [one.text() for one in page.findChildren(Button) if one.isVisible()]
    assert look.say("panel.retry") in buttons


def test_the_tiles_speak_to_screen_readers(page: DashboardPage) -> None:
    interface = QAccessible.queryAccessibleInterface(page.tiles[2])
    assert "ROAS" in interface.text(QAccessible.Text.Name)
