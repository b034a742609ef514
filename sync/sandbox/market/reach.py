"""How many people saw an object: not additive, so worked out per object and window."""

import numpy as np
from numpy.typing import NDArray

from sync.sandbox.draws import Floats
from sync.sandbox.market.layout import Index, Layout
from sync.sandbox.market.sums import sum_by

_OVERLAP_IN_CAMPAIGN, _OVERLAP_IN_ACCOUNT = 0.4, 0.65
_SEEN_ONLINE_DAYS = 5.0


def audience_of(layout: Layout, level: str) -> Floats:
    """Return how many people each object of a level can reach; parents overlap."""
    if level == "ad":
        return layout.audience[layout.adset_of_ad]
    if level == "adset":
        return layout.audience
    campaigns = _joined(
        layout.audience, layout.campaign_of_adset, len(layout.campaigns), _OVERLAP_IN_CAMPAIGN
    )
    if level == "campaign":
        return campaigns
    return _joined(campaigns, np.zeros(len(campaigns), np.intp), 1, _OVERLAP_IN_ACCOUNT)


def reach(impressions: NDArray[np.int64], audience: Floats, days: Floats) -> NDArray[np.int64]:
    """Estimate the people behind impressions in windows of so many days.

    Impressions I spread over the A people met in the window reach A(1 - exp(-I/A)), that
    is a frequency of -ln(1 - reach/A) / (reach/A). In few days fewer people are online.
    """
    online = np.maximum(audience * (1 - 0.55 * np.exp(-days / _SEEN_ONLINE_DAYS)), 1)
    people = np.rint(-online * np.expm1(-impressions / online)).astype(np.int64)
    least = (impressions > 0).astype(np.int64)
    return np.asarray(np.minimum(np.maximum(people, least), impressions))


def _joined(parts: Floats, group: Index, size: int, overlap: float) -> Floats:
    largest = np.zeros(size)
    np.maximum.at(largest, group, parts)
    total = sum_by(group, parts, size)
    return np.asarray(largest + (1 - overlap) * (total - largest))
