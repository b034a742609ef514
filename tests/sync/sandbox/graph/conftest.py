"""Running sandboxes for tests: one to read from, fresh ones to change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sync.sandbox.scenarios import parse_scenario
from sync.sandbox.server import sandbox_in_thread
from tests.sync.sandbox.graph.graph_client import Caller

SMALL: dict[str, Any] = {
    "seed": 7,
    "start": "2026-03-10T09:30:00Z",
    "history_days": 40,
    "accounts": [
        {
            "client": "Alpha",
            "name": "Alpha US",
            "currency": "USD",
            "timezone": "America/New_York",
            "campaigns": 7,
            "campaign_budget_share": 0.4,
            "paused_share": 0.15,
            "adsets_per_campaign": [1, 3],
            "ads_per_adset": [1, 3],
        },
        {
            "client": "Beta",
            "name": "Beta HU",
            "currency": "HUF",
            "timezone": "Europe/Budapest",
            "campaigns": 2,
        },
    ],
}
SHORT = {**SMALL, "history_days": 14}


@pytest.fixture(scope="package")
def shared() -> Iterator[Caller]:
    """A sandbox that tests only read from."""
    with sandbox_in_thread(parse_scenario(SMALL)) as address:
        caller = Caller(address)
        yield caller
        caller.http.close()


@pytest.fixture(scope="module")
def shared_short() -> Iterator[Caller]:
    """A sandbox with a short past for the tests of one file."""
    with sandbox_in_thread(parse_scenario(SHORT)) as address:
        caller = Caller(address)
        yield caller
        caller.http.close()


@pytest.fixture
def fresh() -> Iterator[Caller]:
    """A sandbox of its own, with a short past, for a test that changes it."""
    with sandbox_in_thread(parse_scenario(SHORT)) as address:
        caller = Caller(address)
        yield caller
        caller.http.close()
