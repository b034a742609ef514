"""Joins the parts of the connection to Meta: logins, tokens, the way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from app.paths import Home
from app.settings import Environment
from app.token_store import open_token_store
from engine.access.apps import Apps
from engine.access.assignments import Assignments
from engine.access.connection import Connection
from engine.access.enrol import Enrolment
from engine.access.logins import Logins
from engine.access.wallet import CHANGED, Wallet
from engine.domain.changes import Changes
from engine.domain.clock import Clock, SystemClock
from engine.domain.errors import PlatformError, UserError
from engine.domain.secrets import KnownSecrets
from engine.login_ports import MetaApp
from engine.storage.state.state import State
from sync.calls import Meter
from sync.graph_client import GraphSettings, unmetered
from sync.graph_platform import PlatformSettings
from sync.identity_platform import IdentityPlatform
from sync.login import LoginSettings, MetaLogin
from sync.login_listener import open_listener
from sync.platform_clock import PlatformClock

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Clocks:
    """The engine's clock, and Meta's, which may be the same one."""

    engine: Clock
    server: PlatformClock


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where the way to Meta begins.

    `secrets` are what logs hide, `tell` hears of changes.

    `offline`: no answer of Meta's is needed.
    """

    home: Home
    environment: Environment
    state: State
    secrets: KnownSecrets
    tell: Callable[[Changes], None]
    offline: bool = False
    meter: Meter = unmetered


@dataclass(frozen=True, slots=True)
class Way:
    """The way to Meta: its login, the platform over all logins, their parts."""

    gateway: MetaLogin
    platform: IdentityPlatform
    connection: Connection

    async def close(self) -> None:
        """End logins under way and close connections."""
        await self.connection.logins.close()
        await self.platform.close()
        await self.gateway.close()


def open_clocks(environment: Environment) -> Clocks:
    """Return the clocks; the engine's is Meta's where the environment says so."""
    server = PlatformClock()
    return Clocks(server if environment.clock == "platform" else SystemClock(), server)


async def open_way(wanted: Wanted, clocks: Clocks) -> Way:
    """Return the way to Meta with all kept logins and the environment's.

    Raises PlatformError when a sandbox that is to tell the time does not answer, not so
    when offline; UserError for a key of the token file that is none.
    """
    graph = GraphSettings(base_url=wanted.environment.graph_url)
    settings = LoginSettings(wanted.environment.dialog_url, graph)
    gateway = MetaLogin(settings, clock=clocks.engine, server_clock=clocks.server)
    try:
        if clocks.engine is clocks.server:
            await _ask_the_time(clocks.server, wanted.offline)
        connection = await asyncio.to_thread(_connection, wanted, gateway, clocks.engine)
    except BaseException:
        await gateway.close()
        raise
    platform = IdentityPlatform(
        connection.assignments,
        PlatformSettings(graph=graph),
        clock=clocks.engine,
        server_clock=clocks.server,
        meter=wanted.meter,
        ask_time=gateway.ask_time,
    )
    return Way(gateway, platform, connection)


def need_login(connection: Connection) -> None:
    """Raise UserError where Meta is needed and nobody is logged in."""
    if not connection.wallet.identities():
        raise UserError(
            "There is no access token for Meta.",
            hint="Log in with: ai-buyer login. Or set FACEBOOK_ACCESS_TOKEN, or look around "
            "without one: ai-buyer --demo.",
        )


def _connection(wanted: Wanted, gateway: MetaLogin, clock: Clock) -> Connection:
    """Join the parts and take in what is kept; blocking."""
    environment, state, tell = wanted.environment, wanted.state, wanted.tell
    for secret in (environment.access_token, environment.app_secret):
        wanted.secrets.add(secret)
    tokens = open_token_store(wanted.home.folder, remember=wanted.secrets.add)
    apps = Apps(state.settings, tokens, clock, MetaApp(environment.app_id, environment.app_secret))
    wallet = Wallet(
        state.identities, tokens, apps, clock, given=environment.access_token, tell=tell
    )
    assignments = Assignments(wallet, state.identities, state.accounts, tell=tell)
    enrolment = Enrolment(wallet, assignments, apps, tokens, gateway, clock, lambda: tell(CHANGED))
    connection = Connection(
        wallet=wallet,
        assignments=assignments,
        apps=apps,
        tokens=tokens,
        gateway=gateway,
        enrolment=enrolment,
        logins=Logins(gateway, enrolment, open_listener, clock),
        accounts=state.accounts,
        clock=clock,
    )
    connection.load()
    return connection


async def _ask_the_time(clock: PlatformClock, offline: bool) -> None:
    try:
        await clock.refresh()
    except PlatformError as error:
        if not offline:
            raise
        log.warning("the computer's time is used instead of the sandbox's", reason=str(error))
