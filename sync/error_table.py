"""Meta's error numbers and the kind of each.

The subcode is the finer number: where it has seven digits it means the same
under every code (Meta moves errors between codes), so it is looked up first.
Most of these arrive as HTTP 400, throttles too.
"""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What an error of Meta's means for the one who called."""

    TRANSIENT = "transient"
    THROTTLED = "throttled"
    PERHAPS_THROTTLED = "perhaps_throttled"
    TOO_MUCH_DATA = "too_much_data"
    CURSOR_EXPIRED = "cursor_expired"
    TOKEN_DEAD = "token_dead"  # noqa: S105 - the name of a kind, no secret
    NEEDS_PERSON = "needs_person"
    PERMISSION = "permission"
    MISSING = "missing"
    VERSION = "version"
    REFUSED = "refused"


_K = Kind
_UNIQUE_FROM = 1_000_000

_BY_SUBCODE: dict[Kind, set[int]] = {
    _K.THROTTLED: {
        1487225,  # creation of ads, by the day's spending
        1487632,  # four budget changes of an ad set within an hour
        1487742,  # too many calls from this account
        1504022,  # insights: the app's limit
        1504039,  # insights: the app's limit
        1885172,  # ten changes of the spending cap within a day
        2446079,  # the account's limit for a use case
        4841018,  # seen in the field beside 4841013
        5044001,  # a hundred changes a second
    },
    # Seen in the field: a throttle that calls itself a permission error.
    _K.PERHAPS_THROTTLED: {4841013},
    _K.TOO_MUCH_DATA: {1487534, 1504018, 1504038, 1504045},
    _K.TRANSIENT: {1504043, 1504044, 2490547},
    _K.PERMISSION: {1404163, 1713092, 1870034, 1870047, 3191001},
    _K.NEEDS_PERSON: {1404078, 1404082, 2859015, 3910001},
    _K.REFUSED: {
        1487007,  # the ad set has ended
        1487033,  # the end lies in the past
        1487056,  # the ad set is deleted
        1487566,  # the campaign is deleted
        1487694,  # a targeting category is gone
        1487901,  # the budget is too low, in its older form
        1487990,  # too many archived ads
        1504041,  # breakdowns that can't go together
        1504042,  # metrics that can't go together
        1752129,  # a combination of tasks
        1815573,  # the content of a creative can't be changed
        1885088,  # the ad is archived
        1885204,  # this goal bids by itself
        1885261,  # the budget is too high
        1885272,  # the budget is too low
        1885621,  # campaign budget or ad set budget, not both
        1885650,  # the budget is below what is spent
        2238055,  # the campaign's budget is below its ad sets' needs
        2446307,  # the spending cap is too low
        2853001,  # a profile is not linked to its page
        3858079,  # the EU wants to know who pays
        3858081,  # the EU wants to know who benefits
        3858355,  # the first image must match
    },
}
_BY_PAIR: dict[tuple[int, int], Kind] = {
    (100, 33): _K.MISSING,
    # 459 and 464: the person must visit facebook.com, the token is not dead.
    **{(code, 459): _K.NEEDS_PERSON for code in (102, 190)},
    **{(code, 464): _K.NEEDS_PERSON for code in (102, 190)},
    **{(code, 492): _K.PERMISSION for code in (102, 190)},
}
_BY_CODE: dict[int, Kind] = {
    -3: _K.TOO_MUCH_DATA,
    -2: _K.TRANSIENT,
    1: _K.TRANSIENT,
    2: _K.TRANSIENT,
    3: _K.PERMISSION,
    4: _K.THROTTLED,
    10: _K.PERMISSION,
    17: _K.THROTTLED,
    32: _K.THROTTLED,
    100: _K.REFUSED,
    102: _K.TOKEN_DEAD,
    104: _K.REFUSED,
    190: _K.TOKEN_DEAD,
    **dict.fromkeys(range(200, 300), _K.PERMISSION),
    341: _K.THROTTLED,
    # Blocked for abuse: a matter between the person and Meta; the token lives on.
    368: _K.NEEDS_PERSON,
    506: _K.REFUSED,
    613: _K.THROTTLED,
    900: _K.REFUSED,
    2500: _K.REFUSED,
    2606: _K.REFUSED,
    2607: _K.REFUSED,
    2615: _K.REFUSED,
    2635: _K.VERSION,
    2641: _K.REFUSED,
    2642: _K.CURSOR_EXPIRED,
    2654: _K.REFUSED,
    2695: _K.REFUSED,
    3018: _K.REFUSED,
    5000: _K.TRANSIENT,
    **dict.fromkeys(range(80000, 80015), _K.THROTTLED),
}
_SUBCODES = {number: kind for kind, numbers in _BY_SUBCODE.items() for number in numbers}


def kind_by_numbers(code: int, subcode: int) -> Kind | None:
    """Return the kind of an error, none for numbers that nobody has met."""
    if subcode in _SUBCODES:
        return _SUBCODES[subcode]
    pair = _BY_PAIR.get((code, subcode))
    if pair is not None:
        return pair
    # Old calls carry these numbers as their code.
    if code >= _UNIQUE_FROM:
        return _SUBCODES.get(code)
    return _BY_CODE.get(code)
