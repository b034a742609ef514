"""The actions of a rule, in the order in which they are carried out."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.rule_editor.action_fields import (
    OFFERED,
    TYPES,
    Kind,
    Param,
    absent,
    params_of,
    unshown_params,
    with_param,
    with_type,
)
from ui.rule_editor.condition_fields import metric_field
from ui.rule_editor.condition_section import FaultRow
from ui.rule_editor.document import Json, Path, drop, items, mapping, put, text_of
from ui.rule_editor.fields import ChoiceField, Field, FormContext, LineField, kept_text, note
from ui.rule_editor.section import Section, flow, menu_button
from ui.rule_editor.values import NUMBER, TEXT, TEXTS
from ui.rule_editor.words import options, window_options
from ui.widgets.buttons import IconButton
from ui.widgets.labels import label, wrapped

_ROOT: Path = ("actions",)
_WIDE = (Kind.TEXT, Kind.MESSAGE)


class ActionSection(Section):
    """Everything under ``actions``."""

    fields = ("actions",)

    def __init__(self, form: FormContext) -> None:
        super().__init__(form, "editor.actions")

    def build(self, column: QVBoxLayout) -> None:
        """Show the actions one below the other."""
        column.addWidget(FaultRow(self.form, _ROOT))
        value = self.form.value(_ROOT)
        if not isinstance(value, list) and value:
            column.addWidget(wrapped(label(kept_text(value), "mono")))
            column.addWidget(note(self.look, "editor.kept_row"))
            return
        found = items(value)
        for place in range(len(found)):
            self._action(column, place, len(found))
        words = options(self.look, "action.", OFFERED)
        row = QHBoxLayout()
        row.addWidget(menu_button(self.form, "action.add", words, self._add))
        row.addStretch(1)
        column.addLayout(row)

    def _add(self, written: str) -> None:
        place = len(items(self.form.value(_ROOT)))
        self.change((*_ROOT, place), with_type({"type": written}, written))

    def _action(self, column: QVBoxLayout, place: int, count: int) -> None:
        path: Path = (*_ROOT, place)
        action = self.form.value(path)
        frame = QFrame()
        frame.setProperty("kind", "editor-row")
        rows = QVBoxLayout(frame)
        rows.setContentsMargins(12, 10, 8, 10)
        rows.setSpacing(8)
        column.addWidget(frame)
        head = QHBoxLayout()
        rows.addLayout(head)
        if not isinstance(action, dict) or not isinstance(action.get("params", {}), dict):
            head.addWidget(wrapped(label(kept_text(action), "mono")), 1)
            head.addWidget(self._tools(place, count))
            rows.addWidget(note(self.look, "editor.kept_row"))
            rows.addWidget(FaultRow(self.form, path))
            return
        head.addWidget(flow([self._type(path, action), *self._short(path, action)]), 1)
        head.addWidget(self._tools(place, count), 0, Qt.AlignmentFlag.AlignTop)
        for param in self._given(action, wide=True):
            rows.addWidget(self._param(path, param))
        rows.addWidget(flow([self._adder(path, action)]))
        self._notes(rows, path, action)
        rows.addWidget(FaultRow(self.form, path))

    def _notes(self, rows: QVBoxLayout, path: Path, action: Json) -> None:
        unshown = unshown_params(action, text_of(path))
        if unshown:
            names = ", ".join(one.removeprefix(f"{text_of(path)}/") for one in unshown)
            rows.addWidget(note(self.look, "editor.kept_fields", names=names))
        if action.get("type") in TYPES and action.get("type") not in OFFERED:
            rows.addWidget(note(self.look, "action.not_carried_out"))

    def _type(self, path: Path, action: Json) -> Field:
        words = options(self.look, "action.", OFFERED)
        written = action.get("type")
        if isinstance(written, str) and written in TYPES and written not in OFFERED:
            words += options(self.look, "action.", (written,))

        def chosen(name: str) -> None:
            self.change(path, with_type(mapping(self.form.value(path)), name))

        name = self.look.say("action.type")
        return ChoiceField(self.form, (*path, "type"), name, words, on_choice=chosen)

    def _given(self, action: Json, *, wide: bool) -> list[Param]:
        names = mapping(action.get("params"))
        return [
            param
            for param in params_of(action.get("type"))
            if param.name in names and (param.kind in _WIDE) == wide
        ]

    def _short(self, path: Path, action: Json) -> list[QWidget]:
        return [self._param(path, param) for param in self._given(action, wide=False)]

    def _param(self, path: Path, param: Param) -> Field:
        place, look = (*path, "params", param.name), self.look
        name = look.say(f"field.{param.name}")
        if param.kind is Kind.METRIC:
            return metric_field(self, place, None)
        if param.kind is Kind.WINDOW:
            return ChoiceField(self.form, place, name, window_options(look))
        if param.kind is Kind.CHOICE:
            listed = options(look, "action.choice_", param.options)
            return ChoiceField(self.form, place, name, listed)
        listing = param.kind in (Kind.LABELS, Kind.CHOICES)
        codec = NUMBER if param.kind is Kind.NUMBER else TEXTS if listing else TEXT
        hint = look.say("editor.list_hint") if listing else ""
        width = 0 if param.kind in _WIDE else 200 if listing else 110
        line = LineField(self.form, place, name, codec, width, hint)
        line.line.editingFinished.connect(
            lambda: None if line.line.text().strip() else self.refresh(force=True)
        )
        return line

    def _adder(self, path: Path, action: Json) -> QWidget:
        offered = {param.name: param for param in absent(action)}
        words = [(name, self.look.say(f"field.{name}")) for name in offered]

        def add(name: str) -> None:
            self.change(path, with_param(mapping(self.form.value(path)), offered[name]))

        return menu_button(self.form, "condition.add_detail", words, add)

    def _tools(self, place: int, count: int) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for icon, key, step, usable in (
            ("arrow-up", "action.earlier", -1, place > 0),
            ("arrow-down", "action.later", 1, place < count - 1),
        ):
            if count > 1:
                button = IconButton(self.look, icon, key)
                button.setEnabled(usable)
                button.clicked.connect(partial(self._move, place, step))
                row.addWidget(button)
        remove = IconButton(self.look, "x", "action.remove")
        remove.clicked.connect(lambda: self._remove(place))
        row.addWidget(remove)
        return holder

    def _move(self, place: int, step: int) -> None:
        actions = list(items(self.form.value(_ROOT)))
        actions[place], actions[place + step] = actions[place + step], actions[place]
        self.form.draft.reshape(put(self.form.draft.document, _ROOT, actions))

    def _remove(self, place: int) -> None:
        self.form.draft.reshape(drop(self.form.draft.document, (*_ROOT, place)))
