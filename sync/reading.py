"""Objects and accounts from Meta's payloads.

What Meta says in a word we do not know is kept as it is; the object is then
shown and never acted on. Budgets arrive as text in minor units.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from engine.domain.errors import Temporary
from engine.domain.objects import Account, AdObject, Creative, Level, Status
from sync.graph_fields import effective_statuses

Id = str | int
Amount = str | int | None
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_DIGITS = re.compile(r"\d{1,19}")


class Unreadable(ValueError):
    """A payload that can't be read as what it should be; says why."""


class _Named(msgspec.Struct, gc=False):
    id: Id = ""
    name: str = ""


class _Learning(msgspec.Struct, gc=False):
    status: str | None = None


class _Constraints(msgspec.Struct, gc=False):
    roas_average_floor: Amount = None


class _Attribution(msgspec.Struct, gc=False):
    event_type: str = ""
    window_days: Id = ""


class _Issue(msgspec.Struct, gc=False):
    error_summary: str | None = None
    error_message: str | None = None
    error_code: int | None = None


class CreativePayload(msgspec.Struct, gc=False):
    """An ad's creative as Meta sends it inside the ad."""

    id: Id = ""
    name: str = ""
    title: str = ""
    body: str = ""
    object_type: str = ""
    call_to_action_type: str = ""
    link_url: str = ""
    status: str = ""
    thumbnail_url: str = ""


class AccountPayload(msgspec.Struct, gc=False):
    """An ad account as Meta sends it; absent fields are left out there."""

    account_id: Id
    currency: str
    timezone_name: str
    name: str = ""
    account_status: int = 0
    min_daily_budget: Amount = None
    business: _Named | None = None


class ObjectPayload(msgspec.Struct, gc=False):
    """A campaign, ad set or ad as Meta sends it."""

    id: Id
    name: str = ""
    status: str = ""
    effective_status: str = ""
    account_id: Id = ""
    campaign_id: Id = ""
    adset_id: Id = ""
    objective: str | None = None
    daily_budget: Amount = None
    lifetime_budget: Amount = None
    bid_amount: Amount = None
    bid_strategy: str | None = None
    learning_stage_info: _Learning | None = None
    bid_constraints: _Constraints | None = None
    optimization_goal: str | None = None
    billing_event: str | None = None
    attribution_spec: list[_Attribution] | None = None
    issues_info: list[_Issue] | None = None
    source_campaign_id: Id | float = ""
    source_adset_id: Id | float = ""
    source_ad_id: Id | float = ""
    budget_remaining: str | int | float | None = None
    creative: CreativePayload | None = None
    adlabels: list[_Named] | None = None
    created_time: str | None = None
    updated_time: str | None = None
    start_time: str | None = None
    stop_time: str | None = None
    end_time: str | None = None


_ACCOUNT = msgspec.json.Decoder(AccountPayload)
_OBJECT = msgspec.json.Decoder(ObjectPayload)
_LIST = msgspec.json.Decoder(list[msgspec.Raw])


def split_rows(raw: msgspec.Raw | bytes) -> list[msgspec.Raw]:
    """Return the elements of a JSON list. Raises Temporary when it is none."""
    try:
        return _LIST.decode(raw)
    except _BROKEN as error:
        raise Temporary(f"A page of Meta's answer is no list of rows: {error}.") from error


def read_account(raw: msgspec.Raw | bytes) -> Account:
    """Return an account. Raises Unreadable."""
    try:
        payload = _ACCOUNT.decode(raw)
        ZoneInfo(payload.timezone_name)
    except (*_BROKEN, KeyError, ValueError, OSError) as error:
        raise Unreadable(f"an account that can't be read: {error}") from error
    account_id = _id(payload.account_id, "account_id")
    business = payload.business.name if payload.business else ""
    return Account(
        account_id=account_id,
        name=payload.name or account_id,
        client=business or payload.name or account_id,
        currency=payload.currency,
        timezone_name=payload.timezone_name,
        status=payload.account_status,
        min_daily_budget=_money(payload.min_daily_budget, "min_daily_budget") or 0,
    )


@dataclass(frozen=True, slots=True)
class ReadObject:
    """An object, and its creative where the payload held one."""

    object: AdObject
    creative: Creative | None = None


def read_object(raw: msgspec.Raw | bytes, level: Level, account_id: str) -> AdObject:
    """Return an object of `account_id` (bare number). Raises Unreadable."""
    return read_with_creative(raw, level, account_id).object


def read_with_creative(raw: msgspec.Raw | bytes, level: Level, account_id: str) -> ReadObject:
    """Return an object of `account_id` and its creative. Raises Unreadable."""
    try:
        payload = _OBJECT.decode(raw)
    except _BROKEN as error:
        raise Unreadable(f"{level} that can't be read: {error}") from error
    owner = str(payload.account_id).removeprefix("act_") or account_id
    item = _object(payload, level, owner)
    creative = payload.creative
    if creative is None or not item.creative_id:
        return ReadObject(item)
    return ReadObject(item, _creative(creative, item.creative_id, owner))


def _object(payload: ObjectPayload, level: Level, owner: str) -> AdObject:
    object_id = _id(payload.id, "id")
    status, unknown = _status(payload)
    campaign_id = object_id if level is Level.CAMPAIGN else _id(payload.campaign_id, "campaign_id")
    constraints = payload.bid_constraints
    return AdObject(
        object_id=object_id,
        account_id=owner,
        level=level,
        name=payload.name,
        status=status,
        effective_status=payload.effective_status,
        parent_id=_parent(payload, level),
        campaign_id=campaign_id,
        objective=payload.objective,
        daily_budget=_money(payload.daily_budget, "daily_budget"),
        lifetime_budget=_money(payload.lifetime_budget, "lifetime_budget"),
        bid_amount=_money(payload.bid_amount, "bid_amount"),
        bid_strategy=payload.bid_strategy,
        learning_stage=payload.learning_stage_info.status if payload.learning_stage_info else None,
        creative_id=str(payload.creative.id) or None if payload.creative else None,
        labels=tuple(label.name for label in payload.adlabels or ()),
        created_time=_moment(payload.created_time),
        updated_time=_moment(payload.updated_time),
        start_time=_moment(payload.start_time),
        end_time=_moment(payload.end_time or payload.stop_time),
        raw_status=unknown,
        roas_floor=_money(constraints.roas_average_floor, "roas floor") if constraints else None,
        optimization_goal=payload.optimization_goal,
        billing_event=payload.billing_event,
        attribution=tuple(
            f"{one.event_type}:{one.window_days}" for one in payload.attribution_spec or ()
        ),
        issues=tuple(text for one in payload.issues_info or () if (text := _issue(one))),
        source_id=_source(payload),
        budget_remaining=_rest(payload.budget_remaining),
    )


def _creative(payload: CreativePayload, creative_id: str, owner: str) -> Creative:
    return Creative(
        creative_id,
        owner,
        name=payload.name,
        title=payload.title,
        body=payload.body,
        kind=payload.object_type,
        call_to_action=payload.call_to_action_type,
        link_url=payload.link_url,
        status=payload.status,
        thumbnail_url=payload.thumbnail_url,
    )


def _issue(issue: _Issue) -> str:
    """Return what is wrong in Meta's words, with its number where it has no words."""
    words = issue.error_summary or issue.error_message or ""
    return words or (f"Error {issue.error_code}" if issue.error_code is not None else "")


def _source(payload: ObjectPayload) -> str | None:
    """Return the object this one was copied from; Meta's "0" is none.

    A float is no id any more: its last digits are lost.
    """
    told = (payload.source_campaign_id, payload.source_adset_id, payload.source_ad_id)
    ids = (str(one) for one in told if not isinstance(one, float))
    return next((one for one in ids if one not in {"", "0"}), None)


def _parent(payload: ObjectPayload, level: Level) -> str | None:
    """Return the id of the object above. Raises Unreadable when it is missing."""
    above: dict[Level, Callable[[], str]] = {
        Level.ADSET: lambda: _id(payload.campaign_id, "campaign_id"),
        Level.AD: lambda: _id(payload.adset_id, "adset_id"),
    }
    return above[level]() if level in above else None


def _status(payload: ObjectPayload) -> tuple[Status, str]:
    """Return the status, and Meta's word where we do not know it."""
    word = payload.status
    known = word in Status.__members__ and word != Status.OTHER
    if not known:
        return Status.OTHER, word or "(none)"
    effective = payload.effective_status
    # An ad may have every effective status that campaigns and ad sets have.
    return Status(word), "" if effective in effective_statuses(Level.AD) else effective or "(none)"


def _id(value: Id, name: str) -> str:
    """Return an id as text of digits. Raises Unreadable."""
    text = str(value)
    if not _DIGITS.fullmatch(text):
        raise Unreadable(f"{name} {text[:40]!r} is no id")
    return text


def _money(value: Amount, name: str) -> int | None:
    """Return minor units; Meta's "0" for an unused budget is none."""
    if value is None:
        return None
    text = str(value)
    if not _DIGITS.fullmatch(text):
        raise Unreadable(f"{name} {text[:40]!r} is no amount in minor units")
    return int(text) or None


def _rest(value: str | int | float | None) -> int | None:
    """Return what is left of a budget; nothing is decided without it."""
    try:
        return None if value is None else int(float(value))
    except (ValueError, OverflowError):
        return None


def _moment(text: str | None) -> datetime | None:
    """Return an aware time. Raises Unreadable for one without its zone."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Unreadable(f"{text[:40]!r} is no time") from error
    if moment.tzinfo is None:
        raise Unreadable(f"the time {text[:40]!r} names no zone")
    return moment
