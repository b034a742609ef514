"""Several identities side by side: each account by the one that can, others go on."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.connecting import Wanted, Way, open_clocks, open_way
from app.paths import Home, prepare
from app.settings import Environment
from engine.access.connection import Connection
from engine.commands import accounts as account_commands
from engine.domain.errors import Refused, TokenExpired
from engine.domain.identity import Condition, Trouble
from engine.domain.objects import Account, Level, ObjectRef, Status
from engine.domain.secrets import KnownSecrets
from engine.login_ports import MetaApp
from engine.ports import Write
from engine.storage.state.state import State, open_state
from tests.sync.conftest import Sandbox

pytestmark = [pytest.mark.anyio, pytest.mark.expects_log("login rests|login lacks a right")]
KEY = base64.b64encode(bytes(32)).decode()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass(frozen=True)
class World:
    """A connection without the environment's token, on the sandbox."""

    way: Way
    state: State
    sandbox: Sandbox
    secrets: KnownSecrets

    @property
    def connection(self) -> Connection:
        return self.way.connection

    async def take_in(self, **options: object) -> str:
        """Take in a token of the sandbox's system user, made with `options`."""
        token = self.token(**options)
        return (await self.connection.enrolment.paste(token, "owner")).identity_id

    def token(self, **options: object) -> str:
        user = self.sandbox.control("tokens", {})
        assert isinstance(user, dict)
        made = self.sandbox.control("tokens", {"user": user["user_id"], **options})
        assert isinstance(made, dict)
        return str(made["access_token"])

    def change_token(self, identity_id: str, **options: object) -> None:
        key = self.connection.wallet.key(identity_id)
        assert key is not None
        self.sandbox.control("tokens", {"access_token": key.token, **options})

    async def accounts(self) -> list[Account]:
        """Make every account ours and return them."""
        found = await self.way.platform.accounts()
        self.state.accounts.remember(found, self.connection.clock.now())
        return sorted(found, key=lambda one: one.name)


@pytest.fixture
async def world(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    monkeypatch.setenv("AI_BUYER_SECRET_KEY", KEY)
    home = prepare(Home(tmp_path / "home"))
    environment = Environment(
        sandbox.url, sandbox.app_id, sandbox.app_secret, clock="platform", dialog_url=sandbox.url
    )
    state = open_state(home.state)
    secrets = KnownSecrets()
    wanted = Wanted(home, environment, state, secrets, lambda _changes: None)
    way = await open_way(wanted, open_clocks(environment))
    yield World(way, state, sandbox, secrets)
    await way.close()
    state.close()


async def test_the_same_user_is_one_identity_with_the_newest_token(world: World) -> None:
    first = await world.take_in()
    second = await world.take_in(scopes=["ads_read"])
    assert first == second
    kept = world.connection.wallet.identity(first)
    assert (kept.name, kept.scopes) == ("AI-Buyer system user", ("ads_read",))


async def two_identities(world: World) -> tuple[str, str, list[Account]]:
    """Return one that may only read, one that may change, and the accounts of both."""
    marta = world.sandbox.people()[0]
    token = world.sandbox.control("tokens", {"user": marta, "scopes": ["ads_read"]})
    assert isinstance(token, dict)
    reader = (
        await world.connection.enrolment.paste(str(token["access_token"]), "owner")
    ).identity_id
    writer = await world.take_in()
    for one in (reader, writer):
        ask = account_commands.AddAsk(everything=True, identity_id=one)
        await _add(world, ask)
    return reader, writer, await world.accounts()


async def _add(world: World, ask: account_commands.AddAsk) -> None:
    key = world.connection.wallet.key(ask.identity_id)
    assert key is not None
    found = await world.connection.gateway.discover(key.app, key.token)
    every = [one for group in found.groups for one in group.accounts]
    accounts = [one.account for one in every]
    world.state.accounts.remember(accounts, world.connection.clock.now())
    await world.connection.assignments.saw(ask.identity_id, every)


async def test_reading_goes_through_the_token_with_fewer_rights(world: World) -> None:
    reader, writer, accounts = await two_identities(world)
    for account in accounts:
        means = world.connection.assignments.means(account.account_id)
        assert means.reader is not None
        assert means.writer is not None
        assert (means.reader.identity_id, means.writer.identity_id) == (reader, writer)
    structure = await world.way.platform.structure(accounts[0])
    campaign = next(one for one in structure.objects if one.level is Level.CAMPAIGN)
    ref = ObjectRef(campaign.object_id, campaign.account_id, Level.CAMPAIGN)
    wanted = Status.PAUSED if campaign.status is Status.ACTIVE else Status.ACTIVE
    assert await world.way.platform.write_many([Write(ref, "status", wanted.value, "e1")]) == [None]
    found = await world.way.platform.read([ref])
    assert found[campaign.object_id].status is wanted


async def test_when_one_login_dies_the_other_reads_on(world: World) -> None:
    reader, _writer, accounts = await two_identities(world)
    world.change_token(reader, error_subcode=460)
    structure = await world.way.platform.structure(accounts[0])
    assert structure.objects
    dead = world.connection.wallet.identity(reader)
    assert (dead.condition, dead.trouble) == (Condition.LOG_IN_AGAIN, Trouble.PASSWORD)
    assert world.connection.assignments.resting(accounts[0].account_id) == ""


async def test_when_nobody_is_left_the_account_rests_with_one_sentence(world: World) -> None:
    only = await world.take_in()
    accounts = await _all_ours(world, only)
    world.change_token(only, error_subcode=463)
    with pytest.raises(TokenExpired, match=r"the login has expired\. Log in again"):
        await world.way.platform.structure(accounts[0])
    calls = world.way.platform.calls()
    with pytest.raises(TokenExpired, match="Until then this account rests"):
        await world.way.platform.structure(accounts[0])
    assert world.way.platform.calls() == calls, "a dead token is not tried again and again"
    assert [one.kind for one in world.connection.notices()] == ["expired"]


async def _all_ours(world: World, identity_id: str) -> list[Account]:
    await _add(world, account_commands.AddAsk(everything=True, identity_id=identity_id))
    return await world.accounts()


async def test_a_person_who_must_visit_facebook_keeps_the_token_and_works_again(
    world: World,
) -> None:
    only = await world.take_in()
    accounts = await _all_ours(world, only)
    world.change_token(only, error_subcode=459)
    with pytest.raises(Refused, match=r"Open facebook\.com"):
        await world.way.platform.structure(accounts[0])
    assert world.connection.wallet.identity(only).condition is Condition.OPEN_FACEBOOK
    assert world.connection.wallet.key(only) is not None
    world.change_token(only, error_subcode=None)
    await world.connection.look_after()
    assert world.connection.wallet.identity(only).works
    assert (await world.way.platform.structure(accounts[0])).objects


async def test_a_new_token_of_the_same_user_wakes_the_account_up(world: World) -> None:
    only = await world.take_in()
    accounts = await _all_ours(world, only)
    world.change_token(only, error_subcode=467)
    with pytest.raises(TokenExpired):
        await world.way.platform.structure(accounts[0])
    assert await world.take_in() == only
    assert (await world.way.platform.structure(accounts[0])).objects


async def test_a_right_that_meta_takes_away_makes_the_account_read_only_and_is_named(
    world: World,
) -> None:
    only = await world.take_in()
    accounts = await _all_ours(world, only)
    structure = await world.way.platform.structure(accounts[0])
    campaign = next(one for one in structure.objects if one.level is Level.CAMPAIGN)
    ref = ObjectRef(campaign.object_id, campaign.account_id, Level.CAMPAIGN)
    change = Write(ref, "name", "Another name", "e1")
    world.change_token(only, scopes=["ads_read", "business_management"])
    (refused,) = await world.way.platform.write_many([change])
    assert isinstance(refused, Refused)
    assert world.connection.assignments.read_only(accounts[0].account_id) == "ads_management"
    (refused,) = await world.way.platform.write_many([change])
    assert str(refused) == "This account is read only: ads_management is missing."
    assert (await world.way.platform.structure(accounts[0])).objects, "reading goes on"
    world.change_token(only, scopes=["ads_read", "ads_management", "business_management"])
    await world.connection.check(only)
    assert await world.way.platform.write_many([change]) == [None]


async def test_a_token_that_sees_nothing_of_ours_is_told(world: World) -> None:
    only = await world.take_in()
    accounts = await _all_ours(world, only)
    world.change_token(only, accounts=[])
    await world.way.platform.accounts()
    assert {account.account_id for account in accounts} == set(
        world.connection.notices()[0].account_ids
    )


async def test_no_request_carries_a_token_in_its_address_and_each_is_signed(world: World) -> None:
    since = world.sandbox.seen()
    only = await world.take_in()
    await _all_ours(world, only)
    for row in world.sandbox.requests(since):
        query = row["query"]
        assert "access_token" not in query
        if str(row["path"]).startswith("/v26.0/me"):
            assert "appsecret_proof" in query


async def test_a_token_of_an_unknown_app_is_taken_in_without_its_secret(world: World) -> None:
    assert (await world.take_in()) is not None
    key = world.connection.wallet.key(world.connection.wallet.identities()[0].identity_id)
    assert key is not None
    assert key.app == MetaApp(world.sandbox.app_id, world.sandbox.app_secret)
    assert world.secrets.hide(key.token) == "***"
