"""A whole grid in a card: views, filter, table, footer."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.grid.column_chooser import ColumnChooser
from ui.grid.columns import Column, GridData
from ui.grid.edits import PendingEdits
from ui.grid.filter_bar import FilterChips, FilterField
from ui.grid.footer import GridFooter
from ui.grid.model import GridModel
from ui.grid.table import GridTable
from ui.look import Look
from ui.widgets.buttons import Button
from ui.widgets.card import rule_line
from ui.widgets.pending_bar import PendingBar
from ui.widgets.state_panels import PanelKind, StateStack
from ui.widgets.view_tabs import ViewTabs


class GridPanel(QFrame):
    """Everything around the table, wired together.

    Parts are public: ``tabs``, ``filter``, ``table``, ``model``, ``state``
    (loading, error), ``pending`` (the floating bar), ``tools`` (the row of
    buttons, to add to). ``count_key`` is the plural text of the footer.
    """

    export_requested = Signal()
    columns_changed = Signal(list)

    def __init__(
        self,
        look: Look,
        columns: Sequence[Column],
        count_key: str = "grid.campaigns",
        parent: QWidget | None = None,
        pending: PendingEdits | None = None,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._all_columns = list(columns)
        self.setProperty("kind", "card")
        shown = [column for column in columns if not column.hidden]
        self.model = GridModel(look, shown, self, pending)
        self.tabs = ViewTabs(look)
        self.filter = FilterField(look, self.model)
        self.table = GridTable(look, self.model)
        self.state = StateStack(look, self.table)
        self.pending = PendingBar(look, self)
        self.tools = QHBoxLayout()
        self._columns_button = Button(look, "grid.columns", icon="columns-3")
        self._chooser: ColumnChooser | None = None
        self._arrange(count_key)
        self.filter.understood.connect(self._show_fit)
        self.state.action.connect(lambda: self.filter.set_terms([]))
        self.model.pending.changed.connect(self.pending.set_count)
        self._columns_button.clicked.connect(self._choose_columns)
        slash = QShortcut(QKeySequence("/"), self)
        slash.activated.connect(self.filter.setFocus)

    def load(self, data: GridData) -> None:
        """Show rows in place of a skeleton or an error."""
        self.table.load(data)
        self.state.show_content()
        self._show_fit()

    def use_columns(self, columns: Sequence[Column], count_key: str) -> None:
        """Show another kind of rows: its columns, and what the footer counts."""
        self._all_columns = list(columns)
        self.model.set_columns([column for column in columns if not column.hidden])
        self._footer.count_by(count_key)

    def show_columns(self, keys: Sequence[str]) -> None:
        """Show these columns in this order; unknown keys are skipped."""
        known = {column.key: column for column in self._all_columns}
        self.model.set_columns([known[key] for key in keys if key in known])
        self.columns_changed.emit([column.key for column in self.model.columns])

    def widths(self) -> dict[str, int]:
        """Return each shown column's width in pixels, to be kept."""
        columns = enumerate(self.model.columns)
        return {column.key: self.table.columnWidth(place) for place, column in columns}

    def set_widths(self, widths: dict[str, int]) -> None:
        """Restore widths kept earlier."""
        for place, column in enumerate(self.model.columns):
            if column.key in widths:
                self.table.setColumnWidth(place, widths[column.key])

    def _arrange(self, count_key: str) -> None:
        """Stack tool row, chips, table and footer."""
        export = Button(self._look, "grid.export", icon="download")
        export.clicked.connect(self.export_requested)
        self.tools.setContentsMargins(8, 0, 13, 0)
        self.tools.setSpacing(8)
        self.tools.addWidget(self.tabs, 3)
        self.filter.setMaximumWidth(self._look.px(270))
        self.tools.addWidget(self.filter, 1)
        self.tools.addWidget(self._columns_button)
        self.tools.addWidget(export)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 3, 1, 1)
        column.setSpacing(0)
        column.addLayout(self.tools)
        column.addWidget(FilterChips(self._look, self.filter))
        column.addWidget(rule_line())
        column.addWidget(self.state, 1)
        column.addWidget(rule_line())
        self._footer = GridFooter(self._look, self.model, count_key)
        column.addWidget(self._footer)

    def _choose_columns(self) -> None:
        """Open the column chooser under its button."""
        if self._chooser is not None:
            self._chooser.deleteLater()
        self._chooser = ColumnChooser(self._look, self._all_columns, self)
        self._chooser.chosen.connect(self.show_columns)
        self._chooser.open(self.model.columns, self._columns_button)

    def _show_fit(self, *_: object) -> None:
        """Say so where a filter leaves no row."""
        if self.model.rowCount() == 0 and self.filter.text().strip() and len(self.model.data_set):
            title = self._look.say("grid.nothing_fits")
            text = self._look.say("grid.nothing_fits_text")
            self.state.show_message(PanelKind.EMPTY, title, text, "panel.clear_filter")
        else:
            self.state.show_content()
