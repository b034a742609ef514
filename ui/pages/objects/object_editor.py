"""Name, labels and bid of one object, to be changed; and a copy of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from engine.api.details import ObjectDetail
from engine.api.messages import JournalPage
from ui.engine_client import Ask, EngineError
from ui.pages.objects.outcomes import reason_words, state_of
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.labels import label

# The engine answers when Meta has, which a busy account may delay.
_SECONDS = 120.0


class ObjectEditor(QWidget):
    """Fields beside what they change; ``done`` is called after a change."""

    def __init__(self, session: Session, detail: ObjectDetail, done: Callable[[], None]) -> None:
        super().__init__()
        self._session = session
        self._look = session.look
        self._detail = detail
        self._done = done
        self.name = self._line("details.name", detail.name)
        self.labels = self._line("details.labels", ", ".join(detail.labels))
        self.labels.setPlaceholderText(self._look.say("details.labels_hint"))
        self.bid = self._line("details.bid", _major(detail.bid_amount, detail.offset))
        self.save = Button(self._look, "details.save", icon="save")
        self.duplicate = Button(self._look, "details.duplicate", icon="copy")
        self._arrange()
        for line in (self.name, self.labels, self.bid):
            line.textChanged.connect(self._judge)
            line.returnPressed.connect(self._save)
        self.save.clicked.connect(self._save)
        self.duplicate.clicked.connect(self._duplicate)
        self._judge()

    def changed(self) -> dict[str, object]:
        """Return the new values, as the engine takes them."""
        found: dict[str, object] = {}
        name = self.name.text().strip()
        if name and name != self._detail.name:
            found["name"] = name
        labels = [one.strip() for one in self.labels.text().split(",") if one.strip()]
        if set(labels) != set(self._detail.labels):
            found["labels"] = labels
        bid = self._minor()
        if bid is not None and bid != self._detail.bid_amount:
            found["bid_amount"] = bid
        return found

    def _minor(self) -> int | None:
        """Return the bid in minor units, none where there is no amount."""
        if self._detail.bid_amount is None:
            return None
        text = self.bid.text().replace(",", ".").replace("\u202f", "").replace(" ", "")
        try:
            return round(float(text) * self._detail.offset)
        except (ValueError, OverflowError):
            return None

    def _line(self, key: str, text: str) -> QLineEdit:
        line = QLineEdit(text)
        line.setAccessibleName(self._look.say(key))
        return line

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        lines = [("details.name", self.name), ("details.labels", self.labels)]
        if self._detail.bid_amount is not None:
            lines.append(("details.bid", self.bid))
        for place, (key, line) in enumerate(lines):
            grid.addWidget(label(self._look.say(key), "secondary"), place, 0)
            grid.addWidget(line, place, 1)
        grid.setColumnStretch(1, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.save)
        buttons.addWidget(self.duplicate)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(grid)
        column.addLayout(buttons)

    def _judge(self) -> None:
        self.save.setEnabled(bool(self.changed()))

    def _save(self) -> None:
        values = self.changed()
        if not values or not self.save.isEnabled():
            return
        self._wait()
        path = f"/api/v1/campaigns/{self._detail.id}"
        ask = Ask(path, JournalPage, body=values, timeout=_SECONDS)
        self._session.client.put(ask, self, self._answered, self._failed)

    def _duplicate(self) -> None:
        self._wait()
        path = f"/api/v1/campaigns/{self._detail.id}/copy"
        ask = Ask(path, JournalPage, body={}, timeout=_SECONDS)
        self._session.client.post(ask, self, self._answered, self._failed)

    def _wait(self) -> None:
        for part in (self.save, self.duplicate):
            part.setEnabled(False)

    def _answered(self, page: JournalPage) -> None:
        for row in page.items:
            words, _ = state_of(self._look, row)
            good = row.state == "applied"
            text = words if good else f"{words}: {reason_words(self._look, row)}"
            self._session.say(text, "good" if good else "warn")
        self._done()

    def _failed(self, error: EngineError) -> None:
        self.duplicate.setEnabled(True)
        self._judge()
        self._session.fail(error)


def _major(minor: int | None, offset: int) -> str:
    """Return an amount as it is typed: 4.50."""
    if minor is None:
        return ""
    return f"{minor / offset:.{len(str(offset)) - 1}f}"
