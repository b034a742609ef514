"""One rule below the list: in words, its versions, its last decisions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from engine.api.details import RuleVersion
from engine.api.messages import DecisionMessage, DecisionPage, RuleMessage
from engine.domain.rule import Mode, RuleStatus
from ui.engine_client import Ask, Call, EngineError
from ui.look import Look
from ui.rule_editor.diff_dialog import DiffDialog
from ui.rule_editor.rule_words import ago_words, both_words
from ui.rule_editor.version_line import version_line
from ui.session import Session
from ui.widgets.banner import Banner, BannerKind
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.card import Card, rule_line
from ui.widgets.labels import label, wrapped
from ui.widgets.segmented import Segmented

_DECISIONS = 12
DecisionLine = Callable[[Session, DecisionMessage], QWidget]


class RuleDetail(Card):
    """Everything known about the chosen rule, and what can be done with it."""

    edit_wanted = Signal(str)
    copy_wanted = Signal(str)
    switch_wanted = Signal(str)
    archive_wanted = Signal(str)
    mode_wanted = Signal(str, str)

    def __init__(
        self, session: Session, decision_line: DecisionLine, parent: QWidget | None = None
    ) -> None:
        super().__init__(session.look, parent=parent)
        self._session = session
        self._decision_line = decision_line
        self.rule: RuleMessage | None = None
        self._calls: list[Call] = []
        self._versions: Sequence[RuleVersion] = ()
        self._make_head()
        self._broken = Banner(self.look)
        self._words, self._past, self._decided = (QVBoxLayout() for _ in range(3))
        self.body.addWidget(self._broken)
        row = QHBoxLayout()
        row.setSpacing(16)
        titles = ("rules.in_words", "rules.versions", "rules.decisions")
        parts = (self._words, self._past, self._decided)
        for place, (title, column) in enumerate(zip(titles, parts, strict=True)):
            if place:
                row.addWidget(rule_line(vertical=True))
            row.addWidget(self._part(title, column), (4, 3, 4)[place])
        self.body.addLayout(row, 1)
        self.look.reworded.connect(self._again)
        session.status_changed.connect(self._note_time)

    def show_rule(self, rule: RuleMessage) -> None:
        """Show a rule as it is now, and ask for its past."""
        self.rule = rule
        self._elide_title()
        self._title.setToolTip(rule.name)
        self._mode.blockSignals(True)
        self._mode.choose(rule.mode if rule.mode in {one.value for one in Mode} else "dry_run")
        self._mode.blockSignals(False)
        self._mode.setEnabled(not rule.broken and rule.status != RuleStatus.ARCHIVED)
        is_active = rule.status == RuleStatus.ACTIVE
        self._switch.say("rules.pause" if is_active else "rules.start")
        self._switch.set_icon("pause" if is_active else "play")
        self._archive.setVisible(rule.status != RuleStatus.ARCHIVED)
        if rule.broken:
            text = self.look.say("rules.broken_text", reason=rule.broken)
            self._broken.tell(BannerKind.BAD, text, "rules.edit")
        else:
            self._broken.hide()
        self._fill_words(rule)
        self._ask(rule)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut a long name where the buttons begin."""
        super().resizeEvent(event)
        self._elide_title()

    def _elide_title(self) -> None:
        name = self.rule.name if self.rule is not None else ""
        metrics = self._title.fontMetrics()
        elide = Qt.TextElideMode.ElideRight
        room = self.width() - self._tools_width() - 48
        self._title.setText(metrics.elidedText(name, elide, max(80, room)))

    def _tools_width(self) -> int:
        shown = [part for part in self._tools if not part.isHidden()]
        return sum(part.sizeHint().width() + 8 for part in shown)

    def _make_head(self) -> None:
        look = self.look
        self._title = label("", "card-title")
        self._title.setMinimumWidth(look.px(80))
        modes = [(mode.value, f"rules.mode_{mode.value}") for mode in Mode]
        self._mode = Segmented(look, modes)
        self._switch = Button(look, "rules.pause", icon="pause")
        self._archive = Button(look, "rules.archive", ButtonKind.QUIET, "inbox")
        edit = Button(look, "rules.edit", icon="pencil")
        copy = Button(look, "rules.duplicate", icon="copy")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title, 1)
        self._tools: tuple[QWidget, ...] = (self._mode, edit, copy, self._switch, self._archive)
        for part in self._tools:
            head.addWidget(part)
        self.body.addLayout(head)
        self._mode.chosen.connect(self._choose_mode)
        edit.clicked.connect(lambda: self._tell(self.edit_wanted))
        copy.clicked.connect(lambda: self._tell(self.copy_wanted))
        self._switch.clicked.connect(lambda: self._tell(self.switch_wanted))
        self._archive.clicked.connect(lambda: self._tell(self.archive_wanted))

    def _part(self, title: str, column: QVBoxLayout) -> QWidget:
        """Return a titled column that scrolls."""
        content = QWidget()
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(8)
        content.setLayout(column)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        content.setAutoFillBackground(False)
        area.viewport().setAutoFillBackground(False)
        holder = QWidget()
        rows = QVBoxLayout(holder)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        heading = QHBoxLayout()
        heading.setContentsMargins(0, 0, 6, 0)
        name = label("", "strong")
        self.look.keep_worded(name, lambda: name.setText(self.look.say(title)))
        name.setFixedHeight(self.look.px(28))
        heading.addWidget(name)
        heading.addStretch(1)
        if column is self._past:
            self._compare = _small(self.look, "rules.compare")
            self._compare.clicked.connect(lambda: self.compare(0))
            heading.addWidget(self._compare)
        if column is self._decided:
            everything = _small(self.look, "rules.all_decisions")
            everything.clicked.connect(self._open_activity)
            heading.addWidget(everything)
        rows.addLayout(heading)
        rows.addWidget(area, 1)
        return holder

    def compare(self, version: int) -> None:
        """Show what a version changed; 0 stands for the newest."""
        known = [one.version for one in self._versions]
        if len(known) > 1 and self.isVisible():
            new = version if version in known else known[0]
            older = [one for one in known if one < new]
            DiffDialog(self.look, self._versions, max(older or [new]), new, self).exec()

    def _choose_mode(self, mode: str) -> None:
        if self.rule is not None and mode != self.rule.mode:
            self.mode_wanted.emit(self.rule.rule_id, mode)

    def _tell(self, signal: SignalInstance) -> None:
        if self.rule is not None:
            signal.emit(self.rule.rule_id)

    def _open_activity(self) -> None:
        if self.rule is not None:
            self._session.open_page("activity", f"rule={self.rule.rule_id}")

    def _fill_words(self, rule: RuleMessage) -> None:
        _clear(self._words)
        first, second = both_words(self.look, rule)
        if not rule.broken:
            self._words.addWidget(wrapped(label(first)))
            self._words.addWidget(wrapped(label(second, "secondary")))
        say, formats, session = self.look.say, self.look.formats, self._session
        ran = ago_words(self.look, rule.last_run_at, session.now, session.zone)
        facts = (
            say("rules.fact_run", when=ran, count=rule.last_matches),
            say(
                "rules.fact_week",
                decided=formats.number(rule.decisions_7d),
                applied=formats.number(rule.applied_7d),
            ),
        )
        for fact in facts:
            self._words.addWidget(wrapped(label(fact, "tertiary")))
        self._words.addStretch(1)

    def _ask(self, rule: RuleMessage) -> None:
        for call in self._calls:
            call.cancel()
        client, path = self._session.client, f"/api/v1/rules/{rule.rule_id}"
        decisions = Ask(f"{path}/executions", DecisionPage, {"limit": _DECISIONS})
        self._calls = [
            client.get(
                Ask(f"{path}/versions", list[RuleVersion]),
                self,
                self._show_versions,
                lambda error: self._show_failure(self._past, error),
            ),
            client.get(
                decisions,
                self,
                self._show_decisions,
                lambda error: self._show_failure(self._decided, error),
            ),
        ]

    def _show_versions(self, versions: list[RuleVersion]) -> None:
        self._versions = versions
        _clear(self._past)
        self._compare.setVisible(len(versions) > 1)
        for one in versions:
            line = version_line(self._session, one, is_first=one.version == 1)
            if line.open is not None:
                line.open.clicked.connect(lambda _=False, number=one.version: self.compare(number))
            self._past.addWidget(line.widget)
        self._past.addStretch(1)

    def _show_decisions(self, page: DecisionPage) -> None:
        _clear(self._decided)
        if not page.items:
            text = self.look.say("rules.no_decisions")
            self._decided.addWidget(wrapped(label(text, "secondary")))
        for decision in page.items:
            self._decided.addWidget(self._decision_line(self._session, decision))
        self._decided.addStretch(1)

    def _show_failure(self, column: QVBoxLayout, error: EngineError) -> None:
        _clear(column)
        column.addWidget(wrapped(label(f"{error.title}. {error.text}", "error")))
        column.addStretch(1)

    def _note_time(self) -> None:
        """Count from the engine's time, which comes after the first rules."""
        if self.rule is not None:
            self._fill_words(self.rule)

    def _again(self) -> None:
        if self.rule is not None:
            self.show_rule(self.rule)


def _small(look: Look, key: str) -> Button:
    """Return a link no higher than a line of text."""
    button = Button(look, key, ButtonKind.LINK)
    height = look.px(24)
    button.setStyleSheet(f"min-height: {height}px; max-height: {height}px;")
    return button


def _clear(column: QVBoxLayout) -> None:
    while column.count():
        item = column.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()
