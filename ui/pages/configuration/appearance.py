"""The window's own settings: language, theme, density, scale."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.domain.language import Language
from ui.look import Density, Look
from ui.pages.configuration.row import FormRow
from ui.pages.configuration.section import Section
from ui.preferences import Preferences
from ui.theme import ThemeName
from ui.widgets.fields import Select, Switch
from ui.widgets.segmented import Segmented

Chosen = TypeVar("Chosen")
SCALES = (90, 100, 110, 120, 130, 140, 150)


class Appearance(Section):
    """Every change shows at once and is kept on this computer."""

    def __init__(self, look: Look, preferences: Preferences) -> None:
        super().__init__(look, "monitor", "settings.window")
        self._preferences = preferences
        languages = [(one.value, f"settings.language_{one.value}") for one in Language]
        self.language = Segmented(look, languages, look.texts.language.value)
        themes = [(one.value, f"settings.theme_{one.value}") for one in ThemeName]
        self.theme = Segmented(look, themes, look.theme.value)
        self.contrast = Switch(look)
        densities = [(one.name, f"settings.density_{one.name.lower()}") for one in Density]
        self.density = Segmented(look, densities[::-1], look.density.name)
        self.scale = Select(look)
        self.scale.addItems([look.formats.percent(one / 100, 0) for one in SCALES])
        self._rows = {
            "language": FormRow(look, _right(self.language)),
            "theme": FormRow(look, _right(self.theme)),
            "contrast": FormRow(look, _right(self.contrast)),
            "density": FormRow(look, _right(self.density)),
            "scale": FormRow(look, _right(self.scale)),
        }
        for row in self._rows.values():
            self.add(row)
        self._connect()
        look.keep_worded(self, self._reword)
        look.keep_styled(self, self._follow)

    def _connect(self) -> None:
        look = self.look
        self.language.chosen.connect(lambda value: self._keep(look.set_language, Language(value)))
        self.theme.chosen.connect(lambda value: self._keep(look.set_theme, ThemeName(value)))
        self.density.chosen.connect(lambda value: self._keep(look.set_density, Density[value]))
        self.contrast.clicked.connect(
            lambda on: self._keep(lambda flag: look.set_theme(look.theme, flag), bool(on))
        )
        self.scale.activated.connect(lambda place: self._keep(look.set_scale, SCALES[place] / 100))

    def _keep(self, change: Callable[[Chosen], None], value: Chosen) -> None:
        """Change the look and remember it."""
        change(value)
        self._preferences.keep_look()

    def _follow(self) -> None:
        """Show the look as it is, whoever changed it."""
        look = self.look
        for control, value in (
            (self.theme, look.theme.value),
            (self.density, look.density.name),
            (self.language, look.texts.language.value),
        ):
            control.blockSignals(True)
            control.choose(value)
            control.blockSignals(False)
        self.contrast.setChecked(look.high_contrast)
        nearest = min(range(len(SCALES)), key=lambda at: abs(SCALES[at] / 100 - look.scale))
        self.scale.setCurrentIndex(nearest)

    def _reword(self) -> None:
        say = self.look.say
        for name, row in self._rows.items():
            title, text = say(f"settings.{name}"), say(f"settings.{name}_help")
            row.tell(title, text)
            row.words = f"{title} {text} {name}".casefold()
        for control, name in (
            (self.language, "language"),
            (self.theme, "theme"),
            (self.contrast, "contrast"),
            (self.density, "density"),
            (self.scale, "scale"),
        ):
            control.setAccessibleName(say(f"settings.{name}"))
        self._follow()


def _right(control: QWidget) -> QWidget:
    """Return a control at the right edge of the column of controls."""
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.addStretch(1)
    row.addWidget(control, 0, Qt.AlignmentFlag.AlignRight)
    return box
