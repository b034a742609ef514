"""The editor of one rule: form, text, faults, live preview, saving."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.api.messages import Fault, RulePreview
from ui.engine_client import Ask, Call, EngineError
from ui.rule_editor.draft import Draft
from ui.rule_editor.fault_list import FaultList
from ui.rule_editor.form import RuleForm
from ui.rule_editor.json_view import JsonView
from ui.rule_editor.preview_panel import PreviewPanel
from ui.session import Session
from ui.theme import Tone
from ui.widgets.buttons import Button, ButtonKind, IconButton
from ui.widgets.labels import label
from ui.widgets.pill import Pill
from ui.widgets.segmented import Segmented

PREVIEW_DELAY_MS = 600
_TIMEOUT_SECONDS = 60.0
_TITLE_WIDTH = 340


class RuleEditor(QWidget):
    """Edits a given draft; ``left`` goes back, ``save_wanted`` asks to save."""

    left = Signal()
    save_wanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._look = session.look
        self.draft = Draft({})
        self.faults: Sequence[Fault] = ()
        self.form: RuleForm | None = None
        self.text: JsonView | None = None
        self._call: Call | None = None
        self.preview = PreviewPanel(self._look)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(PREVIEW_DELAY_MS)
        self._delay.timeout.connect(self.ask_preview)
        self._make_head()
        self._fault_list = FaultList(self._look)
        self._stack = QStackedWidget()
        self._arrange()
        self.preview.states.action.connect(self.ask_preview)
        self._fault_list.chosen.connect(self._go_to)
        self._look.reworded.connect(self._show_state)
        self.draft.changed.connect(self._changed)

    def edit(self, draft: Draft) -> None:
        """Show another draft; the one before keeps its unsaved work."""
        if draft is not self.draft:
            self.draft.changed.disconnect(self._changed)
            self.draft = draft
            draft.changed.connect(self._changed)
            self.preview.forget()
            self.faults = ()
            self._replace_views()
        self._reason.setText(draft.reason)
        self._show_state()
        self.ask_preview()

    def refresh_accounts(self) -> None:
        """Let the form offer the accounts that are known now."""
        if self.form is not None and self.form.form.accounts != self._session.accounts:
            self.form.form.accounts = list(self._session.accounts)
            self.form.rebuild()

    def ask_preview(self) -> None:
        """Ask what the draft would do now; the answer also brings its faults."""
        self._delay.stop()
        if self._call is not None:
            self._call.cancel()
        if self.draft.text_fault is not None:
            self._take_faults(())
            self.preview.show_faults(1)
            return
        self.preview.show_waiting()
        document = self.draft.document
        path = "/api/v1/rules/preview"
        ask = Ask(path, RulePreview, body=document, timeout=_TIMEOUT_SECONDS)
        self._call = self._session.client.post(ask, self, self._previewed, self._failed)

    def take_faults(self, faults: Sequence[Fault]) -> None:
        """Show what the engine refused."""
        self._take_faults(faults)

    def undo(self) -> None:
        """Go one step back, whatever made it."""
        self.draft.undo()

    def redo(self) -> None:
        """Go one step forth again."""
        self.draft.redo()

    def show_view(self, name: str) -> None:
        """Show the form or the text (``form`` or ``json``)."""
        self._views.choose(name)

    def toggle_view(self) -> None:
        """Show the text in place of the form, or the other way round."""
        self.show_view("json" if self._views.value() == "form" else "form")

    def _make_head(self) -> None:
        look = self._look
        self._back = IconButton(look, "chevron-left", "editor.back", "Esc")
        self._title = label("", "page-title")
        self._state = Pill(look)
        self._views = Segmented(look, (("form", "editor.form"), ("json", "editor.json")))
        self._undo = IconButton(look, "undo-2", "editor.undo", "Ctrl+Z")
        self._redo = IconButton(look, "redo-2", "editor.redo", "Ctrl+Shift+Z")
        self._reason = QLineEdit()
        self._reason.setMaxLength(500)
        self._save = Button(look, "editor.save", ButtonKind.PRIMARY, "save")
        look.keep_worded(self, self._name_reason)
        self._back.clicked.connect(self.left)
        self._undo.clicked.connect(self.undo)
        self._redo.clicked.connect(self.redo)
        self._save.clicked.connect(self.save_wanted)
        self._views.chosen.connect(self._switch)
        self._reason.textEdited.connect(self._keep_reason)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._back)
        head.addWidget(self._title)
        head.addWidget(self._state)
        head.addStretch(1)
        for part in (self._undo, self._redo, self._views, self._reason, self._save):
            head.addWidget(part)
        self._reason.setMinimumWidth(self._look.px(150))
        self._reason.setMaximumWidth(self._look.px(240))
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._fault_list)
        column.addWidget(self._stack, 1)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.addWidget(left)
        self._split.addWidget(self.preview)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(12)
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 2)
        left.setMinimumWidth(self._look.px(430))
        self.preview.setMinimumWidth(self._look.px(330))
        self._split.setSizes([720, 460])
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(12)
        page.addLayout(head)
        page.addWidget(self._split, 1)

    def _replace_views(self) -> None:
        for view in (self.form, self.text):
            if view is not None:
                self._stack.removeWidget(view)
                view.deleteLater()
        self.form = RuleForm(self._look, self.draft, list(self._session.accounts))
        self.text = JsonView(self._look, self.draft)
        self._stack.addWidget(self.form)
        self._stack.addWidget(self.text)
        self._switch(self._views.value())

    def _switch(self, name: str) -> None:
        view = self.form if name == "form" else self.text
        if view is not None:
            self._stack.setCurrentWidget(view)
            self._take_faults(self.faults)

    def _changed(self, source: str) -> None:
        self._show_state()
        if source != "saved":
            self._delay.start()
        if self.draft.text_fault is not None:
            self.ask_preview()

    def _show_state(self) -> None:
        say, draft = self._look.say, self.draft
        name = draft.name or say("editor.new")
        room, elide = self._look.px(_TITLE_WIDTH), Qt.TextElideMode.ElideRight
        self._title.setText(self._title.fontMetrics().elidedText(name, elide, room))
        self._title.setToolTip(name)
        dirty = draft.is_dirty
        version = say("rules.version", number=draft.version)
        words = say("editor.unsaved") if dirty else version
        self._state.show_state(words, Tone.WARN if dirty else Tone.NEUTRAL)
        self._undo.setEnabled(draft.can_undo)
        self._redo.setEnabled(draft.can_redo)
        self._save.setEnabled(dirty and draft.text_fault is None)

    def _previewed(self, preview: RulePreview) -> None:
        self._take_faults(())
        formats = self._look.formats
        time = formats.time(datetime.fromisoformat(preview.as_of), self._session.zone)
        as_of = self._look.say("preview.as_of", time=time)
        self.preview.show_preview(preview, as_of)

    def _failed(self, error: EngineError) -> None:
        if error.problem is not None and error.problem.faults:
            self._take_faults(error.problem.faults)
            self.preview.show_faults(len(error.problem.faults))
        else:
            self.preview.show_error(error.title, error.text, error.details)

    def _take_faults(self, faults: Sequence[Fault]) -> None:
        self.faults = faults
        if self.form is not None and self.text is not None:
            self.form.show_faults(faults)
            self.text.show_faults(faults)
        self._fault_list.show_faults(faults, self.draft.text_fault)

    def _go_to(self, path: str) -> None:
        """Go to the field or the line of a fault in the view that is shown."""
        if self.draft.text_fault is not None:
            self.show_view("json")
        view = self._stack.currentWidget()
        if isinstance(view, RuleForm | JsonView):
            view.go_to(path)

    def _keep_reason(self, text: str) -> None:
        self.draft.reason = text

    def _name_reason(self) -> None:
        self._reason.setPlaceholderText(self._look.say("editor.reason"))
        self._reason.setAccessibleName(self._look.say("editor.reason"))
