"""How many people saw an object: not additive.

Impressions I spread over the A people met in a window reach A(1 - exp(-I/A)) of them, which
is a frequency of -ln(1 - reach/A) / (reach/A). Above the ad set, audiences overlap by
chance: who is missed by all is missed by each.
"""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sync.sandbox.draws import Floats
from sync.sandbox.market.layout import Index, Layout

_Number = TypeVar("_Number", np.int64, np.float64)
_OVERLAP_IN_CAMPAIGN, _OVERLAP_IN_ACCOUNT = 0.4, 0.65
_SEEN_ONLINE_DAYS = 5.0


def reach(
    layout: Layout, level: str, impressions: NDArray[np.int64], days: Floats
) -> NDArray[np.int64]:
    """Estimate the people reached; (windows, objects of the level).

    ``impressions`` is (windows, ads), ``days`` each window's length: in few days fewer
    people are online. A parent reaches at least what each child does, at most their sum.
    """
    online = (1 - 0.55 * np.exp(-days / _SEEN_ONLINE_DAYS))[:, None]
    if level == "ad":
        audience = np.maximum(layout.audience[layout.adset_of_ad] * online, 1)
        return _whole(-audience * np.expm1(-impressions / audience), impressions)
    shown = _sums(impressions, layout.adset_of_ad, len(layout.adsets))
    audience = np.maximum(layout.audience * online, 1)
    people = _whole(-audience * np.expm1(-shown / audience), shown)
    if level == "adset":
        return people
    above, campaigns = layout.campaign_of_adset, len(layout.campaigns)
    crowd = _joined(layout.audience, above, campaigns, _OVERLAP_IN_CAMPAIGN)
    people = _union(people, above, np.maximum(crowd * online, 1), campaigns)
    if level == "campaign":
        return people
    nobody = np.zeros(campaigns, dtype=np.intp)
    crowd = _joined(crowd, nobody, 1, _OVERLAP_IN_ACCOUNT)
    return _union(people, nobody, np.maximum(crowd * online, 1), 1)


def _union(people: NDArray[np.int64], group: Index, crowd: Floats, size: int) -> NDArray[np.int64]:
    """Count who belongs to any of the groups' members; (windows, groups)."""
    missed = np.log1p(-np.minimum(people / crowd[:, group], 1 - 1e-12))
    together = -crowd * np.expm1(_sums(missed, group, size))
    return _whole(together, _sums(people, group, size))


def _whole(people: Floats, most: NDArray[np.int64]) -> NDArray[np.int64]:
    least = (most > 0).astype(np.int64)
    return np.asarray(np.minimum(np.maximum(np.rint(people).astype(np.int64), least), most))


def _sums(matrix: NDArray[_Number], group: Index, size: int) -> NDArray[_Number]:
    total = np.zeros((size, len(matrix)), dtype=matrix.dtype)
    np.add.at(total, group, matrix.T)
    return total.T


def _joined(parts: Floats, group: Index, size: int, overlap: float) -> Floats:
    largest, total = np.zeros(size), np.zeros(size)
    np.maximum.at(largest, group, parts)
    np.add.at(total, group, parts)
    return np.asarray(largest + (1 - overlap) * (total - largest))
