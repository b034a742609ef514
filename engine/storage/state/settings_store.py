"""Settings: one JSON value per key."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from engine.storage.state.database import Database
from engine.storage.state.tables import SETTINGS

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]


class SettingsStore:
    """Reads and writes settings; who knows their types stands above."""

    def __init__(self, database: Database) -> None:
        """Work on `database`."""
        self._database = database

    def all(self) -> dict[str, Json]:
        """Return every stored setting."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(SETTINGS.c.key, SETTINGS.c.value))
            return {row.key: row.value for row in rows}

    def get(self, key: str) -> Json:
        """Return a setting, none when it was never set."""
        return self.all().get(key)

    def put(self, values: dict[str, Json], now: datetime, actor: str) -> None:
        """Set several settings at once, all or none; `now` is aware."""
        with self._database.write() as connection:
            connection.execute(sa.delete(SETTINGS).where(SETTINGS.c.key.in_(values)))
            if values:
                connection.execute(
                    sa.insert(SETTINGS),
                    [
                        {"key": key, "value": value, "changed_at": now, "changed_by": actor}
                        for key, value in values.items()
                    ],
                )

    def remove(self, key: str) -> None:
        """Forget a setting, so that its default holds again."""
        with self._database.write() as connection:
            connection.execute(sa.delete(SETTINGS).where(SETTINGS.c.key == key))
