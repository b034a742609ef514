"""A rule's document as JSON text, and where in the text a path stands."""

from __future__ import annotations

import json
import re
from bisect import bisect_right

from ui.rule_editor.document import Json

_BLANK = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_PLAIN = re.compile(r"[^\s,\]}]+")


class TextFault(Exception):
    """Why a text can't be read: a key of the catalogue and the line, from 1."""

    def __init__(self, key: str, line: int, detail: str = "") -> None:
        super().__init__(key)
        self.key = key
        self.line = line
        self.detail = detail


def write(document: Json) -> str:
    """Return a document as indented JSON."""
    return json.dumps(document, ensure_ascii=False, indent=2)


def read(text: str) -> Json:
    """Return the document of a text; raises TextFault."""
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
        # A number like 1e999 becomes infinite, which no document can hold.
        json.dumps(value, allow_nan=False)
    except json.JSONDecodeError as error:
        raise TextFault("json.unreadable", error.lineno, error.msg) from error
    except RecursionError as error:
        raise TextFault("json.too_deep", 1) from error
    except ValueError as error:
        name = str(error)
        line = next((n for n, row in enumerate(text.splitlines(), 1) if f'"{name}"' in row), 1)
        raise TextFault("json.twice_or_infinite", line, name) from error
    if not isinstance(value, dict):
        raise TextFault("json.no_object", 1)
    return value


def lines_of(text: str) -> dict[str, int]:
    """Return the line (from 1) of every path of a readable text."""
    scanner = _Places(text)
    scanner.value("", 0)
    return scanner.found


def line_of(places: dict[str, int], path: str) -> int:
    """Return the line of a path, or of the nearest thing around it."""
    while path and path not in places:
        path = path.rpartition("/")[0]
    return places.get(path, 1)


class _Places:
    """Walks over valid JSON and notes where each value begins."""

    def __init__(self, text: str) -> None:
        self.found: dict[str, int] = {}
        self._text = text
        self._breaks = [match.start() for match in re.finditer("\n", text)]

    def value(self, path: str, at: int) -> int:
        """Note the value at an offset; return the offset after it."""
        at = self._skip(at)
        self.found.setdefault(path, bisect_right(self._breaks, at) + 1)
        opening = self._text[at]
        if opening == "{":
            return self._members(path, at + 1, "}")
        if opening == "[":
            return self._members(path, at + 1, "]")
        if opening == '"':
            return self._string(at)[1]
        match = _PLAIN.match(self._text, at)
        assert match is not None
        return match.end()

    def _string(self, at: int) -> tuple[str, int]:
        match = _STRING.match(self._text, at)
        assert match is not None
        return str(json.loads(match[0])), match.end()

    def _members(self, path: str, at: int, closing: str) -> int:
        place = 0
        at = self._skip(at)
        while self._text[at] != closing:
            name = str(place)
            if closing == "}":
                name, after = self._string(at)
                whole = f"{path}/{name}" if path else name
                self.found.setdefault(whole, bisect_right(self._breaks, at) + 1)
                at = self._skip(after) + 1
            at = self._skip(self.value(f"{path}/{name}" if path else name, at))
            if self._text[at] == ",":
                at = self._skip(at + 1)
            place += 1
        return at + 1

    def _skip(self, at: int) -> int:
        match = _BLANK.match(self._text, at)
        assert match is not None
        return match.end()


def _unique(pairs: list[tuple[str, object]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(next(name for name in names if names.count(name) > 1))
    return found


def _no_constant(name: str) -> object:
    raise ValueError(name)
