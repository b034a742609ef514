"""Batch requests: up to 50 calls in one, with references between them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from sync.sandbox.graph.calls import GraphCall, item_call
from sync.sandbox.graph.errors import GraphError, bad_value

MAX_ITEMS = 50
_REFERENCE = re.compile(r"\{result=([^:}]+):\$\.([^}]+)\}")
_METHODS = ("GET", "POST", "DELETE")


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One described call; `omitted` leaves a success out of the answer."""

    described: Mapping[str, object]
    name: str | None
    omitted: bool

    def unmet(self, done: Mapping[str, bytes]) -> GraphError | None:
        """Return the refusal when something this item needs has failed."""
        needed = {found.group(1) for found in _REFERENCE.finditer(self._text())}
        depends = self.described.get("depends_on")
        if depends:
            needed.add(str(depends))
        for name in sorted(needed):
            if name not in done:
                return bad_value(f"The request named '{name}' that this one needs has failed")
        return None

    def call(self, envelope: GraphCall, done: Mapping[str, bytes]) -> GraphCall:
        """Make the call, with references to earlier answers filled in."""

        def filled(text: object) -> str:
            return _REFERENCE.sub(lambda m: _picked(done[m.group(1)], m.group(2)), str(text))

        described = dict(self.described)
        for name in ("relative_url", "body"):
            if described.get(name) is not None:
                described[name] = filled(described[name])
        return item_call(envelope, described)

    def _text(self) -> str:
        return f"{self.described.get('relative_url', '')} {self.described.get('body', '')}"


def read_batch(envelope: GraphCall) -> list[BatchItem]:
    """Read the `batch` parameter; raises code 100 for what is wrong."""
    try:
        items = orjson.loads(envelope.params["batch"])
    except orjson.JSONDecodeError:
        raise bad_value("Param batch must be an array.") from None
    if not isinstance(items, list) or not items:
        raise bad_value("Param batch must be a non-empty array.")
    if len(items) > MAX_ITEMS:
        raise bad_value(f"Too many requests in batch message. Maximum batch size is {MAX_ITEMS}")
    for index, item in enumerate(items):
        if not isinstance(item, dict) or "relative_url" not in item:
            raise bad_value(f"Param batch[{index}] must have method and relative_url")
        if str(item.get("method", "GET")).upper() not in _METHODS:
            raise bad_value(f"Param batch[{index}][method] must be one of GET, POST, DELETE")
    text = orjson.dumps(items).decode()
    wanted = {found.group(1) for found in _REFERENCE.finditer(text)}
    return [_read(item, wanted) for item in items]


def _read(item: Mapping[str, object], wanted: set[str]) -> BatchItem:
    name = None if item.get("name") is None else str(item["name"])
    omit = item.get("omit_response_on_success", True)
    return BatchItem(item, name, bool(name in wanted and omit not in (False, "false")))


def _picked(body: bytes, path: str) -> str:
    """Return what stands at a JSON path of an earlier answer as text.

    Several values, as behind `data.*.id`, are joined by commas.
    """
    found: list[object] = [orjson.loads(body)]
    for part in re.split(r"[.\[\]]+", path.rstrip("]")):
        found = [below for value in found for below in _below(value, part)]
    texts = [v if isinstance(v, str) else orjson.dumps(v).decode() for v in found]
    return ",".join(texts) if texts else "null"


def _below(value: object, part: str) -> list[object]:
    """Return what a value holds under a name, a number or `*`."""
    if isinstance(value, list):
        if part == "*":
            return value
        return [value[int(part)]] if part.isdigit() and int(part) < len(value) else []
    if isinstance(value, dict):
        return list(value.values()) if part == "*" else [value[part]] if part in value else []
    return []
