"""What differs between two documents of a rule, line by line."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from enum import StrEnum

from ui.rule_editor import json_text
from ui.rule_editor.document import Json


class Side(StrEnum):
    """Where a line stands."""

    BOTH = "both"
    OLD = "old"
    NEW = "new"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line; numbers count from 1, none on the side where the line is not."""

    side: Side
    text: str
    old: int | None = None
    new: int | None = None


def compare(old: Json, new: Json, around: int = 3) -> list[DiffLine]:
    """Return the changed lines with some around them; empty when the same.

    ``around`` is how many unchanged lines are kept on each side.
    """
    before, after = json_text.write(old).splitlines(), json_text.write(new).splitlines()
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    found: list[DiffLine] = []
    for group in matcher.get_grouped_opcodes(around):
        if found:
            found.append(DiffLine(Side.GAP, "…"))
        for tag, a, b, c, d in group:
            if tag == "equal":
                pairs = zip(range(a, b), range(c, d), strict=True)
                found += [DiffLine(Side.BOTH, before[i], i + 1, j + 1) for i, j in pairs]
            else:
                found += [DiffLine(Side.OLD, before[i], old=i + 1) for i in range(a, b)]
                found += [DiffLine(Side.NEW, after[j], new=j + 1) for j in range(c, d)]
    return found
