"""The login addresses: dialog, token exchange and token inspection."""

from __future__ import annotations

from sync.sandbox.graph.calls import GraphAnswer, GraphCall
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import bad_value
from sync.sandbox.graph.oauth import dialog_page

HTML = "text/html; charset=utf-8"


def answer_login(context: GraphContext, call: GraphCall) -> GraphAnswer | None:
    """Answer a login address; None for every other call.

    These work with or without a version in the path.
    """
    now, login, params = context.now(), context.login, call.params
    if call.segments == ("oauth", "access_token"):
        return GraphAnswer(200, login.exchange(params, now))
    if call.segments == ("debug_token",):
        context.tokens.check(call.token, now, "debug_token")
        if not params.get("input_token"):
            raise bad_value("The parameter input_token is required")
        return GraphAnswer(200, login.inspect(params["input_token"], now))
    if call.segments == ("dialog", "oauth"):
        login.check_dialog(params)
        if "confirm" in params:
            address = login.answer_dialog(params, now)
            return GraphAnswer(302, None, headers={"Location": address}, raw=b"")
        return GraphAnswer(200, None, raw=dialog_page(context.tokens, params), content_type=HTML)
    if call.segments == ("connect", "login_success.html"):
        page = b"<!doctype html><title>Success</title>Success"
        return GraphAnswer(200, None, raw=page, content_type=HTML)
    return None
