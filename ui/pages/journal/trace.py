"""The side panel of an entry: what, why or why not, and how it went."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.api.messages import DecisionMessage, JournalRow
from engine.domain.reason_words import reason_in_words
from ui.look import Look
from ui.pages.journal.readings import ReadingLine
from ui.pages.journal.words import Zones, by_whom, change_of, picked
from ui.pages.objects.outcomes import reason_words, state_of, state_words
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.card import rule_line
from ui.widgets.labels import label, wrapped
from ui.widgets.pill import Pill

_ASKING = ("needs_human", "conflict")
_NOT_DONE = ("vetoed", "skipped", "held_out", "rejected", "cancelled", "not_applied")
_UNCLEAR = ("unknown", "conflict", "needs_human")


class Trace(QWidget):
    """One decision with all that led to it.

    ``act`` is called with approve, reject, undo, applied, not_applied, rule or object.
    """

    def __init__(
        self,
        look: Look,
        zones: Zones,
        decision: DecisionMessage,
        problem: str,
        act: Callable[[str], None],
    ) -> None:
        super().__init__()
        self._look = look
        self._zones = zones
        self._act = act
        self.buttons: dict[str, Button] = {}
        row = decision.entry
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(10)
        column.addLayout(self._headline(row))
        if problem:
            column.addWidget(self._problem(problem))
        offers = self._offers(row)
        if offers is not None:
            column.addLayout(offers)
        column.addWidget(rule_line())
        self._add_reason(column, decision)
        self._add_conditions(column, decision)
        self._add_rule(column, decision)
        column.addWidget(rule_line())
        column.addWidget(label(look.say("activity.history"), "card-title"))
        column.addWidget(_History(look, zones, decision))
        column.addWidget(rule_line())
        column.addLayout(self._facts(row))
        column.addStretch(1)

    def _headline(self, row: JournalRow) -> QVBoxLayout:
        look = self._look
        words, tone = state_of(look, row)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(Pill(look, words, tone, dot=True))
        if row.mode == "dry_run":
            top.addWidget(Pill(look, look.say("activity.mode_dry_run")))
        top.addStretch(1)
        change = change_of(look, row)
        line = QHBoxLayout()
        line.setSpacing(8)
        icon = QLabel()
        tint = look.tokens.text2
        icon.setPixmap(look.icons.pixmap(change.icon, tint, 18, self.devicePixelRatioF()))
        line.addWidget(icon)
        if change.after:
            before = label(change.before, "body-secondary")
            before.setFont(look.figures(15))
            after = label(change.after)
            after.setFont(look.figures(17, 600))
            for part in (before, label("→", "body-secondary"), after):
                line.addWidget(part)
            line.addWidget(label(change.share, "body-secondary"))
        else:
            what = label(change.words)
            what.setFont(look.font(15, 600))
            line.addWidget(what)
        line.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(10)
        column.addLayout(top)
        column.addLayout(line)
        return column

    def _problem(self, text: str) -> QWidget:
        """Return why the last command on this entry was refused."""
        frame = QFrame()
        frame.setProperty("kind", "banner-bad")
        box = QVBoxLayout(frame)
        box.setContentsMargins(12, 8, 12, 8)
        box.addWidget(wrapped(label(text)))
        return frame

    def _offers(self, row: JournalRow) -> QHBoxLayout | None:
        """Return the buttons for what can be done, None for nothing."""
        offered: list[tuple[str, str, ButtonKind, str]] = []
        if row.state == "awaiting_approval":
            offered = [
                ("approve", "activity.approve", ButtonKind.PRIMARY, "check"),
                ("reject", "activity.reject", ButtonKind.PLAIN, "x"),
            ]
        elif row.state in _ASKING:
            offered = [
                ("applied", "activity.settle_applied", ButtonKind.PLAIN, "check"),
                ("not_applied", "activity.settle_not_applied", ButtonKind.PLAIN, "x"),
            ]
        elif row.can_undo:
            offered = [("undo", "activity.undo", ButtonKind.PLAIN, "undo-2")]
        if not offered:
            return None
        line = QHBoxLayout()
        line.setSpacing(8)
        for what, key, kind, icon in offered:
            button = Button(self._look, key, kind, icon)
            button.clicked.connect(lambda _=False, what=what: self._act(what))
            self.buttons[what] = button
            line.addWidget(button)
        line.addStretch(1)
        return line

    def _add_reason(self, column: QVBoxLayout, decision: DecisionMessage) -> None:
        look, row = self._look, decision.entry
        title, text = "activity.why", _decided_because(look, decision)
        if row.state in _NOT_DONE:
            title, text = "activity.why_not", reason_words(look, row)
        elif row.state in _UNCLEAR:
            title, text = "activity.what_happened", reason_words(look, row)
        column.addWidget(label(look.say(title), "card-title"))
        column.addWidget(wrapped(label(text)))
        key = f"activity.guard_{decision.guard}"
        if decision.guard and look.texts.has(key):
            name = look.say("activity.guard", name=look.say(key))
            column.addWidget(wrapped(label(name, "secondary")))
        if decision.until:
            until = self._zones.full(decision.until, row.account_id)
            column.addWidget(wrapped(label(look.say("activity.until", time=until), "secondary")))

    def _add_conditions(self, column: QVBoxLayout, decision: DecisionMessage) -> None:
        if not decision.readings or decision.entry.undoes:
            return
        look = self._look
        at = self._zones.full(decision.as_of, decision.entry.account_id)
        column.addSpacing(4)
        column.addWidget(label(look.say("activity.conditions"), "strong"))
        column.addWidget(wrapped(label(look.say("activity.as_of", time=at), "tertiary")))
        for reading in decision.readings:
            column.addWidget(ReadingLine(look, reading, decision.entry))

    def _add_rule(self, column: QVBoxLayout, decision: DecisionMessage) -> None:
        look, row = self._look, decision.entry
        words = picked(look, decision.rule_words)
        if not row.rule_name or row.undoes or not words:
            return
        column.addWidget(rule_line())
        head = QHBoxLayout()
        head.addWidget(label(look.say("activity.rule"), "card-title"))
        head.addStretch(1)
        link = Button(look, "activity.open_rule", ButtonKind.LINK)
        link.clicked.connect(lambda: self._act("rule"))
        head.addWidget(link)
        column.addLayout(head)
        column.addWidget(wrapped(label(row.rule_name, "strong")))
        column.addWidget(wrapped(label(words, "body-secondary")))

    def _facts(self, row: JournalRow) -> QGridLayout:
        look = self._look
        version = look.say("activity.version", number=row.rule_version)
        by = by_whom(look, row)[1]
        facts: Sequence[tuple[str, str]] = (
            ("activity.column_account", row.account_name),
            ("activity.level", look.say(f"activity.level_{row.level}")),
            ("activity.column_by", f"{by} · {version}" if row.rule_version else by),
            ("activity.mode", look.say(f"activity.mode_{row.mode}")),
            ("activity.object_id", row.object_id),
            ("activity.entry_id", row.id),
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(5)
        for line, (key, value) in enumerate(facts):
            grid.addWidget(label(look.say(key), "secondary"), line, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(wrapped(label(value, "secondary")), line, 1)
        grid.setColumnStretch(1, 1)
        return grid


class _History(QWidget):
    """How the entry came to its state: times at the left, a dot for each."""

    def __init__(self, look: Look, zones: Zones, decision: DecisionMessage) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(7)
        account = decision.entry.account_id
        for line, (moment, state, reason) in enumerate(decision.history):
            time = label(zones.clock(moment, account), "secondary")
            time.setFont(look.figures(12))
            time.setToolTip(zones.full(moment, account))
            grid.addWidget(time, line, 0, Qt.AlignmentFlag.AlignTop)
            said = state_words(look, state)
            last = line == len(decision.history) - 1
            words = wrapped(label(said, "strong" if last else "body"))
            words.setToolTip(reason_in_words(reason, look.texts.language))
            told = QVBoxLayout()
            told.setSpacing(1)
            told.addWidget(words)
            if last and line > 0:
                told.addWidget(wrapped(label(reason_words(look, decision.entry), "secondary")))
            grid.addLayout(told, line, 1)
        grid.setColumnStretch(1, 1)


def _decided_because(look: Look, decision: DecisionMessage) -> str:
    """Return why it was decided; the entry's own reason tells only how it ended."""
    row = decision.entry
    if row.undoes or not row.rule_name:
        return look.say("activity.asked_by", actor=row.actor)
    decided = decision.history[0][2] if decision.history else row.reason
    return reason_in_words(decided, look.texts.language)
