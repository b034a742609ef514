"""Whom a rule looks at: clients, accounts, and filters on objects."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from engine.domain.metrics import METADATA_FIELDS
from ui.rule_editor import conditions as nodes
from ui.rule_editor.condition_section import FaultRow
from ui.rule_editor.document import MISSING, Json, Path, drop, get, items, mapping
from ui.rule_editor.fields import (
    ChoiceField,
    Field,
    FlagField,
    FormContext,
    LineField,
    captioned,
    kept_text,
    note,
)
from ui.rule_editor.section import Section, flow, menu_button
from ui.rule_editor.values import TEXT, TEXTS
from ui.rule_editor.words import Option, metric_words, options
from ui.widgets.buttons import Button, IconButton
from ui.widgets.fields import Select
from ui.widgets.labels import label, wrapped

SCOPE_FIELDS = ("clients", "accounts", "include", "exclude", "fixed")
_PROPERTIES = (*METADATA_FIELDS, "labels", "age")
_AGE_OPERATORS = ("<", "<=", ">", ">=")
_NEW_FILTER: Json = {"name": {"contains": "…"}}


class ScopeSection(Section):
    """Everything under ``scope``."""

    fields = ("scope",)

    def __init__(self, form: FormContext) -> None:
        super().__init__(form, "editor.scope")

    def build(self, column: QVBoxLayout) -> None:
        """Show whose objects are looked at, and which of them."""
        scope = self.form.value(("scope",))
        column.addWidget(FaultRow(self.form, ("scope",)))
        if scope is not MISSING and not isinstance(scope, dict):
            column.addWidget(wrapped(label(kept_text(scope), "mono")))
            column.addWidget(note(self.look, "editor.kept_row"))
            return
        accounts = [(one.account_id, one.name) for one in self.form.accounts]
        clients = [(name, name) for name in sorted({one.client for one in self.form.accounts})]
        column.addWidget(
            flow([self._several("clients", clients), self._several("accounts", accounts)], 12)
        )
        for name in ("include", "exclude"):
            self._filters(column, name)
        row = QHBoxLayout()
        for name in ("include", "exclude"):
            add = [("filter", self.look.say("whom.filter")), ("id", self.look.say("whom.id"))]
            row.addWidget(menu_button(self.form, f"whom.add_{name}", add, partial(self._add, name)))
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(FlagField(self.form, ("scope", "fixed"), self.look.say("whom.fixed")))
        unknown = [name for name in mapping(scope) if name not in SCOPE_FIELDS]
        if unknown:
            column.addWidget(note(self.look, "editor.kept_fields", names=", ".join(unknown)))

    def _several(self, name: str, known: list[Option]) -> Field:
        return SeveralField(self.form, ("scope", name), self.look.say(f"field.{name}"), known)

    def _filters(self, column: QVBoxLayout, name: str) -> None:
        path: Path = ("scope", name)
        value = self.form.value(path)
        if value is MISSING:
            return
        column.addWidget(label(self.look.say(f"whom.{name}"), "secondary"))
        column.addWidget(FaultRow(self.form, path))
        if isinstance(value, list):
            for place in range(len(value)):
                self._filter(column, (*path, place))
        else:
            self._filter(column, path)

    def _filter(self, column: QVBoxLayout, path: Path) -> None:
        frame = QFrame()
        frame.setProperty("kind", "editor-row")
        row = QHBoxLayout(frame)
        row.setContentsMargins(12, 8, 8, 8)
        row.addWidget(self._filter_fields(path), 1)
        remove = IconButton(self.look, "x", "condition.remove")
        remove.clicked.connect(lambda: self._remove(path))
        row.addWidget(remove, 0, Qt.AlignmentFlag.AlignTop)
        column.addWidget(frame)

    def _filter_fields(self, path: Path) -> QWidget:
        value = self.form.value(path)
        if isinstance(value, str):
            return flow([LineField(self.form, path, self.look.say("whom.id"), TEXT, 220)])
        simple = simple_filter(value)
        if simple is None:
            holder = QWidget()
            rows = QVBoxLayout(holder)
            rows.setContentsMargins(0, 0, 0, 0)
            rows.addWidget(wrapped(label(kept_text(value), "mono")))
            rows.addWidget(note(self.look, "editor.kept_row"))
            rows.addWidget(FaultRow(self.form, path))
            return holder
        name, operator = simple
        place = (*path, name) if operator == "" else (*path, name, operator)
        wanted = self._wanted(place, name, operator)
        return flow([self._property(path, name), self._operator(path, name, operator), wanted])

    def _property(self, path: Path, name: str) -> QWidget:
        select = Select(self.look)
        for one in _PROPERTIES:
            select.addItem(_property_words(self, one), one)
        select.setCurrentIndex(_PROPERTIES.index(name))

        def chosen(_place: int) -> None:
            new = str(select.currentData())
            test: object = {">": "7d"} if new == "age" else {"contains": "…"}
            test = "ACTIVE" if new in ("status", "effective_status") else test
            self.change(path, {new: test})

        select.activated.connect(chosen)
        return captioned(self.look.say("whom.property"), select)

    def _operator(self, path: Path, name: str, operator: str) -> QWidget:
        select = Select(self.look)
        listed = _AGE_OPERATORS if name == "age" else nodes.TEXT_OPERATORS
        prefix = "operator." if name == "age" else "operator.text_"
        for sign, words in options(self.look, prefix, listed):
            select.addItem(words, sign)
        value = get(self.form.value(path), (name,))
        shown = operator or ("in" if isinstance(value, list) else "==")
        select.setCurrentIndex(listed.index(shown) if shown in listed else -1)
        wanted = get(value, (operator,)) if operator else value

        def chosen(_place: int) -> None:
            node: Json = {"value": wanted}
            shaped = nodes.with_operator(node, str(select.currentData()))
            self.change(path, {name: {str(select.currentData()): shaped["value"]}})

        select.activated.connect(chosen)
        return captioned(self.look.say("condition.operator"), select)

    def _wanted(self, place: Path, name: str, operator: str) -> QWidget:
        words = self.look.say("field.value")
        value = self.form.value(place)
        if isinstance(value, list):
            return LineField(self.form, place, words, TEXTS, 220, self.look.say("editor.list_hint"))
        if name in ("status", "effective_status"):
            known = options(self.look, "condition.status_", ("ACTIVE", "PAUSED"))
            return ChoiceField(self.form, place, words, known)
        return LineField(self.form, place, words, TEXT, 200)

    def _add(self, name: str, what: str) -> None:
        path: Path = ("scope", name)
        value = self.form.value(path)
        found = value if isinstance(value, list) else [] if value is MISSING else [value]
        self.change(path, [*found, _NEW_FILTER if what == "filter" else "…"])

    def _remove(self, path: Path) -> None:
        document = drop(self.form.draft.document, path)
        if not items(get(document, path[:2])) and not mapping(get(document, path[:2])):
            document = drop(document, path[:2])
        self.form.draft.reshape(document)


class SeveralField(Field):
    """Any number of known things, chosen in a menu; none means all."""

    def __init__(self, form: FormContext, path: Path, name: str, known: list[Option]) -> None:
        self.button = Button(form.look, "whom.all", icon="chevron-down")
        super().__init__(form, path, name, self.button)
        self.button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self._known = known
        value = form.value(path)
        self._readable = value is MISSING or (
            isinstance(value, list) and all(isinstance(item, str) for item in value)
        )
        self.button.setEnabled(self._readable)
        self._menu = QMenu(self.button)
        self.button.setMenu(self._menu)
        self._menu.aboutToShow.connect(self._fill)
        self._rename()

    def _chosen(self) -> list[str]:
        return [str(item).removeprefix("act_") for item in items(self.form.value(self.path))]

    def _rename(self) -> None:
        chosen, names = self._chosen(), dict(self._known)
        if not self._readable:
            self.button.setText(kept_text(self.form.value(self.path)))
        elif not chosen:
            self.button.say("whom.all")
        else:
            shown = ", ".join(names.get(one, one) for one in chosen[:2])
            more = len(chosen) - 2
            self.button.setText(f"{shown} +{more}" if more > 0 else shown)

    def _fill(self) -> None:
        self._menu.clear()
        chosen = self._chosen()
        unknown = [(one, one) for one in chosen if one not in dict(self._known)]
        for value, words in [*self._known, *unknown]:
            action = self._menu.addAction(words.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(value in chosen)
            action.toggled.connect(partial(self._toggle, value))

    def _toggle(self, value: str, on: bool) -> None:
        kept = [one for one in items(self.form.value(self.path)) if not _is(one, value)]
        new = [*kept, value] if on else kept
        self.write(new or MISSING)
        self._rename()


def simple_filter(value: object) -> tuple[str, str] | None:
    """Return a one-property filter's name and operator, none for any other.

    The operator is empty where the filter names only a value.
    """
    if not isinstance(value, dict) or len(value) != 1:
        return None
    ((name, test),) = value.items()
    if name not in _PROPERTIES:
        return None
    if not isinstance(test, dict):
        return name, ""
    return (name, next(iter(test))) if len(test) == 1 else None


def _property_words(section: Section, name: str) -> str:
    if name in ("labels", "age"):
        return section.look.say(f"whom.property_{name}")
    return metric_words(section.look, name)


def _is(item: object, value: str) -> bool:
    return isinstance(item, str) and item.removeprefix("act_") == value
