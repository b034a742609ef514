"""Asking for asynchronous requests: batches, batch sets, sets of new ads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

import orjson

from sync.sandbox.graph.async_requests import (
    AdRequest,
    AsyncSession,
    Perform,
    Progress,
    RequestSet,
    Task,
    plan_to_finish,
)
from sync.sandbox.graph.batch import MAX_ITEMS
from sync.sandbox.graph.calls import GraphCall, item_call
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.creates import account_of, require
from sync.sandbox.graph.errors import bad_value, missing_object
from sync.sandbox.graph.filtering import parse_list
from sync.sandbox.graph.nodes import Node
from sync.sandbox.graph.parameters import read_parameters

Given = Mapping[str, str]
AccountOf = Callable[[str], str | None]
_METHODS = ("POST", "DELETE", "GET")


def start_sessions(
    context: GraphContext, envelope: GraphCall, perform: Perform, account_of_id: AccountOf
) -> dict[str, object]:
    """POST / with `asyncbatch`: a session for each call, which needs a name."""
    sessions: list[object] = []
    for number, item in enumerate(_read_items(envelope.params["asyncbatch"])):
        call = item_call(envelope, item)
        target = call.segments[0] if call.segments else ""
        session = AsyncSession(
            context.world.new_id("async_session"),
            account_of_id(target) or next(iter(context.world.accounts)),
            str(item["name"]),
            _progress(context, [Task(call, number, perform)]),
        )
        context.side_objects.add(session)
        sessions.append({"id": session.id, "name": session.name})
    return {"async_sessions": sessions}


def create_batch_set(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """POST /act_X/async_batch_requests: a set of any writes."""
    account = account_of(node)
    values = read_parameters("POST async_batch_requests", given, account.timezone_name)
    require(values, "name", "adbatch")
    items = _items(values["adbatch"], "adbatch", ("name", "relative_url", "body"))
    asked = [(item, {"method": "POST", **item}) for item in items]
    return _start(context, account.id, str(values["name"]), "BATCH_API", asked, values)


def create_ad_set_of_requests(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """POST /act_X/asyncadrequestsets: a set of new ads."""
    account = account_of(node)
    values = read_parameters("POST asyncadrequestsets", given, account.timezone_name)
    require(values, "name", "ad_specs")
    if values.get("notification_mode") == "ON_COMPLETE" and not values.get("notification_uri"):
        raise bad_value("Param notification_uri is required with notification_mode ON_COMPLETE")
    specs = _items(values["ad_specs"], "ad_specs", ())
    asked: list[tuple[dict[str, object], dict[str, object]]] = [
        (
            spec,
            {"method": "POST", "relative_url": f"act_{account.id}/ads", "body": _form(spec)},
        )
        for spec in specs
    ]
    kind = "ASYNC_ADGROUP_CREATION"
    return _start(context, account.id, str(values["name"]), kind, asked, values)


def update_set(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """POST on a set: its name and who is told of its end."""
    found = _set(node)
    values = read_parameters("POST AdAsyncRequestSet", given, "UTC")
    for name in ("name", "notification_uri", "notification_mode"):
        if name in values:
            setattr(found, name, values[name])
    found.updated_time = context.now()
    return {"success": True}


def cancel_set(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """DELETE a set: what has not begun is given up."""
    _set(node).progress.cancel(context.now())
    return {"success": True}


def cancel_request(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """DELETE one request of a set, unless it has begun."""
    if not isinstance(node.record, AdRequest):
        raise missing_object(node.id)
    node.record.cancel(context.now())
    return {"success": True}


def sets_of(context: GraphContext, node: Node, params: Given) -> list[Node]:
    """List an account's sets; `is_completed` cuts the list."""
    wanted = params.get("is_completed", "").lower()
    return [
        Node(one.kind, one)
        for one in context.side_objects.of(RequestSet, node.account_id or "")
        if wanted not in ("true", "false") or one.completed() == (wanted == "true")
    ]


def requests_of(context: GraphContext, node: Node, params: Given) -> list[Node]:
    """List the requests of a set, or those that make something below a node."""
    statuses = {one.upper() for one in parse_list(params.get("statuses"), "statuses")}
    return [
        Node(one.kind, one)
        for one in context.side_objects.of(AdRequest, node.account_id or "")
        if node.id in (one.of_set.id, one.scope_object_id)
        and (not statuses or one.task.status in statuses)
    ]


def _start(
    context: GraphContext,
    account_id: str,
    name: str,
    kind: str,
    asked: list[tuple[dict[str, object], dict[str, object]]],
    values: Mapping[str, object],
) -> dict[str, object]:
    envelope, perform, now = context.at_hand.call, context.perform, context.now()
    tasks = [
        Task(item_call(envelope, item), number, perform)
        for number, (_given, item) in enumerate(asked)
    ]
    found = RequestSet(
        context.world.new_id("async_set"),
        account_id,
        name,
        _progress(context, tasks),
        now,
        now,
        notification_uri=_text(values.get("notification_uri")),
        notification_mode=_text(values.get("notification_mode")) or "OFF",
        ad_specs=[given for given, _item in asked] if "ad_specs" in values else [],
    )
    context.side_objects.add(found)
    for task, (given, _item) in zip(tasks, asked, strict=True):
        scope = given.get("adset_id") or (task.call.segments or ("",))[0]
        request_id = context.world.new_id("async_request")
        context.side_objects.add(
            AdRequest(request_id, account_id, found, task, given, kind, str(scope), now)
        )
    return {"id": found.id}


def _progress(context: GraphContext, tasks: list[Task]) -> Progress:
    progress = Progress(tasks, int(context.limits.report_polls))
    plan_to_finish(context, progress)
    return progress


def _read_items(text: str) -> list[dict[str, object]]:
    try:
        given = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise bad_value("Param asyncbatch must be an array.") from None
    items = _items(given, "asyncbatch", ("name", "relative_url"))
    for index, item in enumerate(items):
        if str(item.get("method", "POST")).upper() not in _METHODS:
            raise bad_value(f"Param asyncbatch[{index}][method] must be one of POST, DELETE, GET")
        if "depends_on" in item:
            raise bad_value(f"Param asyncbatch[{index}]: requests cannot depend on each other")
    return [{"method": "POST", **item} for item in items]


def _items(given: object, name: str, needed: tuple[str, ...]) -> list[dict[str, object]]:
    items = given if isinstance(given, list) else []
    if not items:
        raise bad_value(f"Param {name} must be a non-empty array.")
    if needed and len(items) > MAX_ITEMS:
        raise bad_value(f"Too many requests in batch message. Maximum batch size is {MAX_ITEMS}")
    for index, item in enumerate(items):
        if not isinstance(item, dict) or any(item.get(one) is None for one in needed):
            wanted = ", ".join(needed) or "the parameters of an ad"
            raise bad_value(f"Param {name}[{index}] must have {wanted}")
    return items


def _form(spec: Mapping[str, object]) -> str:
    """Write a described ad as the body of its creation."""
    return urlencode(
        {
            name: value if isinstance(value, str) else orjson.dumps(value).decode()
            for name, value in spec.items()
        }
    )


def _set(node: Node) -> RequestSet:
    if not isinstance(node.record, RequestSet):
        raise missing_object(node.id)
    return node.record


def _text(value: object) -> str | None:
    return None if value is None else str(value)
