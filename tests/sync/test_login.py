"""Logging in against the real sandbox: dialog, exchange, inspection, discovery."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from engine.domain.errors import PlatformError, Refused
from engine.domain.identity import Kind, Trouble
from engine.login_ports import DialogAsk, Grant, MetaApp
from sync.graph_client import GraphSettings
from sync.login import LoginSettings, MetaLogin
from sync.platform_clock import PlatformClock
from tests.sync.conftest import Sandbox
from tests.sync.logging_in import brought, consent

pytestmark = pytest.mark.anyio
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode()[:-1]
REDIRECT = "http://localhost:51234/"
SCOPES = ("ads_read", "ads_management", "business_management")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def login(sandbox: Sandbox) -> AsyncIterator[MetaLogin]:
    clock = PlatformClock()
    graph = GraphSettings(base_url=sandbox.url, first_pause=0.001)
    made = MetaLogin(LoginSettings(sandbox.url, graph), clock=clock, server_clock=clock)
    await clock.refresh()
    yield made
    await made.close()


@pytest.fixture
def app(sandbox: Sandbox) -> MetaApp:
    return MetaApp(sandbox.app_id, sandbox.app_secret)


async def granted(login: MetaLogin, app: MetaApp, **choice: str) -> Grant:
    """Return the token of somebody who went through the dialog."""
    ask = DialogAsk(app.app_id, REDIRECT, "the-state", CHALLENGE, SCOPES)
    back = brought(consent(login.dialog_address(ask), **choice))
    assert back["state"] == "the-state"
    return await login.exchange(app, back["code"], REDIRECT, VERIFIER)


async def test_a_code_becomes_a_long_lived_token_that_meta_knows(
    login: MetaLogin, app: MetaApp
) -> None:
    short = await granted(login, app)
    long = await login.prolong(app, short.token)
    facts = await login.inspect(app, long.token)
    assert (short.seconds, facts.kind, facts.trouble) == (7200, Kind.PERSON, Trouble.NONE)
    assert long.seconds is not None
    assert long.seconds > 5_000_000
    assert facts.name == "Demo Buyer"
    assert set(SCOPES) <= set(facts.scopes or ())
    assert facts.expires_at is not None
    assert facts.data_access_expires_at is not None


async def test_a_code_is_worth_nothing_without_its_verifier(login: MetaLogin, app: MetaApp) -> None:
    ask = DialogAsk(app.app_id, REDIRECT, "s", CHALLENGE, SCOPES)
    code = brought(consent(login.dialog_address(ask)))["code"]
    with pytest.raises(Refused, match="code_verifier"):
        await login.exchange(app, code, REDIRECT, "w" * 64)


async def test_without_the_apps_secret_the_verifier_alone_is_enough(
    login: MetaLogin, app: MetaApp
) -> None:
    grant = await granted(login, MetaApp(app.app_id))
    facts = await login.inspect(MetaApp(app.app_id), grant.token)
    assert facts.name == "Demo Buyer"
    assert set(SCOPES) <= set(facts.scopes or ())


async def test_declined_permissions_are_known(login: MetaLogin, app: MetaApp) -> None:
    grant = await granted(login, app, declined="ads_management")
    facts = await login.inspect(app, grant.token)
    assert "ads_management" not in (facts.scopes or ())
    assert facts.declined == ("ads_management",)


async def test_a_system_users_token_never_ends(
    login: MetaLogin, app: MetaApp, sandbox: Sandbox
) -> None:
    facts = await login.inspect(app, sandbox.access_token)
    assert (facts.kind, facts.expires_at) == (Kind.SYSTEM_USER, None)


@pytest.mark.parametrize(
    ("subcode", "trouble"),
    [
        (0, Trouble.INVALID),
        (458, Trouble.REVOKED),
        (459, Trouble.CHECKPOINT),
        (460, Trouble.PASSWORD),
        (463, Trouble.EXPIRED),
        (464, Trouble.UNCONFIRMED),
        (467, Trouble.LOGGED_OUT),
    ],
)
async def test_a_token_in_trouble_is_an_answer_with_its_reason(
    login: MetaLogin, app: MetaApp, sandbox: Sandbox, subcode: int, trouble: Trouble
) -> None:
    grant = await granted(login, app)
    sandbox.control("tokens", {"access_token": grant.token, "error_subcode": subcode})
    facts = await login.inspect(app, grant.token)
    assert facts.trouble is trouble
    assert facts.said
    assert grant.token not in facts.said


async def test_a_wrong_secret_of_the_app_does_not_make_the_token_look_dead(
    login: MetaLogin, app: MetaApp, sandbox: Sandbox
) -> None:
    with pytest.raises(PlatformError, match="appsecret_proof"):
        await login.inspect(MetaApp(app.app_id, "0" * 32), sandbox.access_token)


async def test_secrets_travel_in_no_address_and_stand_in_no_error(
    login: MetaLogin, app: MetaApp, sandbox: Sandbox
) -> None:
    before = sandbox.seen()
    grant = await granted(login, app)
    await login.inspect(app, grant.token)
    with pytest.raises(PlatformError) as refused:
        await login.exchange(app, "not-a-code-at-all", REDIRECT, VERIFIER)
    for secret in (app.secret, VERIFIER, "not-a-code-at-all"):
        assert secret not in str(refused.value)
    rows = sandbox.requests(before)
    asked = [row for row in rows if "dialog" not in row["path"]]
    assert asked
    for row in asked:
        assert not {"access_token", "client_secret", "input_token", "code"} & set(row["query"])
    told = json.dumps([row["query"] for row in asked])
    assert grant.token not in told


async def test_every_call_about_people_is_signed(
    login: MetaLogin, app: MetaApp, sandbox: Sandbox
) -> None:
    grant = await granted(login, app)
    sandbox.control("limits", {"require_appsecret_proof": True})
    try:
        facts = await login.inspect(app, grant.token)
        assert facts.name == "Demo Buyer"
        assert (await login.discover(app, grant.token)).groups
    finally:
        sandbox.control("limits", {"require_appsecret_proof": False})


async def test_accounts_stand_under_their_businesses(login: MetaLogin, app: MetaApp) -> None:
    found = await login.discover(app, (await granted(login, app)).token)
    names = {group.name: [one.account.name for one in group.accounts] for group in found.groups}
    assert sorted(name for own in names.values() for name in own) == ["Alpha US", "Beta HU"]
    assert found.missing == ""


async def test_without_the_permission_for_businesses_the_own_list_remains(
    login: MetaLogin, app: MetaApp
) -> None:
    token = (await granted(login, app, declined="business_management")).token
    found = await login.discover(app, token)
    assert found.missing == "business_management"
    assert len([one for group in found.groups for one in group.accounts]) == 2


async def test_one_account_is_found_by_its_number_or_not_at_all(
    login: MetaLogin, app: MetaApp, sandbox: Sandbox
) -> None:
    token = sandbox.access_token
    known = (await login.discover(app, token)).groups[0].accounts[0].account
    found = await login.find(app, token, known.account_id)
    assert found is not None
    assert found.account == known
    assert "ADVERTISE" in found.tasks
    assert await login.find(app, token, "1234567890") is None


async def test_the_servers_time_is_asked_for_without_any_token(login: MetaLogin) -> None:
    clock = PlatformClock(local=lambda: datetime(2000, 1, 1, tzinfo=UTC))
    asking = MetaLogin(LoginSettings(graph=login._settings.graph), server_clock=clock)
    try:
        assert await clock.refresh() > datetime(2020, 1, 1, tzinfo=UTC)
        assert clock.local_error < timedelta()
    finally:
        await asking.close()


async def test_the_dialogs_address_may_be_given_whole_or_by_its_beginning() -> None:
    ask = DialogAsk("1", REDIRECT, "s", CHALLENGE, SCOPES)
    for given in ("https://login.test", "https://login.test/v26.0/dialog/oauth"):
        made = MetaLogin(LoginSettings(given, GraphSettings(base_url="http://127.0.0.1:9")))
        assert made.dialog_address(ask).startswith(
            "https://login.test/v26.0/dialog/oauth?client_id"
        )
        assert made.embedded_redirect == "https://login.test/connect/login_success.html"
        await made.close()
