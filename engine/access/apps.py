"""Apps at Meta for Developers: which one logs in, and their secrets."""

from __future__ import annotations

import structlog

from engine.domain.clock import Clock
from engine.domain.errors import UserError
from engine.login_ports import MetaApp, Tokens
from engine.storage.state.settings_store import SettingsStore

log = structlog.get_logger(__name__)
_CHOSEN = "connection.app_id"


class Apps:
    """The app of the environment, or the one a person named; blocking."""

    def __init__(
        self, settings: SettingsStore, tokens: Tokens, clock: Clock, given: MetaApp
    ) -> None:
        """`given` is the environment's app; its secret is never kept."""
        self.given = given
        self._settings = settings
        self._tokens = tokens
        self._clock = clock

    def current(self) -> MetaApp:
        """Return the app that people log in with; without an id there is none."""
        if self.given.app_id:
            return self.given
        chosen = self._settings.get(_CHOSEN)
        return self.get(chosen) if isinstance(chosen, str) and chosen else MetaApp()

    def get(self, app_id: str) -> MetaApp:
        """Return an app with its secret, as far as that is known."""
        if not app_id or app_id == self.given.app_id:
            return self.given
        try:
            return MetaApp(app_id, self._tokens.get(_entry(app_id)) or "")
        except UserError as error:
            log.warning("the app's secret can't be read", reason=str(error))
            return MetaApp(app_id)

    def choose(self, app: MetaApp, actor: str) -> None:
        """Log in with this app from now on.

        Raises UserError where it can't be kept.
        """
        if self.given.app_id:
            raise UserError(
                "The app comes from the environment.",
                hint="Take FACEBOOK_APP_ID out of the environment to choose another one here.",
            )
        if not app.app_id.isdecimal():
            raise UserError(
                f"{app.app_id[:40]!r} is not the id of an app.",
                hint="It is the long number at the top of the app's page at Meta for Developers.",
            )
        if app.secret:
            self._tokens.put(_entry(app.app_id), app.secret)
        self._settings.put({_CHOSEN: app.app_id}, self._clock.now(), actor)


def _entry(app_id: str) -> str:
    return f"app:{app_id}"
