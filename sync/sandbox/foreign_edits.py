"""Edits by somebody else, as a scenario's events order them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from sync.sandbox.draws import bits, key, uniform
from sync.sandbox.market.calendar import HOUR
from sync.sandbox.market.edits import Edit
from sync.sandbox.market.happenings import affected, chosen_below
from sync.sandbox.records import AdSetRecord, CampaignRecord, JsonObject, JsonValue
from sync.sandbox.scenarios import Event

_LARGEST_BUDGET = 1e12
_FACTORS = (0.6, 1.4, 1.4, 0.0)


@dataclass(frozen=True, slots=True)
class ForeignEdit:
    """A change somebody else made, of one Graph field.

    ``time`` is aware, in UTC.
    """

    time: datetime
    object_id: str
    field: str
    before: JsonValue
    after: JsonValue


@dataclass(frozen=True, slots=True)
class PlannedEdit:
    """A change to come: the budget times ``factor``, 0 pauses."""

    time: float
    campaign_id: str
    factor: float


def planned_edits(
    events: tuple[Event, ...], accounts: list[list[str]], seed: int, start: float
) -> list[PlannedEdit]:
    """List the foreign edits of a scenario in order of time (unix seconds).

    ``accounts`` holds each account's campaign ids. Every affected campaign is edited once,
    at a moment of the event's stretch that the seed decides.
    """
    planned: list[PlannedEdit] = []
    for number, event in enumerate(events):
        if event.kind != "foreign_edit":
            continue
        for index, ids in enumerate(accounts):
            if event.account not in (None, index) or not ids:
                continue
            keys = np.array([key(seed, int(i)) for i in ids], dtype=np.uint64)
            mine = affected(keys, number, chosen_below(keys, number, event.share))
            moment = uniform(bits(keys, 61, number))
            for place in np.flatnonzero(mine).tolist():
                factor = event.factor
                if factor is None:
                    factor = _FACTORS[int(keys[place]) % len(_FACTORS)]
                hours = event.at_hour + event.hours * float(moment[place])
                planned.append(PlannedEdit(start + hours * HOUR, ids[place], factor))
    return sorted(planned, key=lambda edit: (edit.time, edit.campaign_id))


def edit_of(
    planned: PlannedEdit,
    campaign: CampaignRecord,
    adsets: Sequence[AdSetRecord],
    known: Mapping[str, JsonObject],
) -> Edit | None:
    """Return what a planned edit changes, none when nothing would change.

    ``known`` are fields that are other than in the records, by object.
    """
    target: CampaignRecord | AdSetRecord = campaign
    if not campaign.daily_budget:
        target = next((one for one in adsets if one.daily_budget), campaign)
    changed = known.get(target.id, {})
    status = changed.get("status", target.status)
    budget = changed.get("daily_budget", target.daily_budget)
    if status in ("DELETED", "ARCHIVED") or target.created_time.timestamp() > planned.time:
        return None
    if planned.factor > 0 and isinstance(budget, int) and budget:
        after = round(min(max(1.0, budget * planned.factor), _LARGEST_BUDGET))
        change = Edit(planned.time, target.id, "daily_budget", budget, after)
    else:
        change = Edit(planned.time, target.id, "status", status, "PAUSED")
    return None if change.before == change.after else change
