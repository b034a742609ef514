"""Impressions, clicks, spend and results, slot by slot.

A slot is an hour, or a whole day in the part of the history kept by day. Slots of a day
depend on each other through the budget limits only, so many are computed at once, and
cutting time into more or fewer calls changes nothing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sync.sandbox.draws import (
    Floats,
    Keys,
    Singles,
    grid_bits,
    heavy_table,
    lane,
    normal_table,
    poisson,
    scramble,
    uniform_single,
)
from sync.sandbox.market.calendar import HOUR
from sync.sandbox.market.layout import PURCHASE, Index, Layout
from sync.sandbox.market.pacing import hold_to_limits, planned_fractions
from sync.sandbox.market.plan import Parts, Plan
from sync.sandbox.market.state import Counts
from sync.sandbox.market.sums import sum_by

Small = NDArray[np.int32]
_SPEND_SD = 0.12
_AD_HOUR_SD = 0.3
# Prices an hour apart resemble each other: a moving average of independent shocks does that
# without a memory, so that any hour can be computed by itself.
_PRICE_ECHO = np.array([0.80, 0.46, 0.30, 0.22])
_PRICE_ECHO = _PRICE_ECHO / np.sqrt((_PRICE_ECHO**2).sum())
_BASKETS = 2.4  # further baskets per result
_CHECKOUTS = 0.35
_MOST_SHOWN = 4e7  # impressions of an ad in an hour: what the columns can hold


@dataclass(frozen=True, slots=True)
class Slots:
    """Neighbouring slots of one day.

    Starts and end in unix seconds, and the clock's hours.

    ``hours`` is empty for a slot that is a whole day.
    """

    starts: list[int]
    hours: list[int]
    end: int


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came of some slots, for the ads in ``ads``.

    Arrays are (slots, ads), money in minor units, baskets and checkouts per ad.

    ``result_*`` has one entry per result: position in ``ads``, slot and random bits.
    """

    ads: Index
    impressions: Small
    clicks: Small
    link_clicks: Small
    spend: Counts
    baskets: Counts
    checkouts: Counts
    result_ad: Index
    result_slot: Index
    result_bits: Keys
    expected: Floats
    """True expected impressions, link clicks, spend, results, value per ad; (5, ads)."""


def deliver(parts: Parts, plan: Plan, slots: Slots) -> Delivered:
    """Play some slots under a plan and note the day's totals in the state."""
    layout = parts.layout
    price, activity = _campaign_hours(parts, plan, slots)
    activity = _within_limits(parts, plan, activity)
    ads = np.flatnonzero(plan.rate > 0)
    owner = layout.campaign_of_ad[ads]
    random = grid_bits(slots.starts, layout.ad_keys[ads], 80)
    rate = activity.astype(np.float32)[:, plan.holder[ads]]
    rate *= (plan.rate[ads] * 1000 / plan.cpm[ads]).astype(np.float32)
    cost = price.astype(np.float32)[:, owner]
    rate /= cost
    cost *= (plan.cpm[ads] / 1000).astype(np.float32)
    if slots.hours:
        rate *= _AD_HOUR[lane(random, 0)]
        cost *= parts.season.hour_price[slots.hours].astype(np.float32)[:, None]
    np.minimum(rate, _MOST_SHOWN if slots.hours else 24 * _MOST_SHOWN, out=rate)
    shows = poisson(rate, _table_uniform(lane(random, 1)))
    # Money is never negative, so the cast rounds down; chance decides about the rest.
    spend = (shows * cost + _table_uniform(lane(random, 2))).astype(np.int64)
    ctr = plan.ctr[ads].astype(np.float32)
    links = np.minimum(poisson(shows * ctr, uniform_single(random)), shows)
    before = sum_by(plan.holder, parts.state.day_spend, len(plan.day_cap))
    spend = hold_to_limits(spend, plan.holder[ads], before, np.minimum(plan.day_cap, plan.week_cap))
    done = _results(layout, plan, ads, links, random)
    delivered = Delivered(
        ads=ads,
        impressions=shows,
        clicks=_all_clicks(layout.ad_keys[ads], links, shows, random),
        link_clicks=links,
        spend=spend,
        baskets=done.baskets,
        checkouts=done.checkouts,
        result_ad=done.ad,
        result_slot=done.slot,
        result_bits=done.bits,
        expected=_expected(layout, plan, ads, rate, cost),
    )
    _note_today(parts, delivered)
    return delivered


def _expected(layout: Layout, plan: Plan, ads: Index, rate: Singles, cost: Singles) -> Floats:
    """Work out the true means behind what is drawn, as in ``Delivered.expected``."""
    shows = rate.sum(axis=0).astype(np.float64)
    clicks = shows * plan.ctr[ads]
    results = clicks * plan.cvr[ads]
    buys = layout.traits.result[layout.campaign_of_ad[ads]] == PURCHASE
    spend = (rate * cost).sum(axis=0).astype(np.float64)
    return np.array([shows, clicks, spend, results, results * plan.value[ads] * buys])


@dataclass(frozen=True, slots=True)
class _Results:
    baskets: Counts
    checkouts: Counts
    ad: Index
    slot: Index
    bits: Keys


def _results(layout: Layout, plan: Plan, ads: Index, links: Small, random: Keys) -> _Results:
    """Draw results of the clicks; one entry each."""
    width = len(ads)
    clicked = np.flatnonzero(links)
    column = clicked % width if width else clicked
    fresh = scramble(random.ravel()[clicked] + np.uint64(0x632BE59BD9B4E019))
    rate = links.ravel()[clicked] * plan.cvr[ads][column] * plan.tracked[ads][column]
    counts = poisson(rate.astype(np.float32), uniform_single(fresh))
    buys = layout.traits.result[layout.campaign_of_ad[ads]][column] == PURCHASE
    more = poisson((_BASKETS * rate * buys).astype(np.float32), _table_uniform(lane(fresh, 0)))
    baskets = (more + counts) * buys
    checkouts = np.floor(_CHECKOUTS * more + _table_uniform(lane(fresh, 1))) + counts
    each = np.repeat(np.arange(len(clicked)), counts)
    serial = np.arange(len(each)) - np.repeat(np.cumsum(counts) - counts, counts)
    bits = scramble(fresh[each] + (serial.astype(np.uint64) << np.uint64(7)))
    return _Results(
        baskets=np.bincount(column, baskets, width).astype(np.int64),
        checkouts=np.bincount(column, checkouts * buys, width).astype(np.int64),
        ad=column[each],
        slot=clicked[each] // width if width else each,
        bits=bits,
    )


def _campaign_hours(parts: Parts, plan: Plan, slots: Slots) -> tuple[Floats, Floats]:
    """Price factor and share of the day's spend, both (slots, campaigns)."""
    keys = parts.layout.campaign_keys
    if not slots.hours:
        length = (slots.end - slots.starts[0]) / (24 * HOUR)
        return np.ones((1, len(keys))), np.full((1, len(keys)), length)
    spread = parts.layout.market.cpm_noise_sd * plan.campaign_noise
    reach = len(_PRICE_ECHO) - 1
    times = [slots.starts[0] - HOUR * back for back in range(reach, 0, -1)] + slots.starts
    shocks = heavy_table()[lane(grid_bits(times, keys, 81), 0)]
    echo = sum(
        _PRICE_ECHO[back] * shocks[reach - back : len(times) - back] for back in range(reach + 1)
    )
    price = np.exp(spread * np.asarray(echo, dtype=np.float64) - spread**2 / 2)
    spend_sd = _SPEND_SD * plan.campaign_noise
    calm = normal_table()[lane(grid_bits(slots.starts, keys, 82), 0)]
    activity = np.exp(spend_sd * calm - spend_sd**2 / 2)
    return price, activity * parts.season.hour[slots.hours][:, None]


def _within_limits(parts: Parts, plan: Plan, activity: Floats) -> Floats:
    """Share of the day's spend per (slot, holder), cut at the budget's limits."""
    layout, state, controls = parts.layout, parts.state, parts.controls
    shares = np.hstack([activity, activity[:, layout.campaign_of_adset]])
    before = np.concatenate([state.campaign_planned, state.adset_planned])
    wanted = shares * plan.holder_rate
    part, after = planned_fractions(wanted, before, plan.day_cap, plan.week_cap)
    campaigns = len(layout.campaigns)
    state.campaign_planned, state.adset_planned = after[:campaigns], after[campaigns:]
    shares = shares if part is None else shares * part
    return shares if controls.account_cap <= 0 else _within_account_cap(parts, plan, shares)


def _within_account_cap(parts: Parts, plan: Plan, shares: Floats) -> Floats:
    """Cut the slots short once the account's spend cap is used up."""
    controls, state = parts.controls, parts.state
    used = float(state.campaign_spent.sum()) - controls.account_spent_before
    left = np.array([max(controls.account_cap - used, 0.0)])
    wanted = (shares * plan.holder_rate).sum(axis=1, keepdims=True)
    part, after = planned_fractions(wanted, np.array([state.account_planned]), left, left)
    state.account_planned = float(after[0])
    return shares if part is None else shares * part


def _all_clicks(keys: Keys, links: Small, shows: Small, random: Keys) -> Small:
    """Clicks of every kind: links and those on the picture, the name, the reactions."""
    appeal = 0.12 + 0.5 * uniform_single(scramble(keys + np.uint64(83)))
    other = np.floor(links * appeal + _table_uniform(lane(random, 0)))
    return np.minimum(links + other.astype(np.int32), shows)


def _note_today(parts: Parts, delivered: Delivered) -> None:
    state, ads = parts.state, delivered.ads
    state.day_impressions[ads] += delivered.impressions.sum(axis=0)
    state.day_clicks[ads] += delivered.link_clicks.sum(axis=0)
    state.day_spend[ads] += delivered.spend.sum(axis=0)
    goal = parts.controls.adset_goal[parts.layout.adset_of_ad[ads]]
    results = np.bincount(delivered.result_ad, minlength=len(ads))
    learned = np.where(goal == 0, results, delivered.link_clicks.sum(axis=0))
    state.day_results[ads] += learned


def _table_uniform(lanes: NDArray[np.uint16]) -> Singles:
    return (lanes.astype(np.float32) + np.float32(0.5)) * np.float32(2.0**-16)


_AD_HOUR: Singles = np.exp(
    np.float32(_AD_HOUR_SD) * normal_table() - np.float32(_AD_HOUR_SD**2 / 2)
).astype(np.float32)
