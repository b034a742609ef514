"""The grammar of `fields`: names, modifiers and nested lists."""

from __future__ import annotations

import json
from dataclasses import dataclass


class FieldListError(ValueError):
    """A list of fields that Meta could not read."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One field, for example `adsets.limit(5){id,name}`."""

    name: str
    modifiers: tuple[str, ...] = ()
    inner: tuple[Wanted, ...] = ()


def parse_fields(text: str) -> list[Wanted]:
    """Return the fields of a comma list or a JSON list. Raises FieldListError."""
    if text.startswith("["):
        try:
            names = json.loads(text)
        except ValueError as error:
            raise FieldListError(f"no JSON list: {text}") from error
        return [one for name in names for one in parse_fields(str(name))]
    reader = _Reader(text)
    found = reader.list()
    if reader.rest:
        raise FieldListError(f"{reader.rest!r} is too much")
    return found


class _Reader:
    """Reads a list from its start; `rest` is what is left."""

    def __init__(self, text: str) -> None:
        self.rest = text

    def list(self) -> list[Wanted]:
        found = [self._field()]
        while self._take(","):
            found.append(self._field())
        return found

    def _field(self) -> Wanted:
        name = self._name()
        modifiers = []
        while self._take("."):
            modifiers.append(self._name())
            self._arguments()
        inner: list[Wanted] = []
        if self._take("{"):
            inner = self.list()
            if not self._take("}"):
                raise FieldListError(f"{name} is not closed")
        return Wanted(name, tuple(modifiers), tuple(inner))

    def _name(self) -> str:
        size = next(
            (at for at, one in enumerate(self.rest) if not (one.isalnum() or one == "_")),
            len(self.rest),
        )
        if not size:
            raise FieldListError(f"a name is missing before {self.rest[:20]!r}")
        name, self.rest = self.rest[:size], self.rest[size:]
        return name

    def _arguments(self) -> None:
        """Pass over `(...)`, which may hold brackets and texts."""
        if not self._take("("):
            raise FieldListError(f"a modifier without arguments before {self.rest[:20]!r}")
        depth, quoted = 1, False
        for at, one in enumerate(self.rest):
            quoted ^= one == '"'
            depth += 0 if quoted else {"(": 1, ")": -1}.get(one, 0)
            if not depth:
                self.rest = self.rest[at + 1 :]
                return
        raise FieldListError("a modifier is not closed")

    def _take(self, sign: str) -> bool:
        if not self.rest.startswith(sign):
            return False
        self.rest = self.rest[len(sign) :]
        return True
