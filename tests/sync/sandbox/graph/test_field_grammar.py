"""The grammar of `fields` by itself."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.sandbox.graph.errors import GraphError
from sync.sandbox.graph.field_grammar import FieldRequest, parse_fields
from sync.sandbox.graph.reading import field_text

names = st.sampled_from(["id", "name", "campaigns", "ads", "insights", "daily_budget"])
requests = st.recursive(
    st.builds(FieldRequest, names),
    lambda inner: st.builds(
        FieldRequest,
        names,
        st.dictionaries(names, st.sampled_from(["5", '{"since":"2026-01-01"}', '[")"]'])),
        st.lists(inner, min_size=1, max_size=3).map(tuple),
    ),
    max_leaves=6,
)


def test_names_come_in_order_from_both_forms() -> None:
    assert parse_fields("id, name") == parse_fields('["id","name"]')
    assert [request.name for request in parse_fields("id, name")] == ["id", "name"]
    assert parse_fields(None) == parse_fields("  ") == ()


def test_modifiers_keep_nested_brackets_and_quotes() -> None:
    (found,) = parse_fields('insights.filtering([{"value":"a)"}]).limit(2).as(last){spend}')

    assert found.modifiers == {"filtering": '[{"value":"a)"}]', "limit": "2", "as": "last"}
    assert found.key == "last"
    assert found.children == (FieldRequest("spend"),)


@settings(max_examples=60, deadline=None)
@given(st.lists(requests, min_size=1, max_size=4))
def test_what_is_written_is_read_back(wanted: list[FieldRequest]) -> None:
    text = ",".join(field_text(request) for request in wanted)

    assert list(parse_fields(text)) == wanted


@pytest.mark.parametrize("text", ["a{b", "a}", "a.limit", "a.limit(3", "a b", "{a}", "a..b(1)"])
def test_broken_texts_name_the_place(text: str) -> None:
    with pytest.raises(GraphError, match="at character") as caught:
        parse_fields(text)

    assert caught.value.code == 2500
