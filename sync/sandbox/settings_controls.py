"""Controls that change limits, tokens and objects of a running sandbox."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import timedelta

from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.quotas import TIERS
from sync.sandbox.graph.statuses import REVIEWS, effective_status
from sync.sandbox.graph.tokens import SCOPES, TROUBLES, Token, check_known
from sync.sandbox.records import AdRecord, AdSetRecord, CampaignRecord

Body = Mapping[str, object]
_VERSION = re.compile(r"v\d+\.\d+")
_BY_FORMULA = ("app", "management", "insights", "audience", "score")
_OBJECT_OPTIONS = ("object_id", "issues", "review", "account_status", "disable_reason")
_TOKEN_OPTIONS = ("access_token", "user", "scopes", "accounts", "expires_in", "error_subcode")


def change_limits(context: GraphContext, body: Body) -> dict[str, object]:
    """Change limits and quotas and return all of them; ValueError: why not.

    Null gives a quota back to its tier's formula.
    """
    holders = (context.limits, context.usage.quotas)
    known = {field.name: holder for holder in holders for field in fields(holder)}
    for name, value in body.items():
        if name not in known:
            raise ValueError(f"unknown limit '{name}' (known: {', '.join(known)})")
        _check_limit(name, getattr(known[name], name), value)
    for name, value in body.items():
        setattr(known[name], name, tuple(value) if isinstance(value, list) else value)
    return {name: getattr(holder, name) for name, holder in known.items()}


def change_token(context: GraphContext, body: Body) -> dict[str, object]:
    """Change a token, or issue one for a `user`, and return what it is now.

    Without `access_token` the sandbox's own token is meant. `error_subcode`
    makes every use fail with code 190 (0: without a subcode), null mends it;
    `expires_in` is in seconds, null never ends.
    """
    for name in body:
        if name not in _TOKEN_OPTIONS:
            raise ValueError(f"unknown option '{name}' (known: {', '.join(_TOKEN_OPTIONS)})")
    token = _new_token(context, body) if "user" in body else _known_token(context, body)
    if "scopes" in body:
        token.scopes = check_known(_texts("scopes", body["scopes"]))
    if "accounts" in body:
        given = body["accounts"]
        names = None if given is None else _texts("accounts", given)
        token.accounts = None if names is None else frozenset(n.removeprefix("act_") for n in names)
    if "expires_in" in body:
        token.expires = None
        if body["expires_in"] is not None:
            seconds = _number(body["expires_in"], "expires_in")
            token.expires = context.now() + timedelta(seconds=seconds)
    if "error_subcode" in body:
        token.trouble = _trouble(body["error_subcode"])
    return {
        "access_token": token.text,
        "user_id": token.user_id,
        "scopes": list(token.scopes),
        "accounts": None if token.accounts is None else sorted(token.accounts),
        "expires_at": 0 if token.expires is None else int(token.expires.timestamp()),
        "error_subcode": token.trouble,
    }


def change_object(context: GraphContext, body: Body) -> dict[str, object]:
    """Give an object issues or a review, or an account a status.

    ValueError says why not. `issues` are rows as `issues_info` shows them,
    `review` is APPROVED or an effective status that keeps the ad from running.
    """
    for name in body:
        if name not in _OBJECT_OPTIONS:
            raise ValueError(f"unknown option '{name}' (known: {', '.join(_OBJECT_OPTIONS)})")
    world, object_id = context.world, str(body.get("object_id", ""))
    account = world.accounts.get(object_id.removeprefix("act_"))
    if account is not None:
        for name in ("account_status", "disable_reason"):
            setattr(account, name, int(_number(body.get(name, getattr(account, name)), name)))
        return {"object_id": object_id, "account_status": account.account_status}
    record = (
        world.campaigns.get(object_id) or world.adsets.get(object_id) or world.ads.get(object_id)
    )
    if record is None:
        raise ValueError(f"there is no object '{object_id}'")
    issues = body.get("issues", record.issues)
    if not isinstance(issues, list) or not all(isinstance(one, dict) for one in issues):
        raise ValueError("issues must be a list of objects")
    record.issues = issues
    if "review" in body:
        _review(context, record, body["review"])
    context.world.version += 1
    return {"object_id": object_id, "effective_status": effective_status(world, record)}


def _review(
    context: GraphContext, record: CampaignRecord | AdSetRecord | AdRecord, review: object
) -> None:
    known = ("APPROVED", *REVIEWS)
    if not isinstance(record, AdRecord) or review not in known:
        raise ValueError(f"review belongs to ads and is one of {', '.join(known)}")
    before, record.review = record.review, str(review)
    context.world.object_changed(record.id, "review", before, record.review)


def _check_limit(name: str, before: object, value: object) -> None:
    if name == "tier":
        if value not in TIERS:
            raise ValueError(f"tier must be one of {', '.join(TIERS)}")
    elif name == "versions":
        if (
            not isinstance(value, list)
            or not value
            or not all(isinstance(one, str) and _VERSION.fullmatch(one) for one in value)
        ):
            raise ValueError('versions must be a list such as ["v25.0", "v26.0"]')
    elif isinstance(before, bool):
        if not isinstance(value, bool):
            raise ValueError(f"{name} must be true or false")
    elif value is None and name in _BY_FORMULA:
        return
    elif isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ValueError(f"{name} must be a number, at least 0")


def _new_token(context: GraphContext, body: Body) -> Token:
    if body["user"] not in context.tokens.identities:
        known = ", ".join(context.tokens.identities)
        raise ValueError(f"there is no user '{body['user']}' (known: {known})")
    return context.tokens.issue(context.now(), str(body["user"]), SCOPES, None)


def _known_token(context: GraphContext, body: Body) -> Token:
    token = context.tokens.find(str(body.get("access_token", context.tokens.main_token)))
    if token is None:
        raise ValueError("there is no such access_token")
    return token


def _texts(name: str, value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError(f"{name} must be a list of texts")
    return value


def _number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{name} must be a number")
    return float(value)


def _trouble(value: object) -> int | None:
    if value is None or (isinstance(value, int) and value in TROUBLES):
        return value
    raise ValueError(f"error_subcode must be null or one of {', '.join(map(str, TROUBLES))}")
