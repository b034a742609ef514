"""The form of a rule: nothing is lost, faults stand at their fields, steps go back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from engine.api.messages import AccountMessage, Fault
from engine.domain.action import ONLY_BY_HAND, ActionType
from engine.rules.action_params import SIGNATURES
from engine.rules.parse import RULE_FIELDS
from engine.rules.parse_actions import ACTION_NAMES
from ui.look import Look
from ui.rule_editor import action_fields, json_text
from ui.rule_editor.document import MISSING, Json, drop, get, path_of, put, same, text_of
from ui.rule_editor.draft import Draft
from ui.rule_editor.fields import ChoiceField, FaultSpot, FlagField, LineField
from ui.rule_editor.form import RuleForm, kept_paths
from ui.rule_editor.json_text import TextFault
from ui.rule_editor.json_view import JsonView

TEMPLATES = sorted(Path("resources/rule_templates").glob("*.json"))
RICH: Json = {
    "name": "Everything at once",
    "held_for": "2 cycles",
    "conditions": {
        "any": [
            {"metric": "ctr", "operator": "between", "value": [0.5, 1.0], "time_window": "24h"},
            {
                "metric": "conversions:lead",
                "operator": "in",
                "value": [1, 2.0],
                "time_window": "3d",
            },
            {"not": {"rank": "top", "by": "roas", "time_window": "7d", "count": 3}},
            {"all": [{"metric": "name", "operator": "contains", "value": "[SCALE]"}]},
            {"metric": "roas", "operator": "<", "value": 1, "time_window": "7d", "of": "self"},
            {"all": [], "any": []},
            "no condition at all",
        ]
    },
    "actions": [
        {"type": "rotate_creative", "params": {"strategy": "next"}},
        {"type": "add_label", "params": {"labels": ["a", "b; c"]}},
        {"type": "set_budget", "params": {"amount": 500.0, "unheard_of": True}},
        {"type": "fly", "note": None},
    ],
    "scope": {
        "accounts": ["act_1", "2"],
        "include": [{"age": {">": "7d"}}, "123", {"name": {"contains": "a", "!=": "b"}}],
        "exclude": {"labels": ["x", "y"]},
        "fixed": True,
    },
    "schedule": {"at": ["06:00"], "days": ["monday", 4], "between": ["08:00", "22:00"]},
    "hold_out": 0.07,
    "limits": {"cooldown": "24h", "max_total": 1.0},
    "ml_enhancement": {"use_prediction": "yes", "confidence_threshold": 0.8},
    "colour": {"of": "money"},
}


def template(path: Path) -> Json:
    """Return a shipped rule."""
    document: Json = json.loads(path.read_text("utf-8"))["rule"]
    return document


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_shipped_rule_passes_through_the_form_unchanged(path: Path, look: Look) -> None:
    document = template(path)
    draft = Draft(document)
    form = RuleForm(look, draft, [])
    form.commit()
    delete(form)
    assert same(draft.document, document)
    assert kept_paths(document) == []


def test_what_the_form_cannot_show_is_kept_and_named(look: Look) -> None:
    draft = Draft(RICH)
    form = RuleForm(look, draft, [])
    form.commit()
    delete(form)
    assert same(draft.document, RICH)
    assert set(kept_paths(RICH)) == {
        "colour",
        "scope/include/2",
        "conditions/any/5",
        "conditions/any/6",
        "actions/2/params/unheard_of",
        "actions/3/note",
    }


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 9), st.floats(-9, 9), st.text(max_size=4)
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["all", "metric", "rank", "value", "x"]), inner, max_size=2
        )
    ),
    max_leaves=4,
)
DOCUMENTS = st.fixed_dictionaries(
    {"name": SCALARS},
    optional={
        **{name: ANYTHING for name in (*RULE_FIELDS, "unknown") if name != "name"},
        "actions": st.lists(
            st.fixed_dictionaries(
                {"type": st.sampled_from([*ACTION_NAMES, "fly"])},
                optional={
                    "params": st.dictionaries(
                        st.sampled_from(["reason", "amount", "labels", "channels", "x"]),
                        ANYTHING,
                        max_size=2,
                    )
                },
            ),
            max_size=2,
        ),
        "conditions": st.lists(
            st.fixed_dictionaries(
                {"metric": st.sampled_from(["cpa", "name", "budget", "a / b", "x:y"])},
                optional=dict.fromkeys(("operator", "value", "time_window", "of"), ANYTHING),
            )
            | ANYTHING,
            max_size=2,
        ),
    },
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=DOCUMENTS)
def test_any_document_passes_through_form_and_text_unchanged(document: Json, look: Look) -> None:
    draft = Draft(document)
    form = RuleForm(look, draft, [])
    form.commit()
    assert same(draft.document, document)
    assert not draft.can_undo
    assert same(json_text.read(json_text.write(document)), document)
    delete(form)


# A path parts its names with a slash, and no field of a rule has one in its name.
NAMES = st.text(st.characters(exclude_characters="/", codec="utf-8"), max_size=3)


@given(document=st.dictionaries(NAMES, ANYTHING, max_size=4))
def test_every_place_of_a_text_has_its_line(document: Json) -> None:
    text = json_text.write(document)
    lines = text.splitlines()
    for path, line in json_text.lines_of(text).items():
        name = path.rpartition("/")[2]
        shown = lines[line - 1]
        assert not path or name.isdigit() or json.dumps(name, ensure_ascii=False) in shown


@given(document=DOCUMENTS, value=ANYTHING)
def test_a_change_touches_one_place_only(document: Json, value: object) -> None:
    changed = put(document, ("limits", "cooldown"), value)
    assert get(changed, ("limits", "cooldown")) == value
    assert {k: v for k, v in changed.items() if k != "limits"} == {
        k: v for k, v in document.items() if k != "limits"
    }
    assert get(drop(changed, ("limits", "cooldown")), ("limits", "cooldown")) is MISSING


def test_the_forms_table_of_parameters_is_the_engines() -> None:
    assert set(action_fields.FIELDS) == set(ActionType) - ONLY_BY_HAND
    assert action_fields.TYPES == ACTION_NAMES
    for kind, signature in SIGNATURES.items():
        ours = action_fields.FIELDS[kind]
        assert {param.name for param in ours} == set(signature.params), kind
        for param in ours:
            options = getattr(signature.params[param.name], "options", ())
            assert param.options == options, (kind, param.name)


def field(form: RuleForm, path: str) -> FaultSpot:
    """Return the field of a path."""
    return form.form.spots[path]


def line(form: RuleForm, path: str) -> LineField:
    """Return the line of a path."""
    found = field(form, path)
    assert isinstance(found, LineField)
    return found


def retype(made: LineField, text: str) -> None:
    """Type another text into a line."""
    made.line.selectAll()
    QTest.keyClicks(made.line, text)


def test_typing_changes_one_value_and_is_one_step_back(look: Look, qtbot: QtBot) -> None:
    document = template(TEMPLATES[0])
    draft = Draft(document)
    form = RuleForm(look, draft, [])
    qtbot.addWidget(form)
    retype(line(form, "conditions/0/value"), "1,75")
    assert get(draft.document, path_of("conditions/0/value")) == 1.75
    retype(line(form, "priority"), "7")
    assert draft.document["priority"] == 7
    draft.undo()
    assert "priority" not in draft.document
    assert line(form, "priority").line.text() == ""
    draft.undo()
    assert same(draft.document, document)
    assert not draft.can_undo
    draft.redo()
    assert line(form, "conditions/0/value").line.text() == "1.75"


def test_text_that_is_no_number_is_kept_for_the_engine_to_judge(look: Look, qtbot: QtBot) -> None:
    draft = Draft(template(TEMPLATES[0]))
    form = RuleForm(look, draft, [])
    qtbot.addWidget(form)
    retype(line(form, "conditions/0/value"), "many")
    assert get(draft.document, path_of("conditions/0/value")) == "many"


def choose(form: RuleForm, path: str, value: str) -> None:
    """Choose a value as a person does."""
    found = field(form, path)
    assert isinstance(found, ChoiceField)
    place = found.select.findData(value)
    assert place >= 0, value
    found.select.setCurrentIndex(place)
    found.select.activated.emit(place)


def test_another_metric_takes_along_what_still_fits(look: Look, qtbot: QtBot) -> None:
    draft = Draft(template(TEMPLATES[0]))
    form = RuleForm(look, draft, [])
    qtbot.addWidget(form)
    choose(form, "conditions/0/metric", "budget")
    budget = {"metric": "budget", "operator": "<", "value": 1.0}
    assert get(draft.document, path_of("conditions/0")) == budget
    choose(form, "conditions/0/metric", "status")
    assert get(draft.document, path_of("conditions/0/operator")) == "contains"
    choose(form, "conditions/0/operator", "in")
    assert isinstance(get(draft.document, path_of("conditions/0/value")), list)


def test_another_action_keeps_the_parameters_that_both_take(look: Look, qtbot: QtBot) -> None:
    draft = Draft(template(TEMPLATES[1]))
    form = RuleForm(look, draft, [])
    qtbot.addWidget(form)
    choose(form, "actions/0/type", "set_budget")
    changed = {"type": "set_budget", "params": {"amount": 500}}
    assert get(draft.document, path_of("actions/0")) == changed
    draft.undo()
    assert same(draft.document, template(TEMPLATES[1]))


def test_faults_stand_at_their_fields_or_the_nearest_thing_around(look: Look, qtbot: QtBot) -> None:
    draft = Draft(template(TEMPLATES[0]))
    form = RuleForm(look, draft, [])
    qtbot.addWidget(form)
    form.show()
    faults = [
        Fault("conditions/0/metric", "the text 'ctrr'", "a metric", "ctr"),
        Fault("conditions/0/min_likes", "the unknown field", "no such field"),
        Fault("colour", "the unknown field 'colour'", "name, status"),
    ]
    assert form.show_faults(faults) == [faults[2]]
    metric = field(form, "conditions/0/metric")
    assert isinstance(metric, ChoiceField)
    assert metric.control.property("wrong") == "true"
    assert "ctrr" in metric.control.toolTip()
    assert field(form, "conditions/0").isVisible()
    form.show_faults([])
    assert metric.control.property("wrong") == "false"
    assert not field(form, "conditions/0").isVisible()


def test_text_and_form_follow_each_other(look: Look, qtbot: QtBot) -> None:
    draft = Draft(template(TEMPLATES[0]))
    form, text = RuleForm(look, draft, []), JsonView(look, draft)
    for view in (form, text):
        qtbot.addWidget(view)
    retype(line(form, "name"), "Renamed")
    assert '"name": "Renamed"' in text.toPlainText()
    text.setPlainText(text.toPlainText().replace("Renamed", "Renamed again"))
    assert line(form, "name").line.text() == "Renamed again"


def test_unreadable_text_is_kept_and_its_line_is_marked(look: Look, qtbot: QtBot) -> None:
    document = template(TEMPLATES[0])
    draft = Draft(document)
    text = JsonView(look, draft)
    qtbot.addWidget(text)
    broken = draft.text.replace("1.0", "1.0.")
    text.setPlainText(broken)
    assert draft.text == broken
    assert draft.is_dirty
    assert same(draft.document, document)
    text.show_faults([])
    assert text.line_words(broken[: broken.index("1.0.")].count("\n") + 1)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('{"a": 1, "a": 2}', "json.twice_or_infinite"),
        ('{"a": NaN}', "json.twice_or_infinite"),
        ('{"a": 1e999}', "json.twice_or_infinite"),
        ("[1]", "json.no_object"),
        ("{", "json.unreadable"),
        ('{"a":' + "[" * 100_000, "json.too_deep"),
    ],
)
def test_texts_that_would_lose_something_are_refused(text: str, key: str) -> None:
    with pytest.raises(TextFault) as caught:
        json_text.read(text)
    assert caught.value.key == key


def test_a_flag_and_a_scope_are_chosen(look: Look, qtbot: QtBot) -> None:
    account = AccountMessage(
        "77", "Shop", "Client", "UAH", 100, "Europe/Kyiv", 1, True, 1, 1, None, "never"
    )
    draft = Draft(template(TEMPLATES[0]))
    form = RuleForm(look, draft, [account])
    qtbot.addWidget(form)
    flag = field(form, "scope/fixed")
    assert isinstance(flag, FlagField)
    flag.box.click()
    assert get(draft.document, ("scope", "fixed")) is True
    assert text_of(("scope", "fixed")) == "scope/fixed"
