"""Insights answers: delivery and results as reported at the world's now."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from sync.sandbox.draws import scramble, uniform
from sync.sandbox.market.account_market import AccountMarket
from sync.sandbox.market.layout import INSTALL, LEAD, PURCHASE, Index, Layout
from sync.sandbox.market.parts import Part
from sync.sandbox.market.reach import reach

Level = Literal["account", "campaign", "adset", "ad"]
IntColumn = NDArray[np.int64]
DateColumn = NDArray[np.datetime64]
Matrix = NDArray[np.int64]
"""Days, windows or hours down, objects across."""

_ACTIONS = {
    "purchases": (
        "purchase",
        "omni_purchase",
        "offsite_conversion.fb_pixel_purchase",
        "onsite_web_purchase",
        "onsite_web_app_purchase",
        "web_in_store_purchase",
    ),
    "baskets": ("add_to_cart", "omni_add_to_cart", "offsite_conversion.fb_pixel_add_to_cart"),
    "checkouts": (
        "initiate_checkout",
        "omni_initiated_checkout",
        "offsite_conversion.fb_pixel_initiate_checkout",
    ),
    "leads": ("lead", "offsite_conversion.fb_pixel_lead"),
    "installs": ("mobile_app_install", "omni_app_install"),
    "link_clicks": ("link_click",),
    "landings": ("landing_page_view", "omni_landing_page_view"),
    "clicks": ("post_engagement", "page_engagement"),
    "plays3": ("video_view",),
}
_ON_META = ("link_clicks", "clicks")
"""What hourly tables may carry: the hour breakdown drops results outside Meta."""
_VIDEO_STEPS = {"plays": 0.8, "p25": 0.3, "p50": 0.17, "p75": 0.1, "p100": 0.06, "thruplays": 0.08}
_THREE_SECONDS = 0.35


class MarketWorld(Protocol):
    """What insights need of a world: an account's market, settled up to now."""

    def market_of(self, account_id: str) -> AccountMarket:
        """Return the settled market; KeyError for an unknown account."""
        ...


@dataclass(frozen=True, slots=True)
class InsightsTable:
    """Rows of an insights answer as columns of equal length.

    Rows without impressions and conversions are left out, as Meta does. ``date`` and
    ``date_stop`` are days in the account's zone, both inclusive. ``hour`` (0-23, account
    zone) stands in hourly tables only: the hour repeated when clocks go back is one row.
    Money is integer minor units of the account's currency. ``reach`` is 0 in hourly tables,
    is not additive, and never exceeds impressions. ``conversions`` maps an action type to
    (count, value in minor units; value all 0 for actions without one). ``video`` maps
    plays, p25, p50, p75, p100, thruplays to counts; hourly tables leave it empty. Rows are
    ordered by object (in order of creation), then date, then hour.
    """

    object_id: list[str]
    date: DateColumn
    date_stop: DateColumn
    hour: NDArray[np.int8] | None
    impressions: IntColumn
    clicks: IntColumn
    inline_link_clicks: IntColumn
    spend_minor: IntColumn
    reach: IntColumn
    conversions: dict[str, tuple[IntColumn, IntColumn]] = field(default_factory=dict)
    video: dict[str, IntColumn] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.object_id)


@dataclass(frozen=True, slots=True)
class _Groups:
    """Ads gathered into the objects asked for."""

    ids: list[str]
    order: Index
    starts: Index
    level: Level
    places: Index

    def total(self, matrix: NDArray[np.integer]) -> Matrix:
        """Add up the ads' columns into the objects' columns."""
        if not len(self.starts) or not len(matrix):
            return np.zeros((len(matrix), len(self.starts)), dtype=np.int64)
        return np.add.reduceat(matrix[:, self.order], self.starts, axis=1, dtype=np.int64)


def insights(
    world: MarketWorld,
    account_id: str,
    level: Level,
    object_ids: list[str] | None,
    since: date,
    until: date,
    increment: Literal["all", "daily"] | int = "all",
    hourly: bool = False,
    only_ads: Sequence[str] | None = None,
) -> InsightsTable:
    """Answer for one account and level, as reported at the world's now.

    ``object_ids`` are ids of that level (None: all; an unknown id has no rows); ``since``
    and ``until`` are days of the account's zone, both inclusive. ``increment`` is "all"
    (one row per object), "daily", or a number of days per row counted from ``since``.
    ``hourly`` adds the hour (rows per day and hour; only the last 35 days have them, no
    website conversions, reach 0). ``only_ads`` leaves out what other ads did. Raises
    KeyError for an unknown account, ValueError for an unknown level or increment, or when
    since is after until.
    """
    asked = _asked(world, account_id, level, object_ids, since, until, increment, only_ads)
    if hourly:
        return _hourly(asked)
    return _by_days(asked, [None])[0]


def insights_by_part(
    world: MarketWorld,
    account_id: str,
    level: Level,
    object_ids: list[str] | None,
    since: date,
    until: date,
    increment: Literal["all", "daily"] | int,
    parts: Sequence[Part],
    only_ads: Sequence[str] | None = None,
) -> list[InsightsTable]:
    """Answer as insights() does, with a table for each part of the ads."""
    asked = _asked(world, account_id, level, object_ids, since, until, increment, only_ads)
    return _by_days(asked, parts)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question with its objects and days found in the market."""

    market: AccountMarket
    groups: "_Groups"
    first: int
    last: int
    step: int
    until: date


def _asked(
    world: MarketWorld,
    account_id: str,
    level: Level,
    object_ids: list[str] | None,
    since: date,
    until: date,
    increment: Literal["all", "daily"] | int,
    only_ads: Sequence[str] | None,
) -> _Asked:
    market = world.market_of(account_id)
    step = _step(increment, since, until)
    if level not in ("account", "campaign", "adset", "ad"):
        raise ValueError(f"unknown level {level!r}: use account, campaign, adset or ad")
    groups = _groups(market.parts.layout, level, object_ids, account_id, only_ads)
    first = market.calendar.day_of_date(since)
    last = min(market.calendar.day_of_date(until), market.history.days - 1)
    return _Asked(market, groups, first, last, step, until)


def _step(increment: Literal["all", "daily"] | int, since: date, until: date) -> int:
    if since > until:
        raise ValueError(f"since ({since}) is after until ({until})")
    if increment == "all":
        return (until - since).days + 1
    step = 1 if increment == "daily" else increment
    if step < 1:
        raise ValueError(f"unknown increment {increment!r}: use all, daily or a number of days")
    return step


def _groups(
    layout: Layout,
    level: Level,
    object_ids: list[str] | None,
    account_id: str,
    only_ads: Sequence[str] | None,
) -> _Groups:
    known, of_ad = {
        "account": ({account_id: 0}, np.zeros(len(layout.ads), dtype=np.intp)),
        "campaign": (layout.campaigns, layout.campaign_of_ad),
        "adset": (layout.adsets, layout.adset_of_ad),
        "ad": (layout.ads, np.arange(len(layout.ads))),
    }[level]
    order = np.argsort(of_ad, kind="stable")
    if object_ids is not None:
        places = [known[i] for i in dict.fromkeys(object_ids) if i in known]
        order = order[np.isin(of_ad[order], places)]
    if only_ads is not None:
        order = order[np.isin(order, [layout.ads[i] for i in only_ads if i in layout.ads])]
    present, starts = np.unique(of_ad[order], return_index=True)
    names = list(known)
    return _Groups([names[i] for i in present], order, starts, level, present)


def _by_days(asked: _Asked, parts: Sequence[Part | None]) -> list[InsightsTable]:
    """Gather days into windows, once for each part; None is the whole."""
    market, groups = asked.market, asked.groups
    begin = max(asked.first, 0)
    days = np.arange(begin, asked.last + 1)
    windows = (days - asked.first) // asked.step
    used, edges = np.unique(windows, return_index=True)
    ads = _ad_columns(market, begin, asked.last, days)
    people = _reach(market, groups, ads["impressions"], edges, asked.step)
    shown = _windows(groups, ads["impressions"], edges)
    tables: list[InsightsTable] = []
    for part in parts:
        mine = ads if part is None else part.of(ads)
        columns = {name: _windows(groups, matrix, edges) for name, matrix in mine.items()}
        met = people if part is None else _share(people, columns["impressions"], shown)
        tables.append(_day_table(asked, columns, met, used))
    return tables


def _windows(groups: _Groups, matrix: Matrix, edges: Index) -> Matrix:
    """Add ads up to objects, and days up to windows."""
    if not len(edges):
        return np.zeros((0, len(groups.ids)), dtype=np.int64)
    return np.asarray(np.add.reduceat(groups.total(matrix), edges, axis=0))


def _share(people: Matrix, part: Matrix, whole: Matrix) -> Matrix:
    """Return the people a part reached: as many of all as of the impressions."""
    met = np.rint(people * (part / np.maximum(whole, 1))).astype(np.int64)
    return np.asarray(np.minimum(np.maximum(met, part > 0), part))


def _day_table(
    asked: _Asked, columns: dict[str, Matrix], people: Matrix, used: Index
) -> InsightsTable:
    """Lay out the windows that have something to show as rows."""
    row, place = _rows(columns)
    flat = {name: matrix[row, place] for name, matrix in columns.items()}
    first_day = asked.market.calendar.first_day
    origin = np.datetime64(first_day, "D")
    start = used[row] * asked.step + asked.first
    stop = np.minimum(start + asked.step - 1, (asked.until - first_day).days)
    return InsightsTable(
        object_id=[asked.groups.ids[i] for i in place.tolist()],
        date=origin + start.astype("timedelta64[D]"),
        date_stop=origin + stop.astype("timedelta64[D]"),
        hour=None,
        impressions=flat["impressions"],
        clicks=flat["clicks"],
        inline_link_clicks=flat["link_clicks"],
        spend_minor=flat["spend"],
        reach=people[row, place],
        conversions=_conversions(flat, tuple(_ACTIONS)),
        video={name: flat["video_" + name] for name in _VIDEO_STEPS},
    )


def _reach(
    market: AccountMarket, groups: _Groups, shown: Matrix, edges: Index, step: int
) -> Matrix:
    """Return the people reached per window and object."""
    if not len(edges):
        return np.zeros((0, len(groups.ids)), dtype=np.int64)
    if len(groups.order) < shown.shape[1]:
        mask = np.zeros(shown.shape[1], dtype=bool)
        mask[groups.order] = True
        shown = shown * mask
    windows = np.add.reduceat(shown, edges, axis=0)
    days = np.full(len(edges), float(step))
    return reach(market.parts.layout, groups.level, windows, days)[:, groups.places]


def _ad_columns(market: AccountMarket, first: int, last: int, days: Index) -> dict[str, Matrix]:
    """Return what is shown per ad and day, (days, ads)."""
    layout, history = market.parts.layout, market.history
    columns = {
        name: history.daily(name, first, last).astype(np.int64, copy=False)
        for name in ("impressions", "clicks", "link_clicks", "spend", "baskets", "checkouts")
    }
    kind = layout.traits.result[layout.campaign_of_ad]
    results = history.daily("results", first, last).astype(np.int64, copy=False)
    columns["value"] = history.daily("value", first, last).astype(np.int64, copy=False)
    for name, which in (("purchases", PURCHASE), ("leads", LEAD), ("installs", INSTALL)):
        columns[name] = results * (kind == which)
    shape = (len(days), len(layout.ads))
    address = (days.astype(np.uint64) << np.uint64(20))[:, None] + layout.ad_keys[None, :]
    chance = uniform(scramble(address))
    arrive = 0.7 + 0.2 * uniform(scramble(layout.ad_keys + np.uint64(84)))
    columns["landings"] = np.floor(columns["link_clicks"] * arrive + chance * 0.5).astype(np.int64)
    taste = layout.moving * (0.7 + 0.6 * uniform(scramble(layout.ad_keys + np.uint64(85))))
    played = columns["impressions"] * taste
    for name, share in _VIDEO_STEPS.items():
        columns["video_" + name] = np.floor(played * share).astype(np.int64).reshape(shape)
    columns["plays3"] = np.floor(played * _THREE_SECONDS).astype(np.int64).reshape(shape)
    return columns


def _rows(columns: dict[str, Matrix]) -> tuple[Index, Index]:
    """Find what has something to show; by object, then time."""
    something = columns["impressions"] > 0
    for name in ("purchases", "leads", "installs"):
        if name in columns:
            something = something | (columns[name] > 0)
    place, row = np.nonzero(something.T)
    return row, place


def _conversions(
    flat: dict[str, IntColumn], which: tuple[str, ...]
) -> dict[str, tuple[IntColumn, IntColumn]]:
    answer = {}
    none = np.zeros(len(flat["impressions"]), dtype=np.int64)
    for source in which:
        value = flat["value"] if source == "purchases" else none
        for action in _ACTIONS[source]:
            answer[action] = (flat[source], value)
    return answer


def _hourly(asked: _Asked) -> InsightsTable:
    """Gather hours (day, clock hour) of the days asked for."""
    market, groups, first, last = asked.market, asked.groups, max(asked.first, 0), asked.last
    width = len(market.parts.layout.ads)
    size = max(last - first + 1, 0) * 24
    names = ("impressions", "clicks", "link_clicks", "spend")
    columns = {n: np.zeros((size, len(groups.ids)), dtype=np.int64) for n in names}
    for block in market.history.blocks:
        if first <= block.day <= last:
            times = (block.day - first) * 24 + block.hours.astype(np.intp)
            for name in names:
                wide = np.zeros((len(times), width), dtype=np.int64)
                wide[:, block.ads] = block.columns[name]
                np.add.at(columns[name], times, groups.total(wide))
    row, place = _rows(columns)
    flat = {name: matrix[row, place] for name, matrix in columns.items()}
    day = np.datetime64(market.calendar.first_day, "D") + (first + row // 24).astype(
        "timedelta64[D]"
    )
    return InsightsTable(
        object_id=[groups.ids[i] for i in place.tolist()],
        date=day,
        date_stop=day,
        hour=(row % 24).astype(np.int8),
        impressions=flat["impressions"],
        clicks=flat["clicks"],
        inline_link_clicks=flat["link_clicks"],
        spend_minor=flat["spend"],
        reach=np.zeros(len(row), dtype=np.int64),
        conversions=_conversions(flat, _ON_META),
    )
