"""Stylised facts of a simulated account, measured as they were on real data."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sync.sandbox.market.insights import InsightsTable

Grid = NDArray[np.float64]
"""Days down, ads across."""


@dataclass(frozen=True, slots=True)
class AdDays:
    """An account's history per day and ad."""

    impressions: Grid
    clicks: Grid
    spend: Grid


def ad_days(table: InsightsTable) -> AdDays:
    """Lay a daily table of ads out as (days, ads) grids, 0 where there was nothing."""
    ids = {name: place for place, name in enumerate(dict.fromkeys(table.object_id))}
    column = np.array([ids[i] for i in table.object_id])
    row = (table.date - table.date.min()).astype(int)
    shape = (int(row.max()) + 1, len(ids))
    grids = []
    for values in (table.impressions, table.inline_link_clicks, table.spend_minor):
        grid = np.zeros(shape)
        grid[row, column] = values
        grids.append(grid)
    return AdDays(*grids)


def gini(amounts: Grid) -> float:
    """Return the Gini coefficient: 0 all equal, 1 one has everything."""
    ordered = np.sort(amounts)
    rank = np.arange(1, len(ordered) + 1)
    return float(2 * (rank * ordered).sum() / (len(ordered) * ordered.sum()) - 1 - 1 / len(ordered))


def top_share(amounts: Grid, share: float = 0.1) -> float:
    """Return what the largest share of the ads has of everything."""
    ordered = np.sort(amounts)[::-1]
    return float(ordered[: round(share * len(ordered))].sum() / ordered.sum())


def spread(ratios: Grid) -> float:
    """Return the ratio of the 95th to the 5th percentile."""
    return float(np.quantile(ratios, 0.95) / np.quantile(ratios, 0.05))


def shrinkage_gain(days: AdDays) -> float:
    """Share of the Poisson deviance of clicks that per-ad rates explain.

    Rates are shrunk to the mean (gamma prior fitted by moments) on odd days and judged on
    even ones, against one rate for all.
    """
    shown, clicked = days.impressions[1::2].sum(0), days.clicks[1::2].sum(0)
    test_shown, test_clicked = days.impressions[::2].sum(0), days.clicks[::2].sum(0)
    mean = clicked.sum() / shown.sum()
    seen = shown > 0
    excess = ((clicked - mean * shown) ** 2 - mean * shown)[seen].sum()
    strength = 1 / max(excess / ((mean * shown[seen]) ** 2).sum(), 1e-9)
    rate = mean * (strength + clicked) / (strength + mean * shown)
    return 1 - deviance(test_clicked, rate * test_shown) / deviance(test_clicked, mean * test_shown)


def deviance(counts: Grid, expected: Grid) -> float:
    """Return the summed Poisson deviance where something was expected."""
    y, mu = counts[expected > 0], expected[expected > 0]
    return float(2 * (np.where(y > 0, y * np.log(np.maximum(y, 1) / mu), 0) - (y - mu)).sum())


def click_dispersion(days: AdDays) -> float:
    """Pearson dispersion of daily clicks given impressions around the ad's local rate.

    The local rate comes from the three days on either side; its own sampling error is
    taken off the denominator's benefit.
    """
    clicks = _around(days.clicks)
    shown = _around(days.impressions)
    use = (clicks >= 20) & (days.impressions > 0)
    share = days.impressions[use] / shown[use]
    expected = clicks[use] * share
    return float(((days.clicks[use] - expected) ** 2 / (expected * (1 + share))).mean())


def _around(grid: Grid) -> Grid:
    total = np.zeros_like(grid)
    for shift in (-3, -2, -1, 1, 2, 3):
        moved = np.zeros_like(grid)
        if shift > 0:
            moved[shift:] = grid[:-shift]
        else:
            moved[:shift] = grid[-shift:]
        total += moved
    return total


def autocorrelation(days: AdDays, lag: int) -> float:
    """Median autocorrelation of log impressions of ads that ran nearly all the time."""
    ran = (days.impressions > 0).mean(0) > 0.9
    logs = np.log(np.maximum(days.impressions[:, ran], 0.5))
    logs = logs - logs.mean(0)
    share = (logs[lag:] * logs[:-lag]).mean(0) / (logs**2).mean(0)
    return float(np.median(share))


def placebo_effect(days: AdDays, window: int) -> float:
    """Rise of the click rate after a rule fired that did nothing.

    The rule: click rate of the last ``window`` days below 70 % of the 28 days before. The
    change is that of the pooled rates, same number of days after against before.
    """
    shown, clicked = np.cumsum(days.impressions, 0), np.cumsum(days.clicks, 0)
    before_shown = after_shown = before_clicks = after_clicks = 0.0
    for end in range(28 + window, len(shown) - window):
        recent_shown = shown[end] - shown[end - window]
        recent_clicks = clicked[end] - clicked[end - window]
        base_shown = shown[end - window] - shown[end - window - 28]
        base_clicks = clicked[end - window] - clicked[end - window - 28]
        fires = (recent_shown > 0) & (base_clicks >= 10)
        fires &= recent_clicks * base_shown < 0.7 * base_clicks * recent_shown
        next_shown = shown[end + window] - shown[end]
        fires &= next_shown > 0
        before_shown += recent_shown[fires].sum()
        before_clicks += recent_clicks[fires].sum()
        after_shown += next_shown[fires].sum()
        after_clicks += (clicked[end + window] - clicked[end])[fires].sum()
    return after_clicks / after_shown / (before_clicks / before_shown) - 1


def poisson_coverage(days: AdDays, least_clicks: int = 160) -> float:
    """Share of large items' next weeks inside the 80 % Poisson interval of their mean."""
    inside = total = 0
    for end in range(28, len(days.clicks) - 7, 7):
        month = days.clicks[end - 28 : end].sum(0)
        large = month > least_clicks
        mean = month[large] / 4
        week = days.clicks[end : end + 7].sum(0)[large]
        half = 1.2816 * np.sqrt(mean) + 0.5
        inside += int((np.abs(week - mean) <= half).sum())
        total += int(large.sum())
    return inside / total


def weekday_amplitude(days: AdDays) -> tuple[float, float]:
    """Highest and lowest weekday's impressions relative to the mean, whole weeks only."""
    weeks = len(days.impressions) // 7
    total = days.impressions[-7 * weeks :].sum(1).reshape(weeks, 7)
    level = (total / total.mean(1, keepdims=True)).mean(0)
    return float(level.max() - 1), float(level.min() - 1)


def weekly_drops(days: AdDays) -> tuple[float, float]:
    """How often clicks fall by more than a fifth, and how much a model knows of it.

    Items with at least 10 clicks in a week. The model is a logistic regression on the
    levels and trends known before, trained on the earlier weeks; its Brier skill against
    the earlier base rate is measured on the later ones.
    """
    weeks = len(days.clicks) // 7
    clicks = days.clicks[-7 * weeks :].reshape(weeks, 7, -1).sum(1)
    features, drops, times = [], [], []
    for week in range(4, weeks - 1):
        use = clicks[week] >= 10
        past = clicks[week - 4 : week + 1][:, use]
        last = np.log(past[4])
        features.append(np.stack([last, last - np.log1p(past[3]), last - np.log1p(past.mean(0))]))
        drops.append(clicks[week + 1][use] < 0.8 * clicks[week][use])
        times.append(np.full(int(use.sum()), week))
    x, y, t = np.concatenate(features, 1).T, np.concatenate(drops), np.concatenate(times)
    early = t < np.quantile(t, 0.6)
    x = (x - x[early].mean(0)) / x[early].std(0)
    guess = _logistic(x[early], y[early].astype(float), x[~early])
    base = ((y[~early] - y[early].mean()) ** 2).mean()
    return float(y.mean()), float(1 - ((y[~early] - guess) ** 2).mean() / base)


def _logistic(x: Grid, y: Grid, new: Grid) -> Grid:
    design = np.hstack([np.ones((len(x), 1)), x])
    weight = np.zeros(design.shape[1])
    for _ in range(25):
        p = 1 / (1 + np.exp(-design @ weight))
        slope = design.T @ (y - p) - 1e-3 * weight
        curve = (design * (p * (1 - p))[:, None]).T @ design + 1e-3 * np.eye(len(weight))
        weight = weight + np.linalg.solve(curve, slope)
    return np.asarray(1 / (1 + np.exp(-np.hstack([np.ones((len(new), 1)), new]) @ weight)))


def kurtosis_shares(table: InsightsTable) -> float:
    """Share of campaigns whose hourly log cost per thousand has kurtosis above 5.

    Residuals: after the campaign's median and the hour's median are taken off; hours with
    at least 50 impressions, campaigns with at least 300 such hours.
    """
    assert table.hour is not None
    objects = np.array(table.object_id)
    use = (table.impressions >= 50) & (table.spend_minor > 0)
    above = total = 0
    for name in dict.fromkeys(table.object_id):
        mine = use & (objects == name)
        if mine.sum() < 300:
            continue
        logs = np.log(table.spend_minor[mine] / table.impressions[mine])
        hours = table.hour[mine]
        for hour in range(24):
            logs[hours == hour] -= np.median(logs[hours == hour]) if (hours == hour).any() else 0
        logs = logs - logs.mean()
        above += int((logs**4).mean() / (logs**2).mean() ** 2 > 5)
        total += 1
    return above / total


def incident_recall(days: AdDays, seed: int) -> float:
    """Share of click-rate drops by 30 % over 14 days that an EWMA z finds in time.

    One false alarm per 30 days is allowed on untouched series of at least 3 clicks a day.
    """
    rng = np.random.default_rng(seed)
    use = (days.clicks.mean(0) >= 3) & ((days.impressions > 0).mean(0) > 0.95)
    shown, clicked = days.impressions[:, use].T, days.clicks[:, use].T
    quiet = np.concatenate([_ewma_z(s, c)[21:] for s, c in zip(shown, clicked, strict=True)])
    threshold = np.quantile(quiet, 1 - 1 / 30)
    found = tried = 0
    for s, c in zip(shown, clicked, strict=True):
        for begin in rng.integers(28, len(s) - 14, 2):
            hurt = c.copy()
            span = slice(int(begin), int(begin) + 14)
            hurt[span] = rng.binomial(hurt[span].astype(int), 0.7)
            found += bool((_ewma_z(s, hurt)[span] > threshold).any())
            tried += 1
    return found / tried


def _ewma_z(shown: Grid, clicked: Grid) -> Grid:
    """Largest |z| of log click rate, impressions and clicks against their past EWMA."""
    signals = (np.log((clicked + 0.5) / (shown + 50)), np.log(shown + 1), np.log(clicked + 0.5))
    worst = np.zeros(len(shown))
    for signal in signals:
        mean, variance = signal[:7].mean(), max(signal[:7].var(), 0.01)
        for day in range(7, len(signal)):
            gap = signal[day] - mean
            worst[day] = max(worst[day], abs(gap) / np.sqrt(variance))
            mean += 0.1 * gap
            variance = 0.9 * (variance + 0.1 * gap * gap)
    return worst
