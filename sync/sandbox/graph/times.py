"""Graph API time texts: written in the account's zone, read leniently."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sync.sandbox.graph.errors import bad_value

_PHP_LETTERS = {
    "Y": "%Y", "y": "%y", "m": "%m", "d": "%d", "H": "%H", "h": "%I", "i": "%M", "s": "%S",
    "O": "%z", "T": "%Z", "e": "%Z", "D": "%a", "l": "%A", "M": "%b", "F": "%B", "A": "%p",
}  # fmt: skip
_ABBREVIATIONS = {"PST": "-0800", "PDT": "-0700", "EST": "-0500", "EDT": "-0400", "UTC": "+0000"}


def graph_time(moment: datetime, zone: str, date_format: str | None = None) -> str | int:
    """Return `2023-03-17T08:04:28-0700` in `zone`, or as `date_format` asks.

    The format is written in PHP's letters; `U` gives unix seconds.
    """
    if date_format == "U":
        return int(moment.timestamp())
    local = moment.astimezone(ZoneInfo(zone))
    if not date_format:
        return local.strftime("%Y-%m-%dT%H:%M:%S%z")
    return "".join(
        part[1] if part[0] == "\\" else _letter(local, part)
        for part in re.findall(r"\\.|[^\\]", date_format)
    )


def _letter(local: datetime, letter: str) -> str:
    """Return what one letter of a PHP date format stands for."""
    if letter == "U":
        return str(int(local.timestamp()))
    if letter == "c":
        return local.isoformat(timespec="seconds")
    if letter == "P":
        return local.isoformat()[-6:]
    return local.strftime(_PHP_LETTERS[letter]) if letter in _PHP_LETTERS else letter


def utc_text(moment: datetime) -> str:
    """Return the moment in UTC with a `+0000` offset (change history)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def _from_seconds(seconds: int, name: str) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise bad_value(f"Param {name} must be a valid date/time, got '{seconds}'") from None


def parse_graph_time(text: str, zone: str, name: str = "time") -> datetime:
    """Read unix seconds or any of Meta's written forms as an aware UTC time.

    A text without an offset is taken in `zone`. Raises code 100 otherwise.
    """
    value = text.strip().strip('"')
    if re.fullmatch(r"-?\d{9,}", value):
        return _from_seconds(int(value), name)
    for short, offset in _ABBREVIATIONS.items():
        if value.endswith(" " + short):
            value = value[: -len(short) - 1] + offset
    value = re.sub(r"\s+([+-]\d\d:?\d\d)$", r"\1", value)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise bad_value(f"Param {name} must be a valid date/time, got '{text}'") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return moment.astimezone(UTC)
