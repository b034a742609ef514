"""Whatever is handed in as a rule, it is parsed or refused with its faults."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.errors import InvalidDocument
from engine.domain.rule import Rule
from engine.rules.evaluate import evaluate
from engine.rules.parse import document_of, parse_rule
from engine.rules.templates import Template, templates
from engine.rules.words_of_rules import rule_in_words
from engine.rules.write import write_rule
from tests.engine.rules.frames import AS_OF, frame

WORDS = (
    "all any not rank metric operator value time_window of times account ctr spend 7d today > "
    "between in pause params type message percent count by age name contains fixed every at days"
).split()
FIELDS = ("name", "conditions", "actions", "scope", "level")
plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-10, 10**20),
    st.floats(),
    st.sampled_from(WORDS),
    st.text(max_size=8),
)
anything = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(WORDS), st.text(max_size=5)), inner, max_size=3),
    ),
    max_leaves=8,
)


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the paths of all parts of a document."""
    found = [path] if path else []
    if isinstance(value, dict):
        for key, part in value.items():
            found += places(part, (*path, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            found += places(part, (*path, number))
    return found


def settle(document: dict[str, Any] | str) -> None:
    """Parse; what is accepted must be usable everywhere."""
    try:
        rule = parse_rule(document, rule_id="r", version=1)
    except InvalidDocument as error:
        refused = error.faults
    else:
        use(document, rule)
        return
    assert refused
    assert all(fault.found and fault.allowed for fault in refused)


def use(document: dict[str, Any] | str, rule: Rule) -> None:
    """Write, tell and evaluate an accepted rule."""
    again = parse_rule(write_rule(rule), rule_id="r", version=1)
    assert again == rule
    assert document_of(rule) == document
    assert rule_in_words(rule, "en")
    assert rule_in_words(rule, "uk")
    evaluation = evaluate([rule], frame({"spend@7d": 5}), AS_OF)
    assert evaluation.verdict("r", "o1").answer is evaluation.answer("r", "o1")


@settings(max_examples=100)
@given(st.sampled_from(templates()), st.data())
def test_a_template_with_one_part_replaced(template: Template, data: st.DataObject) -> None:
    document = deepcopy(dict(template.document))
    path = data.draw(st.sampled_from(places(document)))
    holder: Any = document
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = data.draw(anything)
    settle(document)


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(FIELDS), anything))
def test_an_arbitrary_object(document: dict[str, Any]) -> None:
    settle(document)


@settings(max_examples=50)
@given(st.text())
def test_an_arbitrary_text(text: str) -> None:
    settle(text)
