"""What the environment says: addresses, credentials and the kind of clock."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from engine.domain.errors import UserError

META_URL = "https://graph.facebook.com"
META_DIALOG_URL = "https://www.facebook.com"
_LOCAL_NAMES = frozenset({"localhost"})


@dataclass(frozen=True, slots=True)
class Environment:
    """The environment, checked; secrets never show in its repr."""

    graph_url: str = META_URL
    app_id: str = ""
    app_secret: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    account_ids: tuple[str, ...] = ()
    clock: str = "system"
    dialog_url: str = META_DIALOG_URL

    @property
    def is_sandbox(self) -> bool:
        """Whether the Graph address is on this machine."""
        return is_loopback(self.graph_url)


def is_loopback(url: str) -> bool:
    """Return whether `url` points at this machine."""
    host = urlsplit(url).hostname or ""
    if host in _LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_environment(variables: Mapping[str, str] = os.environ) -> Environment:
    """Return the environment; UserError names the variable that is wrong."""
    url = _address(variables, "AI_BUYER_GRAPH_URL", META_URL)
    # A sandbox has the dialog at its own address; Meta has it at another one.
    dialog = url if is_loopback(url) else META_DIALOG_URL
    clock = variables.get("AI_BUYER_CLOCK", "system")
    if clock not in {"system", "platform"}:
        raise UserError(f"AI_BUYER_CLOCK is {clock!r}.", hint="It is either system or platform.")
    if clock == "platform" and not is_loopback(url):
        raise UserError(
            "AI_BUYER_CLOCK=platform works with a sandbox on this machine only.",
            hint="Leave it out when AI_BUYER_GRAPH_URL is Meta.",
        )
    return Environment(
        url,
        variables.get("FACEBOOK_APP_ID", ""),
        variables.get("FACEBOOK_APP_SECRET", ""),
        variables.get("FACEBOOK_ACCESS_TOKEN", ""),
        _accounts(variables.get("FACEBOOK_AD_ACCOUNT_ID", "")),
        clock,
        _address(variables, "AI_BUYER_DIALOG_URL", dialog),
    )


def _address(variables: Mapping[str, str], name: str, default: str) -> str:
    """Return an address from the environment; UserError when it can't be used."""
    url = variables.get(name, default).rstrip("/")
    if _parts(url, name, default).scheme == "http" and not is_loopback(url):
        raise UserError(
            f"{name} uses http to another machine.",
            hint="Use https, so that the access token is not sent in the clear.",
        )
    return url


def _parts(url: str, name: str, example: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0:
            return parts
    except ValueError:
        # A broken bracket or port: told below like every other text that is no address.
        pass
    raise UserError(
        f"{name} is {url!r}, which is not an address.",
        hint=f"It looks like {example} or http://127.0.0.1:9000.",
    )


def _accounts(text: str) -> tuple[str, ...]:
    """Return the account ids in a list with commas; UserError names a wrong one."""
    found = tuple(part.strip().removeprefix("act_") for part in text.split(",") if part.strip())
    for one in found:
        if not one.isdecimal():
            raise UserError(
                f"FACEBOOK_AD_ACCOUNT_ID holds {one!r}, which is not an account's id.",
                hint="It looks like act_1234567890; several stand with commas between them.",
            )
    return found
