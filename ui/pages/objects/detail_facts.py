"""What Meta says of one object, and who edited it there, as lines."""

from __future__ import annotations

from datetime import datetime, tzinfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from engine.api.details import EditPage, EditRow, ObjectDetail
from engine.domain.formats import Currency
from ui.look import Look
from ui.pages.objects.edit_rows import as_row
from ui.pages.objects.outcomes import change_words
from ui.widgets.labels import label, wrapped

EDITS = 6


def fill_facts(look: Look, zone: tzinfo, grid: QGridLayout, detail: ObjectDetail) -> None:
    """Add the lines of what is known of the object below those there."""
    for key, value in _lines(look, zone, detail):
        row = grid.rowCount()
        grid.addWidget(label(look.say(key), "secondary"), row, 0, Qt.AlignmentFlag.AlignTop)
        role = "error" if key in {"details.issues", "details.raw_status"} else "body"
        grid.addWidget(wrapped(label(value, role)), row, 1)


def _lines(look: Look, zone: tzinfo, detail: ObjectDetail) -> list[tuple[str, str]]:
    currency = Currency(detail.currency, detail.offset)
    bid = look.formats.money(detail.bid_amount, currency, exact=True) if detail.bid_amount else ""
    ends = ""
    if detail.end_time:
        ends = look.formats.moment(datetime.fromisoformat(detail.end_time), zone)
    creative = detail.creative
    content = [creative.name, creative.title, creative.body] if creative is not None else []
    lines = [
        ("details.raw_status", detail.raw_status),
        ("details.issues", "\n".join(detail.issues)),
        ("details.parent", detail.parent),
        ("details.bid_strategy", _plain(detail.bid_strategy)),
        ("details.bid", bid),
        ("details.optimization", _plain(detail.optimization_goal)),
        ("details.learning", _plain(detail.learning_stage)),
        ("details.attribution", ", ".join(_plain(one) for one in detail.attribution)),
        ("details.ends", ends),
        ("details.labels", ", ".join(detail.labels)),
        ("details.copied_from", detail.source_id or ""),
        ("details.creative", "\n".join(dict.fromkeys(one for one in content if one))),
        ("details.creative_link", creative.link_url if creative is not None else ""),
    ]
    return [(key, value) for key, value in lines if value]


def _plain(word: str | None) -> str:
    """Return one of Meta's words as people read it: Lowest cost with bid cap."""
    return (word or "").replace("_", " ").capitalize()


def fill_edits(look: Look, zone: tzinfo, column: QVBoxLayout, page: EditPage) -> None:
    """Add what others changed at Meta, newest first."""
    for edit in page.items:
        column.addWidget(_edit(look, zone, edit))
    if not page.items:
        column.addWidget(wrapped(label(look.say("details.no_edits"), "secondary")))


def _edit(look: Look, zone: tzinfo, edit: EditRow) -> QWidget:
    block = QWidget()
    rows = QVBoxLayout(block)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(3)
    rows.addWidget(wrapped(label(change_words(look, as_row(edit)), "strong")))
    when = look.formats.moment(datetime.fromisoformat(edit.at), zone)
    who = " · ".join(part for part in (edit.actor, edit.application) if part)
    rows.addWidget(wrapped(label(f"{when} · {who}" if who else when, "secondary")))
    return block
