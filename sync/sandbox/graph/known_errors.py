"""Errors that Meta is known to answer with, by code and subcode.

A scripted fault that names only the numbers gets the form seen with them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sync.sandbox.graph.errors import GraphError, rate_limited
from sync.sandbox.graph.tokens import TROUBLES

_INVALID = "Invalid parameter"


@dataclass(frozen=True, slots=True)
class _Form:
    """What an error looks like apart from its numbers."""

    message: str
    type: str | None = "OAuthException"
    status: int = 400
    transient: bool | None = None
    title: str | None = None
    user: str | None = None
    data: object = None


def _told(title: str, user: str, *blamed: str, message: str = _INVALID) -> _Form:
    data = {"blame_field_specs": [[name] for name in blamed]} if blamed else None
    return _Form(message, transient=False, title=title, user=user, data=data)


def _numbered(code: int, text: str) -> _Form:
    return _Form(f"(#{code}) {text}")


_FORMS: dict[tuple[int, int | None], _Form] = {
    (1, None): _Form("An unknown error occurred", status=500),
    (1, 99): _Form("An unknown error occurred", None, 500),
    (1, 2853001): _Form(
        "An unknown error occurred",
        transient=False,
        title="profile is not linked to delegate page",
        user="profile should always be linked to delegate page",
    ),
    (2, None): _Form("(#2) Service temporarily unavailable", transient=True),
    (2, 1504038): _numbered(2, "The request timed out. Ask for less, or for a report."),
    (2, 1504041): _numbered(2, "Invalid breakdowns - no data available"),
    (2, 1504042): _numbered(2, "Invalid custom metrics"),
    (2, 1504043): _Form("(#2) Intermittent failure", transient=True),
    (2, 1504044): _numbered(2, "An unknown error occurred"),
    (3, None): _numbered(3, "Application does not have the capability to make this API call."),
    (10, None): _numbered(10, "Application does not have permission for this action"),
    (100, None): _numbered(100, "Invalid parameter"),
    (100, 33): _Form(
        "Unsupported get request. Object with ID 'xxx' does not exist, cannot be loaded due to "
        "missing permissions, or does not support this operation. Please read the Graph API "
        "documentation at https://developers.facebook.com/docs/graph-api",
        "GraphMethodException",
    ),
    (100, 1487534): _told("Too Much Data", "Ask for fewer days or rows, or for a report."),
    (100, 1504018): _told("Query Timed Out", "Ask for fewer days, or for a report."),
    (100, 1487694): _told("Category Gone", "A targeting category is no longer there.", "targeting"),
    (100, 1815573): _numbered(100, "The parameter is not supported"),
    (100, 3858355): _Form(
        "The first image or video of the first asset group for flexible format must match the "
        "image or video in the creative specification."
    ),
    (100, 1885272): _told("Budget Is Too Low", "The budget is below the minimum.", "daily_budget"),
    (100, 1885261): _told("Budget Is Too High", "The budget is above the maximum.", "daily_budget"),
    (100, 1885621): _told(
        "Budget Conflict", "You can only set an ad set budget or a campaign budget."
    ),
    (100, 1885650): _told("Budget Is Too Low", "The budget is below what was spent already."),
    (100, 1752129): _told("Invalid Tasks", "The tasks cannot be combined.", "tasks"),
    (100, 3191001): _numbered(100, "No permission for these insights"),
    (100, 3858079): _Form(
        _INVALID,
        "FacebookApiException",
        transient=False,
        title="No payor provided in DSA regulated region",
        user="The DSA requires ads to provide payor information in regulated regions. "
        "Updating/creating ad needs to provide payor of the ad.",
        data='{"blame_field_specs":[["dsa_payor"]]}',
    ),
    (100, 3858081): _Form(
        _INVALID,
        "FacebookApiException",
        transient=False,
        title="No beneficiary provided in DSA regulated region",
        user="Ads in regulated regions have to name who benefits from them.",
        data='{"blame_field_specs":[["dsa_beneficiary"]]}',
    ),
    (102, None): _Form("Session key invalid or no longer valid"),
    (104, None): _Form("An access token is required to request this resource."),
    (200, None): _Form(
        "(#200) Requires business_management permission to manage the object", None, 403
    ),
    (200, 1870034): _Form("(#200) The custom audience terms were not accepted", status=403),
    (200, 1870047): _Form("(#200) The audience is too small", status=403),
    (200, 4841013): _Form("(#200) Permissions error", status=403),
    (270, None): _numbered(
        270, "This Ads API request is not allowed for apps with development access level"
    ),
    (294, None): _numbered(
        294,
        "Managing advertisements requires an access token with the extended permission for "
        "ads_management",
    ),
    (368, None): _Form("The action attempted has been deemed abusive"),
    (368, 1404082): _Form("The action attempted has been deemed abusive"),
    (506, None): _numbered(506, "Duplicate status message"),
    (613, 1487225): _numbered(613, "Too many ads were created for what the account spends"),
    (613, 1487632): _told(
        "Budget Changed Too Often",
        "A budget can be changed four times an hour. Wait an hour.",
        "daily_budget",
        message="(#613) Calls to this api have exceeded the rate limit.",
    ),
    (17, 1885172): _told(
        "Spend Cap Changed Too Often",
        "An account's spending limit can be changed ten times a day.",
        "spend_cap",
        message="(#17) User request limit reached",
    ),
    (900, None): _numbered(900, "No such application exists."),
    (2500, None): _Form(
        "An active access token must be used to query information about the current user."
    ),
    (2606, None): _numbered(2606, "The preview could not be made"),
    (2607, None): _numbered(2607, "The currency is not valid"),
    (2615, None): _numbered(2615, "The account cannot be changed so"),
    (2635, None): _numbered(
        2635,
        "You are calling a deprecated version of the Ads API. "
        "Please update to the latest version: v26.0.",
    ),
    (2641, None): _numbered(2641, "The targeting holds a restricted location"),
    (2642, None): _numbered(2642, "Invalid cursors values"),
    (2654, 1713092): _numbered(2654, "No permission to write this audience"),
    (2695, None): _numbered(2695, "The app has too many ad sets for iOS 14"),
    (3018, None): _numbered(
        3018, "The start date of the time range cannot be beyond 37 months from the current date"
    ),
    (5000, None): _Form("Unknown error code"),
    (1487901, None): _Form(
        "The budget for your Ad-Set is too low.  It must be at least $1.00 per day.",
        "Exception",
        transient=False,
        data={"blame_field_specs": [["daily_budget"]]},
    ),
}
_THROTTLES = {4, 17, 32, 341, 613}


def known_error(code: int, subcode: int | None) -> GraphError:
    """Return an error in the form seen with its numbers."""
    form = _FORMS.get((code, subcode))
    if code == 190:
        message = TROUBLES.get(subcode or 0, TROUBLES[0])
        session = {"app": "this app", "expired": "Friday, 18-Aug", "now": "Saturday, 19-Aug"}
        return GraphError(message.format(**session), code, subcode=subcode)
    if form is None and (code in _THROTTLES or 80000 <= code < 80015):
        limit = rate_limited(code, None, subcode)
        return replace(limit, subcode=subcode if code in _THROTTLES else limit.subcode)
    if form is None:
        form = _FORMS.get((code, None), _Form("An unknown error occurred"))
    return GraphError(
        message=form.message,
        code=code,
        status=form.status,
        subcode=subcode,
        type=form.type,
        transient=form.transient,
        title=form.title,
        user_message=form.user,
        data=form.data,
    )
