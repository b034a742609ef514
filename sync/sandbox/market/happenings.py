"""Events of the scenario, as factors on an account's campaigns."""

from dataclasses import dataclass

import numpy as np

from sync.sandbox.draws import Floats, Keys, bits, uniform
from sync.sandbox.market.calendar import HOUR
from sync.sandbox.market.controls import Switches
from sync.sandbox.scenarios import Event

DEFAULT_FACTORS = {
    "cpm_factor": 1.5,
    "ctr_factor": 0.6,
    "cvr_factor": 0.6,
    "aov_factor": 0.7,
    "tracking_outage": 0.0,
    "delivery_stop": 0.0,
    "audience_exhausted": 0.15,
    "creative_fatigue_jump": 4.0,
}
"""What an event multiplies when its file names no factor."""

# Events that overlap multiply, but no number of a market holds more.
_LARGEST = 1e6


@dataclass(frozen=True, slots=True)
class Factors:
    """Factors per campaign at one moment; 1 where nothing happens."""

    cpm: Floats
    ctr: Floats
    cvr: Floats
    aov: Floats
    tracked: Floats
    delivery: Floats
    audience: Floats
    tired: Floats
    tired_before: Floats
    """Only creatives older than this unix time are tired by a fatigue jump."""


_COLUMN = {
    "cpm_factor": "cpm",
    "ctr_factor": "ctr",
    "cvr_factor": "cvr",
    "aov_factor": "aov",
    "tracking_outage": "tracked",
    "delivery_stop": "delivery",
    "audience_exhausted": "audience",
    "creative_fatigue_jump": "tired",
}


class Happenings:
    """The events that concern one account."""

    def __init__(
        self, events: tuple[Event, ...], account_index: int, start: float, keys: Keys
    ) -> None:
        """Choose the affected campaigns; ``start`` is the scenario's start in unix seconds."""
        self._spans: list[tuple[float, float, str, float, int, float]] = []
        for number, event in enumerate(events):
            if event.kind in _COLUMN and event.account in (None, account_index):
                begins = start + event.at_hour * HOUR
                factor = DEFAULT_FACTORS[event.kind] if event.factor is None else event.factor
                self._spans.append(
                    (begins, begins + event.hours * HOUR, _COLUMN[event.kind], factor, number,
                     chosen_below(keys, number, event.share))
                )  # fmt: skip

    def edges(self, begin: float, end: float) -> list[float]:
        """List when events start or end, between ``begin`` and ``end``."""
        times = {t for span in self._spans for t in span[:2]}
        return sorted(t for t in times if begin < t < end)

    def factors(self, time: float, keys: Keys) -> Factors:
        """Multiply up what is going on at a time."""
        columns = {name: np.ones(len(keys)) for name in _COLUMN.values()}
        tired_before = np.zeros(len(keys))
        for begins, ends, column, factor, number, limit in self._spans:
            if begins <= time < ends:
                mine = affected(keys, number, limit)
                columns[column][mine] = np.minimum(columns[column][mine] * factor, _LARGEST)
                if column == "tired":
                    tired_before[mine] = np.maximum(tired_before[mine], begins)
        return Factors(**columns, tired_before=tired_before)


def chosen_below(keys: Keys, event_number: int, share: float) -> float:
    """Find the draw below which campaigns are affected.

    That is exactly the share of ``keys``.
    """
    if share <= 0 or not len(keys):
        return 0.0
    ranked = np.sort(uniform(bits(keys, 60, event_number)))
    count = max(1, round(share * len(keys)))
    return 1.0 if count >= len(keys) else float((ranked[count - 1] + ranked[count]) / 2)


def affected(keys: Keys, event_number: int, limit: float) -> Switches:
    """Tell which campaigns an event concerns, later ones too."""
    return np.asarray(uniform(bits(keys, 60, event_number)) < limit)
