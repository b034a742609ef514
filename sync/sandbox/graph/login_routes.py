"""The login addresses: dialog, token exchange and token inspection."""

from __future__ import annotations

from sync.sandbox.graph.calls import GraphAnswer, GraphCall
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import bad_value
from sync.sandbox.graph.oauth import dialog_page


def answer_login(context: GraphContext, call: GraphCall) -> GraphAnswer | None:
    """Answer a login address; None for every other call.

    These work with or without a version in the path.
    """
    now, tokens, params = context.now(), context.tokens, call.params
    if call.segments == ("oauth", "access_token"):
        return GraphAnswer(200, tokens.exchange(params, now))
    if call.segments == ("debug_token",):
        tokens.check(call.token, now, "debug_token")
        if "input_token" not in params:
            raise bad_value("The parameter input_token is required")
        return GraphAnswer(200, tokens.inspect(params["input_token"], now))
    if call.segments == ("dialog", "oauth"):
        tokens.check_dialog(params)
        if "confirm" in params:
            address = tokens.dialog_redirect(params, now)
            return GraphAnswer(302, None, headers={"Location": address}, raw=b"")
        page = dialog_page(params)
        return GraphAnswer(200, None, raw=page, content_type="text/html; charset=utf-8")
    if call.segments == ("connect", "login_success.html"):
        page = b"<!doctype html><title>Success</title>Success"
        return GraphAnswer(200, None, raw=page, content_type="text/html; charset=utf-8")
    return None
