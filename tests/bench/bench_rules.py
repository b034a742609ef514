"""Rules against plain NumPy: 1,000 rules on 10,000 campaigns, in one run.

    python -m tests.bench.bench_rules

The yardstick does what a hurried colleague would write: metrics as float64 arrays
(NaN where unknown), rules prepared as lists of (array, operator, threshold), masks
joined with `&`. Both sides get the same numbers, start from the sums by window, and must
find the same campaigns for every rule. The seed is drawn anew and printed; SEED
in the environment repeats a run.
"""

from __future__ import annotations

import os
import secrets
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.domain.rule import Rule
from engine.rules.evaluate import CompiledRules
from engine.rules.parse import parse_rule

RULES, CAMPAIGNS, ROUNDS = 1_000, 10_000, 7
WINDOWS = ("24h", "48h", "today", "yesterday", "3d", "7d", "30d")
SUMS = ("impressions", "clicks", "link_clicks", "spend", "conversions", "revenue")
# metric: numerator and denominator with their factors (100 minor units are a major one)
RATIOS = {
    "ctr": ("clicks", 100.0, "impressions", 1.0),
    "cpc": ("spend", 1.0, "clicks", 100.0),
    "cpm": ("spend", 1000.0, "impressions", 100.0),
    "cpa": ("spend", 1.0, "conversions", 100.0),
    "roas": ("revenue", 1.0, "spend", 1.0),
    "cvr": ("conversions", 100.0, "link_clicks", 1.0),
}
LIMIT = 8.0

Mask = NDArray[np.bool_]
Column = NDArray[np.float64]
COMPARE: dict[str, Callable[[Column, float], Mask]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


@dataclass(frozen=True)
class Condition:
    """One comparison of the workload; `minimum` is the guard on impressions, 0 for none."""

    metric: str
    window: str
    operator: str
    value: float
    minimum: int


def workload(rng: np.random.Generator) -> tuple[pl.DataFrame, list[list[Condition]]]:
    """Return a frame of 10,000 campaigns of 100 accounts, and 1,000 rules of 1-4 conditions."""
    frame = frame_of(rng)
    rules = []
    for _ in range(RULES):
        conditions = []
        for _ in range(int(rng.integers(1, 5))):
            metric = str(rng.choice([*RATIOS, "spend", "impressions"]))
            window = str(rng.choice(WINDOWS))
            operator = str(rng.choice(list(COMPARE)))
            seen = metric_values(frame, metric, window)
            value = round(float(np.nanquantile(seen, rng.uniform(0.1, 0.9))), 4)
            minimum = int(rng.choice([0, 0, 100, 1000]))
            conditions.append(Condition(metric, window, operator, value, minimum))
        rules.append(conditions)
    return frame, rules


def frame_of(rng: np.random.Generator) -> pl.DataFrame:
    """Return the window frame: zeros where nothing happened, nulls in one account."""
    number = np.arange(CAMPAIGNS)
    ids = [f"{1_000_000 + i}" for i in number]
    columns: dict[str, object] = {
        "object_id": ids,
        "account_id": [f"{i % 100}" for i in number],
        "parent_id": pl.Series([None] * CAMPAIGNS, dtype=pl.String),
        "status": rng.choice(["ACTIVE", "PAUSED"], CAMPAIGNS),
        "effective_status": ["ACTIVE"] * CAMPAIGNS,
        "currency_offset": np.full(CAMPAIGNS, 100),
    }
    means = dict(zip(SUMS, (4000, 60, 40, 9000, 2, 20000), strict=True))
    size = rng.lognormal(0, 1.2, CAMPAIGNS)
    for window in WINDOWS:
        for name, mean in means.items():
            drawn = pl.Series(rng.poisson(mean * size * rng.uniform(0.2, 8))).cast(pl.Int64)
            unknown = pl.Series((number % 100 == 7) & (window in {"24h", "48h"}))
            columns[f"{name}@{window}"] = drawn.set(unknown, None)
    return pl.DataFrame(columns)


def metric_values(frame: pl.DataFrame, metric: str, window: str) -> Column:
    """Return a metric in major units as NumPy calculates it, NaN where unknown."""

    def column(name: str) -> Column:
        values: Column = frame.get_column(f"{name}@{window}").cast(pl.Float64).to_numpy()
        return values

    if metric not in RATIOS:
        return column(metric) / 100.0 if metric == "spend" else column(metric)
    top, more, bottom, less = RATIOS[metric]
    below = column(bottom)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below == 0, np.nan, column(top) * more / (below * less))


def plain_numpy(frame: pl.DataFrame, rules: list[list[Condition]]) -> list[Mask]:
    """Return the campaigns of every rule: the yardstick."""
    metrics = {
        (name, window): metric_values(frame, name, window)
        for window in WINDOWS
        for name in (*RATIOS, "spend", "impressions")
    }
    found = []
    for conditions in rules:
        mask: Mask | None = None
        for one in conditions:
            part = COMPARE[one.operator](metrics[one.metric, one.window], one.value)
            if one.minimum:
                part &= metrics["impressions", one.window] >= one.minimum
            mask = part if mask is None else mask & part
        assert mask is not None
        found.append(mask)
    return found


def documents(rules: list[list[Condition]]) -> list[Rule]:
    """Return the same rules in the rule language, parsed."""
    found = []
    for place, conditions in enumerate(rules):
        items = [
            {
                "metric": one.metric,
                "operator": one.operator,
                "value": one.value,
                "time_window": one.window,
                **({"min_impressions": one.minimum} if one.minimum else {}),
            }
            for one in conditions
        ]
        document = {"name": f"rule {place}", "conditions": items, "actions": [{"type": "pause"}]}
        found.append(parse_rule(document, rule_id=f"r{place}", version=1))
    return found


def run(drawn: int) -> float:
    """Print times and checksums of both sides; return how many times slower the engine is."""
    frame, rules = workload(np.random.default_rng(drawn))
    parsed = documents(rules)
    started = time.perf_counter()
    compiled = CompiledRules(parsed)
    built = time.perf_counter() - started
    as_of = datetime(2026, 1, 1, tzinfo=UTC)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(seconds(lambda: plain_numpy(frame, rules)))
        ours.append(seconds(lambda: compiled.evaluate(frame, as_of).counts()))
    masks = plain_numpy(frame, rules)
    evaluation = compiled.evaluate(frame, as_of)
    ids = np.array(frame.get_column("object_id").to_list())
    for place, mask in enumerate(masks):
        assert evaluation.matches(f"r{place}") == ids[mask].tolist(), f"rule {place} differs"
    checksum = sum(int(mask.sum()) for mask in masks)
    ratio = statistics.median(ours) / statistics.median(theirs)
    print(f"seed {drawn}; {RULES} rules, {CAMPAIGNS} campaigns, {sum(map(len, rules))} conditions")
    print(f"true verdicts {checksum} on both sides; unknown {evaluation.counts()}")
    print(f"compiling once {built * 1e3:.0f} ms")
    print(f"NumPy float64  {statistics.median(theirs) * 1e3:.1f} ms (median of {ROUNDS})")
    print(f"the engine     {statistics.median(ours) * 1e3:.1f} ms with counts of three answers")
    print(f"ratio          {ratio:.2f} (limit {LIMIT:g})")
    return ratio


def seconds(work: Callable[[], object]) -> float:
    """Return how long one call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def seed() -> int:
    """Return the seed of this run: SEED of the environment, else drawn."""
    return int(os.environ.get("SEED", secrets.randbelow(10**6)))


def test_a_thousand_rules_on_ten_thousand_campaigns() -> None:
    assert run(seed()) <= LIMIT


if __name__ == "__main__":
    raise SystemExit(0 if run(seed()) <= LIMIT else 1)
