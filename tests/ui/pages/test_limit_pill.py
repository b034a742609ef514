"""An account's pill: how full Meta's limits are, and what waits for them."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from engine.api.details import LimitMessage
from engine.domain.language import Language
from ui.look import Look
from ui.pages.configuration.limit_pill import LimitPill
from ui.theme import Tone

NINE_UTC = "2026-11-22T09:30:00+00:00"
USED = LimitMessage("100", "ads_insights", 41.6)


@pytest.fixture
def pill(look: Look, qtbot: QtBot) -> LimitPill:
    """Return the pill of account 100, which is in Kyiv."""
    made = LimitPill(look, "100", "Europe/Kyiv")
    qtbot.addWidget(made)
    return made


def test_nothing_known_shows_nothing(pill: LimitPill) -> None:
    pill.show_limits([LimitMessage("200", "ads_insights", 99.0)])
    assert pill.isHidden()


def test_the_fullest_limit_is_told_and_the_tooltip_names_them_all(pill: LimitPill) -> None:
    pill.show_limits([LimitMessage("", "", 12.0), USED])
    assert pill.text() == "Meta's limits: 42\u202f% used"
    assert pill.toolTip() == "Whole app, all calls · 12\u202f%\nThis account, numbers · 42\u202f%"
    assert not pill.isHidden()


@pytest.mark.parametrize(
    ("why", "words", "tone"),
    [
        ("refused", "Meta takes no calls until 11:30", Tone.BAD),
        ("reserve", "Reading waits until 11:30", Tone.WARN),
        ("outage", "Meta does not answer; asked again at 11:30", Tone.BAD),
    ],
)
def test_what_waits_is_told_with_its_end_in_the_accounts_time(
    pill: LimitPill, why: str, words: str, tone: Tone
) -> None:
    pill.show_limits([USED, LimitMessage("100", "ads_management", 83.0, NINE_UTC, why)])
    assert pill.text() == words
    assert pill.tone is tone
    assert f"reading and changing ads · 83\u202f% · {words}" in pill.toolTip()


def test_a_limit_that_fills_up_warns(pill: LimitPill) -> None:
    pill.show_limits([LimitMessage("100", "ads_insights", 76.0)])
    assert pill.tone is Tone.WARN


def test_it_speaks_ukrainian(pill: LimitPill, look: Look) -> None:
    look.set_language(Language.UKRAINIAN)
    pill.show_limits([USED])
    assert pill.text() == "Ліміти Meta: використано 42\u202f%"
    pill.show_limits([LimitMessage("", "", None, NINE_UTC, "outage")])
    assert pill.text() == "Meta не відповідає; наступна спроба о 11:30"
