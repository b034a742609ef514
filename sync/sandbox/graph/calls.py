"""One Graph call and its answer, free of any web framework."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlsplit

from sync.sandbox.graph.query_text import read_query

_VERSION = re.compile(r"v\d+\.\d+")


def normal_path(path: str) -> str:
    """Collapse double slashes and drop a trailing one; keeps the leading."""
    return "/" + "/".join(part for part in path.split("/") if part)


@dataclass(frozen=True)
class GraphCall:
    """A call as received: top-level, or one item of a batch.

    `path` is as received; `files` holds uploads by file name and `parts` tells
    the file name of a form's part; `known_tags` are those of If-None-Match;
    `base_url` is scheme and host for addresses in answers; what is carried
    out `later` may be larger.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    known_tags: tuple[str, ...] = ()
    bearer: str | None = None
    base_url: str = ""
    request_id: str = ""
    in_batch: bool = False
    later: bool = False

    @cached_property
    def version(self) -> str | None:
        """API version named by the path, such as `v26.0`."""
        first = normal_path(self.path).strip("/").split("/")[0]
        return first if _VERSION.fullmatch(first) else None

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """Path parts after the version."""
        parts = tuple(part for part in self.path.split("/") if part)
        return parts[1:] if self.version else parts

    @cached_property
    def params(self) -> dict[str, str]:
        """Query and form together; the form wins."""
        return {**self.query, **self.form}

    @cached_property
    def verb(self) -> str:
        """HTTP method after the `method=` override of Graph."""
        override = self.params.get("method", "").upper()
        if self.method in ("GET", "POST") and override in ("GET", "POST", "DELETE"):
            return override
        return self.method

    @cached_property
    def token(self) -> str | None:
        """Token from the query, the form or the Authorization header."""
        return self.params.get("access_token") or self.bearer

    def url(self) -> str:
        """Address of this call without its query."""
        return self.base_url + normal_path(self.path)


@dataclass(slots=True)
class GraphAnswer:
    """Status, JSON value and extra headers of an answered call.

    `raw` replaces the JSON value when set (other content types).
    """

    status: int
    value: object
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    content_type: str = "application/json; charset=UTF-8"


def item_call(envelope: GraphCall, item: Mapping[str, object]) -> GraphCall:
    """Make the call of a batch item, with or without version in its address."""
    parts = urlsplit(str(item.get("relative_url", "")).lstrip("/"))
    path = "/" + parts.path
    first = parts.path.split("/")[0]
    if not _VERSION.fullmatch(first) and envelope.version is not None:
        path = f"/{envelope.version}{path}"
    query = read_query(parts.query)
    body = item.get("body")
    form = read_query(str(body)) if body else {}
    if "access_token" not in query and "access_token" not in form:
        query["access_token"] = envelope.token or ""
        for name in ("appsecret_proof", "appsecret_time"):
            if name in envelope.params:
                query.setdefault(name, envelope.params[name])
    attached = str(item.get("attached_files") or "").split(",")
    names = [envelope.parts.get(name.strip(), name.strip()) for name in attached]
    return GraphCall(
        method=str(item.get("method", "GET")).upper(),
        path=path,
        query=query,
        form=form,
        files={name: envelope.files[name] for name in names if name in envelope.files},
        known_tags=_item_tags(item.get("headers")),
        base_url=envelope.base_url,
        in_batch=True,
    )


def _item_tags(headers: object) -> tuple[str, ...]:
    """Return the If-None-Match tags of a batch item, however it writes headers."""
    pairs: dict[str, str] = {}
    for one in headers if isinstance(headers, list) else [headers]:
        if isinstance(one, Mapping) and {"name", "value"} <= one.keys():
            pairs[str(one["name"])] = str(one["value"])
        elif isinstance(one, Mapping):
            pairs.update({str(name): str(value) for name, value in one.items()})
        elif isinstance(one, str):
            name, _, value = one.partition(":")
            pairs[name.strip()] = value.strip()
    return read_tags(pairs)


def read_tags(headers: Mapping[str, str]) -> tuple[str, ...]:
    """Return the tags of an If-None-Match header."""
    found = next((v for k, v in headers.items() if k.lower() == "if-none-match"), "")
    return tuple(part.strip().removeprefix("W/") for part in found.split(",") if part.strip())
