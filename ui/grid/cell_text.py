"""The words of a cell, for the painter, the clipboard and screen readers."""

import math
from datetime import UTC, datetime, tzinfo

from engine.domain.formats import UNKNOWN
from ui.grid.columns import Column, GridData, Kind
from ui.look import Look


class CellTexts:
    """Turns values into words in the present language.

    ``zone`` is the time zone in which moments are shown.
    """

    def __init__(self, look: Look, zone: tzinfo = UTC) -> None:
        self._look = look
        self.zone = zone

    def of_cell(self, data: GridData, column: Column, row: int) -> str:
        """Return the words of a stored value."""
        if column.kind is Kind.CHECK:
            return ""
        return self.of_value(data, column, row, data.values[column.key][row])

    def of_value(self, data: GridData, column: Column, row: int, value: object) -> str:
        """Return the words that ``value`` would have in this cell."""
        formats = self._look.formats
        match column.kind:
            case Kind.MONEY:
                return formats.money(_number(value), data.currency_of(row))
            case Kind.NUMBER:
                return formats.number(_number(value))
            case Kind.RATIO:
                return formats.number(_number(value), 2)
            case Kind.PERCENT:
                return formats.percent(_number(value), 2)
            case Kind.STATUS:
                return self._look.say(f"delivery.{value}")
            case Kind.SWITCH:
                return self._look.say("grid.on" if value else "grid.off")
            case Kind.MOMENT:
                return self._moment(_number(value))
            case Kind.TREND:
                return self._trend(value)
            case _:
                return str(value)

    def _moment(self, seconds: float) -> str:
        """Return a date with its time."""
        if not math.isfinite(seconds):
            return UNKNOWN
        local = datetime.fromtimestamp(seconds, UTC).astimezone(self.zone)
        return f"{self._look.formats.day(local.date())}, {local:%H:%M}"

    def _trend(self, values: object) -> str:
        """Return a line's ends in words."""
        series = [float(value) for value in values]  # type: ignore[attr-defined]  # a row of a table
        if not series:
            return UNKNOWN
        formats = self._look.formats
        first, last = formats.short_number(series[0]), formats.short_number(series[-1])
        return self._look.say("grid.trend_of", first=first, last=last)


def _number(value: object) -> float:
    """Return a stored value as a number; unknown is NaN."""
    return math.nan if value is None else float(value)  # type: ignore[arg-type]  # numpy scalars
