"""The campaigns' grid: its columns, and its rows from the engine's table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.api.messages import ObjectTable
from engine.domain.formats import Currency
from ui.grid.columns import Column, GridData, Kind
from ui.look import Look

TREND_DAYS = 7
_WELL_ABOVE = 1.25
_OBJECTIVE = "objective."
_EFFECTIVE = {
    "ACTIVE": "active",
    "PAUSED": "paused",
    "CAMPAIGN_PAUSED": "paused",
    "ADSET_PAUSED": "paused",
    "PENDING_REVIEW": "review",
    "IN_PROCESS": "review",
    "PREAPPROVED": "scheduled",
    "DISAPPROVED": "rejected",
    "ARCHIVED": "archived",
    "DELETED": "archived",
}
# Others bring leads, visits or views: no revenue is no loss there. Ad sets and ads name none.
SELLING = ("OUTCOME_SALES", None)
_LEARNING = {"LEARNING": "learning", "FAIL": "learning_limited"}
_NAMES = {"campaign": "column.campaign", "adset": "column.adset", "ad": "column.ad"}
Numbers = npt.NDArray[np.float64]


def columns_of(level: str) -> tuple[Column, ...]:
    """Return the columns of campaign, adset or ad; ads have no budget."""
    name = Column("name", _NAMES[level], Kind.NAME, 220, frozen=True)
    budget = (
        Column("budget", "column.budget", Kind.MONEY, 146, editable=True),
        Column("budget_kind", "column.budget_kind", Kind.TEXT, 100, hidden=True),
    )
    return (
        Column("check", "grid.select", Kind.CHECK, 40, frozen=True),
        Column("on", "column.on", Kind.SWITCH, 56, editable=True, frozen=True),
        name,
        Column("delivery", "column.delivery", Kind.STATUS, 116),
        Column("trend", "column.trend", Kind.TREND, 118),
        *(() if level == "ad" else budget),
        Column("spend", "column.spend", Kind.MONEY, 96, total="sum"),
        Column("conversions", "column.conversions", Kind.NUMBER, 84, total="sum"),
        Column("cost", "column.cost_per_conversion", Kind.MONEY, 110, total="spend/conversions"),
        Column("roas", "column.roas", Kind.RATIO, 74, total="revenue/spend"),
        Column("ctr", "column.ctr", Kind.PERCENT, 74),
        Column("cpc", "column.cpc", Kind.MONEY, 74),
        Column("cpm", "column.cpm", Kind.MONEY, 74),
        Column("revenue", "column.revenue", Kind.MONEY, 100, hidden=True),
        Column("impressions", "column.impressions", Kind.NUMBER, 100, hidden=True),
        Column("clicks", "column.clicks", Kind.NUMBER, 84, hidden=True),
        Column("client", "column.client", Kind.TEXT, 140),
        Column("account", "column.account", Kind.TEXT, 170),
        Column("objective", "column.objective", Kind.TEXT, 110),
    )


def grid_data(table: ObjectTable, look: Look) -> GridData:
    """Return the table as columns of the grid, in the present language."""
    spend, revenue = _floats(table.spend), _floats(table.revenue)
    conversions, clicks = _floats(table.conversions), _floats(table.clicks)
    impressions = _floats(table.impressions)
    roas = ratio(revenue, spend)
    delivery = [delivery_of(table, place) for place in range(len(table.object_id))]
    return GridData(
        ids=table.object_id,
        values={
            "on": np.array([status == "ACTIVE" for status in table.status], dtype=np.bool_),
            "name": table.name,
            "delivery": delivery,
            "trend": np.array(table.trend, dtype=np.float64).reshape(-1, TREND_DAYS),
            "budget": _floats(table.budget),
            "budget_kind": [_kind_words(kind, look) for kind in table.budget_kind],
            "spend": spend,
            "conversions": conversions,
            "cost": ratio(spend, conversions),
            "roas": roas,
            "ctr": ratio(clicks, impressions),
            "cpc": ratio(spend, clicks),
            "cpm": ratio(spend, impressions) * 1000,
            "revenue": revenue,
            "impressions": impressions,
            "clicks": clicks,
            "client": table.client,
            "account": table.account_name,
            "objective": [objective_words(name, look) for name in table.objective],
        },
        currency=_currencies(table),
        tones={"roas": _roas_tones(table, roas)},
        muted=np.array([word in ("paused", "archived") for word in delivery], dtype=np.bool_),
    )


def delivery_of(table: ObjectTable, place: int) -> str:
    """Return a row's delivery as a name of the texts' area ``delivery``."""
    word = _EFFECTIVE.get(table.effective_status[place], "error")
    stage = table.learning_stage[place]
    return _LEARNING.get(stage or "", word) if word == "active" else word


def objective_words(objective: str | None, look: Look) -> str:
    """Return Meta's objective in words; one we do not know as Meta writes it."""
    if not objective:
        return look.say("objective.none")
    key = _OBJECTIVE + objective.lower()
    return look.say(key) if look.texts.has(key) else objective


def ratio(above: Numbers, below: Numbers) -> Numbers:
    """Return quotients; unknown (NaN) where the second is zero."""
    found = np.full(len(above), np.nan)
    np.divide(above, below, out=found, where=below != 0)
    return found


def _floats(values: Sequence[float | None]) -> Numbers:
    """Return numbers as float64, none as NaN."""
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _kind_words(kind: str | None, look: Look) -> str:
    return look.say(f"column.{kind}") if kind else look.say("column.no_budget")


def _currencies(table: ObjectTable) -> Currency | list[Currency]:
    """Return one currency where all rows share it, else one for each row."""
    pairs = list(zip(table.currency, table.offset, strict=True))
    different = {pair: Currency(*pair) for pair in pairs}
    if len(different) == 1:
        return next(iter(different.values()))
    return [different[pair] for pair in pairs]


def _roas_tones(table: ObjectTable, roas: Numbers) -> npt.NDArray[np.int8]:
    """Mark campaigns that sell: less than they cost, or well above all shown rows."""
    spend = sum(table.spend)
    usual = sum(table.revenue) / spend if spend else np.nan
    sells = np.array([name in SELLING for name in table.objective], dtype=np.bool_)
    tones = np.zeros(len(roas), dtype=np.int8)
    tones[roas >= max(1.0, usual * _WELL_ABOVE)] = 1
    tones[sells & (roas < 1.0)] = -1
    return tones
