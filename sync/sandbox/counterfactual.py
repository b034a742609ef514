"""What would have come of a change: both worlds from the same draws."""

from sync.sandbox.records import JsonValue
from sync.sandbox.world import World


def counterfactual(
    world: World, object_id: str, changes: dict[str, JsonValue], hours: int
) -> dict[str, JsonValue]:
    """Play the next ``hours`` with and without ``changes`` to one object.

    ``changes`` maps Graph fields (status, daily_budget in minor units, ...) to new values.
    The world itself does not move. KeyError: unknown object; ValueError: a field or value
    that cannot be played, or hours outside 1 to 2160.
    """
    raise NotImplementedError
