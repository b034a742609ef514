"""The tabs above the grid: choosing, making, renaming and removing views."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QMenu, QVBoxLayout

from ui.look import Look
from ui.pages.objects.views import SavedViews, View
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.labels import label
from ui.widgets.view_tabs import ViewTabs


class ViewBar(QObject):
    """Fills tabs with views; the last tab makes a new one from what is shown.

    ``chosen`` carries the View. ``present`` returns what is shown now as a view.
    """

    chosen = Signal(object)

    def __init__(
        self, look: Look, tabs: ViewTabs, views: SavedViews, present: Callable[[], View]
    ) -> None:
        super().__init__(tabs)
        self._look = look
        self._tabs = tabs
        self._views = views
        self._present = present
        self._place = 0
        tabs.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tabs.customContextMenuRequested.connect(self._open_menu)
        self._fill()
        tabs.currentChanged.connect(self._changed)
        tabs.tabBarClicked.connect(self._clicked)
        look.reworded.connect(self._reword)

    @property
    def current(self) -> View:
        """The view that is chosen."""
        return self._views.all()[self._place]

    def all(self) -> Sequence[View]:
        """Return every view in the order of the tabs."""
        return self._views.all()

    def choose(self, place: int) -> None:
        """Show a view by its place; nothing happens for a place without one."""
        if 0 <= place < len(self._views.all()):
            self._tabs.setCurrentIndex(place)
            self._show(place)

    def save_new(self, title: str) -> None:
        """Keep what is shown as a new view and choose it."""
        place = self._views.add(replace(self._present(), title=title))
        self._fill()
        self.choose(place)

    def _fill(self) -> None:
        tabs, look = self._tabs, self._look
        tabs.blockSignals(True)
        while tabs.count():
            tabs.removeTab(0)
        for view in self._views.all():
            tabs.addTab(view.name(look))
        tabs.addTab(look.say("view.new"))
        tabs.setCurrentIndex(min(self._place, tabs.count() - 2))
        tabs.blockSignals(False)

    def _changed(self, place: int) -> None:
        if place == self._tabs.count() - 1:
            self._tabs.setCurrentIndex(self._place)
        elif place != self._place:
            self._show(place)

    def _clicked(self, place: int) -> None:
        if place == self._tabs.count() - 1:
            self._ask_title("view.new_title", "", self.save_new)
        elif place == self._place:
            self._show(place)

    def _show(self, place: int) -> None:
        self._place = place
        self.chosen.emit(self.current)

    def _reword(self) -> None:
        self._fill()
        if not self.current.is_own:
            self.chosen.emit(self.current)

    def _open_menu(self, spot: QPoint) -> None:
        place = self._tabs.tabAt(spot)
        if not 0 <= place < len(self._views.all()) or not self._views.all()[place].is_own:
            return
        view, say = self._views.all()[place], self._look.say
        menu = QMenu(self._tabs)
        menu.addAction(say("view.rename")).triggered.connect(
            lambda: self._ask_title("view.rename", view.title, lambda t: self._rename(place, t))
        )
        menu.addAction(say("view.keep_present")).triggered.connect(lambda: self._renew(place))
        menu.addAction(say("view.remove")).triggered.connect(lambda: self._remove(place))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._tabs.mapToGlobal(spot))

    def _rename(self, place: int, title: str) -> None:
        self._views.replace(place, replace(self._views.all()[place], title=title))
        self._fill()

    def _renew(self, place: int) -> None:
        title = self._views.all()[place].title
        self._views.replace(place, replace(self._present(), title=title))
        self.choose(place)

    def _remove(self, place: int) -> None:
        self._views.remove(place)
        self._place = 0
        self._fill()
        self._show(0)

    def _ask_title(self, key: str, title: str, done: Callable[[str], None]) -> None:
        _TitleDialog(self._look, key, title, done, self._tabs).open()


class _TitleDialog(QDialog):
    """Asks for a view's name."""

    def __init__(
        self, look: Look, key: str, title: str, done: Callable[[str], None], parent: ViewTabs
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(look.say(key))
        self._done = done
        self._field = QLineEdit(title)
        self._field.setAccessibleName(look.say("view.title"))
        self._field.setPlaceholderText(look.say("view.title"))
        self._field.setMinimumWidth(look.px(320))
        self._field.setMaxLength(40)
        cancel = Button(look, "dialog.cancel")
        self._save = Button(look, "dialog.save", ButtonKind.PRIMARY)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(label(look.say(key), "card-title"))
        column.addWidget(label(look.say("view.what"), "secondary"))
        column.addWidget(self._field)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self._save)
        column.addLayout(row)
        cancel.clicked.connect(self.reject)
        self._save.clicked.connect(self.accept)
        self._save.setDefault(True)
        self._field.textChanged.connect(self._check)
        self._check(title)

    def accept(self) -> None:
        """Take the name."""
        super().accept()
        self._done(self._field.text().strip())

    def _check(self, text: str) -> None:
        self._save.setEnabled(bool(text.strip()))
