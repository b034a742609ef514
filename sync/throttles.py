"""Which limit a refusal for too many calls is about, and its least wait."""

from __future__ import annotations

from dataclasses import dataclass

from engine.domain.limits import CHANGES, INSIGHTS, MANAGEMENT, LimitScope
from sync.errors import GraphError

HOUR, DAY = 3600.0, 86400.0
# The limit on changes per second passes quickly; the others last a minute at least.
_BURST_WAIT = 5.0


@dataclass(frozen=True, slots=True)
class Throttle:
    """A refusal for too many calls.

    `scope` is who has to wait, none when it is one object alone. `least` and
    `first` are seconds: the wait that Meta's rule asks for, and the one that a
    refusal without any time begins with.
    """

    scope: LimitScope | None
    least: float = 0.0
    first: float = 60.0


_FAMILIES = {
    80000: INSIGHTS,
    80001: "pages",
    80002: "instagram",
    80003: "custom_audience",
    80004: MANAGEMENT,
    80005: "leadgen",
    80006: "messenger",
}
# 4 budget changes an hour per ad set, then an hour's block; creation of ads by the
# day's spending; 10 changes of the account's spending cap a day.
OF_ONE_OBJECT = {1487632: HOUR, 1487225: HOUR, 1885172: DAY}


def throttle_of(error: GraphError, account_id: str, use_case: str) -> Throttle:
    """Return what a throttle means for a call about an account and use case."""
    code, subcode = error.code, error.error_subcode
    if subcode in OF_ONE_OBJECT:
        return Throttle(None, least=OF_ONE_OBJECT[subcode])
    if subcode == 5044001:
        return Throttle(LimitScope(account_id, CHANGES), first=_BURST_WAIT)
    if subcode in {1504022, 1504039}:
        return Throttle(LimitScope("", INSIGHTS))
    if code in {4, 341}:
        return Throttle(LimitScope())
    if 80000 <= code < 80015:
        return Throttle(LimitScope(account_id, _family(code, use_case)))
    return Throttle(LimitScope(account_id))


def _family(code: int, use_case: str) -> str:
    """Return the family a number stands for; the call's own when it is another's.

    A family that we never call would be waited for without any effect.
    """
    family = _FAMILIES.get(code, use_case)
    return family if family in {INSIGHTS, MANAGEMENT} else use_case
