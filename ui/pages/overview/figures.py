"""The engine's dashboard as what tiles, chart and bars show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

from engine.api.messages import BreakdownRow, Dashboard, Tile, Words
from engine.domain.formats import UNKNOWN, Currency
from engine.domain.language import Language
from ui.charts.bar_card import Bar
from ui.charts.series import ChartData, Line, Step, summed
from ui.look import Look
from ui.pages.objects.columns import SELLING, objective_words
from ui.theme import Tone
from ui.widgets.kpi_tile import KpiValues

_SERIES = {"spend": 1, "revenue": 0, "roas": 2, "cpa": 2, "conversions": 4}
# Less than this is noise of a single day, not a change worth a colour.
_SMALL_PERCENT = 0.05
_BARS = 5


def words_of(words: Words, look: Look) -> str:
    """Return the engine's words in the window's language."""
    return words.uk if look.texts.language is Language.UKRAINIAN else words.en


def currency_of(dashboard: Dashboard) -> Currency:
    """Return the one currency of a dashboard."""
    return Currency(dashboard.currency, dashboard.offset)


def tile_values(tile: Tile, currency: Currency, look: Look) -> KpiValues:
    """Return a tile for people; its change is against the period before."""
    previous = value_words(tile.previous, tile.unit, currency, look)
    note = look.say("dashboard.versus", value=previous) if tile.previous is not None else ""
    change = tile.change_percent
    shown = "" if change is None else look.formats.percent(change / 100, 1, sign=True)
    trend = [math.nan if value is None else float(value) for value in tile.trend]
    return KpiValues(
        words_of(tile.label, look),
        value_words(tile.value, tile.unit, currency, look),
        note,
        shown,
        _tone(tile.better, change),
        trend,
        _SERIES.get(tile.metric, 0),
    )


def value_words(value: float | None, unit: str, currency: Currency, look: Look) -> str:
    """Return a headline number; money comes in minor units."""
    if value is None:
        return UNKNOWN
    if unit == "money":
        return look.formats.money(value, currency)
    if unit == "percent":
        return look.formats.percent(value / 100, 2)
    return look.formats.number(value, 2 if unit == "ratio" else 0)


def chart_data(dashboard: Dashboard, look: Look, step: Step) -> ChartData:
    """Return revenue and spend by step, with the revenue before, dashed.

    ``step`` is a day, a week or a month.
    """
    series, say = dashboard.series, look.say
    days = [date.fromisoformat(day) for day in series.days]
    places = {day: place for place, day in enumerate(series.days)}
    actions = {places[mark.day]: mark.count for mark in series.marks if mark.day in places}
    lines = [
        Line(say("column.revenue"), [float(v) for v in series.revenue], 0, area=True),
        Line(say("column.spend"), [float(v) for v in series.spend], 1),
        Line(say("chart.previous"), [float(v) for v in series.previous_revenue], previous=True),
    ]
    data = summed(ChartData(days, lines, (), actions), step)
    return ChartData(data.days, data.lines, _notes(data, look), data.actions, data.step)


def bars(rows: Sequence[BreakdownRow], by: str, currency: Currency, look: Look) -> list[Bar]:
    """Return the largest groups; ``by`` is objective or client."""
    spend = sum(row.spend for row in rows)
    usual = sum(row.revenue for row in rows) / spend if spend else math.nan
    return [_bar(row, by, usual, currency, look) for row in rows[:_BARS] if row.spend]


def group_words(label: str, by: str, look: Look) -> str:
    """Return a group's name for people."""
    return objective_words(label or None, look) if by == "objective" else label


def _bar(row: BreakdownRow, by: str, usual: float, currency: Currency, look: Look) -> Bar:
    tone, series = Tone.WARN, 1
    if by == "objective" and row.label not in SELLING and (row.roas or 0) < 1:
        tone, series = Tone.NEUTRAL, 0
    elif row.roas is None or row.roas < 1:
        tone, series = Tone.BAD, 4
    elif row.roas >= usual:
        tone, series = Tone.GOOD, 2
    return Bar(
        group_words(row.label, by, look),
        float(row.spend),
        look.formats.short_money(row.spend, currency),
        look.formats.number(row.roas, 2),
        tone,
        series,
    )


def _notes(data: ChartData, look: Look) -> list[str]:
    revenue, spend = data.lines[0].values, data.lines[1].values
    notes = []
    for place in range(len(data.days)):
        roas = revenue[place] / spend[place] if spend[place] else None
        note = look.say("dashboard.roas_of", roas=look.formats.number(roas, 2))
        count = data.actions.get(place, 0)
        if count:
            note = f"{note} · {look.say('chart.actions', count=count)}"
        notes.append(note)
    return notes


def _tone(better: str, change: float | None) -> Tone:
    if change is None or better == "neutral" or abs(change) < _SMALL_PERCENT:
        return Tone.NEUTRAL
    return Tone.GOOD if (change > 0) == (better == "higher") else Tone.BAD
