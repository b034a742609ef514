"""Single lines of a rule's past: a version that was saved, a decision that was made."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.api.details import RuleVersion
from engine.api.messages import DecisionMessage, JournalRow
from ui.pages.objects.outcomes import change_words, reason_words, state_tone, state_words
from ui.rule_editor.rule_words import moment_words
from ui.rule_editor.trace import seen_words
from ui.rule_editor.words import choice_words, metric_words
from ui.session import Session
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.labels import label, wrapped
from ui.widgets.pill import Pill


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version's line and, where there is an older one, the button that compares."""

    widget: QWidget
    open: Button | None


def version_line(session: Session, version: RuleVersion, *, is_first: bool) -> VersionLine:
    """Return who saved a version, when and why."""
    look = session.look
    block = QWidget()
    rows = QVBoxLayout(block)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(1)
    top = QHBoxLayout()
    top.addWidget(label(look.say("rules.version", number=version.version), "body"))
    top.addStretch(1)
    changes = None if is_first else Button(look, "rules.changes", ButtonKind.LINK)
    if changes is not None:
        changes.setStyleSheet(f"min-height: {look.px(20)}px; max-height: {look.px(20)}px;")
        top.addWidget(changes)
    rows.addLayout(top)
    when = moment_words(look, version.saved_at, session.zone)
    rows.addWidget(wrapped(label(f"{when} · {version.author}", "tertiary")))
    if version.reason:
        rows.addWidget(wrapped(label(version.reason, "secondary")))
    return VersionLine(block, changes)


def decision_line(session: Session, decision: DecisionMessage) -> QWidget:
    """Return what was decided about one object, with a way to its journal entry."""
    look, entry = session.look, decision.entry
    block = QWidget()
    rows = QVBoxLayout(block)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(1)
    top = QHBoxLayout()
    top.setSpacing(8)
    name = wrapped(label(entry.object_name))
    top.addWidget(name, 1)
    tone = state_tone(entry.state)
    top.addWidget(Pill(look, state_words(look, entry.state), tone), 0, Qt.AlignmentFlag.AlignTop)
    rows.addLayout(top)
    when = moment_words(look, entry.decided_at, session.zone)
    foot = QHBoxLayout()
    foot.addWidget(wrapped(label(f"{when} · {_change(session, entry)}", "secondary")), 1)
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


def _change(session: Session, entry: JournalRow) -> str:
    """Return what an entry changes; an action without a change by its name."""
    said = change_words(session.look, entry)
    return choice_words(session.look, "action.", said) if said == entry.action else said
