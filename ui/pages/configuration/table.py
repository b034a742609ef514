"""The engine's one table of settings as sections of rows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from engine.api.messages import SettingMessage, Words
from engine.domain.language import Language
from ui.look import Look
from ui.pages.configuration.editors import value_words
from ui.pages.configuration.row import SettingRow
from ui.pages.configuration.section import Section

_ICONS = {
    "Sync": "refresh-cw",
    "Safety": "shield-check",
    "Money limits": "wallet",
    "Rules": "workflow",
}


class GroupSection(Section):
    """Settings of one group, whose title the engine gives in both languages."""

    def __init__(self, look: Look, group: Words) -> None:
        super().__init__(look, _ICONS.get(group.en, "settings"), "settings.group")
        self._group = group
        look.keep_worded(self, self._retitle)

    def _retitle(self) -> None:
        uk = self.look.texts.language is Language.UKRAINIAN
        if self.title is not None:
            self.title.setText(self._group.uk if uk else self._group.en)
        self.words = f"{self._group.en} {self._group.uk}".casefold()


class SettingTable(QObject):
    """Makes a section for each group; ``changed`` and ``reset`` ask to save."""

    changed = Signal(str, object)
    reset = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.rows: dict[str, SettingRow] = {}
        self.sections: list[Section] = []

    def show_settings(self, settings: Sequence[SettingMessage]) -> bool:
        """Show values; return whether sections were made anew."""
        if [one.key for one in settings] == list(self.rows):
            for one in settings:
                self.rows[one.key].show_setting(one)
            return False
        groups: dict[str, Section] = {}
        self.rows = {}
        for one in settings:
            section = groups.get(one.group.en)
            if section is None:
                section = groups[one.group.en] = GroupSection(self._look, one.group)
            row = SettingRow(self._look, one)
            row.changed.connect(self.changed)
            row.reset.connect(self.reset)
            section.add(row)
            self.rows[one.key] = row
        self.sections = list(groups.values())
        return True

    def setting(self, key: str) -> SettingMessage:
        """Return a setting as it was read last."""
        return self.rows[key].setting

    def title_of(self, key: str) -> str:
        """Return a setting's title in the window's language."""
        return self.rows[key].title.text()

    def words_of(self, key: str, value: object) -> str:
        """Return a value of a setting in words."""
        assert isinstance(value, bool | int | float | str)
        return value_words(self._look, self.rows[key].setting, value)

    def refuse(self, key: str, text: str) -> None:
        """Say at its row why a value was not taken."""
        self.rows[key].refuse(text)
