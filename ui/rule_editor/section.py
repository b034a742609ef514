"""A card of the form, built anew when its part of the document changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from ui.rule_editor.document import MISSING, Path, put, same
from ui.rule_editor.fields import FormContext
from ui.rule_editor.flow import FlowLayout
from ui.rule_editor.words import Option
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.card import Card


class Section(Card):
    """One card; a subclass names its top-level fields and builds its parts."""

    fields: tuple[str, ...] = ()

    def __init__(self, form: FormContext, title_key: str) -> None:
        super().__init__(form.look, title_key)
        self.form = form
        self.header.addStretch(1)
        self._shown: list[object] = []
        self._content: QWidget | None = None

    def build(self, column: QVBoxLayout) -> None:
        """Fill the card; a subclass must do it."""
        raise TypeError(f"{type(self).__name__} does not say what it shows")

    def refresh(self, *, force: bool = False) -> None:
        """Build anew what shows another document than before."""
        now = [self.form.value((name,)) for name in self.fields]
        if not force and self._shown and all(map(_equal, now, self._shown)):
            return
        self._shown = now
        for name in self.fields:
            self.form.forget(name)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self.build(column)
        old, self._content = self._content, content
        self.body.addWidget(content)
        if old is not None:
            self.body.removeWidget(old)
            old.hide()
            old.deleteLater()

    def note_shown(self) -> None:
        """Remember that the fields already show the document: they changed it."""
        self._shown = [self.form.value((name,)) for name in self.fields]

    def change(self, path: Path, value: object) -> None:
        """Put a value that changes which fields there are."""
        self.form.draft.reshape(put(self.form.draft.document, path, value))


def flow(parts: Sequence[QWidget], spacing: int = 8) -> QWidget:
    """Return widgets in rows that break where there is no more room."""
    holder = QWidget()
    layout = FlowLayout(holder, spacing)
    for part in parts:
        layout.addWidget(part)
    policy = holder.sizePolicy()
    policy.setHeightForWidth(True)
    holder.setSizePolicy(policy)
    return holder


def menu_button(
    form: FormContext, key: str, choices: Sequence[Option], chosen: Callable[[str], None]
) -> Button:
    """Return a quiet button with a menu of things to add."""
    button = Button(form.look, key, ButtonKind.LINK, "plus")
    menu = QMenu(button)
    for value, words in choices:
        menu.addAction(words.replace("&", "&&"), partial(chosen, value))
    button.setMenu(menu)
    if not choices:
        button.hide()
    return button


def _equal(first: object, second: object) -> bool:
    if first is MISSING or second is MISSING:
        return first is second
    return same(first, second)
