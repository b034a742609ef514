"""The conditions of a rule: groups, comparisons, properties and rankings."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from ui.rule_editor import conditions as nodes
from ui.rule_editor.condition_fields import comparison_rows, property_rows, rank_rows
from ui.rule_editor.conditions import Node
from ui.rule_editor.document import Path, drop, get, text_of
from ui.rule_editor.fields import FaultSpot, FormContext, kept_text, note
from ui.rule_editor.section import Section, menu_button
from ui.rule_editor.words import options
from ui.widgets.buttons import Button, ButtonKind, IconButton
from ui.widgets.fields import Select
from ui.widgets.labels import label, wrapped

_ROOT: Path = ("conditions",)


class ConditionSection(Section):
    """Everything under ``conditions``."""

    fields = ("conditions",)

    def __init__(self, form: FormContext) -> None:
        super().__init__(form, "editor.conditions")

    def build(self, column: QVBoxLayout) -> None:
        """Show the whole tree."""
        conditions = self.form.value(_ROOT)
        if nodes.is_group_list(conditions) or nodes.kind_of(conditions) is Node.GROUP:
            self._group(column, _ROOT, conditions)
            return
        if isinstance(conditions, dict):
            self._node(column, _ROOT)
        else:
            column.addWidget(FaultRow(self.form, _ROOT))
        column.addLayout(self._adders(_ROOT))

    def _group(self, column: QVBoxLayout, path: Path, node: object) -> None:
        word, below, found = nodes.members(node)
        head = QHBoxLayout()
        choice = Select(self.look)
        for value, words in options(self.look, "condition.group_", ("all", "any")):
            choice.addItem(words, value)
        choice.setCurrentIndex(0 if word == "all" else 1)
        choice.setAccessibleName(self.look.say("condition.group"))
        choice.activated.connect(
            lambda _at: self.change(path, nodes.with_word(node, str(choice.currentData())))
        )
        head.addWidget(choice)
        head.addStretch(1)
        if path != _ROOT:
            head.addWidget(self._remover(path))
        column.addLayout(head)
        column.addWidget(FaultRow(self.form, path))
        for place in range(len(found)):
            self._node(column, (*path, *below, place))
        column.addLayout(self._adders(path))

    def _node(self, column: QVBoxLayout, path: Path) -> None:
        node = self.form.value(path)
        kind = nodes.kind_of(node)
        rows = _framed(column, "group" if kind in (Node.GROUP, Node.NOT) else "row")
        if kind is Node.GROUP:
            self._group(rows, path, node)
            return
        head = QHBoxLayout()
        head.setSpacing(8)
        if kind is Node.NOT:
            head.addWidget(label(self.look.say("condition.not"), "strong"), 1)
            head.addWidget(self._remover(path))
            rows.addLayout(head)
            self._node(rows, (*path, "not"))
            return
        if kind is Node.RAW:
            head.addWidget(wrapped(label(kept_text(node), "mono")), 1)
            head.addWidget(self._remover(path), 0, Qt.AlignmentFlag.AlignTop)
            rows.addLayout(head)
            rows.addWidget(note(self.look, "editor.kept_row"))
            rows.addWidget(FaultRow(self.form, path))
            return
        build = {
            Node.COMPARISON: comparison_rows,
            Node.PROPERTY: property_rows,
            Node.RANK: rank_rows,
        }[kind]
        lines = build(self, path)
        head.addWidget(lines[0], 1)
        head.addWidget(self._tools(path), 0, Qt.AlignmentFlag.AlignTop)
        rows.addLayout(head)
        for line in lines[1:]:
            rows.addWidget(line)
        unshown = list(nodes.unshown(node, text_of(path)))
        if unshown:
            names = ", ".join(one.removeprefix(f"{text_of(path)}/") for one in unshown)
            rows.addWidget(note(self.look, "editor.kept_fields", names=names))
        rows.addWidget(FaultRow(self.form, path))

    def _tools(self, path: Path) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._remover(path))
        return holder

    def _remover(self, path: Path) -> IconButton:
        button = IconButton(self.look, "x", "condition.remove")
        button.clicked.connect(lambda: self._remove(path))
        return button

    def _remove(self, path: Path) -> None:
        """Take a node away; an empty inner group or ``not`` goes with it."""
        document = drop(self.form.draft.document, path)
        above = path[:-1]
        while len(above) > 1 and not get(document, above):
            document, above = drop(document, above), above[:-1]
        if path == _ROOT or get(document, _ROOT) in ({}, []):
            document = {**document, "conditions": []}
        self.form.draft.reshape(document)

    def _adders(self, path: Path) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        new = {
            "condition": nodes.new_condition(),
            "group": {"any": [nodes.new_condition()]},
            "rank": nodes.new_rank(),
            "not": {"not": nodes.new_condition()},
        }

        def add(kind: str) -> None:
            self.change(path, nodes.with_member(self.form.value(path) or [], new[kind]))

        button = Button(self.look, "condition.add", ButtonKind.LINK, "plus")
        button.clicked.connect(partial(add, "condition"))
        row.addWidget(button)
        more = [name for name in new if name != "condition"]
        row.addWidget(
            menu_button(
                self.form, "condition.add_other", options(self.look, "condition.add_", more), add
            )
        )
        row.addStretch(1)
        return row


class FaultRow(FaultSpot):
    """A place for faults of a whole node."""

    def __init__(self, form: FormContext, path: Path) -> None:
        super().__init__(form, path)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._fault_row)
        self.setVisible(False)

    def show_faults(self, faults: object) -> None:
        """Be there only while something is wrong."""
        assert isinstance(faults, list | tuple)
        super().show_faults(faults)
        self.setVisible(bool(faults))


def _framed(column: QLayout, kind: str) -> QVBoxLayout:
    frame = QFrame()
    frame.setProperty("kind", f"editor-{kind}")
    inner = QVBoxLayout(frame)
    inner.setContentsMargins(12, 10, 8, 10)
    inner.setSpacing(8)
    column.addWidget(frame)
    return inner
