"""What was done to objects, in order of time: the market replays it."""

from dataclasses import dataclass

from sync.sandbox.records import AdRecord, AdSetRecord, CampaignRecord, JsonValue


@dataclass(frozen=True, slots=True)
class Edit:
    """A field of an object changed at ``time`` (unix seconds)."""

    time: float
    object_id: str
    field: str
    before: JsonValue
    after: JsonValue


@dataclass(frozen=True, slots=True)
class Addition:
    """Objects as they were when added at ``time``, unix seconds."""

    time: float
    campaigns: tuple[CampaignRecord, ...] = ()
    adsets: tuple[AdSetRecord, ...] = ()
    ads: tuple[AdRecord, ...] = ()


Entry = Edit | Addition
