"""What all pages have in common: they reload when they are seen and stale."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from engine.domain.changes import Area
from ui.session import Session
from ui.widgets.command_palette import Command
from ui.widgets.dialogs import ShortcutGroup


class Page(QWidget):
    """A page of the window.

    A subclass names the ``areas`` it shows and fills itself in ``reload``. When one
    of them changes, or another scope is chosen, the page reloads at once if it is
    visible, else when it is next shown.
    """

    areas: frozenset[Area] = frozenset()
    follows_scope = True

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.look = session.look
        self._stale = True
        session.stream.changed.connect(self._note)
        session.scope_changed.connect(self._scope_changed)

    def reload(self) -> None:
        """Ask the engine for what the page shows; a subclass must do it."""
        raise TypeError(f"{type(self).__name__} does not say how it reloads")

    def commands(self) -> Sequence[Command]:
        """Return what the page adds to the command palette."""
        return ()

    def shortcuts(self) -> Sequence[ShortcutGroup]:
        """Return what the page adds to the sheet of shortcuts."""
        return ()

    def open_about(self, about: str) -> None:
        """Show one thing on the page, named by its id; by default nothing happens."""

    def may_close(self) -> bool:
        """Return whether the window may close; a page with unsaved work asks."""
        return True

    def mark_stale(self) -> None:
        """Reload now if visible, else when next shown."""
        self._stale = True
        if self.isVisible():
            self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Reload what became stale while hidden."""
        super().showEvent(event)
        if self._stale:
            self._refresh()

    def _refresh(self) -> None:
        self._stale = False
        self.reload()

    def _note(self, areas: frozenset[Area]) -> None:
        if areas & self.areas:
            self.mark_stale()

    def _scope_changed(self) -> None:
        if self.follows_scope:
            self.mark_stale()
