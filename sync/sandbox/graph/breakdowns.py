"""Breakdowns of insights: which may be mixed, and what they split into.

Shares belong to each ad: drawn around usual ones, bounded by its ad set's
targeting. The market itself knows nothing of ages or platforms.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sync.sandbox.draws import Floats, Keys, bits
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import GraphError, bad_value
from sync.sandbox.market.parts import Part, drawn_weights, parts_of
from sync.sandbox.records import AdRecord

HOURLY = "hourly_stats_aggregated_by_advertiser_time_zone"
HOURLY_OF_AUDIENCE = "hourly_stats_aggregated_by_audience_time_zone"
# Asked without an opt-in these answer with no rows and no error, as at Meta since August 2026.
OPT_IN = ("impression_device", HOURLY_OF_AUDIENCE, "frequency_value")
ASSETS = tuple(
    f"{part}_asset"
    for part in "ad_format body call_to_action description image link_url title video".split()
)
_ENDED = ("dma",)
_MIXES = {
    frozenset(mix.split(","))
    for mix in (
        "age gender age,gender country region publisher_platform "
        "publisher_platform,platform_position publisher_platform,impression_device "
        "publisher_platform,platform_position,impression_device impression_device product_id "
        f"frequency_value {HOURLY} {HOURLY_OF_AUDIENCE}"
    ).split()
} | {frozenset((asset,)) for asset in ASSETS}
OFF_META_DROPPED = ("region", HOURLY, HOURLY_OF_AUDIENCE)
"""Breakdowns that lose what happened outside Meta."""

ON_META = ("link_click", "page_engagement", "post_engagement", "video_view")

_AGES = {"18-24": 0.14, "25-34": 0.27, "35-44": 0.24, "45-54": 0.17, "55-64": 0.11, "65+": 0.07}
_GENDERS = {"female": 0.5, "male": 0.47, "unknown": 0.03}
_POSITIONS = {
    ("facebook", "feed"): 0.3,
    ("facebook", "facebook_reels"): 0.08,
    ("facebook", "facebook_stories"): 0.05,
    ("facebook", "marketplace"): 0.04,
    ("facebook", "right_hand_column"): 0.02,
    ("facebook", "video_feeds"): 0.03,
    ("instagram", "feed"): 0.17,
    ("instagram", "instagram_reels"): 0.14,
    ("instagram", "instagram_stories"): 0.1,
    ("instagram", "instagram_explore"): 0.02,
    ("audience_network", "an_classic"): 0.03,
    ("audience_network", "rewarded_video"): 0.01,
    ("messenger", "messenger_stories"): 0.01,
}
_DEVICES = {
    "android_smartphone": 0.48,
    "iphone": 0.33,
    "desktop": 0.12,
    "ipad": 0.03,
    "android_tablet": 0.03,
    "other": 0.01,
}
_TIMES_SEEN = {"1": 0.55, "2": 0.2, "3": 0.1, "4": 0.05, "5": 0.04, "6-10": 0.04, ">10": 0.02}
_REGIONS = {
    "DE": ("Bayern", "Berlin", "Hamburg", "Hessen", "Nordrhein-Westfalen"),
    "GB": ("England", "Northern Ireland", "Scotland", "Wales"),
    "PL": ("Lesser Poland Voivodeship", "Masovian Voivodeship", "Silesian Voivodeship"),
    "UA": ("Kyiv", "Kharkiv Oblast", "Lviv Oblast", "Odessa Oblast", "Dnipropetrovsk Oblast"),
    "US": ("California", "Florida", "Illinois", "New York", "Texas", "Washington"),
}
_PRODUCTS = 5
Labels = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Ads:
    """The ads of an account, in the market's order, with their keys."""

    context: GraphContext
    records: Sequence[AdRecord]
    keys: Keys

    def countries(self) -> list[list[str]]:
        """Return the countries each ad is shown in."""
        adsets = self.context.world.adsets
        known: dict[str, list[str]] = {}
        for ad in self.records:
            if ad.adset_id not in known:
                geo = adsets[ad.adset_id].targeting.get("geo_locations")
                named = geo.get("countries") if isinstance(geo, dict) else None
                codes = [str(one) for one in named] if isinstance(named, list) else []
                known[ad.adset_id] = [{"UK": "GB"}.get(one, one) for one in codes] or ["US"]
        return [known[ad.adset_id] for ad in self.records]


def check_mix(asked: Sequence[str]) -> None:
    """Refuse breakdowns that Meta does not mix, or has no data for any more."""
    if any(name in _ENDED for name in asked):
        raise GraphError(
            message="(#2) Invalid breakdowns - no data available", code=2, subcode=1504041
        )
    if asked and frozenset(asked) not in _MIXES:
        names = ", ".join(asked)
        raise bad_value(f"Current combination of data breakdown columns ({names}) is invalid")


def split(
    context: GraphContext, account_id: str, asked: Sequence[str], most_products: int | None
) -> list[tuple[dict[str, str], Part]]:
    """Return the breakdowns' values, each with its part of every ad."""
    layout = context.world.market_of(account_id).parts.layout
    records = [context.world.ads[one] for one in layout.ads]
    ads = _Ads(context, records, layout.ad_keys)
    names, labels, weights = _mixed(ads, frozenset(asked), most_products)
    order = [names.index(name) for name in asked]
    return [
        ({names[i]: label[i] for i in order}, part)
        for label, part in zip(labels, parts_of(weights), strict=False)
    ]


def _mixed(
    ads: _Ads, asked: frozenset[str], most_products: int | None
) -> tuple[list[str], list[Labels], Floats]:
    """Return the breakdowns, their values and each ad's weights of these."""
    if asked & set(ASSETS):  # no ad of a sandbox is built of several assets
        return list(asked), [], np.zeros((0, len(ads.records)))
    if "publisher_platform" in asked:
        return _placements(ads, asked)
    if asked == {"age", "gender"}:
        ages, of_age = _ages(ads)
        genders, of_gender = _drawn(_GENDERS, 52)(ads)
        pairs = [(*age, *gender) for age in ages for gender in genders]
        return ["age", "gender"], pairs, np.vstack([row * of_gender for row in of_age])
    (name,) = asked
    if name == "product_id":
        return [name], *_products(ads, most_products)
    return [name], *_SINGLE[name](ads)


def _drawn(base: dict[str, float], purpose: int) -> Callable[[_Ads], tuple[list[Labels], Floats]]:
    def draw(ads: _Ads) -> tuple[list[Labels], Floats]:
        weights = drawn_weights(list(base.values()), ads.keys, purpose, 0.3)
        return [(name,) for name in base], weights

    return draw


def _ages(ads: _Ads) -> tuple[list[Labels], Floats]:
    """Draw ages, none outside the ad set's targeting."""
    labels, weights = _drawn(_AGES, 51)(ads)
    adsets = ads.context.world.adsets
    limits = [adsets[ad.adset_id].targeting for ad in ads.records]
    oldest = np.array([_age(target.get("age_max"), 65) for target in limits])
    youngest = np.array([_age(target.get("age_min"), 18) for target in limits])
    for row, (name,) in enumerate(labels):
        first, _, last = name.rstrip("+").partition("-")
        weights[row] *= (int(first) <= oldest) & (int(last or 99) >= youngest)
    return labels, weights


def _age(value: object, default: int) -> int:
    return value if isinstance(value, int) else default


def _placements(ads: _Ads, asked: frozenset[str]) -> tuple[list[str], list[Labels], Floats]:
    """Draw platforms, with positions and devices where those are asked too."""
    names = ["publisher_platform"]
    labels: list[Labels] = list(_POSITIONS)
    weights = drawn_weights(list(_POSITIONS.values()), ads.keys, 53, 0.3)
    if "platform_position" in asked:
        names.append("platform_position")
    else:
        platforms = list(dict.fromkeys(platform for platform, _position in _POSITIONS))
        weights = np.vstack(
            [weights[[p == one for p, _position in _POSITIONS]].sum(axis=0) for one in platforms]
        )
        labels = [(platform,) for platform in platforms]
    if "impression_device" in asked:
        names.append("impression_device")
        devices, of_device = _drawn(_DEVICES, 54)(ads)
        labels = [(*label, *device) for label in labels for device in devices]
        weights = np.vstack([row * of_device for row in weights])
    return names, labels, weights


def _countries(ads: _Ads) -> tuple[list[Labels], Floats]:
    shown = ads.countries()
    codes = sorted({code for one in shown for code in one})
    place = {code: row for row, code in enumerate(codes)}
    weights = np.zeros((len(codes), len(shown)))
    for column, one in enumerate(shown):
        weights[[place[code] for code in one], column] = 1.0
    return [(code,) for code in codes], weights


def _regions(ads: _Ads) -> tuple[list[Labels], Floats]:
    """Draw regions of the countries each ad is shown in."""
    labels: list[Labels] = []
    rows: list[Floats] = []
    codes, of_country = _countries(ads)
    for (code,), weight in zip(codes, of_country, strict=True):
        regions = _REGIONS.get(code, ("Unknown",))
        base = [1 / (place + 1) for place in range(len(regions))]
        rows += [row * weight for row in drawn_weights(base, ads.keys, 55, 0.2)]
        labels += [(region,) for region in regions]
    return labels, np.vstack(rows)


def _products(ads: _Ads, most: int | None) -> tuple[list[Labels], Floats]:
    """Draw products, for the ads of campaigns that sell."""
    count = _PRODUCTS if most is None else min(most, _PRODUCTS)
    campaigns = ads.context.world.campaigns
    sells = [campaigns[ad.campaign_id].objective == "OUTCOME_SALES" for ad in ads.records]
    base = [1 / (place + 1) for place in range(_PRODUCTS)]
    weights = drawn_weights(base, ads.keys, 56, 0.4) * np.array(sells, dtype=float)
    account = int(ads.records[0].account_id) if ads.records else 0
    numbers = bits(np.arange(_PRODUCTS, dtype=np.uint64), account) % np.uint64(10**15)
    labels: list[Labels] = [(str(5 * 10**15 + int(number)),) for number in numbers]
    # Products beyond the limit keep their share, without a label: what is shown does not grow.
    return labels[:count], weights


_SINGLE: dict[str, Callable[[_Ads], tuple[list[Labels], Floats]]] = {
    "age": _ages,
    "gender": _drawn(_GENDERS, 52),
    "country": _countries,
    "region": _regions,
    "impression_device": _drawn(_DEVICES, 54),
    "frequency_value": _drawn(_TIMES_SEEN, 57),
}
