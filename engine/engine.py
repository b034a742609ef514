"""The engine: its parts together, built once and handed around."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from engine.domain.clock import Clock
from engine.domain.objects import Account
from engine.execution.settings import ExecutionSettings
from engine.login_ports import AccountAccess, OpenAccess
from engine.ports import Forecaster, Platform, Warehouse
from engine.setting import Value
from engine.settings import Settings
from engine.storage.state.state import State
from engine.telemetry import Telemetry


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the running cycle is."""

    account: Account
    phase: str
    done: int
    total: int


class Watch:
    """What the engine is doing at the moment, for those who look on."""

    def __init__(self) -> None:
        self.progress: Progress | None = None
        self.next_cycle_at: datetime | None = None
        self._troubles: dict[str, str] = {}

    def tell(self, account_id: str, trouble: str) -> None:
        """Keep what stands in an account's way; empty when nothing does.

        The empty id stands for the engine as a whole.
        """
        self._troubles.pop(account_id, None)
        if trouble:
            self._troubles[account_id] = trouble

    def trouble_of(self, account_id: str) -> str:
        """Return what stands in an account's way, empty when nothing does."""
        return self._troubles.get(account_id, "")


@dataclass(frozen=True, slots=True)
class Engine:
    """All parts of one engine. `platform_name` is `sandbox` or `meta`."""

    state: State
    warehouse: Warehouse
    platform: Platform
    forecaster: Forecaster
    clock: Clock
    telemetry: Telemetry
    platform_name: str
    only_accounts: tuple[str, ...] = ()
    execution: ExecutionSettings = field(default_factory=ExecutionSettings)
    access: AccountAccess = field(default_factory=OpenAccess)
    watch: Watch = field(default_factory=Watch)

    def settings(self) -> Settings:
        """Return the settings in force now."""
        stored = self.state.settings.all()
        values: dict[str, Value] = {
            key: value
            for key, value in stored.items()
            if isinstance(value, bool | int | float | str)
        }
        return Settings(values)

    def accounts(self) -> list[Account]:
        """Return the accounts that are synced and evaluated."""
        return [known.account for known in self.state.accounts.all(enabled_only=True)]
