"""The line of one decision of a rule, with a way to its journal entry."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.api.messages import DecisionMessage
from ui.pages.objects.outcomes import change_words, reason_words, state_of
from ui.rule_editor.rule_words import moment_words
from ui.rule_editor.trace import seen_words
from ui.rule_editor.words import metric_words
from ui.session import Session
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.labels import label, wrapped
from ui.widgets.pill import Pill


def decision_line(session: Session, decision: DecisionMessage) -> QWidget:
    """Return what was decided about an object, with a way to the journal."""
    look, entry = session.look, decision.entry
    block = QWidget()
    rows = QVBoxLayout(block)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(1)
    top = QHBoxLayout()
    top.setSpacing(8)
    name = wrapped(label(entry.object_name))
    top.addWidget(name, 1)
    top.addWidget(Pill(look, *state_of(look, entry)), 0, Qt.AlignmentFlag.AlignTop)
    rows.addLayout(top)
    when = moment_words(look, entry.decided_at, session.zone)
    foot = QHBoxLayout()
    foot.addWidget(wrapped(label(f"{when} · {change_words(look, entry)}", "secondary")), 1)
    go = Button(look, "rules.open_activity", ButtonKind.LINK)
    go.setStyleSheet(f"min-height: {look.px(20)}px; max-height: {look.px(20)}px;")
    go.clicked.connect(lambda: session.open_page("activity", entry.id))
    foot.addWidget(go, 0, Qt.AlignmentFlag.AlignTop)
    rows.addLayout(foot)
    seen = "; ".join(
        f"{metric_words(look, one.metric)} {seen_words(look, one, entry.currency)}"
        for one in decision.readings
        if one.value is not None
    )
    if seen:
        rows.addWidget(wrapped(label(seen, "tertiary")))
    if entry.reason and entry.state in ("vetoed", "skipped", "not_applied", "conflict"):
        rows.addWidget(wrapped(label(reason_words(look, entry), "tertiary")))
    return block
