"""Who belongs to whom in an account, and what the market is like for each."""

from copy import copy
from dataclasses import dataclass, field
from math import erf, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from sync.sandbox.draws import DailyNormals, Floats, Keys, key, normal
from sync.sandbox.scenarios import MarketParameters

Index = NDArray[np.intp]
PURCHASE, LEAD, INSTALL = 0, 1, 2
"""What a campaign's results are."""

# Objective: kind of result, share of the scenario's conversions per click it gets. Campaigns
# that are not after conversions draw a lighter kind of visitor.
_RESULTS = {
    "OUTCOME_SALES": (PURCHASE, 1.0),
    "OUTCOME_LEADS": (LEAD, 1.0),
    "OUTCOME_APP_PROMOTION": (INSTALL, 1.0),
    "OUTCOME_TRAFFIC": (PURCHASE, 0.4),
    "OUTCOME_ENGAGEMENT": (PURCHASE, 0.3),
    "OUTCOME_AWARENESS": (PURCHASE, 0.3),
}
VIDEOS_IN_HUNDRED = 45
_LUCKY = ("campaign today", "ad today", "adset today", "campaign drift", "ad drift",
          "adset drift")  # fmt: skip
_STARVED_SHARE, _STARVED_WEIGHT = 0.36, 0.075
# Clicks and prices move together inside an account: who clicks more is dearer to show to.
_PRICE_FOLLOWS_CLICKS = 0.96


@dataclass(slots=True)
class CampaignTraits:
    """What a campaign's market is like, drawn once; money in minor units."""

    cpm: Floats = field(default_factory=lambda: np.zeros(0))
    ctr: Floats = field(default_factory=lambda: np.zeros(0))
    cvr: Floats = field(default_factory=lambda: np.zeros(0))
    aov: Floats = field(default_factory=lambda: np.zeros(0))
    alpha: Floats = field(default_factory=lambda: np.zeros(0))
    half: Floats = field(default_factory=lambda: np.zeros(0))
    adstock: Floats = field(default_factory=lambda: np.zeros(0))
    audience: Floats = field(default_factory=lambda: np.zeros(0))
    result: Index = field(default_factory=lambda: np.zeros(0, dtype=np.intp))


class Layout:
    """An account's campaigns, ad sets and ads as columns.

    Objects are only ever added.
    """

    def __init__(self, market: MarketParameters, seed: int, offset: int) -> None:
        """Start empty; ``offset`` is the currency's minor units per major unit."""
        self.market = market
        self.seed = seed
        self.offset = offset
        self.campaigns: dict[str, int] = {}
        self.adsets: dict[str, int] = {}
        self.ads: dict[str, int] = {}
        self.traits = CampaignTraits()
        empty = np.zeros(0, dtype=np.intp)
        self.campaign_of_adset: Index = empty
        self.adset_of_ad: Index = empty
        self.campaign_of_ad: Index = empty
        self.campaign_keys: Keys = np.zeros(0, dtype=np.uint64)
        self.adset_keys: Keys = np.zeros(0, dtype=np.uint64)
        self.ad_keys: Keys = np.zeros(0, dtype=np.uint64)
        self.audience: Floats = np.zeros(0)
        self.log_ctr: Floats = np.zeros(0)
        self.ad_cvr: Floats = np.zeros(0)
        self.starved: Floats = np.zeros(0)
        self.moving: Floats = np.zeros(0)
        self.luck = {level: DailyNormals(n) for n, level in enumerate(_LUCKY, start=40)}

    def copy(self) -> "Layout":
        """Return a copy that may gain objects of its own."""
        twin = copy(self)
        twin.campaigns, twin.adsets, twin.ads = (
            dict(self.campaigns),
            dict(self.adsets),
            dict(self.ads),
        )
        twin.traits = copy(self.traits)
        return twin

    def add_campaigns(self, ids: list[str], objectives: list[str]) -> None:
        """Add campaigns and draw their market."""
        start = len(self.campaigns)
        self.campaigns.update({id_: start + i for i, id_ in enumerate(ids)})
        keys = self._keys(ids)
        self.campaign_keys = np.concatenate([self.campaign_keys, keys])
        market, offset = self.market, self.offset
        taste = normal(keys, 1)
        rank_price = _PRICE_FOLLOWS_CLICKS * taste + np.sqrt(1 - _PRICE_FOLLOWS_CLICKS**2) * normal(
            keys, 2
        )
        kinds = [_RESULTS.get(o, (PURCHASE, 1.0)) for o in objectives]
        drawn = CampaignTraits(
            cpm=_between(rank_price, market.cpm) * offset,
            ctr=_between(taste, market.ctr),
            cvr=_between(normal(keys, 3), market.cvr) * np.array([k[1] for k in kinds]),
            aov=_between(normal(keys, 4), market.aov) * offset,
            alpha=_between(normal(keys, 5), market.saturation_alpha),
            half=_between(normal(keys, 6), market.half_saturation),
            adstock=_between(normal(keys, 7), market.adstock),
            audience=_between(normal(keys, 8), market.audience_size),
            result=np.array([k[0] for k in kinds], dtype=np.intp),
        )
        for name in CampaignTraits.__slots__:
            before, new = getattr(self.traits, name), getattr(drawn, name)
            setattr(self.traits, name, np.concatenate([before, new]))

    def add_adsets(self, ids: list[str], campaigns: list[str]) -> None:
        """Add ad sets below their campaigns."""
        start = len(self.adsets)
        self.adsets.update({id_: start + i for i, id_ in enumerate(ids)})
        owners = np.array([self.campaigns[c] for c in campaigns], dtype=np.intp)
        keys = self._keys(ids)
        self.adset_keys = np.concatenate([self.adset_keys, keys])
        self.campaign_of_adset = np.concatenate([self.campaign_of_adset, owners])
        self.audience = np.concatenate([self.audience, np.round(self.traits.audience[owners])])

    def add_ads(self, ids: list[str], adsets: list[str], creatives: list[str]) -> None:
        """Add ads below their ad sets; the creative decides how well they do."""
        start = len(self.ads)
        self.ads.update({id_: start + i for i, id_ in enumerate(ids)})
        owners = np.array([self.adsets[s] for s in adsets], dtype=np.intp)
        keys, looks = self._keys(ids), self._keys(creatives)
        self.ad_keys = np.concatenate([self.ad_keys, keys])
        self.adset_of_ad = np.concatenate([self.adset_of_ad, owners])
        self.campaign_of_ad = self.campaign_of_adset[self.adset_of_ad]
        self.log_ctr = np.concatenate([self.log_ctr, self._log_ctr_of(looks)])
        self.ad_cvr = np.concatenate([self.ad_cvr, np.exp(0.2 * normal(looks, 10) - 0.02)])
        self.moving = np.concatenate([self.moving, is_video(looks).astype(np.float64)])
        unlucky = normal(keys, 11) < _quantile(_STARVED_SHARE)
        self.starved = np.concatenate([self.starved, np.where(unlucky, _STARVED_WEIGHT, 1.0)])

    def swap_creative(self, ad: int, creative: str) -> None:
        """Give an ad another creative, with its own luck."""
        look = self._keys([creative])
        self.log_ctr = self.log_ctr.copy()
        self.ad_cvr = self.ad_cvr.copy()
        self.log_ctr[ad] = self._log_ctr_of(look)[0]
        self.ad_cvr[ad] = np.exp(0.2 * normal(look, 10) - 0.02)[0]

    def _log_ctr_of(self, looks: Keys) -> Floats:
        spread = self.market.ctr_log_sd
        return np.asarray(spread * normal(looks, 9) - spread**2 / 2)

    def _keys(self, ids: list[str]) -> Keys:
        return np.array([key(self.seed, int(i)) for i in ids], dtype=np.uint64)


def is_video(looks: Keys) -> NDArray[np.bool_]:
    """Tell which creatives are videos, from their keys."""
    return np.asarray(looks % np.uint64(100) < VIDEOS_IN_HUNDRED)


def _quantile(share: float) -> float:
    return NormalDist().inv_cdf(share)


def _between(z: Floats, span: tuple[float, float]) -> Floats:
    """Turn standard normals into uniforms of the span (so ranks may be correlated)."""
    share = np.array([0.5 * (1 + erf(float(v) / sqrt(2))) for v in z])
    return span[0] + (span[1] - span[0]) * share
