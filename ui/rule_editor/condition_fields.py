"""The fields of one condition: a comparison, a property or a ranking."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from engine.domain.conditions import End, Whose
from engine.domain.metrics import METADATA_FIELDS, find_metric
from ui.rule_editor import conditions as nodes
from ui.rule_editor.document import Json, Path, mapping
from ui.rule_editor.fields import ChoiceField, Field, LineField, captioned
from ui.rule_editor.section import Section, flow, menu_button
from ui.rule_editor.values import NUMBER, NUMBERS, TEXT, TEXTS
from ui.rule_editor.words import metric_options, options, window_options
from ui.widgets.fields import Select
from ui.widgets.labels import label

_FORMULA = "\0formula"
_STAGES = ("LEARNING", "SUCCESS", "FAIL")
_ATTRIBUTIONS = (
    "default",
    "1d_click",
    "7d_click",
    "28d_click",
    "1d_view",
    "1d_ev",
    "1d_click_1d_view",
    "7d_click_1d_view",
)
_FIRST: Json = {
    "min_impressions": 1000,
    "min_spend": 100,
    "min_clicks": 50,
    "min_conversions": 5,
    "of": Whose.PARENT.value,
    "attribution": "7d_click",
}


def comparison_rows(section: Section, path: Path) -> list[QWidget]:
    """Return the lines of a comparison of numbers."""
    form, look = section.form, section.look
    node = mapping(form.value(path))
    what: list[QWidget] = [metric_field(section, (*path, "metric"), path)]
    if "of" in node:
        what.append(_whose(section, (*path, "of")))
    if "time_window" in node or nodes.has_window(node.get("metric")):
        what.append(_window(section, (*path, "time_window")))
    if "attribution" in node:
        what.append(_attribution(section, (*path, "attribution")))
    against: list[QWidget] = [
        ChoiceField(
            form,
            (*path, "operator"),
            look.say("condition.operator"),
            options(look, "operator.", nodes.NUMBER_OPERATORS),
            on_choice=lambda chosen: section.change(path, nodes.with_operator(_now(), chosen)),
        )
    ]

    def _now() -> Json:
        return mapping(form.value(path))

    against += _value(section, path, node)
    lines = [flow(what), flow(against)]
    extras: list[QWidget] = [
        _removable(section, LineField(form, (*path, name), look.say(f"field.{name}"), NUMBER, 110))
        for name in nodes.MINIMUMS
        if name in node
    ]
    adder = _adder(section, path, node)
    # Beside fields the link stands on the line of their controls.
    extras.append(captioned(" ", adder) if extras else adder)
    lines.append(flow(extras))
    return lines


def property_rows(section: Section, path: Path) -> list[QWidget]:
    """Return the line of a test of an object's property."""
    form, look = section.form, section.look
    node = mapping(form.value(path))

    def by(operator: str) -> None:
        section.change(path, nodes.with_operator(mapping(form.value(path)), operator))

    operator = ChoiceField(
        form,
        (*path, "operator"),
        look.say("condition.operator"),
        options(look, "operator.text_", nodes.TEXT_OPERATORS),
        on_choice=by,
    )
    parts = [metric_field(section, (*path, "metric"), path), operator]
    return [flow([*parts, text_value(section, (*path, "value"), node)])]


def text_value(section: Section, path: Path, node: Json) -> Field:
    """Return the field for the text, or the texts, of a property."""
    form, look = section.form, section.look
    name = look.say("field.value")
    listed = node.get("operator") in nodes.LISTS or isinstance(node.get("value"), list)
    if listed:
        return LineField(form, path, name, TEXTS, 220, look.say("editor.list_hint"))
    if node.get("metric") == "learning_stage":
        return ChoiceField(form, path, name, options(look, "condition.stage_", _STAGES))
    if node.get("metric") in ("status", "effective_status"):
        return ChoiceField(
            form, path, name, options(look, "condition.status_", ("ACTIVE", "PAUSED"))
        )
    return LineField(form, path, name, TEXT, 220)


def rank_rows(section: Section, path: Path) -> list[QWidget]:
    """Return the lines of a ranking."""
    form, look = section.form, section.look
    node = mapping(form.value(path))
    ends = options(look, "condition.rank_", [end.value for end in End])
    within = options(look, "condition.within_", ("parent", "account", "scope"))
    first: list[QWidget] = [
        ChoiceField(form, (*path, "rank"), look.say("condition.rank"), ends),
        metric_field(section, (*path, "by"), None),
        _window(section, (*path, "time_window")),
        ChoiceField(
            form,
            (*path, "within"),
            look.say("condition.within"),
            within,
            absent=look.say("condition.within_default"),
        ),
    ]
    if "attribution" in node:
        first.append(_attribution(section, (*path, "attribution")))
    second: list[QWidget] = [
        _removable(section, LineField(form, (*path, name), look.say(f"field.{name}"), NUMBER, 90))
        for name in ("percent", "count")
        if name in node
    ]
    other = [(n, look.say(f"field.{n}")) for n in ("percent", "count") if n not in node]

    def share(name: str) -> None:
        rest = {k: v for k, v in mapping(form.value(path)).items() if k not in ("percent", "count")}
        section.change(path, {**rest, name: 20 if name == "percent" else 3})

    second.append(menu_button(form, "condition.add_instead", other, share))
    return [flow(first), flow(second)]


def metric_field(section: Section, path: Path, node_path: Path | None) -> Field:
    """Return the choice of a metric, or a line for a formula or an event.

    ``node_path`` is the comparison that follows the metric; without it only the
    metric itself changes.
    """
    form, look = section.form, section.look
    value = form.value(path)
    known = isinstance(value, str) and (value in METADATA_FIELDS or find_metric(value))
    plain = isinstance(value, str) and ":" not in value and bool(known)
    if isinstance(value, str) and not plain and value not in ("",):
        line = LineField(form, path, look.say("condition.metric"), TEXT, 250)
        return line
    choices = metric_options(look, properties=node_path is not None)
    listed = [*choices, (_FORMULA, look.say("condition.formula"))]

    def chosen(name: str) -> None:
        if name == _FORMULA:
            section.change(path, "revenue / spend")
        elif node_path is None:
            section.change(path, name)
        else:
            section.change(node_path, nodes.with_metric(mapping(form.value(node_path)), name))

    return ChoiceField(form, path, look.say("condition.metric"), listed, on_choice=chosen)


def _value(section: Section, path: Path, node: Json) -> list[QWidget]:
    """Return the fields of what a number is compared with."""
    form, look = section.form, section.look
    place, value, operator = (*path, "value"), node.get("value"), node.get("operator")
    name = look.say("field.value")
    if operator in nodes.RANGES and isinstance(value, list) and len(value) == 2:
        low = LineField(form, (*place, 0), look.say("condition.from"), NUMBER, 90)
        high = LineField(form, (*place, 1), look.say("condition.to"), NUMBER, 90)
        return [low, high]
    if operator in nodes.LISTS or isinstance(value, list):
        return [LineField(form, place, name, NUMBERS, 160, look.say("editor.list_hint"))]
    if operator in nodes.CHANGES:
        return [LineField(form, place, look.say("condition.by_percent"), NUMBER, 90)]
    kind = Select(look)
    for key in ("number", "measurement"):
        kind.addItem(look.say(f"condition.value_{key}"), key)
    kind.setCurrentIndex(1 if isinstance(value, dict) else 0)
    kind.activated.connect(
        lambda at: section.change(
            path, nodes.with_measured_value(mapping(form.value(path)), at == 1)
        )
    )
    holder = captioned(look.say("condition.compared_with"), kind)
    if not isinstance(value, dict):
        return [holder, LineField(form, place, name, NUMBER, 100)]
    parts: list[QWidget] = [
        holder,
        LineField(form, (*place, "times"), look.say("field.times"), NUMBER, 70, "1"),
        _whose(section, (*place, "of")),
        metric_field(section, (*place, "metric"), None),
    ]
    if "time_window" in value or nodes.has_window(value.get("metric", node.get("metric"))):
        parts.append(_window(section, (*place, "time_window"), look.say("condition.same_window")))
    if "attribution" in value:
        parts.append(_attribution(section, (*place, "attribution")))
    return parts


def _whose(section: Section, path: Path) -> ChoiceField:
    look = section.look
    choices = options(look, "condition.of_", [one.value for one in Whose if one is not Whose.SELF])
    own = look.say("condition.of_self")
    listed = [(Whose.SELF.value, own), *choices]
    if section.form.value(path) == Whose.SELF.value:
        return ChoiceField(section.form, path, look.say("field.of"), listed)
    return ChoiceField(section.form, path, look.say("field.of"), choices, absent=own)


def _window(section: Section, path: Path, absent: str = "") -> ChoiceField:
    look = section.look
    name = look.say("field.time_window")
    return ChoiceField(section.form, path, name, window_options(look), absent)


def _attribution(section: Section, path: Path) -> ChoiceField:
    look = section.look
    choices = options(look, "condition.attribution_", _ATTRIBUTIONS)
    absent = look.say("condition.attribution_absent")
    return ChoiceField(section.form, path, look.say("field.attribution"), choices, absent)


def _removable(section: Section, field: LineField) -> LineField:
    """Let an emptied field go when the keyboard leaves it."""
    field.line.editingFinished.connect(
        lambda: None if field.line.text().strip() else section.refresh(force=True)
    )
    return field


def _adder(section: Section, path: Path, node: Json) -> QWidget:
    """Return the menu of further details that a comparison may have."""
    form, look = section.form, section.look
    windowed = nodes.has_window(node.get("metric"))
    names = [*(nodes.MINIMUMS if windowed else ()), "of", *(("attribution",) if windowed else ())]
    absent = [(name, look.say(f"field.{name}")) for name in names if name not in node]
    if not absent:
        return label("")
    return menu_button(
        form,
        "condition.add_detail",
        absent,
        lambda name: section.change((*path, name), _FIRST[name]),
    )
