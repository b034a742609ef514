"""The line of one version of a rule: who saved it, when and why."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.api.details import RuleVersion
from ui.rule_editor.rule_words import moment_words
from ui.session import Session
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.labels import label, wrapped


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version's line, with a button to compare where there is an older one."""

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
