"""When a rule is looked at, how often it may act, and what holds it back."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.domain.rule import Limits, MlEnhancement
from ui.rule_editor.condition_section import FaultRow
from ui.rule_editor.document import MISSING, Json, Path, drop, mapping, put
from ui.rule_editor.fields import (
    ChoiceField,
    FlagField,
    FormContext,
    LineField,
    captioned,
    kept_text,
    note,
)
from ui.rule_editor.section import Section, flow
from ui.rule_editor.values import NUMBER, NUMBERS, SHARE, TEXT, TEXTS
from ui.rule_editor.words import options
from ui.widgets.fields import Select
from ui.widgets.labels import label, wrapped

LIMIT_FIELDS = ("cooldown", "max_per_day", "max_objects_per_run", "max_total")
SCHEDULE_FIELDS = ("every", "at", "days", "between", "timezone")
HOLD_OUT_FIELDS = ("share", "max_spend_per_day")
ML_FIELDS = ("use_prediction", "confidence_threshold", "prediction_horizon", "fallback_to_rule")
_HORIZONS = ("1d", "2d", "3d", "7d", "14d", "28d", "30d")


class ScheduleSection(Section):
    """When the rule is looked at: ``held_for`` and ``schedule``."""

    fields = ("schedule", "held_for")

    def __init__(self, form: FormContext) -> None:
        super().__init__(form, "editor.schedule")

    def build(self, column: QVBoxLayout) -> None:
        """Show how it is scheduled and how long conditions must hold."""
        say, form = self.look.say, self.form
        schedule = form.value(("schedule",))
        kind = Select(self.look)
        for value in ("sync", "every", "at"):
            kind.addItem(say(f"schedule.{value}"), value)
        shown = "every" if "every" in mapping(schedule) else "at"
        kind.setCurrentIndex(("sync", "every", "at").index("sync" if not schedule else shown))
        kind.activated.connect(lambda: self._choose(str(kind.currentData())))
        column.addWidget(FaultRow(form, ("schedule",)))
        if schedule is not MISSING and not isinstance(schedule, dict):
            column.addWidget(_kept(self, schedule))
            return
        parts: list[QWidget] = [captioned(say("schedule.when"), kind)]
        if schedule is not MISSING:
            parts += self._details(mapping(schedule))
        parts.append(
            LineField(form, ("held_for",), say("field.held_for"), TEXT, 150, say("schedule.held"))
        )
        column.addWidget(flow(parts, 12))
        _name_unknown(self, column, ("schedule",), SCHEDULE_FIELDS)

    def _details(self, schedule: Json) -> list[QWidget]:
        say, form = self.look.say, self.form
        parts: list[QWidget] = []
        if "every" in schedule:
            parts.append(LineField(form, ("schedule", "every"), say("field.every"), TEXT, 90, "1h"))
        else:
            parts.append(
                LineField(form, ("schedule", "at"), say("field.at"), TEXTS, 170, "06:00; 18:30")
            )
        hint = say("schedule.days_hint")
        parts.append(LineField(form, ("schedule", "days"), say("field.days"), NUMBERS, 220, hint))
        parts.append(
            LineField(
                form, ("schedule", "between"), say("field.between"), TEXTS, 130, "08:00; 22:00"
            )
        )
        parts.append(
            LineField(
                form,
                ("schedule", "timezone"),
                say("field.timezone"),
                TEXT,
                150,
                say("schedule.own"),
            )
        )
        return parts

    def _choose(self, kind: str) -> None:
        document = self.form.draft.document
        if kind == "sync":
            self.form.draft.reshape(drop(document, ("schedule",)))
            return
        kept = {
            name: value
            for name, value in mapping(self.form.value(("schedule",))).items()
            if name not in ("every", "at")
        }
        new: Json = {"every": "1h"} if kind == "every" else {"at": ["06:00"]}
        self.form.draft.reshape(put(document, ("schedule",), new | kept))


class LimitSection(Section):
    """How often the rule may act: ``limits`` and ``hold_out``."""

    fields = ("limits", "hold_out")

    def __init__(self, form: FormContext) -> None:
        super().__init__(form, "editor.limits")

    def build(self, column: QVBoxLayout) -> None:
        """Show the limits, and the share that is left alone."""
        say, form = self.look.say, self.form
        column.addWidget(FaultRow(form, ("limits",)))
        limits = form.value(("limits",))
        if limits is MISSING or isinstance(limits, dict):
            default = Limits()
            hours = round(default.cooldown.total_seconds() / 3600)
            hints = {"cooldown": f"{hours}h", "max_per_day": str(default.max_per_day)}
            none = say("schedule.no_limit")
            column.addWidget(
                flow(
                    [
                        LineField(
                            form,
                            ("limits", name),
                            say(f"field.{name}"),
                            TEXT if name == "cooldown" else NUMBER,
                            130,
                            hints.get(name, none),
                        )
                        for name in LIMIT_FIELDS
                    ],
                    12,
                )
            )
        else:
            column.addWidget(_kept(self, limits))
        _name_unknown(self, column, ("limits",), LIMIT_FIELDS)
        self._hold_out(column)

    def _hold_out(self, column: QVBoxLayout) -> None:
        say, form = self.look.say, self.form
        value = form.value(("hold_out",))
        column.addWidget(FaultRow(form, ("hold_out",)))
        if isinstance(value, list | str) or value is None:
            column.addWidget(_kept(self, value))
            return
        bare = value is not MISSING and not isinstance(value, dict)
        place: Path = ("hold_out",) if bare else ("hold_out", "share")
        parts: list[QWidget] = [LineField(form, place, say("field.share"), SHARE, 130, "0")]
        if not bare:
            parts.append(
                LineField(
                    form,
                    ("hold_out", "max_spend_per_day"),
                    say("field.max_spend_per_day"),
                    NUMBER,
                    170,
                    say("schedule.no_limit"),
                )
            )
        column.addWidget(flow(parts, 12))
        _name_unknown(self, column, ("hold_out",), HOLD_OUT_FIELDS)


class ModelSection(Section):
    """How a model's confidence gates the actions: ``ml_enhancement``."""

    fields = ("ml_enhancement",)

    def __init__(self, form: FormContext) -> None:
        super().__init__(form, "editor.ml")

    def build(self, column: QVBoxLayout) -> None:
        """Show the switch and what belongs to it."""
        say, form = self.look.say, self.form
        root: Path = ("ml_enhancement",)
        value = form.value(root)
        column.addWidget(FaultRow(form, root))
        if value is not MISSING and not isinstance(value, dict):
            column.addWidget(_kept(self, value))
            return
        column.addWidget(FlagField(form, (*root, "use_prediction"), say("field.use_prediction")))
        column.addWidget(note(self.look, "editor.ml_note"))
        default = MlEnhancement()
        threshold = LineField(
            form,
            (*root, "confidence_threshold"),
            say("field.confidence_threshold"),
            SHARE,
            150,
            f"{default.confidence_threshold * 100:g}",
        )
        horizon = ChoiceField(
            form,
            (*root, "prediction_horizon"),
            say("field.prediction_horizon"),
            options(self.look, "window.length_", _HORIZONS),
            absent=say(f"window.length_{default.prediction_horizon}"),
        )
        column.addWidget(flow([threshold, horizon], 12))
        column.addWidget(
            FlagField(form, (*root, "fallback_to_rule"), say("field.fallback_to_rule"))
        )
        _name_unknown(self, column, root, ML_FIELDS)


def _kept(section: Section, value: object) -> QWidget:
    holder = QWidget()
    rows = QVBoxLayout(holder)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.addWidget(wrapped(label(kept_text(value), "mono")))
    rows.addWidget(note(section.look, "editor.kept_row"))
    return holder


def _name_unknown(
    section: Section, column: QVBoxLayout, path: Path, known: tuple[str, ...]
) -> None:
    names = [name for name in mapping(section.form.value(path)) if name not in known]
    if names:
        column.addWidget(note(section.look, "editor.kept_fields", names=", ".join(names)))
