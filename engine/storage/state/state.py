"""The state database and its stores, bundled."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.storage.state.accounts_store import AccountsStore
from engine.storage.state.api_keys_store import ApiKeysStore
from engine.storage.state.cycles_store import CyclesStore
from engine.storage.state.database import Database, open_database
from engine.storage.state.identities_store import IdentitiesStore
from engine.storage.state.journal_reader import JournalReader
from engine.storage.state.journal_store import JournalStore
from engine.storage.state.notifications_store import NotificationsStore
from engine.storage.state.rules_store import RulesStore
from engine.storage.state.settings_store import SettingsStore
from engine.storage.state.stop_store import StopStore


@dataclass(frozen=True, slots=True)
class State:
    """One store per noun; blocking, safe to call from any thread."""

    database: Database
    rules: RulesStore
    accounts: AccountsStore
    journal: JournalStore
    reader: JournalReader
    settings: SettingsStore
    stop: StopStore
    cycles: CyclesStore
    notifications: NotificationsStore
    api_keys: ApiKeysStore
    identities: IdentitiesStore

    def close(self) -> None:
        """Close the database."""
        self.database.close()


def open_state(address: str | Path) -> State:
    """Open the state at a path or a database URL, made or brought up to date.

    Raises StorageError when it can't be used, or was written by a newer version.
    """
    database = open_database(address)
    return State(
        database=database,
        rules=RulesStore(database),
        accounts=AccountsStore(database),
        journal=JournalStore(database),
        reader=JournalReader(database),
        settings=SettingsStore(database),
        stop=StopStore(database),
        cycles=CyclesStore(database),
        notifications=NotificationsStore(database),
        api_keys=ApiKeysStore(database),
        identities=IdentitiesStore(database),
    )
