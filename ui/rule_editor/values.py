"""How a value of the document is shown in a line of text, and read back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from ui.rule_editor.document import MISSING

_SPACES = str.maketrans("", "", " \u00a0\u202f")
_PARTING = ";"


@dataclass(frozen=True, slots=True)
class Codec:
    """How a value becomes a line of text, and a line a value.

    ``show`` returns none for what can't be shown in one line; ``read`` turns it back.

    What can't be understood is read as text, so that the engine names the fault and
    nothing that was typed is lost.
    """

    show: Callable[[object], str | None]
    read: Callable[[str], object]


def _show_plain(value: object) -> str | None:
    if value is MISSING:
        return ""
    if isinstance(value, bool) or value is None or isinstance(value, dict | list):
        return None
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    text = str(value)
    return None if "\n" in text or "\r" in text else text


def _read_text(text: str) -> object:
    return text if text.strip() else MISSING


def _read_number(text: str) -> object:
    bare = text.translate(_SPACES).replace(",", ".").replace("\u2212", "-")
    if not bare:
        return MISSING
    if bare.removeprefix("-").isascii() and bare.removeprefix("-").isdigit() and len(bare) < 20:
        return int(bare)
    try:
        number = Decimal(bare)
    except InvalidOperation:
        return text
    return float(number) if number.is_finite() and abs(number) < Decimal("1e300") else text


def _show_share(value: object) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        shown = f"{Decimal(repr(value)) * 100:f}"
        return shown.rstrip("0").rstrip(".") if "." in shown else shown
    return _show_plain(value)


def _read_share(text: str) -> object:
    number = _read_number(text.removesuffix("%"))
    if isinstance(number, int | float):
        return float(Decimal(repr(number)) / 100)
    return number


def _show_list(value: object) -> str | None:
    if value is MISSING:
        return ""
    if not isinstance(value, list) or not value:
        return None if not isinstance(value, str) or not value.strip() else value
    texts = [_show_plain(item) for item in value]
    if any(text is None or _PARTING in text or text != text.strip() or not text for text in texts):
        return None
    return f"{_PARTING} ".join(text for text in texts if text is not None)


def _read_texts(text: str) -> object:
    parts = [part.strip() for part in text.split(_PARTING)]
    return [part for part in parts if part] or MISSING


def _read_numbers(text: str) -> object:
    parts = [part for part in text.split(_PARTING) if part.strip()]
    return [_read_number(part) for part in parts] or MISSING


TEXT = Codec(_show_plain, _read_text)
NUMBER = Codec(_show_plain, _read_number)
SHARE = Codec(_show_share, _read_share)
TEXTS = Codec(_show_list, _read_texts)
NUMBERS = Codec(_show_list, _read_numbers)
