"""Fields of the form: each shows one path of the draft and writes it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from engine.api.messages import AccountMessage, Fault
from ui.look import Look
from ui.rule_editor import json_text
from ui.rule_editor.document import MISSING, Path, get, put, same, text_of
from ui.rule_editor.draft import Draft
from ui.rule_editor.values import Codec
from ui.rule_editor.words import Option
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.fields import Select, TickBox, mark_wrong
from ui.widgets.labels import label, wrapped

# Longer lists of what is allowed are cut in the form; the tool tip has all of it.
_LONGEST_FAULT = 170


class FaultSpot(QWidget):
    """Where the faults of a path and of everything unshown below it are told."""

    def __init__(self, form: FormContext, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = form
        self.path = path
        self._fault = wrapped(label("", "error"))
        self._fix = Button(form.look, "editor.use_nearest", ButtonKind.LINK)
        self._fix.clicked.connect(self._take_nearest)
        self._nearest = ""
        self._fault_row = QVBoxLayout()
        self._fault_row.setSpacing(2)
        self._fault_row.addWidget(self._fault)
        self._fault_row.addWidget(self._fix, 0, Qt.AlignmentFlag.AlignLeft)
        self.show_faults(())
        form.spots[text_of(path)] = self

    def show_faults(self, faults: Sequence[Fault]) -> None:
        """Tell what is wrong here, or that nothing is."""
        words = "\n".join(fault_words(self.form.look, one) for one in faults)
        short = f"{words[:_LONGEST_FAULT]}…" if len(words) > _LONGEST_FAULT else words
        self._fault.setText(short)
        self._fault.setToolTip(words if short != words else "")
        self._fault.setVisible(bool(faults))
        near = next((f.nearest for f in faults if f.nearest and f.path == text_of(self.path)), "")
        self._nearest = near or ""
        self._fix.setVisible(bool(self._nearest))
        if self._nearest:
            self._fix.say("editor.use_nearest", name=self._nearest)

    def _take_nearest(self) -> None:
        self.form.draft.reshape(put(self.form.draft.document, self.path, self._nearest))


def fault_words(look: Look, fault: Fault) -> str:
    """Return what was found and what is allowed there."""
    return look.say("editor.fault", found=fault.found, allowed=fault.allowed)


@dataclass(slots=True)
class FormContext:
    """What one form's parts share; ``spots`` are places for faults by path."""

    look: Look
    draft: Draft
    accounts: list[AccountMessage] = field(default_factory=list)
    spots: dict[str, FaultSpot] = field(default_factory=dict)

    def value(self, path: Path) -> object:
        """Return what stands at a path of the draft."""
        return get(self.draft.document, path)

    def forget(self, prefix: str) -> None:
        """Drop the spots of a part that is built anew."""
        for path in list(self.spots):
            if path == prefix or path.startswith(f"{prefix}/"):
                del self.spots[path]


class Field(FaultSpot):
    """A name above a control, and what is wrong below it.

    ``commit`` writes what the control shows into the draft; untouched, it changes
    nothing. A value that the control can't show is shown as it is and kept.
    """

    def __init__(self, form: FormContext, path: Path, name: str, control: QWidget) -> None:
        super().__init__(form, path)
        self.control = control
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.caption = label(name, "secondary")
        self.caption.setBuddy(control)
        if not name:
            self.caption.hide()
        column.addWidget(self.caption)
        self._row = QHBoxLayout()
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(control)
        column.addLayout(self._row)
        column.addLayout(self._fault_row)
        control.setAccessibleName(name)

    def show_faults(self, faults: Sequence[Fault]) -> None:
        """Tell what is wrong, with the red border."""
        super().show_faults(faults)
        if hasattr(self, "control"):
            mark_wrong(self.control, bool(faults))
            self.control.setToolTip("\n".join(fault_words(self.form.look, f) for f in faults))

    def commit(self) -> None:
        """Write what the control shows, if somebody changed it."""

    def write(self, value: object) -> None:
        """Set the value in the draft; ``MISSING`` takes the field away."""
        if value is MISSING:
            self.form.draft.drop(self.path)
        elif not same(value, _known(self.form.value(self.path))):
            self.form.draft.put(self.path, value)


class LineField(Field):
    """One line of text, read and shown by a codec."""

    def __init__(
        self,
        form: FormContext,
        path: Path,
        name: str,
        codec: Codec,
        width: int = 0,
        hint: str = "",
    ) -> None:
        self.line = Line(form.draft)
        super().__init__(form, path, name, self.line)
        self._codec = codec
        value = form.value(path)
        shown = codec.show(value)
        self._shown = shown if shown is not None else kept_text(value)
        self.line.setText(self._shown)
        self.line.setCursorPosition(0)
        self.line.setPlaceholderText(hint)
        self.line.setEnabled(shown is not None)
        if shown is None:
            self.line.setToolTip(form.look.say("editor.only_json"))
        if width:
            self.line.setFixedWidth(form.look.px(width))
            self._row.addStretch(1)
        self.line.textEdited.connect(self.commit)

    def commit(self) -> None:
        """Write the typed value."""
        text = self.line.text()
        if text != self._shown:
            self._shown = text
            self.write(self._codec.read(text))


class ChoiceField(Field):
    """One of a few values; an unknown one stays listed as it is written.

    With ``absent`` there is a first choice for a field that is not given.
    """

    def __init__(
        self,
        form: FormContext,
        path: Path,
        name: str,
        choices: Sequence[Option],
        absent: str = "",
        on_choice: Callable[[str], None] | None = None,
    ) -> None:
        self.select = _CalmSelect(form.look)
        super().__init__(form, path, name, self.select)
        self._on_choice = on_choice
        value = form.value(path)
        if absent:
            self.select.addItem(absent, MISSING)
        for choice, words in choices:
            self.select.addItem(words, choice)
        known = next((i for i, one in enumerate(self._values()) if _is(one, value)), -1)
        if known < 0 and value is not MISSING:
            self.select.addItem(value if isinstance(value, str) else kept_text(value), value)
            known = self.select.count() - 1
        self.select.setCurrentIndex(known)
        self._shown = known
        self.select.activated.connect(self.commit)

    def commit(self) -> None:
        """Write the chosen value."""
        place = self.select.currentIndex()
        if place == self._shown or place < 0:
            return
        self._shown = place
        value = self.select.itemData(place)
        if self._on_choice is not None and isinstance(value, str):
            self._on_choice(value)
        else:
            self.write(value)

    def _values(self) -> list[object]:
        return [self.select.itemData(place) for place in range(self.select.count())]


class FlagField(FaultSpot):
    """A tick box; a value that is neither true nor false stays as it is."""

    def __init__(self, form: FormContext, path: Path, words: str) -> None:
        super().__init__(form, path)
        self.box = TickBox(form.look, words)
        value = form.value(path)
        self.box.setChecked(value is True)
        self.box.setEnabled(value is MISSING or isinstance(value, bool))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.box)
        column.addLayout(self._fault_row)
        self.box.clicked.connect(self.commit)

    def commit(self) -> None:
        """Write whether it is ticked; an absent one stays absent while not ticked."""
        known = self.form.value(self.path)
        if self.box.isEnabled() and self.box.isChecked() != (known is True):
            self.form.draft.put(self.path, self.box.isChecked())


class Line(QLineEdit):
    """A line whose undo is the draft's: Ctrl+Z goes back over all fields."""

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self._draft = draft

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hand the keys of undo and redo to the draft."""
        keys = QKeySequence.StandardKey
        if event.matches(keys.Undo):
            self._draft.undo()
        elif event.matches(keys.Redo):
            self._draft.redo()
        else:
            super().keyPressEvent(event)


class _CalmSelect(Select):
    """A drop-down list that the wheel scrolls past instead of changing it."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMaxVisibleItems(18)
        self.setSizeAdjustPolicy(Select.SizeAdjustPolicy.AdjustToContentsOnFirstShow)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page."""
        event.ignore()


def captioned(name: str, control: QWidget) -> QWidget:
    """Return a control that belongs to no single path, with its name above."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    caption = label(name, "secondary")
    caption.setBuddy(control)
    control.setAccessibleName(name)
    column.addWidget(caption)
    column.addWidget(control)
    return holder


def kept_text(value: object) -> str:
    """Return a value that has no control, as short JSON."""
    text = " ".join(json_text.write({"": value}).split())
    return text.removeprefix('{ "": ').removesuffix(" }")


def note(look: Look, key: str, **arguments: str | int) -> QLabel:
    """Return a wrapped secondary line."""
    return wrapped(label(look.say(key, **arguments), "secondary"))


def _is(option: object, value: object) -> bool:
    return option is value or (isinstance(option, str) and option == value)


def _known(value: object) -> object:
    return "\0missing" if value is MISSING else value
