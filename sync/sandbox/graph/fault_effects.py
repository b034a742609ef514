"""What a scripted fault does to a call: before it or to its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sync.sandbox.faults import Fault
from sync.sandbox.graph.calls import GraphAnswer, GraphCall
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import GraphError, missing_object, rate_limited, token_error
from sync.sandbox.graph.known_errors import known_error
from sync.sandbox.graph.paging import START, PageAddress, decode_cursor, encode_cursor
from sync.sandbox.graph.reports import FAILED
from sync.sandbox.graph.routing import GraphRouter, call_target, use_case

PREVENTING = (
    "error",
    "rate_limit",
    "token_expired",
    "html_502",
    "drop_before_apply",
    "batch_item_null",
)
_KEPT_NAMES = ("id", "account_id", "campaign_id", "adset_id", "ad_id", "date_start", "date_stop")
_HTML = (
    b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head>"
    b"<body><h1>Sorry, something went wrong.</h1></body></html>"
)


def prevented(router: GraphRouter, call: GraphCall, fault: Fault) -> GraphAnswer | None:
    """Return the answer of a fault that keeps the call from being applied.

    None means the call shall be answered; refusals are raised.
    """
    if fault.kind == "error":
        raise _scripted_error(fault)
    if fault.kind == "rate_limit":
        raise _refused(router.context, router, call, fault)
    if fault.kind == "token_expired":
        raise token_error(
            "Error validating access token: Session has expired on Friday, 18-Aug-23 "
            "12:00:00 PDT. The current time is Friday, 18-Aug-23 13:00:00 PDT.",
            463,
        )
    if fault.kind == "html_502":
        status = int(fault.number("http_status", 502))
        return GraphAnswer(status, None, raw=_HTML, content_type="text/html; charset=utf-8")
    if fault.kind == "report_race" and call.verb == "GET":
        raise missing_object(call.segments[0] if call.segments else "")
    return None


def changed(context: GraphContext, call: GraphCall, fault: Fault, answer: GraphAnswer) -> None:
    """Spoil the answer of a call that was applied."""
    if fault.kind in ("report_failed", "report_race", "report_skipped"):
        _spoil_report(context, call, fault, answer)
        return
    spoil = _SPOILERS.get(fault.kind)
    if spoil is not None and isinstance(answer.value, dict):
        answer.value = spoil(call, fault, answer.value)


def _scripted_error(fault: Fault) -> GraphError:
    """Return the error a fault describes; what it leaves out is as seen at Meta."""
    options = fault.options
    verbatim = options.get("error")
    named = verbatim if isinstance(verbatim, dict) else options
    code, subcode = named.get("code", 1), named.get("error_subcode", options.get("subcode"))
    known = known_error(
        code if isinstance(code, int) else 1, subcode if isinstance(subcode, int) else None
    )
    status = int(fault.number("http_status", known.status))
    if isinstance(verbatim, dict):
        return replace(known, status=status, verbatim=verbatim)
    transient = options.get("is_transient", known.transient)
    return replace(
        known,
        status=status,
        message=fault.text("message", known.message),
        type=fault.text("type", known.type or "") or None,
        transient=transient if isinstance(transient, bool) else None,
        title=fault.text("error_user_title", known.title or "") or None,
        user_message=fault.text("error_user_msg", known.user_message or "") or None,
        data=options.get("error_data", known.data),
    )


def _refused(
    context: GraphContext, router: GraphRouter, call: GraphCall, fault: Fault
) -> GraphError:
    """Refuse for quota, with headers that say how long to wait."""
    code = int(fault.number("code", 80004))
    minutes = fault.number("minutes", 5)
    object_id, edge = call_target(call)
    family = "ads_insights" if code == 80000 else use_case(object_id, edge, context)
    account_id = None if code == 4 else router.account_of(object_id)
    headers = context.usage.headers_when_blocked(context.quota_time(), account_id, family, minutes)
    subcode = fault.options.get("subcode")
    if not isinstance(subcode, int):
        subcode = 1504022 if code == 4 and family == "ads_insights" else None
    return rate_limited(code, headers, subcode)


def _spoil_report(
    context: GraphContext, call: GraphCall, fault: Fault, answer: GraphAnswer
) -> None:
    """Make the report of this call fail, or invisible to its first poll."""
    value = answer.value if isinstance(answer.value, dict) else {}
    run_id = str(value.get("report_run_id") or (call.segments[0] if call.segments else ""))
    run = context.reports.runs.get(run_id)
    if run is None:
        return
    if fault.kind == "report_race":
        run.races += 1
        return
    if fault.kind == "report_skipped":
        run.skipped = True
    else:
        run.failure = FAILED
    if call.verb == "GET" and "async_status" in value:
        answer.value = {"id": run.id, **run.fields()}


def _wrong_types(call: GraphCall, fault: Fault, value: Mapping[str, object]) -> dict[str, object]:
    """Turn texts that read as numbers into numbers, and numbers into texts."""

    def swapped(item: object) -> object:
        if isinstance(item, dict):
            return {key: swapped(inner) for key, inner in item.items()}
        if isinstance(item, list):
            return [swapped(inner) for inner in item]
        if isinstance(item, bool) or item is None:
            return item
        if isinstance(item, int | float):
            return str(item)
        try:
            return float(str(item))
        except ValueError:
            return item

    return {k: v if k == "paging" else swapped(v) for k, v in value.items()}


def _own_start(call: GraphCall) -> str:
    return call.params.get("after") or encode_cursor(START)


def _paging_to(call: GraphCall, after: str) -> dict[str, object]:
    address = PageAddress(call.url(), call.params)
    return {
        "cursors": {"before": encode_cursor(START), "after": after},
        "next": address.with_cursor(after=after),
    }


def _empty_page(call: GraphCall, fault: Fault, value: Mapping[str, object]) -> dict[str, object]:
    """Empty the page; its next page is the one it should have been."""
    if "data" not in value:
        return dict(value)
    return {**value, "data": [], "paging": _paging_to(call, _own_start(call))}


def _paging_loop(call: GraphCall, fault: Fault, value: Mapping[str, object]) -> dict[str, object]:
    """Let the page's next page be the page itself."""
    if "data" not in value:
        return dict(value)
    return {**value, "paging": _paging_to(call, _own_start(call))}


def _short_page(call: GraphCall, fault: Fault, value: Mapping[str, object]) -> dict[str, object]:
    """Leave half of the page to the next one; rows are neither lost nor doubled."""
    rows, limit = value.get("data"), call.params.get("limit", "25")
    if not isinstance(rows, list) or len(rows) < 2 or not limit.isdigit():
        return dict(value)
    kept = rows[: len(rows) // 2]
    after = _cursor_behind(call, kept)
    if after is None:
        return dict(value)
    return {**value, "data": kept, "paging": _paging_to(call, after)}


def _cursor_behind(call: GraphCall, rows: Sequence[object]) -> str | None:
    """Return the cursor of the last row: its id, or its place in insights."""
    if call.segments[-1:] == ("insights",):
        given = call.params.get("after")
        start = 0 if given is None else int(decode_cursor(given)) + 1
        return encode_cursor(str(start + len(rows) - 1))
    last = rows[-1]
    return encode_cursor(str(last["id"])) if isinstance(last, dict) and "id" in last else None


def _duplicates(call: GraphCall, fault: Fault, value: Mapping[str, object]) -> dict[str, object]:
    """Repeat the first tenth of a page's rows (at least one) at its end."""
    rows = value.get("data")
    if not isinstance(rows, list):
        return dict(value)
    return {**value, "data": rows + rows[: max(len(rows) // 10, 1)]}


def _missing(call: GraphCall, fault: Fault, value: Mapping[str, object]) -> dict[str, object]:
    """Leave out the named fields, or all but ids and dates."""
    named = fault.options.get("fields")

    def stripped(row: object) -> object:
        if not isinstance(row, dict):
            return row
        if isinstance(named, list):
            return {k: v for k, v in row.items() if k not in named}
        return {k: v for k, v in row.items() if k in _KEPT_NAMES}

    rows = value.get("data")
    if isinstance(rows, list):
        return {**value, "data": [stripped(row) for row in rows]}
    found = stripped(value)
    return found if isinstance(found, dict) else dict(value)


_SPOILERS: dict[str, Callable[[GraphCall, Fault, Mapping[str, object]], dict[str, object]]] = {
    "wrong_types": _wrong_types,
    "empty_page_with_next": _empty_page,
    "short_page_with_next": _short_page,
    "paging_loop": _paging_loop,
    "duplicate_rows": _duplicates,
    "missing_fields": _missing,
}
