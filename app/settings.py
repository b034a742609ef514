"""What the environment says: addresses, credentials and the kind of clock."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from engine.domain.errors import UserError

META_URL = "https://graph.facebook.com"
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


def need_token(environment: Environment) -> None:
    """Raise UserError where Meta is needed and there is no token."""
    if not environment.access_token:
        raise UserError(
            "There is no access token for Meta.",
            hint="Set FACEBOOK_ACCESS_TOKEN, or look around without one: ai-buyer --demo.",
        )


def read_environment(variables: Mapping[str, str] = os.environ) -> Environment:
    """Return the environment; UserError names the variable that is wrong."""
    url = variables.get("AI_BUYER_GRAPH_URL", META_URL).rstrip("/")
    if _address(url).scheme == "http" and not is_loopback(url):
        raise UserError(
            "AI_BUYER_GRAPH_URL uses http to another machine.",
            hint="Use https, so that the access token is not sent in the clear.",
        )
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
    )


def _address(url: str) -> SplitResult:
    """Return the parts of the Graph address; UserError when it is none."""
    try:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0:
            return parts
    except ValueError:
        # A broken bracket or port: told below like every other text that is no address.
        pass
    raise UserError(
        f"AI_BUYER_GRAPH_URL is {url!r}, which is not an address.",
        hint="It looks like https://graph.facebook.com or http://127.0.0.1:9000.",
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
