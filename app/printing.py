"""What commands print: tables for people, JSON for machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson


def print_json(value: object) -> None:
    """Print `value` as one JSON document."""
    print(orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode())


def print_table(rows: Sequence[Mapping[str, object]], *, empty: str) -> None:
    """Print `rows` as aligned columns, or `empty` when there are none."""
    if not rows:
        print(empty)
        return
    headings = list(rows[0])
    texts = [[_text(row.get(heading)) for heading in headings] for row in rows]
    widths = [
        max(len(heading), *(len(line[index]) for line in texts))
        for index, heading in enumerate(headings)
    ]
    for line in [headings, *texts]:
        padded = (text.ljust(width) for text, width in zip(line, widths, strict=True))
        print("  ".join(padded).rstrip())


def _text(value: object) -> str:
    return "–" if value is None else str(value)
