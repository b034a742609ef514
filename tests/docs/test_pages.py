"""Pages that are made from tables say what the tables say."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

from engine.rules.parse import parse_rule

DOCS = Path(__file__).parents[2] / "docs"


def make_pages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_pages", DOCS / "make_pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["settings.md", "metrics.md"])
def test_a_page_made_from_a_table_is_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == make_pages().PAGES[name]()


def test_the_rule_in_the_documentation_is_valid() -> None:
    page = (DOCS / "rules.md").read_text(encoding="utf-8")
    documents = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    assert documents
    for number, document in enumerate(documents):
        parse_rule(json.loads(document), rule_id=str(number), version=1)
