"""Graph API error envelopes and the refusals the sandbox knows.

Shapes follow recorded bodies: an `error` object with message, type, code and,
where Meta sends them, subcode, transience, user texts and blamed fields.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import orjson

RATE_LIMIT_LINK = (
    "For more info, please refer to "
    "https://developers.facebook.com/docs/graph-api/overview/rate-limiting."
)
GRAPH_DOCS = "https://developers.facebook.com/docs/graph-api"


@dataclass(eq=False)
class GraphError(Exception):
    """One refusal, raised anywhere and turned into an envelope at the edge.

    `status` is the HTTP status; `blame` holds paths of refused parameters, sent as an
    object or, as some of Meta's refusals do, as JSON text; `data` is any other error_data,
    `verbatim` a whole error object instead. `localized` holds title and message by language
    where there are translations.
    """

    message: str
    code: int
    status: int = 400
    subcode: int | None = None
    type: str | None = "OAuthException"
    transient: bool | None = None
    title: str | None = None
    user_message: str | None = None
    blame: tuple[tuple[str, ...], ...] = ()
    data: object = None
    verbatim: Mapping[str, object] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    localized: dict[str, tuple[str, str]] = field(default_factory=dict)
    data_as_text: bool = False

    def __post_init__(self) -> None:
        super().__init__(self.message)

    def body(self, trace_id: str, locale: str = "en_US") -> dict[str, object]:
        """Return the JSON envelope; absent parts are left out as Meta does.

        Texts for people follow the request's locale where they can.
        """
        if self.verbatim is not None:
            return {"error": dict(self.verbatim)}
        title, user_message = self.localized.get(
            locale[:2].lower(), (self.title, self.user_message)
        )
        error: dict[str, object] = {"message": self.message, "type": self.type, "code": self.code}
        if self.type is None:
            del error["type"]
        if self.data is not None:
            error["error_data"] = self.data
        elif self.blame:
            data = {"blame_field_specs": [list(path) for path in self.blame]}
            error["error_data"] = orjson.dumps(data).decode() if self.data_as_text else data
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.transient is not None:
            error["is_transient"] = self.transient
        if title is not None:
            error["error_user_title"] = title
        if user_message is not None:
            error["error_user_msg"] = user_message
        error["fbtrace_id"] = trace_id
        return {"error": error}


def trace_id(seed: int, request_id: str) -> str:
    """Return a trace id that looks like Meta's and is the same each run."""
    digest = hashlib.sha1(f"{seed}/{request_id}".encode(), usedforsecurity=False).digest()
    return "A" + base64.urlsafe_b64encode(digest)[:22].decode().replace("=", "x")


def invalid_parameter(
    title: str, detail: str, subcode: int | None = None, blame: Sequence[str] = ()
) -> GraphError:
    """Code 100 with texts for people and the blamed parameters."""
    return GraphError(
        message="Invalid parameter",
        code=100,
        subcode=subcode,
        transient=False,
        title=title,
        user_message=detail,
        blame=tuple((name,) for name in blame),
    )


def bad_value(detail: str) -> GraphError:
    """Code 100 without a subcode: a parameter has a wrong form or value."""
    return GraphError(message=f"(#100) {detail}", code=100)


def unknown_field(name: str, node: str) -> GraphError:
    """Code 100 for a field that the node type does not have."""
    return bad_value(f"Tried accessing nonexisting field ({name}) on node type ({node})")


def unknown_path(rest: str) -> GraphError:
    """Code 2500: the path goes on where no node has anything."""
    return GraphError(message=f"Unknown path components: /{rest}", code=2500)


def missing_object(object_id: str, verb: str = "get") -> GraphError:
    """Code 100/33: no such object, no permission, or no such operation."""
    return GraphError(
        message=(
            f"Unsupported {verb} request. Object with ID '{object_id}' does not exist, cannot be "
            "loaded due to missing permissions, or does not support this operation. "
            f"Please read the Graph API documentation at {GRAPH_DOCS}"
        ),
        code=100,
        subcode=33,
        type="GraphMethodException",
    )


def token_error(message: str, subcode: int | None = None) -> GraphError:
    """Code 190: the token cannot be used (any more)."""
    return GraphError(message=message, code=190, subcode=subcode)


def deprecated_version(latest: str) -> GraphError:
    """Code 2635: the path names a version that is not alive."""
    return GraphError(
        message=(
            "(#2635) You are calling a deprecated version of the Ads API. "
            f"Please update to the latest version: {latest}."
        ),
        code=2635,
    )


def too_much_data() -> GraphError:
    """Code 100/1487534: the report has too many rows or data points."""
    return GraphError(
        message="Invalid parameter",
        code=100,
        subcode=1487534,
        transient=False,
        title="Too Much Data",
        user_message=(
            "The query asks for too many rows. Ask for fewer days, fewer breakdowns "
            "or a filter, or use an asynchronous report."
        ),
    )


_REACHED = {
    4: "Application request limit reached",
    17: "User request limit reached",
    32: "Page request limit reached",
    341: "Application limit reached",
    613: "Calls to this api have exceeded the rate limit.",
}


def rate_limited(
    code: int, headers: dict[str, str] | None = None, subcode: int | None = None
) -> GraphError:
    """Refusal for a used-up quota, with the texts seen for each code."""
    status = 403 if code == 4 else 400
    transient = True if code in (4, 17) else None
    if code in _REACHED:
        message = f"(#{code}) {_REACHED[code]}"
        subcode = 2446079 if code == 17 and subcode is None else subcode
    else:
        subcode = 2446079 if subcode is None else subcode
        preposition = "from" if code == 80000 else "to"
        message = (
            f"(#{code}) There have been too many calls {preposition} this ad-account. "
            f"Wait a bit and try again. {RATE_LIMIT_LINK}"
        )
    return GraphError(
        message=message,
        code=code,
        status=status,
        subcode=subcode,
        transient=transient,
        headers=headers or {},
    )
