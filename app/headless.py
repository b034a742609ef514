"""`ai-buyer --server`: the engine without a window."""

from __future__ import annotations

import argparse
import asyncio
import ipaddress

from app import engine_file
from app.logs import set_up_logs
from app.paths import find_home, prepare
from app.settings import read_environment
from engine.domain.errors import UserError
from engine.domain.secrets import KnownSecrets


def run(arguments: argparse.Namespace) -> int:
    """Serve until stopped and return the exit code."""
    environment = read_environment()
    _refuse_public(arguments.host)
    home = prepare(find_home())
    running = engine_file.find_running(home)
    if running is not None:
        raise UserError(
            f"An engine already serves {home.folder} at {running.url}.",
            hint="Use that one, stop it, or set AI_BUYER_HOME to another folder.",
        )
    known = KnownSecrets((environment.access_token, environment.app_secret))
    set_up_logs(home.logs, secrets=known, verbose=arguments.verbose)
    # Loaded late: a mistake above is told at once.
    from app.serving import address_of, bind, serve

    bound = bind(arguments.host, arguments.port)
    url = address_of(bound, arguments.host)

    async def work() -> None:
        from app.wiring import open_parts

        async with open_parts(home, environment, known=known, url=url) as parts:
            await serve(parts, home, bound, url)

    with bound:
        asyncio.run(work())
    return 0


def _refuse_public(host: str) -> None:
    if host == "localhost":
        return
    try:
        is_local = ipaddress.ip_address(host).is_loopback
    except ValueError as error:
        raise UserError(f"{host!r} is not an IP address.", hint="Use 127.0.0.1.") from error
    if not is_local:
        raise UserError(
            f"Serving on {host} would send keys over the network in the clear.",
            hint="Serve on 127.0.0.1 and put a TLS proxy in front of it.",
        )
