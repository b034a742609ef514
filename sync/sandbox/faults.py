"""Scripted faults: which request shall fail, how, and how often."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

KINDS = (
    "error",
    "rate_limit",
    "token_expired",
    "slow",
    "drop_before_apply",
    "drop_after_apply",
    "html_502",
    "truncated_json",
    "wrong_types",
    "empty_page_with_next",
    "short_page_with_next",
    "paging_loop",
    "duplicate_rows",
    "missing_fields",
    "report_failed",
    "report_race",
    "report_skipped",
    "batch_item_null",
)
OPTIONS: dict[str, type | tuple[type, ...]] = {
    "method": str,
    "path": str,
    "nth": int,
    "times": int,
    "fault": str,
    "http_status": int,
    "code": int,
    "subcode": int,
    "message": str,
    "minutes": float,
    "seconds": float,
    "fields": list,
    "type": str,
    "is_transient": bool,
    "error_user_title": str,
    "error_user_msg": str,
    "error_data": (dict, str),
    "error": dict,
}
_DESCRIBING = ("method", "path", "nth", "times", "fault")


class FaultError(ValueError):
    """A fault description that cannot be used; says what is wrong."""


@dataclass(slots=True)
class Fault:
    """One scripted fault: hits matches number nth .. nth+times-1.

    `times` 0 means every match from the nth on. Options of a kind: error
    (http_status, code, subcode, message, type, is_transient, error_user_title,
    error_user_msg, error_data; or error, a whole error object), rate_limit
    (code, subcode, minutes), slow (seconds), html_502 (http_status),
    missing_fields (fields).
    """

    id: int
    kind: str
    method: str
    path: re.Pattern[str]
    nth: int
    times: int
    options: Mapping[str, object]
    seen: int = 0
    hits: int = 0

    def meets(self, method: str, path: str) -> bool:
        """Count a request and tell whether this fault strikes it."""
        if self.method not in ("*", "ANY", method) or not self.path.search(path):
            return False
        self.seen += 1
        if self.seen < self.nth or (self.times and self.seen >= self.nth + self.times):
            return False
        self.hits += 1
        return True

    def number(self, name: str, default: float) -> float:
        """Return a numeric option or its default."""
        value = self.options.get(name, default)
        return float(value) if isinstance(value, int | float) else default

    def text(self, name: str, default: str) -> str:
        """Return a text option or its default."""
        value = self.options.get(name)
        return default if value is None else str(value)

    def as_json(self) -> dict[str, object]:
        """Return the fault with its counters as served by the controls."""
        return {
            "id": self.id,
            "fault": self.kind,
            "method": self.method,
            "path": self.path.pattern,
            "nth": self.nth,
            "times": self.times,
            "seen": self.seen,
            "hits": self.hits,
            **self.options,
        }


@dataclass(slots=True)
class FaultPlan:
    """All scripted faults, oldest first."""

    faults: list[Fault] = field(default_factory=list)
    _next_id: int = 1

    def add(self, described: Mapping[str, object]) -> Fault:
        """Add a fault from its JSON form; raises FaultError when unusable."""
        _check(described)
        kind = str(described["fault"])
        try:
            path = re.compile(str(described.get("path", ".*")))
        except re.error as error:
            raise FaultError(f"path is not a regular expression: {error}") from None
        fault = Fault(
            id=self._next_id,
            kind=kind,
            method=str(described.get("method", "*")).upper(),
            path=path,
            nth=_number(described.get("nth", 1)),
            times=_number(described.get("times", 1)),
            options={n: value for n, value in described.items() if n not in _DESCRIBING},
        )
        self._next_id += 1
        self.faults.append(fault)
        return fault

    def strike(self, method: str, path: str, in_batch: bool = False) -> Fault | None:
        """Count the request at every fault; return the first that strikes.

        `batch_item_null` counts batch items only.
        """
        struck = [
            fault
            for fault in self.faults
            if (in_batch or fault.kind != "batch_item_null") and fault.meets(method, path)
        ]
        return struck[0] if struck else None

    def clear(self) -> int:
        """Remove all faults and return how many there were."""
        count = len(self.faults)
        self.faults.clear()
        return count


def _check(described: Mapping[str, object]) -> None:
    """Refuse unknown options, wrong types and unknown kinds, all at once."""
    faults: list[str] = []
    for name, value in described.items():
        wanted = OPTIONS.get(name)
        if wanted is None:
            faults.append(f"unknown option '{name}' (allowed: {', '.join(OPTIONS)})")
        elif (isinstance(value, bool) and wanted is not bool) or not isinstance(
            value, (int, float) if wanted is float else wanted
        ):
            kinds = wanted if isinstance(wanted, tuple) else (wanted,)
            faults.append(f"{name} must be {' or '.join(kind.__name__ for kind in kinds)}")
    if described.get("fault") not in KINDS:
        faults.append(f"fault must be one of {', '.join(KINDS)}")
    for name, least in (("nth", 1), ("times", 0)):
        value = described.get(name, least)
        if isinstance(value, int) and value < least:
            faults.append(f"{name} must be at least {least}")
    if faults:
        raise FaultError("; ".join(faults))


def _number(value: object) -> int:
    """Narrow a checked JSON number."""
    return value if isinstance(value, int) else 1
