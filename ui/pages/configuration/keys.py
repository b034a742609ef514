"""Keys for the HTTP API: made, shown once, revoked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from engine.api.details import KeyMessage
from ui.look import Look
from ui.pages.configuration.row import FormRow
from ui.pages.configuration.section import Section
from ui.theme import Tone
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.fields import Select
from ui.widgets.labels import label, wrapped
from ui.widgets.pill import Pill

ROLES = ("analyst", "buyer", "manager", "owner", "client")


class KeyForm(QWidget):
    """Name and role of a key to be made; ``wanted`` carries the body to send."""

    wanted = Signal(dict)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.name = QLineEdit()
        self.name.setMaxLength(100)
        self.role = Select(look)
        self.client = QLineEdit()
        self.client.setMaxLength(100)
        self.make = Button(look, "settings.key_make", icon="key-round")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 10)
        row.setSpacing(8)
        row.addWidget(self.name, 3)
        row.addWidget(self.role, 2)
        row.addWidget(self.client, 2)
        row.addWidget(self.make)
        self.name.textChanged.connect(self._follow)
        self.name.returnPressed.connect(self._tell)
        self.role.currentIndexChanged.connect(self._follow)
        self.make.clicked.connect(self._tell)
        look.keep_worded(self, self._reword)

    def clear(self) -> None:
        """Forget what was typed."""
        self.name.clear()
        self.client.clear()

    def _role(self) -> str:
        return ROLES[max(0, self.role.currentIndex())]

    def _tell(self) -> None:
        name = self.name.text().strip()
        if name:
            client = self.client.text().strip() if self._role() == "client" else ""
            self.wanted.emit({"name": name, "role": self._role(), "client": client})

    def _follow(self) -> None:
        self.make.setEnabled(bool(self.name.text().strip()))
        self.client.setVisible(self._role() == "client")

    def _reword(self) -> None:
        say, place = self._look.say, max(0, self.role.currentIndex())
        self.role.blockSignals(True)
        self.role.clear()
        self.role.addItems([say(f"settings.role_{role}") for role in ROLES])
        self.role.setCurrentIndex(place)
        self.role.blockSignals(False)
        for line, key in ((self.name, "settings.key_name"), (self.client, "settings.key_client")):
            line.setPlaceholderText(say(key))
            line.setAccessibleName(say(key))
        self.role.setAccessibleName(say("settings.key_role"))
        self._follow()


class KeyRow(FormRow):
    """One key; ``revoke`` carries its message."""

    revoke = Signal(object)

    def __init__(self, look: Look, key: KeyMessage, when: Callable[[datetime], str]) -> None:
        box = QWidget()
        super().__init__(look, box)
        self.key = key
        self._when = when
        right = QHBoxLayout(box)
        right.setContentsMargins(0, 0, 0, 0)
        right.addStretch(1)
        self.button = Button(look, "settings.key_revoke", ButtonKind.QUIET, "ban")
        self.button.setVisible(key.revoked_at is None)
        self._role = Pill(look)
        self.head.insertWidget(1, self._role)
        right.addWidget(self.button)
        self.button.clicked.connect(lambda: self.revoke.emit(self.key))
        look.keep_worded(self, self._reword)

    def _reword(self) -> None:
        say, key = self.look.say, self.key
        made = say("settings.key_made", time=self._when(datetime.fromisoformat(key.created_at)))
        if key.revoked_at is not None:
            moment = self._when(datetime.fromisoformat(key.revoked_at))
            used = say("settings.key_revoked", time=moment)
        elif key.last_used_at is not None:
            moment = self._when(datetime.fromisoformat(key.last_used_at))
            used = say("settings.key_used", time=moment)
        else:
            used = say("settings.key_unused")
        parts = [made, used]
        if key.client:
            parts.insert(0, say("settings.key_of_client", client=key.client))
        self.tell(key.name, " · ".join(parts))
        role = say(f"settings.role_{key.role}")
        self._role.show_state(role, Tone.NEUTRAL if key.revoked_at else Tone.ACCENT)
        self.words = f"{key.name} {role} {key.client}".casefold()


class Keys(Section):
    """The form for a new key, then all keys, those in force first."""

    wanted = Signal(dict)
    revoke = Signal(object)

    def __init__(self, look: Look, when: Callable[[datetime], str]) -> None:
        super().__init__(look, "key-round", "settings.keys")
        self._when = when
        self._help = label("", "secondary")
        self._help.setWordWrap(True)
        self.form = KeyForm(look)
        self.form.wanted.connect(self.wanted)
        self._kept: tuple[KeyMessage, ...] = ()
        self.body.addWidget(self._help)
        self.body.addSpacing(8)
        self.body.addWidget(self.form)
        look.keep_worded(self, self._reword)

    def show_keys(self, keys: Sequence[KeyMessage]) -> None:
        """Show keys; nothing happens when they are the same as before."""
        ordered = tuple(sorted(keys, key=lambda one: (one.revoked_at is not None, one.created_at)))
        if ordered == self._kept:
            return
        self._kept = ordered
        self.drop_rows()
        for key in ordered:
            row = KeyRow(self.look, key, self._when)
            row.revoke.connect(self.revoke)
            self.add(row)

    def _reword(self) -> None:
        self._help.setText(self.look.say("settings.keys_help"))
        self.words = self.look.say("settings.keys_words").casefold()


class TokenDialog(QDialog):
    """Shows a new key's secret; it can't be shown again."""

    def __init__(self, look: Look, key: KeyMessage, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = look.say("settings.token_title", name=key.name)
        self.setWindowTitle(title)
        self.setModal(True)
        self.token = QLineEdit(key.token or "")
        self.token.setReadOnly(True)
        self.token.setMinimumWidth(look.px(440))
        self.token.setAccessibleName(title)
        self.token.selectAll()
        text = wrapped(label(look.say("settings.token_text"), "body-secondary"))
        self.copy = Button(look, "settings.token_copy", ButtonKind.PRIMARY, "copy")
        close = Button(look, "dialog.close")
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(label(title, "card-title"))
        column.addWidget(text)
        column.addWidget(self.token)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(close)
        row.addWidget(self.copy)
        column.addLayout(row)
        close.clicked.connect(self.accept)
        self.copy.clicked.connect(self._copy)
        self.copy.setDefault(True)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.token.text())
        self.copy.say("settings.token_copied")
