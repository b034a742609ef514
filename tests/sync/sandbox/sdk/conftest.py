"""Meta's own SDK on running sandboxes, with nothing changed but its host."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.user import User
from facebook_business.api import FacebookAdsApi
from facebook_business.session import FacebookSession

from tests.sync.sandbox.graph.conftest import fresh, shared
from tests.sync.sandbox.graph.graph_client import Caller

__all__ = ["fresh", "shared"]
Sdk = Any  # the SDK ships no types


@contextmanager
def sdk_on(caller: Caller, token: str | None = None) -> Iterator[Sdk]:
    """Let the SDK speak to a sandbox; everything else of it is as shipped."""
    host = FacebookSession.GRAPH
    address = caller.address
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1")
        FacebookSession.GRAPH = address.url
        api = FacebookAdsApi.init(
            address.app_id, address.app_secret, token or address.access_token, crash_log=False
        )
        try:
            yield api
        finally:
            FacebookSession.GRAPH = host
            api._session.requests.close()
            FacebookAdsApi.set_default_api(None)


@pytest.fixture
def account(fresh: Caller) -> Iterator[Sdk]:
    """The first account of a sandbox that the test may change."""
    with sdk_on(fresh):
        yield AdAccount(next(iter(User("me").get_ad_accounts()))["id"])


@pytest.fixture
def read_account(shared: Caller) -> Iterator[Sdk]:
    """The first account of a sandbox that tests only read from."""
    with sdk_on(shared):
        yield AdAccount(next(iter(User("me").get_ad_accounts()))["id"])
