"""The form of a rule: all its sections, its faults at their fields."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QVBoxLayout, QWidget

from engine.api.messages import AccountMessage, Fault
from engine.domain.objects import Level
from engine.domain.rule import Mode
from ui.look import Look
from ui.rule_editor.action_fields import unshown_params
from ui.rule_editor.action_section import ActionSection
from ui.rule_editor.condition_section import ConditionSection
from ui.rule_editor.conditions import unshown
from ui.rule_editor.document import MISSING, Json, items, mapping
from ui.rule_editor.draft import Draft
from ui.rule_editor.fields import (
    ChoiceField,
    Field,
    FlagField,
    FormContext,
    LineField,
    note,
)
from ui.rule_editor.scope_section import SCOPE_FIELDS, ScopeSection, simple_filter
from ui.rule_editor.section import Section, flow
from ui.rule_editor.timing_section import (
    HOLD_OUT_FIELDS,
    LIMIT_FIELDS,
    ML_FIELDS,
    SCHEDULE_FIELDS,
    LimitSection,
    ModelSection,
    ScheduleSection,
)
from ui.rule_editor.values import NUMBER, TEXT
from ui.rule_editor.words import options

_OBJECTS = {
    "scope": SCOPE_FIELDS,
    "schedule": SCHEDULE_FIELDS,
    "limits": LIMIT_FIELDS,
    "hold_out": HOLD_OUT_FIELDS,
    "ml_enhancement": ML_FIELDS,
}
_TOP = ("name", "status", "mode", "level", "priority", "held_for", "conditions", "actions")


class BasicsSection(Section):
    """Name, level, mode and priority."""

    fields = ("name", "level", "mode", "priority", "status")

    def __init__(self, form: FormContext) -> None:
        super().__init__(form, "editor.basics")

    def build(self, column: QVBoxLayout) -> None:
        """Show them."""
        say, form = self.look.say, self.form
        column.addWidget(LineField(form, ("name",), say("field.name"), TEXT))
        level = options(self.look, "rules.level_", [one.value for one in Level])
        mode = options(self.look, "rules.mode_", [one.value for one in Mode])
        column.addWidget(
            flow(
                [
                    ChoiceField(
                        form, ("level",), say("field.level"), level, say("editor.inferred")
                    ),
                    ChoiceField(form, ("mode",), say("field.mode"), mode, say("editor.as_set")),
                    LineField(form, ("priority",), say("field.priority"), NUMBER, 90, "100"),
                ],
                12,
            )
        )
        column.addWidget(note(self.look, "editor.priority_note"))
        unknown = [name for name in form.draft.document if name not in (*_TOP, *_OBJECTS)]
        if unknown:
            column.addWidget(note(self.look, "editor.kept_fields", names=", ".join(unknown)))


class RuleForm(QScrollArea):
    """Everything the form can edit; the draft's document is what counts."""

    def __init__(self, look: Look, draft: Draft, accounts: list[AccountMessage]) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._look = look
        self.form = FormContext(look, draft, accounts)
        self.sections: list[Section] = [
            BasicsSection(self.form),
            ConditionSection(self.form),
            ActionSection(self.form),
            ScopeSection(self.form),
            ScheduleSection(self.form),
            LimitSection(self.form),
            ModelSection(self.form),
        ]
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(12)
        for section in self.sections:
            column.addWidget(section)
        column.addStretch(1)
        self._column = column
        self.setWidget(content)
        content.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        self._faults: Sequence[Fault] = ()
        draft.changed.connect(self._follow)
        look.keep_worded(self, self.rebuild)

    def rebuild(self) -> None:
        """Show the document anew, in the present language."""
        for section in self.sections:
            section.refresh(force=True)
        self.show_faults(self._faults)

    def show_faults(self, faults: Sequence[Fault]) -> list[Fault]:
        """Tell every fault at its field; return those that have no place."""
        self._faults = faults
        placed: dict[str, list[Fault]] = {}
        left = []
        for fault in faults:
            path = self._nearest_spot(fault.path)
            if path:
                placed.setdefault(path, []).append(fault)
            else:
                left.append(fault)
        for path, spot in self.form.spots.items():
            spot.show_faults(placed.get(path, ()))
        return left

    def go_to(self, path: str) -> None:
        """Bring the field of a path into view and give it the keyboard."""
        spot = self.form.spots.get(self._nearest_spot(path))
        if spot is None:
            return
        target = spot.control if isinstance(spot, Field) else spot
        self.ensureWidgetVisible(target, 0, 80)
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def commit(self) -> None:
        """Let every field write what it shows; untouched ones change nothing."""
        for spot in list(self.form.spots.values()):
            if isinstance(spot, Field | FlagField):
                spot.commit()

    def _nearest_spot(self, path: str) -> str:
        while path and path not in self.form.spots:
            path = path.rpartition("/")[0]
        return path

    def _follow(self, source: str) -> None:
        """Show what another hand than the fields' own changed."""
        if source == "field":
            for section in self.sections:
                section.note_shown()
            return
        if source == "saved":
            return
        path = self._focused()
        bar = self.verticalScrollBar()
        place = bar.value()
        for section in self.sections:
            section.refresh()
        self.show_faults(self._faults)
        self._column.activate()
        bar.setValue(place)
        spot = self.form.spots.get(path)
        if isinstance(spot, Field) and source != "text":
            spot.control.setFocus(Qt.FocusReason.OtherFocusReason)
        elif source != "text":
            # The keyboard stays in the form, where undo is heard.
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _focused(self) -> str:
        """Return the path of the field that has the keyboard."""
        focus = QApplication.focusWidget()
        for path, spot in self.form.spots.items():
            if isinstance(spot, Field) and focus is spot.control:
                return path
        return ""


def kept_paths(document: Json) -> list[str]:
    """Return every path of a document that the form has no field for."""
    found = [name for name in document if name not in (*_TOP, *_OBJECTS)]
    for name, known in _OBJECTS.items():
        value = document.get(name, MISSING)
        bare_share = name == "hold_out" and isinstance(value, int | float)
        if value is not MISSING and not isinstance(value, dict) and not bare_share:
            found.append(name)
        found += [f"{name}/{one}" for one in mapping(value) if one not in known]
    found += _kept_filters(mapping(document.get("scope")))
    if "conditions" in document:
        found += unshown(document["conditions"], "conditions")
    actions = document.get("actions", [])
    if not isinstance(actions, list):
        found.append("actions")
    for place, action in enumerate(items(actions)):
        found += unshown_params(action, f"actions/{place}")
    return found


def _kept_filters(scope: Json) -> list[str]:
    found = []
    for name in ("include", "exclude"):
        value = scope.get(name, [])
        if isinstance(value, list):
            tests = [(f"scope/{name}/{place}", item) for place, item in enumerate(value)]
        else:
            tests = [(f"scope/{name}", value)]
        found += [
            path
            for path, item in tests
            if not isinstance(item, str) and simple_filter(item) is None
        ]
    return found
