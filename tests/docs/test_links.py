"""Every file and picture that a page leads to is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob(".github/**/*.md")})
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
TARGET = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)|<(?:img|a)\b[^>]*?\b(?:src|href)=\"([^\"]+)\"")
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//")


def targets(text: str) -> Iterator[str]:
    """Yield what a page's links and pictures point to, addresses outside left out."""
    for found in TARGET.finditer(FENCED.sub("", text)):
        target = found[1] or found[2]
        if not ELSEWHERE.match(target):
            yield target


def headings(page: Path) -> set[str]:
    """Return the names under which a page's headings can be linked to."""
    found = re.findall(r"^#+ (.+?)\s*$", FENCED.sub("", page.read_text("utf-8")), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in found)
    return {heading.strip().replace(" ", "-") for heading in plain}


def broken(page: Path) -> list[str]:
    """Return the targets of a page that lead nowhere."""
    lost = []
    for target in targets(page.read_text("utf-8")):
        path, _, heading = target.partition("#")
        file = page.parent / path if path else page
        if not file.exists() or (heading and heading not in headings(file)):
            lost.append(target)
    return lost


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_every_link_and_picture_of_a_page_is_there(page: Path) -> None:
    assert broken(page) == []


def test_the_front_page_shows_the_program() -> None:
    front = (ROOT / "README.md").read_text("utf-8")
    assert any(target.endswith(".png") for target in targets(front))


def test_a_link_to_nothing_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A page\n[here](#a-page) [there](#nowhere) ![picture](lost.png)\n"
        "[out](https://example.org/x) <img alt='' src=\"gone.png\">\n"
        "```\n[in code](never.md)\n```\n",
        encoding="utf-8",
    )
    assert broken(page) == ["#nowhere", "lost.png", "gone.png"]


def test_pages_of_the_site_stand_in_its_navigation() -> None:
    named = re.findall(r": (\S+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(page.name for page in ROOT.glob("docs/*.md"))
