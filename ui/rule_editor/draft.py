"""A rule while edited: its document, what was saved, and the way back."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from engine.api.messages import RuleMessage
from ui.rule_editor import json_text
from ui.rule_editor.document import Json, Path, drop, put, same
from ui.rule_editor.json_text import TextFault

_DEEPEST_HISTORY = 300


@dataclass(frozen=True, slots=True)
class _Step:
    """A document and the path whose typing made it; typing on replaces the step."""

    document: Json
    path: Path | None = None


class Draft(QObject):
    """One rule's unsaved work.

    ``changed`` says who did it: ``field`` (one value of the form), ``shape`` (the form's
    own rows), ``text`` (the JSON), ``history`` (undo and redo) or ``saved``.
    """

    changed = Signal(str)

    def __init__(self, document: Json, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rule_id = ""
        self.version = 0
        self.saved: Json | None = None
        self.reason = ""
        self.text_fault: TextFault | None = None
        self._typed = ""
        self._steps = [_Step(document)]
        self._place = 0

    @classmethod
    def of(cls, rule: RuleMessage, parent: QObject | None = None) -> Draft:
        """Return a draft of a saved rule."""
        draft = cls(rule.document, parent)
        draft.rule_id, draft.version, draft.saved = rule.rule_id, rule.version, rule.document
        return draft

    @property
    def document(self) -> Json:
        """The last readable document."""
        return self._steps[self._place].document

    @property
    def name(self) -> str:
        """The rule's name as the draft has it."""
        name = self.document.get("name")
        return name if isinstance(name, str) else ""

    @property
    def text(self) -> str:
        """The document as typed while that says the same, else written anew."""
        return self._typed or json_text.write(self.document)

    @property
    def is_dirty(self) -> bool:
        """Whether something would be lost by forgetting the draft."""
        if self.text_fault is not None or self.saved is None:
            return True
        return not same(self.document, self.saved)

    @property
    def can_undo(self) -> bool:
        """Whether there is a step back."""
        return self._place > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is a step forth."""
        return self._place < len(self._steps) - 1

    def put(self, path: Path, value: object) -> None:
        """Set one value; typing on at the same path is one step of the history."""
        self._take(put(self.document, path, value), path, "field")

    def drop(self, path: Path) -> None:
        """Take one field away."""
        self._take(drop(self.document, path), path, "field")

    def reshape(self, document: Json) -> None:
        """Take over a document with other rows."""
        self._take(document, None, "shape")

    def type_text(self, text: str) -> None:
        """Take over typed JSON; while it can't be read the last document stays."""
        self._typed = text
        try:
            document = json_text.read(text)
        except TextFault as fault:
            self.text_fault = fault
            self.changed.emit("text")
            return
        self.text_fault = None
        if same(document, self.document):
            self.changed.emit("text")
        else:
            self._take(document, ("",), "text")

    def undo(self) -> None:
        """Go one step back."""
        self._go(self._place - 1)

    def redo(self) -> None:
        """Go one step forth again."""
        self._go(self._place + 1)

    def keep(self, rule: RuleMessage) -> None:
        """Note that this is saved now; the history stays."""
        self.rule_id, self.version, self.saved = rule.rule_id, rule.version, rule.document
        self.reason = ""
        self.changed.emit("saved")

    def _go(self, place: int) -> None:
        if 0 <= place < len(self._steps):
            self._place, self._typed, self.text_fault = place, "", None
            self.changed.emit("history")

    def _take(self, document: Json, path: Path | None, source: str) -> None:
        if source != "text":
            self._typed, self.text_fault = "", None
        if same(document, self.document):
            return
        del self._steps[self._place + 1 :]
        if self._place and path is not None and self._steps[-1].path == path:
            self._steps[-1] = _Step(document, path)
        else:
            self._steps.append(_Step(document, path))
            del self._steps[: max(0, len(self._steps) - _DEEPEST_HISTORY)]
        self._place = len(self._steps) - 1
        self.changed.emit(source)
