"""Names as the report's fonts can show them.

Names are written by strangers, and the page must be readable by machines too,
so a letter that no font has would spoil the whole report: signs such as emoji
are left out, foreign letters stay where they can and become squares otherwise.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from functools import cache

from engine.domain.resource_files import resource

LONGEST = 300
_FONT = "Inter-Regular.ttf"
# Controls, halves of letters, private and unassigned ones, invisible ones.
_NEVER = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_SQUARE = "□"
_NOTHING = "–"


def shown(name: str, *, squares: bool = False) -> str:
    """Return `name` on one line, without signs that can't be shown.

    With `squares`, letters that our own font does not have become squares.
    """
    kept = "".join(_sign(sign, squares=squares) for sign in unicodedata.normalize("NFC", name))
    return re.sub(r"\s+", " ", kept).strip()[:LONGEST] or _NOTHING


def _sign(sign: str, *, squares: bool) -> str:
    if sign.isspace():
        return " "
    kind = unicodedata.category(sign)
    if kind in _NEVER:
        return ""
    if ord(sign) in own_signs():
        return sign
    if kind[0] not in "LM":
        return ""
    if squares:
        return _SQUARE if kind[0] == "L" else ""
    return sign


@cache
def own_signs() -> frozenset[int]:
    """Return the code points for which our font has a picture."""
    font = resource("fonts", _FONT).read_bytes()
    (tables,) = struct.unpack_from(">H", font, 4)
    directory = [struct.unpack_from(">4sIII", font, 12 + 16 * place) for place in range(tables)]
    cmap = next(offset for tag, _, offset, _ in directory if tag == b"cmap")
    (parts,) = struct.unpack_from(">H", font, cmap + 2)
    offsets = [struct.unpack_from(">HHI", font, cmap + 4 + 8 * part)[2] for part in range(parts)]
    return frozenset().union(*(_segments(font, cmap + offset) for offset in offsets))


def _segments(font: bytes, start: int) -> frozenset[int]:
    """Return the code points of one table: OpenType's format 12, or none of another."""
    (form,) = struct.unpack_from(">H", font, start)
    if form != 12:
        return frozenset()
    (groups,) = struct.unpack_from(">I", font, start + 12)
    found: set[int] = set()
    for group in range(groups):
        first, last, glyph = struct.unpack_from(">III", font, start + 16 + 12 * group)
        found |= {point for point in range(first, last + 1) if glyph + point - first}
    return frozenset(found)
