"""What a rule would do now: words, answers, changes, an object's trace."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from engine.api.messages import PreviewRow, RulePreview
from engine.domain.reason_words import reason_in_words
from ui.look import Look
from ui.rule_editor.preview_table import PreviewTable
from ui.rule_editor.trace import TraceView
from ui.rule_editor.words import choice_words, words_in
from ui.theme import Tone
from ui.widgets.card import Card, rule_line
from ui.widgets.labels import WordedLabel, label, wrapped
from ui.widgets.pill import Pill
from ui.widgets.state_panels import PanelKind, StateStack

ANSWERS = (("true", Tone.GOOD), ("false", Tone.NEUTRAL), ("unknown", Tone.WARN))


class PreviewPanel(Card):
    """The live preview beside the form, or in place of it for reading."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "preview.title", parent)
        self.shown: RulePreview | None = None
        self._state = Pill(look)
        self._state.hide()
        self.header.addWidget(self._state)
        self.header.addStretch(1)
        self._as_of = label("", "tertiary")
        self.header.addWidget(self._as_of)
        self._words = wrapped(label("", "body"))
        self._bar = AnswerBar(look)
        self._note = wrapped(label("", "secondary"))
        self.table = PreviewTable(look)
        self.trace = TraceView(look)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self._words)
        column.addWidget(self._bar)
        column.addWidget(rule_line())
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.addWidget(self._upper())
        self._split.addWidget(self.trace)
        self._split.setChildrenCollapsible(False)
        self._split.setSizes([260, 240])
        column.addWidget(self._split, 1)
        self.states = StateStack(look, content)
        self.body.addWidget(self.states, 1)
        self.table.chosen.connect(self._show_trace)
        look.reworded.connect(self._reword)

    def show_waiting(self) -> None:
        """Say that a newer answer is on its way; the last one stays to be read."""
        if self.shown is None:
            self.states.show_loading()
        self._tell("preview.checking", Tone.ACCENT)

    def show_preview(self, preview: RulePreview, as_of: str) -> None:
        """Show an answer of the engine."""
        self.shown = preview
        self._state.hide()
        self._as_of.setText(as_of)
        self._reword()
        self.table.show_rows(preview.rows)
        self.states.show_content()

    def show_faults(self, count: int) -> None:
        """Say that the rule must be mended first."""
        say = self.look.say
        self._tell("preview.faulty", Tone.BAD)
        if self.shown is None:
            text = say("preview.faulty_text", count=count)
            self.states.show_message(PanelKind.ERROR, say("preview.faulty_title"), text)

    def show_error(self, title: str, text: str, details: str = "") -> None:
        """Say why there is no answer, with a way to ask again."""
        self._tell("preview.failed", Tone.BAD)
        self.states.show_message(PanelKind.ERROR, title, text, "panel.retry", details)

    def forget(self) -> None:
        """Show nothing, before another rule's answer comes."""
        self.shown = None
        self._as_of.setText("")
        self._state.hide()

    def _upper(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(WordedLabel(self.look, "preview.would_do", "strong"))
        head.addStretch(1)
        column.addLayout(head)
        column.addWidget(self._note)
        column.addWidget(self.table, 100)
        # Without a table the words stay at the top.
        column.addStretch(1)
        return holder

    def _tell(self, key: str, tone: Tone) -> None:
        self._state.show_state(self.look.say(key), tone)
        self._state.show()

    def _reword(self) -> None:
        preview, look = self.shown, self.look
        if preview is None:
            return
        self._words.setText(words_in(look, preview.words))
        self._bar.show_answers(preview.answers)
        matched = preview.answers.get("true", 0)
        key = "preview.truncated" if preview.truncated else "preview.nothing"
        self._note.setText(look.say(key, count=matched, shown=look.formats.number(matched)))
        self._note.setVisible(preview.truncated or not preview.rows)
        self.table.setVisible(bool(preview.rows))
        self.trace.setVisible(bool(preview.rows))

    def _show_trace(self, row: PreviewRow) -> None:
        outcome = choice_words(self.look, "preview.outcome_", row.outcome)
        reason = reason_in_words(row.reason, self.look.texts.language)
        why = f"{outcome}: {reason}" if reason else ""
        self.trace.show_readings(row.object_name, row.readings, row.currency, why)


class AnswerBar(QWidget):
    """How many objects answer true, false and unknown, as a bar with words."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._answers: dict[str, int] = {}
        self.setFixedHeight(look.px(46))
        look.restyled.connect(self.update)

    def show_answers(self, answers: dict[str, int]) -> None:
        """Show other numbers."""
        self._answers = answers
        self.setAccessibleName(", ".join(self._said(name) for name, _ in ANSWERS))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the shares and below them the words."""
        tokens, look = self._look.tokens, self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        inks = {"true": tokens.series[2], "false": tokens.border2, "unknown": tokens.series[1]}
        whole = sum(self._answers.values()) or 1
        x = 0.0
        for name, _ in ANSWERS:
            width = self._answers.get(name, 0) / whole * self.width()
            if width > 0:
                painter.setBrush(QColor(inks[name]))
                painter.drawRoundedRect(QRectF(x, 2, max(3.0, width - 2), 8), 4, 4)
            x += width
        painter.setFont(look.figures(12, 500))
        x = 0.0
        for name, _ in ANSWERS:
            words = self._said(name)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(inks[name]))
            painter.drawEllipse(QRectF(x, look.px(26), 8, 8))
            painter.setPen(QColor(tokens.text2))
            width = painter.fontMetrics().horizontalAdvance(words) + 4
            box = QRectF(x + 14, look.px(18), width, look.px(24))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words)
            x += width + 30

    def _said(self, name: str) -> str:
        shown = self._look.formats.number(self._answers.get(name, 0))
        return self._look.say(f"preview.answer_{name}", shown=shown)
