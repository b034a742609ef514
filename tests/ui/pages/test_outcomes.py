"""Changes of fields in words, as the pages show them."""

from __future__ import annotations

import pytest

from engine.api.details import EditRow
from engine.api.messages import Value
from ui.look import Look
from ui.pages.objects.edit_rows import as_row
from ui.pages.objects.outcomes import change_words


@pytest.mark.parametrize(
    ("field", "before", "after", "words"),
    [
        ("name", "Cakes", "Buns", "Name: Cakes → Buns"),
        ("labels", "[]", '["scale", "осінь"]', "Labels: – → scale, осінь"),
        ("labels", "scale", "scale, autumn", "Labels: scale → scale, autumn"),
        ("bid_amount", 400, 450, "Bid: $4.00 → $4.50"),
        ("copy", None, "Cakes – copy #a1", "Copy: Cakes – copy #a1"),
        ("creative_id", "7", "9", "Creative: 7 → 9"),
        ("", None, None, "Ad set updated"),
    ],
)
def test_a_field_is_told_with_both_its_values(
    look: Look, field: str, before: Value, after: Value, words: str
) -> None:
    row = as_row(
        EditRow(
            id="m",
            at="2026-06-10T12:00:00+00:00",
            account_id="1",
            account_name="A",
            object_id="2",
            object_name="Cakes",
            level="adset",
            event="update_ad_set_name",
            words="Ad set updated",
            field=field,
            before=before,
            after=after,
            actor="Olena",
            application="Ads Manager",
            origin="others",
            currency="USD",
            offset=100,
        )
    )
    assert change_words(look, row) == words
