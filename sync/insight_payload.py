"""Insights rows as Meta sends them, decoded into typed values by the page.

Meta sends every number as text and leaves out what is zero. A row that can't be
read is set aside with the beginning of its text; it never spoils its page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.domain.readings import SetAside
from sync.amounts import LARGEST_MAJOR

Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Amount = Annotated[float, msgspec.Meta(ge=0, le=LARGEST_MAJOR)]
Number = Annotated[float, msgspec.Meta(ge=-LARGEST_MAJOR, le=LARGEST_MAJOR)] | None
# Of rows set aside this many of a page are kept, each cut at so many characters.
KEPT_ROWS = 100
KEPT_CHARACTERS = 2000
# Marks an amount that is not there.
ABSENT = -1.0
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class ActionItem(msgspec.Struct, gc=False):
    """One entry of an action list; `value` is missing on some kinds.

    The other numbers are those of single attribution windows, there only when asked.
    """

    action_type: str
    value: Number = None
    click_1d: Number = msgspec.field(default=None, name="1d_click")
    click_7d: Number = msgspec.field(default=None, name="7d_click")
    click_28d: Number = msgspec.field(default=None, name="28d_click")
    view_1d: Number = msgspec.field(default=None, name="1d_view")
    engaged_1d: Number = msgspec.field(default=None, name="1d_ev")


# How the value of each attribution window is read off an entry; empty is the default.
ATTRIBUTIONS: dict[str, Callable[[ActionItem], float | None]] = {
    "": attrgetter("value"),
    "1d_click": attrgetter("click_1d"),
    "7d_click": attrgetter("click_7d"),
    "28d_click": attrgetter("click_28d"),
    "1d_view": attrgetter("view_1d"),
    "1d_ev": attrgetter("engaged_1d"),
}


class HourRow(msgspec.Struct, gc=False):
    """The numbers of one object in one hour; a missing count is zero."""

    campaign_id: str = ""
    adset_id: str = ""
    ad_id: str = ""
    date_start: str = ""
    date_stop: str = ""
    hour: str = msgspec.field(default="", name="hourly_stats_aggregated_by_advertiser_time_zone")
    impressions: Count = 0
    clicks: Count = 0
    inline_link_clicks: Count = 0
    spend: Amount = ABSENT


class DayRow(HourRow, gc=False):
    """The numbers of one object in one day or longer, with its actions."""

    reach: Count = 0
    video_play_actions: list[ActionItem] | None = None
    video_thruplay_watched_actions: list[ActionItem] | None = None
    actions: list[ActionItem] | None = None
    action_values: list[ActionItem] | None = None


Row = HourRow | DayRow
_RowDecoder = msgspec.json.Decoder[HourRow] | msgspec.json.Decoder[DayRow]
# Meta sends every number as text; `strict=False` reads numbers out of text.
_HOUR_PAGE = msgspec.json.Decoder(list[HourRow], strict=False)
_DAY_PAGE = msgspec.json.Decoder(list[DayRow], strict=False)
_HOUR_ROW = msgspec.json.Decoder(HourRow, strict=False)
_DAY_ROW = msgspec.json.Decoder(DayRow, strict=False)
_RAW_PAGE = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(slots=True)
class Page:
    """A page while it is read: its text, its rows, and what was set aside.

    `parts` are the texts of the rows, where they had to be decoded one by one.
    """

    raw: msgspec.Raw | bytes
    rows: list[Row]
    parts: list[msgspec.Raw] | None = None
    reasons: Counter[str] = field(default_factory=Counter)
    aside: list[SetAside] = field(default_factory=list)

    def put_aside(self, reason: str, text: msgspec.Raw | bytes) -> None:
        """Count a row that can't be read, and keep the beginning of its text."""
        self.reasons[reason] += 1
        if len(self.aside) < KEPT_ROWS:
            start = bytes(memoryview(text)[: 4 * KEPT_CHARACTERS]).decode("utf-8", "replace")
            self.aside.append(SetAside(reason, start[:KEPT_CHARACTERS].replace("\0", "\ufffd")))

    def put_aside_where(self, checks: dict[str, NDArray[np.bool_]]) -> NDArray[np.bool_]:
        """Return which rows fail; each is counted under its first reason."""
        bad = np.zeros(len(self.rows), dtype=np.bool_)
        for reason, failed in checks.items():
            for place in np.flatnonzero(failed & ~bad):
                if self.parts is None:
                    self.parts = _RAW_PAGE.decode(self.raw)
                self.put_aside(reason, self.parts[place])
            bad |= failed
        return bad


def decode_page(raw: msgspec.Raw | bytes, *, hourly: bool) -> Page:
    """Decode a page at once, or row by row when one of them is bad."""
    one: _RowDecoder = _HOUR_ROW if hourly else _DAY_ROW
    try:
        return Page(raw, list(_HOUR_PAGE.decode(raw) if hourly else _DAY_PAGE.decode(raw)))
    except _BROKEN:
        pass
    page = Page(raw, [])
    try:
        parts = _RAW_PAGE.decode(raw)
    except _BROKEN as error:
        page.put_aside(f"a page that is no list of rows: {error}", raw)
        return page
    page.parts = []
    for part in parts:
        try:
            row: Row = one.decode(part)
        except _BROKEN as error:
            mended = _with_text_ids(part, one)
            if mended is None:
                page.put_aside(str(error).replace("`", ""), part)
                continue
            row = mended
        page.rows.append(row)
        page.parts.append(part)
    return page


def _with_text_ids(part: msgspec.Raw, decoder: _RowDecoder) -> Row | None:
    """Decode a row whose ids came as numbers, none when that was not the fault."""
    try:
        loose = msgspec.json.decode(part)
        if not isinstance(loose, dict):
            return None
        for name in ("campaign_id", "adset_id", "ad_id"):
            if type(loose.get(name)) is int:
                loose[name] = str(loose[name])
        return decoder.decode(msgspec.json.encode(loose))
    except (*_BROKEN, msgspec.ValidationError, UnicodeEncodeError):
        return None
