"""The side panel of one object: its days, rules' decisions and facts."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from engine.api.details import EditPage, ObjectDetail, ObjectMetrics
from engine.api.messages import DecisionMessage, DecisionPage
from engine.domain.formats import Currency
from engine.domain.language import Language
from ui.charts.line_card import LineCard
from ui.charts.series import ChartData, Line
from ui.engine_client import Ask, Call, EngineError
from ui.pages.objects.book import RowFacts
from ui.pages.objects.columns import objective_words
from ui.pages.objects.detail_facts import EDITS, fill_edits, fill_facts
from ui.pages.objects.object_editor import ObjectEditor
from ui.pages.objects.outcomes import (
    change_words,
    reason_words,
    state_of,
    when_words,
)
from ui.session import Session
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.card import rule_line
from ui.widgets.labels import label, wrapped
from ui.widgets.pill import Pill
from ui.widgets.side_panel import SidePanel

_DECISIONS = 8


class ObjectDetails(QObject):
    """Fills a side panel with one object; asks for its days and decisions."""

    def __init__(self, session: Session, panel: SidePanel) -> None:
        super().__init__(panel)
        self._session = session
        self._look = session.look
        self._panel = panel
        self._calls: list[Call] = []
        self._facts: RowFacts | None = None
        self.editor: ObjectEditor | None = None
        panel.closed.connect(self._forget)

    @property
    def object_id(self) -> str:
        """The id of the object that is shown, empty for none."""
        return self._facts.object_id if self._facts is not None else ""

    def show(self, facts: RowFacts) -> None:
        """Open the panel on an object."""
        self._facts = facts
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(10)
        chart = LineCard(self._look, "details.days")
        chart.step.hide()
        chart.setProperty("kind", "")
        chart.setContentsMargins(-16, -12, -16, -12)
        chart.setFixedHeight(self._look.px(230))
        decisions = QVBoxLayout()
        decisions.setSpacing(10)
        column.addWidget(chart)
        column.addWidget(rule_line())
        column.addWidget(label(self._look.say("details.decisions"), "card-title"))
        column.addLayout(decisions)
        edits = QVBoxLayout()
        edits.setSpacing(10)
        column.addWidget(rule_line())
        column.addWidget(label(self._look.say("details.edits"), "card-title"))
        column.addLayout(edits)
        lines = self._fact_lines(facts)
        editor = QVBoxLayout()
        column.addWidget(rule_line())
        column.addWidget(label(self._look.say("details.change"), "card-title"))
        column.addLayout(editor)
        column.addWidget(rule_line())
        column.addWidget(label(self._look.say("details.facts"), "card-title"))
        column.addLayout(lines)
        column.addStretch(1)
        note = f"{self._look.say(f'details.{facts.level}')} · {facts.account_name}"
        self._panel.show_details(facts.name, note, content)
        self._ask(facts, chart, decisions)
        self._ask_meta(facts, edits, lines, editor, content)

    def refresh(self) -> None:
        """Read again what is shown, if anything is."""
        if self._facts is not None and not self._panel.isHidden():
            self.show(self._facts)

    def _forget(self) -> None:
        self._facts, self.editor = None, None
        for call in self._calls:
            call.cancel()
        self._calls.clear()

    def _ask(self, facts: RowFacts, chart: LineCard, decisions: QVBoxLayout) -> None:
        for call in self._calls:
            call.cancel()
        client, span = self._session.client, self._session.span
        days = {"since": span.since.isoformat(), "until": span.until.isoformat()}
        path = f"/api/v1/campaigns/{facts.object_id}/metrics"
        latest: dict[str, str | int] = {"object_id": facts.object_id, "limit": _DECISIONS}
        self._calls = [
            client.get(
                Ask(path, ObjectMetrics, days),
                chart,
                lambda metrics: self._show_days(chart, metrics),
                self._session.fail,
            ),
            client.get(
                Ask("/api/v1/decisions", DecisionPage, latest),
                chart,
                lambda page: self._show_decisions(decisions, page),
                lambda error: self._show_failure(decisions, error),
            ),
        ]

    def _ask_meta(
        self,
        facts: RowFacts,
        edits: QVBoxLayout,
        lines: QGridLayout,
        editor: QVBoxLayout,
        owner: QWidget,
    ) -> None:
        """Ask what Meta says of the object and who edited it there."""
        client, look, zone = self._session.client, self._look, self._session.zone

        def show_detail(detail: ObjectDetail) -> None:
            fill_facts(look, zone, lines, detail)
            self.editor = ObjectEditor(self._session, detail, self.refresh)
            editor.addWidget(self.editor)

        asked: dict[str, str | int] = {"object_id": facts.object_id, "limit": EDITS}
        self._calls += [
            client.get(
                Ask("/api/v1/edits", EditPage, asked),
                owner,
                lambda page: fill_edits(look, zone, edits, page),
                lambda error: self._show_failure(edits, error),
            ),
            client.get(
                Ask(f"/api/v1/campaigns/{facts.object_id}", ObjectDetail),
                owner,
                show_detail,
                lambda error: self._show_failure(edits, error),
            ),
        ]

    def _show_days(self, chart: LineCard, metrics: ObjectMetrics) -> None:
        formats, say = self._look.formats, self._look.say
        currency = Currency(metrics.currency, metrics.offset)
        days = metrics.days
        notes = [
            say(
                "details.day_note",
                conversions=formats.number(day.conversions),
                roas=formats.number(day.revenue / day.spend if day.spend else None, 2),
            )
            for day in days
        ]
        data = ChartData(
            [date.fromisoformat(day.day) for day in days],
            [
                Line(say("column.revenue"), [float(day.revenue) for day in days], 0, area=True),
                Line(say("column.spend"), [float(day.spend) for day in days], 1),
            ],
            notes,
        )
        chart.show_data(
            data,
            lambda value: formats.short_money(value, currency),
            lambda value: formats.money(value, currency),
        )

    def _show_decisions(self, column: QVBoxLayout, page: DecisionPage) -> None:
        for decision in page.items:
            column.addWidget(self._decision(decision))
        if not page.items:
            column.addWidget(wrapped(label(self._look.say("details.no_decisions"), "secondary")))

    def _show_failure(self, column: QVBoxLayout, error: EngineError) -> None:
        column.addWidget(wrapped(label(error.text or error.title, "error")))

    def _decision(self, decision: DecisionMessage) -> QWidget:
        look, entry = self._look, decision.entry
        block = QWidget()
        rows = QVBoxLayout(block)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(3)
        top = QHBoxLayout()
        top.setSpacing(8)
        by_hand = look.say("details.by_hand", actor=entry.actor)
        name = wrapped(label(entry.rule_name or by_hand, "strong"))
        top.addWidget(name, 1)
        state = Pill(look, *state_of(look, entry))
        top.addWidget(state, 0, Qt.AlignmentFlag.AlignTop)
        rows.addLayout(top)
        when = when_words(look, entry, self._session.now.astimezone(self._session.zone))
        rows.addWidget(label(f"{when} · {change_words(look, entry)}", "secondary"))
        uk = look.texts.language is Language.UKRAINIAN
        said = [one.said for one in decision.readings if one.said is not None]
        why = [reason_words(look, entry)] if entry.reason else []
        why += [words.uk if uk else words.en for words in said]
        for line in why:
            rows.addWidget(wrapped(label(line, "tertiary")))
        open_it = Button(look, "details.open_activity", ButtonKind.LINK)
        open_it.clicked.connect(lambda: self._session.open_page("activity", entry.id))
        rows.addWidget(open_it, 0, Qt.AlignmentFlag.AlignLeft)
        return block

    def _fact_lines(self, facts: RowFacts) -> QGridLayout:
        look = self._look
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        lines = [
            ("column.client", facts.client),
            ("column.account", facts.account_name),
            ("column.objective", objective_words(facts.objective, look)),
            ("export.currency", facts.currency.code),
            ("details.id", facts.object_id),
        ]
        for row, (key, value) in enumerate(lines):
            grid.addWidget(label(look.say(key), "secondary"), row, 0)
            grid.addWidget(wrapped(label(value)), row, 1)
        grid.setColumnStretch(1, 1)
        return grid
