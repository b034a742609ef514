"""The languages that people read."""

from __future__ import annotations

from enum import StrEnum


class Language(StrEnum):
    """English and Ukrainian, by their ISO 639-1 codes."""

    ENGLISH = "en"
    UKRAINIAN = "uk"
