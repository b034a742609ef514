"""What would have come of a change: both worlds from the same draws."""

from dataclasses import dataclass

import numpy as np

from sync.sandbox.draws import Floats
from sync.sandbox.foreign_edits import edit_of
from sync.sandbox.market.account_market import AccountMarket
from sync.sandbox.market.calendar import HOUR
from sync.sandbox.market.controls import Switches
from sync.sandbox.market.delivery import Delivered
from sync.sandbox.market.edits import Edit
from sync.sandbox.market.plan import Plan
from sync.sandbox.records import JsonObject, JsonValue
from sync.sandbox.world import World

MOST_HOURS = 2160
_BUDGETS = ("daily_budget", "lifetime_budget", "bid_amount", "spend_cap")
_FIELDS = {
    "campaign": ("status", "daily_budget", "lifetime_budget", "bid_strategy", "spend_cap"),
    "adset": ("status", "daily_budget", "lifetime_budget", "bid_strategy", "bid_amount",
              "optimization_goal"),
    "ad": ("status", "creative_id"),
}  # fmt: skip
_STATUSES = ("ACTIVE", "PAUSED", "ARCHIVED", "DELETED")
_EXPECTED = ("impressions", "inline_link_clicks", "spend_minor", "conversions", "value_minor")


@dataclass(slots=True)
class _Tally:
    """Sums over ads while a twin market plays."""

    expected: Floats
    drawn: Floats

    def watch(self, plan: Plan, done: Delivered) -> None:
        """Add what some slots brought."""
        size = self.expected.shape[1]
        for row in range(len(_EXPECTED)):
            self.expected[row] += np.bincount(done.ads, done.expected[row], size)
        reported = np.bincount(done.result_ad, minlength=len(done.ads))
        for row, amounts in enumerate(
            (done.impressions.sum(0), done.link_clicks.sum(0), done.spend.sum(0), reported)
        ):
            self.drawn[row] += np.bincount(done.ads, amounts, size)


def counterfactual(
    world: World, object_id: str, changes: dict[str, JsonValue], hours: int
) -> dict[str, JsonValue]:
    """Play the next ``hours`` with and without ``changes`` to one object.

    ``changes`` maps Graph fields (status, daily_budget in minor units, ...) to new values.
    The world itself does not move. The answer holds, for the object and for its whole
    account, ``without`` and ``with``: under ``expected`` the true means given the shared
    luck of prices and demand (conversions whether tracked or not), under ``drawn`` the
    counts the shared draws give (conversions as far as tracked). Hours are counted from
    the start of the current one, which is played whole; money is in minor units.
    KeyError: unknown object; ValueError: a field or value that cannot be played, or hours
    outside 1 to 2160.
    """
    if not 1 <= hours <= MOST_HOURS:
        raise ValueError(f"hours must be a whole number from 1 to {MOST_HOURS}, not {hours!r}")
    account_id = world.account_of(object_id)
    market = world.market_of(account_id)
    now = world.now().timestamp()
    clean = _checked(world, object_id, changes)
    edits = [
        Edit(now, object_id, field, _now_at(world, object_id, field), value)
        for field, value in clean.items()
    ]
    until = market.next_slot_start() + hours * HOUR
    # Other people's edits come in both worlds, on what they find there.
    foreign = _by_others(world, account_id, until, {})
    edits += _by_others(world, account_id, until, {object_id: clean})
    mine = _below(market, object_id)
    without, changed = _play(market, foreign, hours), _play(market, edits, hours)
    everything = np.ones(len(mine), dtype=bool)
    return {
        "object_id": object_id,
        "hours": hours,
        "changes": dict(changes),
        "without": _figures(without, mine),
        "with": _figures(changed, mine),
        "account": {
            "without": _figures(without, everything),
            "with": _figures(changed, everything),
        },
    }


def _by_others(
    world: World, account_id: str, until: float, changes: dict[str, JsonObject]
) -> list[Edit]:
    """List other people's edits of an account up to then, as they come after ``changes``."""
    known = {name: dict(fields) for name, fields in changes.items()}
    coming: list[Edit] = []
    for planned in world.planned:
        campaign = world.campaigns[planned.campaign_id]
        if campaign.account_id != account_id or planned.time > until:
            continue
        edit = edit_of(planned, campaign, world.adsets_of(campaign.id), known)
        if edit is not None:
            coming.append(edit)
            known.setdefault(edit.object_id, {})[edit.field] = edit.after
    return coming


def _play(market: AccountMarket, edits: list[Edit], hours: int) -> _Tally:
    size = len(market.parts.layout.ads)
    tally = _Tally(np.zeros((len(_EXPECTED), size)), np.zeros((4, size)))
    twin = market.fork(list(edits), tally.watch)
    twin.settle(market.next_slot_start() + hours * HOUR)
    return tally


def _figures(tally: _Tally, mine: Switches) -> dict[str, JsonValue]:
    expected: dict[str, JsonValue] = {
        name: round(float(tally.expected[row, mine].sum()), 6) for row, name in enumerate(_EXPECTED)
    }
    drawn: dict[str, JsonValue] = {
        name: int(tally.drawn[row, mine].sum()) for row, name in enumerate(_EXPECTED[:4])
    }
    return {"expected": expected, "drawn": drawn}


def _below(market: AccountMarket, object_id: str) -> Switches:
    layout = market.parts.layout
    if object_id in layout.campaigns:
        return np.asarray(layout.campaign_of_ad == layout.campaigns[object_id])
    if object_id in layout.adsets:
        return np.asarray(layout.adset_of_ad == layout.adsets[object_id])
    if object_id in layout.ads:
        return np.asarray(np.arange(len(layout.ads)) == layout.ads[object_id])
    return np.ones(len(layout.ads), dtype=bool)


def _now_at(world: World, object_id: str, field: str) -> JsonValue:
    record = (
        world.campaigns.get(object_id) or world.adsets.get(object_id) or world.ads.get(object_id)
    )
    value: JsonValue = getattr(record, field, None)
    return value


def _checked(world: World, object_id: str, changes: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the changes in the market's form, or say which cannot be played."""
    level = next(
        (name for name, known in (("campaign", world.campaigns), ("adset", world.adsets),
                                  ("ad", world.ads)) if object_id in known), None
    )  # fmt: skip
    allowed = _FIELDS.get(level or "", ())
    clean: dict[str, JsonValue] = {}
    for field, value in changes.items():
        if field not in allowed:
            raise ValueError(
                f"{field!r} of {object_id} cannot be played; possible are {', '.join(allowed)}"
            )
        if field == "status" and value not in _STATUSES:
            raise ValueError(f"status must be one of {', '.join(_STATUSES)}, not {value!r}")
        if field in _BUDGETS:
            text = str(value)
            if isinstance(value, bool) or not text.isdigit():
                raise ValueError(f"{field} must be whole minor units, 0 or more, not {value!r}")
            value = int(text)
        clean[field] = value
    return clean
