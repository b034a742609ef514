"""How the window looks and speaks right now, handed to every widget.

One ``Look`` is made in the composition root and passed as the first argument
of every widget. It carries colours, icons, words and number formats, and tells
by signals when the theme, the density or the language has changed.
"""

from collections.abc import Callable
from enum import IntEnum

from PySide6.QtCore import SIGNAL, QLibraryInfo, QLocale, QObject, Qt, QTranslator, Signal
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QApplication

from engine.domain.formats import Formats
from engine.domain.language import Language
from ui.fonts import font, load_fonts
from ui.icons import Icons
from ui.none_guard import keep_none_alive
from ui.stylesheet import build_stylesheet
from ui.texts import Texts
from ui.theme import ThemeName, build_palette, tokens_for


class Density(IntEnum):
    """Height of a grid row in pixels."""

    COMPACT = 28
    COMFORTABLE = 36


class Look(QObject):
    """The present theme, density, scale and language, and their changes.

    ``restyled`` follows a change of colours, scale or density: painted items
    must be drawn again. ``reworded`` follows a change of language.
    """

    restyled = Signal()
    reworded = Signal()

    def __init__(self, app: QApplication, language: Language = Language.ENGLISH) -> None:
        super().__init__(app)
        keep_none_alive()
        load_fonts()
        self._app = app
        self._theme = ThemeName.LIGHT
        self._high_contrast = False
        self._qt_translator = QTranslator(self)
        self.scale = 1.0
        self.density = Density.COMFORTABLE
        self.icons = Icons()
        self.texts = Texts(language)
        self.formats = Formats(language)
        self.tokens = tokens_for(dark=False)
        self._translate_qt()
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._follow_system)
        self._restyle()

    @property
    def theme(self) -> ThemeName:
        """Return the choice, which may be to follow the system."""
        return self._theme

    @property
    def high_contrast(self) -> bool:
        """Tell whether control borders are drawn in the stronger colour."""
        return self._high_contrast

    def set_theme(self, theme: ThemeName, high_contrast: bool | None = None) -> None:
        """Switch colours at once, everywhere."""
        self._theme = theme
        if high_contrast is not None:
            self._high_contrast = high_contrast
        self._restyle()

    def set_scale(self, scale: float) -> None:
        """Set the size of text and controls; 1.0 is 13-pixel body text."""
        self.scale = min(1.5, max(0.9, scale))
        self._restyle()

    def set_density(self, density: Density) -> None:
        """Set the height of grid rows."""
        self.density = density
        self.restyled.emit()

    def set_language(self, language: Language) -> None:
        """Switch words and number formats at once, everywhere."""
        self.texts.use(language)
        self.formats = Formats(language)
        self._translate_qt()
        self.reworded.emit()

    def say(self, key: str, **arguments: str | int) -> str:
        """Return a visible text; see ``Texts.say``."""
        return self.texts.say(key, **arguments)

    def font(self, pixels: float, weight: int = 400) -> QFont:
        """Return the typeface at a size that follows the interface scale."""
        return font(pixels * self.scale, QFont.Weight(weight))

    def figures(self, pixels: float, weight: int = 400) -> QFont:
        """Return the same with digits of one width, for columns of numbers."""
        return font(pixels * self.scale, QFont.Weight(weight), tabular=True)

    def px(self, pixels: float) -> int:
        """Return a length that follows the interface scale."""
        return round(pixels * self.scale)

    def colour(self, value: str) -> QColor:
        """Return a token's value as a colour for painting."""
        return QColor(value)

    def keep_worded(self, owner: QObject, apply: Callable[[], None]) -> None:
        """Call ``apply`` now and after each change of language.

        The connection ends with ``owner``, so that a closed page is free.
        """
        apply()
        QObject.connect(self, SIGNAL("reworded()"), owner, apply)

    def keep_styled(self, owner: QObject, apply: Callable[[], None]) -> None:
        """Call ``apply`` now and after each change of theme or scale."""
        apply()
        QObject.connect(self, SIGNAL("restyled()"), owner, apply)

    def _is_dark(self) -> bool:
        """Resolve the choice; a desktop that tells nothing means light."""
        if self._theme is ThemeName.SYSTEM:
            return self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return self._theme is ThemeName.DARK

    def _follow_system(self) -> None:
        """Take over the desktop's change where the choice is to follow it."""
        if self._theme is ThemeName.SYSTEM:
            self._restyle()

    def _restyle(self) -> None:
        """Build palette and sheet anew and tell everybody."""
        self.tokens = tokens_for(self._is_dark(), self._high_contrast)
        sheet = build_stylesheet(self.tokens, self.scale)
        # Qt styles every widget anew for a sheet, even for the same one.
        if sheet != self._app.styleSheet():
            self._app.setFont(self.font(13))
            self._app.setPalette(build_palette(self.tokens))
            self._app.setStyleSheet(sheet)
        self.restyled.emit()

    def _translate_qt(self) -> None:
        """Let Qt's own dialogs speak the same language."""
        language = self.texts.language
        country = QLocale(language.value)
        QLocale.setDefault(country)
        self._app.removeTranslator(self._qt_translator)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if self._qt_translator.load(country, "qtbase", "_", folder):
            self._app.installTranslator(self._qt_translator)
