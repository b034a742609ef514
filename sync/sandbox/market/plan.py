"""What each ad would spend a day and achieve, as things stand.

The response of a campaign to its spend is a Hill curve on adstocked spend (Jin et al.
2017): results ∝ A^a / (h^a + A^a). The loss of efficiency shows partly as price, partly as
fewer clicks and mostly as fewer results per click, as in an auction that reaches for less
and less willing people.
"""

from dataclasses import dataclass, fields

import numpy as np

from sync.sandbox.draws import Floats, gamma_factor
from sync.sandbox.market.controls import BID_CAP, COST_CAP, MIN_ROAS, Controls, Switches
from sync.sandbox.market.happenings import Factors, Happenings
from sync.sandbox.market.layout import Index, Layout
from sync.sandbox.market.season import Season
from sync.sandbox.market.state import LEARNING, MarketState
from sync.sandbox.market.sums import sum_by

DAY_LIMIT = 1.75
"""A day may cost this many daily budgets; a week from Sunday seven."""
_PRICE_PART, _CLICK_PART, _RESULT_PART = 0.2, 0.1, 0.7
_CLICK_TASTE = 1.0  # delivery prefers ads that are clicked
_PRICE_OF_CLICKS = 0.9
_DAY_SPEND_SD = 0.12
_SHARE_NOISE = 5.5  # impressions scatter more than clicks given impressions


@dataclass(slots=True)
class Parts:
    """All an account's market is made of; a copy plays on by itself."""

    layout: Layout
    controls: Controls
    state: MarketState
    season: Season
    happenings: Happenings


@dataclass(slots=True)
class Plan:
    """What ads would spend and achieve, and the budgets' limits.

    Per ad: spend a day and cost per thousand in minor units, and rates.

    A holder is whoever has the budget: campaigns first, then ad sets.
    """

    rate: Floats
    cpm: Floats
    ctr: Floats
    cvr: Floats
    tracked: Floats
    value: Floats
    campaign_noise: Floats
    holder_rate: Floats
    day_cap: Floats
    week_cap: Floats
    holder: Index


@dataclass(frozen=True, slots=True)
class DayChance:
    """The day's luck: standard normals per ad, per campaign and per ad set."""

    share: Floats
    clicks: Floats
    results: Floats
    price: Floats
    campaign_price: Floats
    campaign_spend: Floats
    adset_spend: Floats


def day_chance(layout: Layout, day_number: int) -> DayChance:
    """Draw a day's luck; it depends on the object and the day only."""
    share, clicks, results, price = layout.luck["ad today"].of(layout.ad_keys, day_number)
    campaign = layout.luck["campaign today"].of(layout.campaign_keys, day_number)
    adset = layout.luck["adset today"].of(layout.adset_keys, day_number)
    return DayChance(share, clicks, results, price, campaign[0], campaign[1], adset[0])


def make_plan(parts: Parts, day_number: int, weekday: int, time: float) -> Plan:
    """Plan under today's state and the settings at a time.

    ``time`` is in unix seconds and decides about events, too.
    """
    layout, controls, state = parts.layout, parts.controls, parts.state
    factors = parts.happenings.factors(time, layout.campaign_keys)
    learning = state.learning == LEARNING
    cbo = controls.campaign_budget()
    chance = day_chance(layout, day_number)
    shares, alive = _ad_shares(parts, chance, time)
    budgets, day_cap = _limits(parts, time)
    base = _adset_spend(parts, alive, cbo, budgets)
    spend = sum_by(layout.campaign_of_adset, base, len(layout.campaigns))
    _note_starts(state, spend)
    efficiency = _efficiency(layout, state, spend)
    tide = parts.season.weekday[weekday] * _day_spend_noise(layout, cbo, chance)
    of_ad, of_set = layout.campaign_of_ad, layout.adset_of_ad
    rate = (base * tide)[of_set] * shares * factors.delivery[of_ad]
    wobble = np.where(learning, layout.market.learning_noise, 1.0)
    cpm, ctr, cvr = _rates(parts, factors, chance, efficiency, wobble[of_set])
    crowd = _competition(layout, state, spend)
    holder = np.where(cbo[of_ad], of_ad, len(layout.campaigns) + of_set)
    week_cap = _week_caps(parts, budgets, cbo)
    learning_share = _mean_by(layout.campaign_of_adset, wobble, len(layout.campaigns))
    tracked = np.minimum((1 - layout.market.tracking_loss) * factors.tracked, 1)
    return Plan(
        rate=rate,
        cpm=cpm * crowd[of_ad],
        ctr=ctr,
        cvr=cvr * np.where(learning, layout.market.learning_efficiency, 1.0)[of_set],
        tracked=tracked[of_ad],
        value=(layout.traits.aov * factors.aov)[of_ad],
        campaign_noise=learning_share,
        holder_rate=sum_by(holder, rate, len(budgets)),
        day_cap=day_cap,
        week_cap=week_cap,
        holder=holder,
    )


def blend(plans: list[Plan], weights: list[float]) -> Plan:
    """Mix plans that share one slot by their shares of it.

    Limits are the last one's; ads that came meanwhile have nothing in the plans before.
    """
    if len(plans) == 1:
        return plans[0]
    share = np.array(weights) / sum(weights)
    last = plans[-1]
    count = len(last.rate)
    rates = np.array([_padded(p.rate, count) for p in plans]) * share[:, None]
    total = rates.sum(axis=0)
    values: dict[str, Floats] = {}
    for name in ("cpm", "ctr", "cvr", "tracked", "value"):
        stack = np.array([_padded(getattr(p, name), count) for p in plans])
        mixed = (stack * rates).sum(axis=0) / np.where(total > 0, total, 1)
        values[name] = np.where(total > 0, mixed, getattr(last, name))
    kept = {f.name: getattr(last, f.name) for f in fields(Plan)} | values
    kept["rate"] = total
    kept["holder_rate"] = sum_by(last.holder, total, len(last.day_cap))
    return Plan(**kept)


def _padded(values: Floats, count: int) -> Floats:
    return np.pad(values, (0, count - len(values)))


def _ad_shares(parts: Parts, chance: DayChance, time: float) -> tuple[Floats, Floats]:
    """Share of its ad set's spend per ad, and per ad set whether anything can run."""
    layout, controls, state = parts.layout, parts.controls, parts.state
    on = controls.running_ads(time)
    whim = np.sqrt(_SHARE_NOISE * layout.market.overdispersion)
    weight = np.exp(state.weight + whim * chance.share + _CLICK_TASTE * layout.log_ctr)
    weight *= layout.starved
    weight = np.where(on, weight, 0.0)
    total = sum_by(layout.adset_of_ad, weight, len(layout.adsets))
    shares = weight / np.where(total > 0, total, 1)[layout.adset_of_ad]
    return shares, (total > 0).astype(np.float64)


def _adset_spend(parts: Parts, alive: Floats, cbo: Switches, budgets: Floats) -> Floats:
    """Usual spend a day per ad set, minor units, before weekday and noise."""
    layout, controls, state = parts.layout, parts.controls, parts.state
    campaigns = len(layout.campaigns)
    above = layout.campaign_of_adset
    pull = np.exp(state.adset_weight) * alive
    total = sum_by(above, pull, campaigns)
    part = pull / np.where(total > 0, total, 1)[above]
    shared = _within_targets(parts, budgets[:campaigns][above] * part, alive)
    budget = np.where(cbo[above], shared, budgets[campaigns:] * alive)
    spend = budget * _use_of_budget(state.appetite) * _bid_reach(parts)
    cap = controls.campaign_cap
    if cap.any():
        wanted = sum_by(above, spend, campaigns)
        left = np.maximum(cap - state.campaign_spent, 0)
        fits = np.minimum(1, left / np.where(wanted > 0, wanted, 1))
        spend = spend * np.where(cap > 0, fits, 1)[above]
    return np.asarray(spend)


def _within_targets(parts: Parts, share: Floats, alive: Floats) -> Floats:
    """Hold ad sets' shares of a campaign budget to their own least and most a day."""
    controls = parts.controls
    least, most, life = controls.adset_least, controls.adset_most, controls.adset_life_most
    if not (least.any() or most.any() or life.any()):
        return share
    held = np.maximum(share, least * alive)
    held = np.where(most > 0, np.minimum(held, most), held)
    left = np.maximum(life - parts.state.adset_spent, 0)
    return np.asarray(np.where(life > 0, np.minimum(held, left), held))


def _use_of_budget(appetite: Floats) -> Floats:
    """Share of its budget an ad set gets spent: often nearly all, at times much less."""
    return 0.08 + 0.9 / (1 + np.exp(-1.2 - 2.3 * appetite))


def _bid_reach(parts: Parts) -> Floats:
    """Share of the budget that a capped bid still wins, per ad set."""
    layout, controls = parts.layout, parts.controls
    strategy = controls.strategy()
    reach = np.ones(len(strategy))
    if not strategy.any():
        return reach
    traits, above = layout.traits, layout.campaign_of_adset
    cost = traits.cpm / np.maximum(1000 * traits.ctr * traits.cvr, 1e-12)
    roas = (traits.aov / np.maximum(cost, 1e-12))[above]
    for kind, ratio in (
        (BID_CAP, controls.adset_bid / traits.cpm[above]),
        (COST_CAP, controls.adset_bid / cost[above]),
        (MIN_ROAS, roas / np.maximum(controls.adset_floor, 1e-12)),
    ):
        held = (strategy == kind) & (ratio > 0)
        reach[held] = np.clip(ratio[held] ** 2, 0.02, 1.0)
    return reach


def _limits(parts: Parts, time: float) -> tuple[Floats, Floats]:
    """Daily budget and the most a day may cost, per holder; lifetime budgets spread out."""
    controls, state = parts.controls, parts.state
    daily = np.concatenate([controls.campaign_daily, controls.adset_daily])
    rises = np.concatenate([controls.campaign_rise, controls.adset_rise])
    daily = np.where(daily > 0, daily + rises, daily) if rises.any() else daily
    life = np.concatenate([controls.campaign_life, controls.adset_life])
    if not life.any():
        return daily, DAY_LIMIT * daily
    ends = np.full(len(controls.campaign_on), -np.inf)
    np.maximum.at(ends, parts.layout.campaign_of_adset, controls.adset_end)
    ends = np.minimum(ends, controls.campaign_end)
    days = (np.concatenate([ends, controls.adset_end]) - time) / 86_400
    days = np.where(np.isfinite(days), np.maximum(days, 1), 30)
    spent = np.concatenate([state.campaign_spent, state.adset_spent])
    left = np.maximum(life - spent, 0)
    lasting = daily <= 0
    budget = np.where(lasting, left / days, daily)
    return budget, np.where(lasting, left, DAY_LIMIT * daily)


def _week_caps(parts: Parts, budgets: Floats, cbo: Switches) -> Floats:
    """What the week from Sunday may still cost, today included, per holder."""
    layout, state = parts.layout, parts.state
    campaigns, adsets = len(layout.campaigns), len(layout.adsets)
    spent = np.concatenate(
        [
            sum_by(layout.campaign_of_ad, state.week_spend, campaigns),
            sum_by(layout.adset_of_ad, state.week_spend, adsets),
        ]
    )
    lag = np.concatenate([state.campaign_week_lag, state.adset_week_lag])
    life = np.concatenate([parts.controls.campaign_life, parts.controls.adset_life])
    return np.where(life > 0, np.inf, np.maximum(7 * budgets - lag - spent, 0))


def _note_starts(state: MarketState, spend: Floats) -> None:
    """Remember what a campaign, and the account, first spent: curves are relative to it."""
    new = (state.start_spend <= 0) & (spend > 0)
    state.start_spend[new] = spend[new]
    state.stock[new] = spend[new]
    if state.reference_spend <= 0 < spend.sum():
        state.reference_spend = float(spend.sum())
        state.referenced = spend.copy()


def _efficiency(layout: Layout, state: MarketState, spend: Floats) -> Floats:
    """Results per money relative to the start, per campaign."""
    traits = layout.traits
    start = np.where(state.start_spend > 0, state.start_spend, 1.0)
    carried = (1 - traits.adstock) * spend + traits.adstock * state.stock
    half, alpha = traits.half * start, traits.alpha
    response = carried**alpha / (half**alpha + carried**alpha)
    at_start = start**alpha / (half**alpha + start**alpha)
    paid = np.maximum(np.maximum(spend, carried / 3), 1e-9) / start
    return np.where(spend > 0, np.clip(response / at_start / paid, 0.02, 20), 1.0)


def _competition(layout: Layout, state: MarketState, spend: Floats) -> Floats:
    """Factor on prices from the rest of the account's spend, per campaign."""
    reference = state.reference_spend
    if reference <= 0 or layout.market.competition_inside_account == 0:
        return np.ones(len(spend))
    now = spend.sum() - spend + 0.05 * reference
    then = reference - state.referenced + 0.05 * reference
    factor = (now / then) ** layout.market.competition_inside_account
    return np.asarray(np.clip(factor, 0.2, 5))


def _day_spend_noise(layout: Layout, cbo: Switches, chance: DayChance) -> Floats:
    above = layout.campaign_of_adset
    luck = np.where(cbo[above], chance.campaign_spend[above], chance.adset_spend)
    return np.asarray(np.exp(_DAY_SPEND_SD * luck - _DAY_SPEND_SD**2 / 2))


def _rates(
    parts: Parts, factors: Factors, chance: DayChance, efficiency: Floats, wobble: Floats
) -> tuple[Floats, Floats, Floats]:
    """Cost per thousand, clicks per impression and results per click of each ad today."""
    layout, state, market = parts.layout, parts.state, parts.layout.market
    of_ad = layout.campaign_of_ad
    crowd, seen = _frequency(parts, factors)
    older = state.creative_since < factors.tired_before[of_ad]
    # Nobody has seen a creative less than once, whatever factor a scenario names.
    seen = np.where(older, np.maximum(seen * factors.tired[of_ad], 1), seen)
    lean = np.log(efficiency)
    day_sd = 0.5 * market.cpm_noise_sd * wobble
    dearer = np.log(np.maximum(factors.cpm, 0.01) * layout.traits.cpm) - _PRICE_PART * lean
    cpm = np.exp(
        dearer[of_ad]
        + _PRICE_OF_CLICKS * layout.log_ctr
        + 0.95 * state.ad_drift
        + day_sd * (0.5 * chance.price + chance.campaign_price[of_ad])
    )
    likelier = np.log(np.maximum(layout.traits.ctr, 1e-12)) + _CLICK_PART * lean
    ctr = np.exp(likelier[of_ad] + layout.log_ctr + state.ad_drift)
    keener = np.log(np.maximum(layout.traits.cvr, 1e-12)) + _RESULT_PART * lean + state.drift
    spread = market.overdispersion * wobble**2
    ctr *= seen**-market.fatigue_exponent * gamma_factor(chance.clicks, spread)
    cvr = np.exp(keener)[of_ad] * layout.ad_cvr * gamma_factor(chance.results, spread)
    cpm *= 1 + 0.1 * np.minimum(crowd - 1, 20)
    # Rates stay rates whatever a scenario multiplies.
    return cpm, np.minimum(ctr * factors.ctr[of_ad], 0.95), np.minimum(cvr * factors.cvr[of_ad], 1)


def _frequency(parts: Parts, factors: Factors) -> tuple[Floats, Floats]:
    """How often people have lately seen the ad set's ads, and this ad, per ad; at least 1.

    Exposures E over an audience A reach A(1 - exp(-E/A)) people.
    """
    layout, state = parts.layout, parts.state
    audience = np.maximum(layout.audience * factors.audience[layout.campaign_of_adset], 1)
    together = sum_by(layout.adset_of_ad, state.exposures, len(layout.adsets)) / audience
    own = state.exposures / audience[layout.adset_of_ad]
    return _times_seen(together)[layout.adset_of_ad], _times_seen(own)


def _times_seen(density: Floats) -> Floats:
    return np.where(density > 1e-6, density / -np.expm1(-np.maximum(density, 1e-6)), 1.0)


def _mean_by(group: Index, values: Floats, size: int) -> Floats:
    count = np.bincount(group, minlength=size)
    total = sum_by(group, values, size)
    return np.where(count > 0, total / np.maximum(count, 1), 1.0)
