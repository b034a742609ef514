"""A browser at the sandbox's login dialog: it follows one link and comes back."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx


def consent(address: str, **choice: str) -> str:
    """Open the dialog's address, choose, and return where the browser is sent.

    `choice` may name `user`, `declined` scopes, or `confirm="cancel"`.
    """
    parts = urlsplit(address)
    query = urlencode({**dict(parse_qsl(parts.query)), "confirm": "continue", **choice})
    with httpx.Client(trust_env=False) as browser:
        page = browser.get(address)
        assert page.status_code == 200
        assert "continue" in page.text
        sent = browser.get(f"{parts.scheme}://{parts.netloc}{parts.path}?{query}")
    assert sent.status_code == 302, sent.text
    return str(sent.headers["location"])


def brought(location: str) -> dict[str, str]:
    """Return what an address carries in its query and its fragment."""
    parts = urlsplit(location)
    return {**dict(parse_qsl(parts.query)), **dict(parse_qsl(parts.fragment))}
