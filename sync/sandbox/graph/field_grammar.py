"""The grammar of `fields`: name[.modifier(argument)]*[{name, ...}].

Both forms seen in the wild are accepted: a comma list and a JSON array.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

from sync.sandbox.graph.errors import GraphError


@dataclass(frozen=True, slots=True)
class FieldRequest:
    """One asked field with its modifiers and, when expanded, its children.

    `alias` is the key in the answer when `.as(name)` was given.
    """

    name: str
    modifiers: Mapping[str, str] = field(default_factory=dict)
    children: tuple[FieldRequest, ...] | None = None

    @property
    def key(self) -> str:
        """Key under which the value stands in the answer."""
        return self.modifiers.get("as", self.name)


def parse_fields(text: str | None) -> tuple[FieldRequest, ...]:
    """Parse the value of `fields`; no value gives an empty tuple.

    Raises GraphError 2500 with the position when the text is malformed.
    """
    if text is None or not text.strip():
        return ()
    if text.lstrip().startswith("["):
        try:
            items = orjson.loads(text)
        except orjson.JSONDecodeError:
            items = None
        if isinstance(items, list):
            text = ",".join(str(item) for item in items)
    return _Parser(text).parse_all()


class _Parser:
    """Recursive descent over one `fields` text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def parse_all(self) -> tuple[FieldRequest, ...]:
        """Parse the whole text and refuse anything left over."""
        found = self._parse_list()
        if self._at < len(self._text):
            raise self._syntax_error("end of string")
        return found

    def _parse_list(self) -> tuple[FieldRequest, ...]:
        found: list[FieldRequest] = []
        while True:
            self._skip_space()
            if self._peek() in ("}", ""):
                return tuple(found)
            found.append(self._parse_field())
            self._skip_space()
            if self._peek() != ",":
                return tuple(found)
            self._at += 1

    def _parse_field(self) -> FieldRequest:
        name = self._parse_name()
        modifiers: dict[str, str] = {}
        while self._peek() == ".":
            self._at += 1
            modifier = self._parse_name()
            modifiers[modifier] = self._parse_argument()
        children: tuple[FieldRequest, ...] | None = None
        if self._peek() == "{":
            self._at += 1
            children = self._parse_list()
            if self._peek() != "}":
                raise self._syntax_error('"}"')
            self._at += 1
        return FieldRequest(name, modifiers, children)

    def _parse_name(self) -> str:
        self._skip_space()
        start = self._at
        while self._peek() and (self._peek().isalnum() or self._peek() in "_:-"):
            self._at += 1
        if start == self._at:
            raise self._syntax_error("a field name")
        return self._text[start : self._at]

    def _parse_argument(self) -> str:
        if self._peek() != "(":
            raise self._syntax_error('"("')
        start = self._at + 1
        depth = 0
        quoted = False
        while self._at < len(self._text):
            char = self._text[self._at]
            if char == '"' and self._text[self._at - 1] != "\\":
                quoted = not quoted
            elif not quoted and char in "([{":
                depth += 1
            elif not quoted and char in ")]}":
                depth -= 1
                if depth == 0:
                    self._at += 1
                    return self._text[start : self._at - 1].strip()
            self._at += 1
        raise self._syntax_error('")"')

    def _peek(self) -> str:
        return self._text[self._at] if self._at < len(self._text) else ""

    def _skip_space(self) -> None:
        while self._peek().isspace():
            self._at += 1

    def _syntax_error(self, expected: str) -> GraphError:
        found = self._peek() or "end of string"
        return GraphError(
            message=(
                f'Syntax error "Expected {expected} instead of "{found}"." '
                f"at character {self._at}: {self._text}"
            ),
            code=2500,
        )
