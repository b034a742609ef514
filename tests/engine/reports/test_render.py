"""The client report: what stands on the page, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from engine.domain.formats import Currency
from engine.domain.language import Language
from engine.reports.data import ActionTaken, CampaignNumbers, DayNumbers, ReportData
from engine.reports.lettering import shown
from engine.reports.render import page_content, render_pdf

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
FIRST = date(2026, 10, 24)


def days(first: date, spend: int, revenue: int) -> tuple[DayNumbers, ...]:
    return tuple(DayNumbers(first + timedelta(days=day), spend, revenue, 10) for day in range(30))


def report(
    *, campaigns: tuple[CampaignNumbers, ...] = (), actions: tuple[ActionTaken, ...] = ()
) -> ReportData:
    return ReportData(
        client="Ранкова кава",
        account_names=("Ранкова кава UA",),
        currency=Currency("UAH", 100),
        timezone_name="Europe/Kyiv",
        as_of=NOW,
        days=days(FIRST, 100_000, 250_000),
        previous=days(FIRST - timedelta(days=30), 80_000, 250_000),
        campaigns=campaigns,
        actions=actions,
        open_conversions_days=7,
    )


def test_the_sums_are_money_of_the_account() -> None:
    content = page_content(report(), Language.ENGLISH)
    assert "₴30\u202f000" in str(content["summary"])
    assert "+25.0\u202f%" in str(content["summary"])


def test_a_higher_cost_is_bad_and_a_higher_return_good() -> None:
    tiles = page_content(report(), Language.ENGLISH)["tiles"]
    assert isinstance(tiles, list)
    assert {tile["label"]: tile["tone"] for tile in tiles} == {
        "Spend": "flat",
        "Revenue": "flat",
        "ROAS": "bad",
        "Conversions": "flat",
        "Cost per conversion": "bad",
    }


def test_a_campaign_without_conversions_has_no_cost_per_conversion() -> None:
    quiet = CampaignNumbers("Осінній розпродаж", "PAUSED", 5_000, 0, 0)
    content = page_content(report(campaigns=(quiet,)), Language.UKRAINIAN)
    assert content["campaigns"] == [
        ["Осінній розпродаж", "Призупинена", "50\u202f₴", "0\u202f₴", "0", "–", "0,00"]
    ]


def test_actions_that_do_not_fit_are_counted() -> None:
    pause = ActionTaken(NOW, "Broad", "Stop loss", "status", "ACTIVE", "PAUSED")
    raise_ = ActionTaken(NOW, "Broad", "Winners", "daily_budget", 10_000, 12_000)
    content = page_content(report(actions=(pause, raise_, *[pause] * 7)), Language.ENGLISH)
    assert isinstance(content["actions"], list)
    assert content["actions"][1][-1] == "₴100 → ₴120"
    assert content["more"] == "and 3 more"


@pytest.mark.parametrize("language", Language)
def test_the_page_becomes_a_small_pdf(language: Language) -> None:
    pdf = render_pdf(report(), language)
    assert pdf.startswith(b"%PDF-1.7")
    assert len(pdf) < 300_000


HOSTILE = {
    "emoji": "🔥 SCALE 👨‍👩‍👧‍👦",
    "foreign letters": "漢字 SCALE",
    "nothing to show": "🔥\u200b",
    "controls and half a letter": "a\x00b\x1b[31mc\ud800",
    "code of the page": '#panic("x") $a$ [b] *c* <d> @e // /* {client}',
    "a long word": "W" * 5000,
    "many lines": "a\n\n= b\n- c\n" * 100,
}


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_whatever_strangers_call_things_it_stays_one_page(name: str) -> None:
    campaigns = tuple(CampaignNumbers(name, "ACTIVE", 500, 600, 0.0) for _ in range(8))
    actions = tuple(ActionTaken(NOW, name, name, "status", "ACTIVE", "PAUSED") for _ in range(6))
    data = replace(
        report(campaigns=campaigns, actions=actions), client=name, account_names=(name, name)
    )
    pdf = render_pdf(data, Language.UKRAINIAN)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1


def test_names_keep_every_letter_that_can_be_shown() -> None:
    assert shown("🔥 SCALE — знижка\n«Їжак» 漢字") == "SCALE — знижка «Їжак» 漢字"
    assert shown("漢字 Їжак", squares=True) == "□□ Їжак"
    assert shown("🔥") == "–"
