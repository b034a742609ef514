"""Half characters in Meta's JSON, so that no name spoils its page.

A name cut in the middle of an emoji arrives as a lone surrogate, which no JSON
reader accepts; without this every object of its page would be lost.
"""

from __future__ import annotations

import re

_ESCAPE = re.compile(
    rb"\\(?:"
    rb"(?P<pair>u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|(?P<lone>u[dD][89a-fA-F][0-9a-fA-F]{2})"
    rb"|.)",
    re.DOTALL,
)


def mended(body: bytes) -> bytes:
    """Return the JSON text with U+FFFD in place of every lone surrogate."""
    return _ESCAPE.sub(lambda found: b"\\ufffd" if found.group("lone") else found.group(0), body)
