"""Puts a client report on a page: texts and numbers in, PDF out, by typst."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from zoneinfo import ZoneInfo

import typst

from engine.domain.formats import Formats
from engine.domain.language import Language
from engine.domain.resource_files import resource
from engine.reports.chart import Line, line_chart
from engine.reports.data import ActionTaken, CampaignNumbers, ReportData, Totals, totals
from engine.reports.lettering import shown

_MOST_CAMPAIGNS = 8
_MOST_ACTIONS = 6
_LONGEST_CLIENT = 80
_BLUE, _AMBER, _GREY = "#2A62EF", "#C2700A", "#A6ADB8"


def render_pdf(data: ReportData, language: Language) -> bytes:
    """Return the report as a tagged PDF (PDF/UA-1), one page of A4."""
    try:
        return _compile(page_content(data, language))
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        return _compile(page_content(data, language, squares=True))


def _compile(content: dict[str, object]) -> bytes:
    page = json.dumps(content, ensure_ascii=False)
    return typst.compile(
        str(resource("report_templates", "client.typ")),
        sys_inputs={"data": page},
        font_paths=[str(resource("fonts"))],
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
    )


def page_content(
    data: ReportData, language: Language, *, squares: bool = False
) -> dict[str, object]:
    """Return everything that stands on the page, as ready texts.

    With `squares`, names have no letter that our own font could not show.
    """
    page = _Page(data, language, partial(shown, squares=squares))
    now, before = totals(data.days), totals(data.previous)
    return {
        "language": language.value,
        "words": page.words,
        "client": page.client,
        "accounts": ", ".join(page.name(name) for name in data.account_names),
        "period": page.period(),
        "empty": now.spend == 0 and before.spend == 0,
        "summary": page.summary(now, before),
        "tiles": page.tiles(now, before),
        "chart": page.chart(),
        "campaigns": [page.campaign(row) for row in data.campaigns[:_MOST_CAMPAIGNS]],
        "actions": [page.action(row) for row in data.actions[:_MOST_ACTIONS]],
        "more": page.more_actions(),
        "quality": page.quality(),
    }


class _Page:
    """The words and formats of one page in one language."""

    def __init__(self, data: ReportData, language: Language, name: Callable[[str], str]) -> None:
        path = resource("report_templates", "client.json")
        self.words: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))[language.value]
        self.name = name
        self.client = name(data.client)[:_LONGEST_CLIENT]
        self._data = data
        self._formats = Formats(language)
        self._zone = ZoneInfo(data.timezone_name)

    def period(self) -> str:
        """The first and the last day."""
        days = [day.day for day in self._data.days]
        return self._formats.period(days[0], days[-1]) if days else ""

    def summary(self, now: Totals, before: Totals) -> str:
        """The numbers in one sentence."""
        return self.words["summary"].format(
            client=self.client,
            spend=self._money(now.spend),
            revenue=self._money(now.revenue),
            roas=self._formats.number(now.roas, 2),
            spend_change=_change(self._formats, now.spend, before.spend),
            revenue_change=_change(self._formats, now.revenue, before.revenue),
        )

    def tiles(self, now: Totals, before: Totals) -> list[dict[str, str]]:
        """The headline numbers with their change."""
        number = self._formats.number
        return [
            self._tile("spend", now.spend, before.spend, 0, self._money),
            self._tile("revenue", now.revenue, before.revenue, 1, self._money),
            self._tile("roas", now.roas, before.roas, 1, lambda value: number(value, 2)),
            self._tile("conversions", now.conversions, before.conversions, 1, number),
            self._tile("cpa", now.cpa, before.cpa, -1, self._money),
        ]

    def chart(self) -> str:
        """The chart as SVG."""
        data = self._data
        lines = [
            Line([day.revenue for day in data.previous], _GREY, dashed=True),
            Line([day.revenue for day in data.days], _BLUE, fill=True),
            Line([day.spend for day in data.days], _AMBER),
        ]
        labels = [self._formats.day(day.day) for day in data.days]
        return line_chart(
            lines, labels, lambda value: self._formats.short_money(value, data.currency)
        )

    def campaign(self, row: CampaignNumbers) -> list[str]:
        """One line of the campaigns table."""
        sums = Totals(row.spend, row.revenue, row.conversions)
        status = self.words["active" if row.status == "ACTIVE" else "paused"]
        return [
            self.name(row.name),
            status,
            self._money(row.spend),
            self._money(row.revenue),
            self._formats.number(row.conversions),
            self._money(sums.cpa),
            self._formats.number(sums.roas, 2),
        ]

    def action(self, row: ActionTaken) -> list[str]:
        """One line of the actions table."""
        local = row.at.astimezone(self._zone)
        when = f"{self._formats.day(local.date())}, {local:%H:%M}"
        names = [self.name(row.object_name), self.name(row.rule_name)]
        return [when, *names, self._change_words(row)]

    def more_actions(self) -> str:
        """How many actions did not fit, empty when all did."""
        rest = len(self._data.actions) - _MOST_ACTIONS
        return self.words["more_actions"].format(count=rest) if rest > 0 else ""

    def quality(self) -> str:
        """When the numbers were read and what may still change."""
        return self.words["quality"].format(
            as_of=self._formats.moment(self._data.as_of, self._zone),
            zone=self._data.timezone_name,
            days=self._data.open_conversions_days,
        )

    def _tile(
        self,
        name: str,
        now: float | None,
        before: float | None,
        better: int,
        write: Callable[[float | None], str],
    ) -> dict[str, str]:
        change = (now or 0) - (before or 0)
        tone = "flat" if not better or not change else "good" if change * better > 0 else "bad"
        return {
            "label": self.words[name],
            "value": write(now),
            "change": _change(self._formats, now, before),
            "tone": tone,
            "previous": self.words["previous"].format(value=write(before)),
        }

    def _change_words(self, row: ActionTaken) -> str:
        if row.field == "status":
            return self.words["switched_on" if row.after == "ACTIVE" else "paused_verb"]
        if isinstance(row.before, int) and isinstance(row.after, int):
            return f"{self._money(row.before)} → {self._money(row.after)}"
        return f"{row.before} → {row.after}"

    def _money(self, minor: float | None) -> str:
        return self._formats.money(minor, self._data.currency)


def _change(formats: Formats, now: float | None, before: float | None) -> str:
    if not before or now is None:
        return "–"
    return formats.percent(now / before - 1, sign=True)
