"""Changes to one field of one object, and Meta's own rules for them.

What Meta is known to refuse is refused here, before anything is sent.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.domain.errors import Refused
from engine.domain.objects import Level, Status
from engine.domain.written import CREATIVE_FIELD, LABELS_FIELD, NAME_FIELD, labels_in
from engine.ports import Write

_MONEY = {
    "daily_budget": {Level.CAMPAIGN, Level.ADSET},
    "lifetime_budget": {Level.CAMPAIGN, Level.ADSET},
    "bid_amount": {Level.ADSET, Level.AD},
}
_STATUSES = {Status.ACTIVE, Status.PAUSED, Status.ARCHIVED, Status.DELETED}
_LONGEST_NAME = 400


def form_of(write: Write, least_budget: Mapping[str, int]) -> dict[str, str]:
    """Return the form fields of a change.

    `least_budget` holds the smallest daily budget in minor units by account.
    Raises Refused for what Meta does not accept; nothing has been sent then.
    """
    if write.field in _MONEY:
        return {write.field: _amount(write, least_budget)}
    if write.field == "status":
        return {"status": _status(write)}
    if write.field == NAME_FIELD:
        return {"name": _name(write)}
    if write.field == LABELS_FIELD:
        return {"adlabels": _labels(write)}
    if write.field == CREATIVE_FIELD:
        return {"creative": _creative(write)}
    raise _refused(write, "this field can't be changed from here")


def _amount(write: Write, least_budget: Mapping[str, int]) -> str:
    """Return minor units as text, checked against level and minimum."""
    if write.target.level not in _MONEY[write.field]:
        raise _refused(write, f"objects of level {write.target.level} have no such field")
    value = write.value
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise _refused(write, "it must be a whole number of minor units above zero")
    least = least_budget.get(write.target.account_id, 0)
    if write.field == "daily_budget" and value < least:
        raise _refused(write, f"the account's smallest daily budget is {least} minor units")
    return str(value)


def _status(write: Write) -> str:
    """Return a status that can be set."""
    allowed = {status.value for status in _STATUSES}
    if not isinstance(write.value, str) or write.value not in allowed:
        raise _refused(write, f"a status is one of {', '.join(sorted(allowed))}")
    return str(write.value)


def _name(write: Write) -> str:
    """Return a name that can be set."""
    if not isinstance(write.value, str) or not write.value.strip():
        raise _refused(write, "a name must have at least one character")
    if len(write.value) > _LONGEST_NAME or "\0" in write.value:
        raise _refused(write, f"a name has at most {_LONGEST_NAME} printable characters")
    return write.value


def _labels(write: Write) -> str:
    """Return all labels of an object; those not named are taken off."""
    try:
        labels = labels_in(write.value)
    except ValueError as error:
        raise _refused(write, str(error)) from error
    return msgspec.json.encode([{"name": label} for label in labels]).decode()


def _creative(write: Write) -> str:
    """Return which creative an ad shall show; its own never changes."""
    if write.target.level is not Level.AD:
        raise _refused(write, "only ads show a creative")
    if not isinstance(write.value, str) or not write.value.isdecimal():
        raise _refused(write, "a creative is named by its id")
    return msgspec.json.encode({"creative_id": write.value}).decode()


def _refused(write: Write, why: str) -> Refused:
    """Return the refusal, in words for people."""
    return Refused(
        f"{write.field} of {write.target.level} {write.target.object_id} "
        f"can't be set to {write.value!r}: {why}. Nothing was sent."
    )
