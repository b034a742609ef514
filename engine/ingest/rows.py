"""One pushed insights row, in our words or in Meta's.

Both are understood, so that a row of Meta's insights edge can be pushed as it
came: `object_id` or `campaign_id`, `date` or `date_start`, `hour` or the label of
Meta's hourly breakdown, `link_clicks` or `inline_link_clicks`. Money is in major
units of the account's currency, as Meta's insights give it.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

# Beyond it neither a count of a day nor an amount of money means anything.
_LARGEST = 1e12
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Amount = Annotated[float, msgspec.Meta(ge=-_LARGEST, le=_LARGEST)]


class Event(msgspec.Struct, gc=False):
    """Some actions of one type: how many, or what they were worth."""

    action_type: str
    value: Amount = 0.0


class PushedRow(msgspec.Struct, gc=False):
    """The numbers of one object in one day or hour; what is absent is unknown.

    `conversions` and `revenue` are by action type; `actions` and `action_values`
    say the same in Meta's words.
    """

    account_id: str = ""
    level: str = ""
    object_id: str = ""
    campaign_id: str = ""
    adset_id: str = ""
    ad_id: str = ""
    date: str = ""
    date_start: str = ""
    date_stop: str = ""
    hour: Annotated[int, msgspec.Meta(ge=0, le=23)] | None = None
    hour_label: str = msgspec.field(
        default="", name="hourly_stats_aggregated_by_advertiser_time_zone"
    )
    impressions: Count | None = None
    clicks: Count | None = None
    link_clicks: Count | None = None
    inline_link_clicks: Count | None = None
    spend: Amount | None = None
    reach: Count | None = None
    video_plays: Count | None = None
    thruplays: Count | None = None
    conversions: dict[str, Amount] | None = None
    revenue: dict[str, Amount] | None = None
    actions: list[Event] | None = None
    action_values: list[Event] | None = None


KNOWN_FIELDS = frozenset(PushedRow.__struct_encode_fields__)


class SetAside(msgspec.Struct, frozen=True):
    """A row that could not be taken: its place, from 1 on, and why."""

    row: int
    reason: str
