"""What the window remembers on this computer: look, language, geometry."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QLocale, QSettings

from engine.domain.language import Language
from ui.look import Density, Look
from ui.theme import ThemeName


class Preferences:
    """Reads and keeps the window's own settings, not the engine's."""

    def __init__(self, look: Look, settings: QSettings) -> None:
        self._look = look
        self._settings = settings

    def apply(self) -> None:
        """Give the window the look it had."""
        look = self._look
        look.set_language(self._language())
        look.set_theme(self._theme(), high_contrast=self._flag("high_contrast"))
        look.set_scale(self._scale())
        compact = self._settings.value("density") == Density.COMPACT.name
        look.set_density(Density.COMPACT if compact else Density.COMFORTABLE)

    def keep_look(self) -> None:
        """Remember the present look."""
        look = self._look
        self._settings.setValue("language", look.texts.language.value)
        self._settings.setValue("theme", look.theme.value)
        self._settings.setValue("high_contrast", look.high_contrast)
        self._settings.setValue("scale", look.scale)
        self._settings.setValue("density", look.density.name)

    def geometry(self) -> QByteArray | None:
        """Return where the window was; none at the first start."""
        value = self._settings.value("geometry")
        return value if isinstance(value, QByteArray) else None

    def keep_geometry(self, geometry: QByteArray) -> None:
        """Remember where the window is."""
        self._settings.setValue("geometry", geometry)

    def page(self) -> str:
        """Return the page that was open last, empty at the first start."""
        value = self._settings.value("page")
        return value if isinstance(value, str) else ""

    def keep_page(self, page: str) -> None:
        """Remember the open page."""
        self._settings.setValue("page", page)

    def text(self, name: str) -> str:
        """Return something a page keeps; empty when it kept nothing."""
        value = self._settings.value(name)
        return value if isinstance(value, str) else ""

    def keep_text(self, name: str, value: str) -> None:
        """Remember something for a page under a name of its own."""
        self._settings.setValue(name, value)

    def _language(self) -> Language:
        value = self._settings.value("language")
        known = {language.value: language for language in Language}
        if isinstance(value, str) and value in known:
            return known[value]
        system = QLocale.system().language()
        return Language.UKRAINIAN if system == QLocale.Language.Ukrainian else Language.ENGLISH

    def _theme(self) -> ThemeName:
        value = self._settings.value("theme")
        known = {theme.value: theme for theme in ThemeName}
        return known.get(value, ThemeName.SYSTEM) if isinstance(value, str) else ThemeName.SYSTEM

    def _scale(self) -> float:
        value = self._settings.value("scale", 1.0)
        try:
            return float(str(value))
        except ValueError:
            return 1.0

    def _flag(self, name: str) -> bool:
        return str(self._settings.value(name, False)).lower() == "true"
