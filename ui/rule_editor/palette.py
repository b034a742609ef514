"""What the Rules page adds to the palette and to the sheet of shortcuts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Protocol

from engine.api.messages import RuleMessage
from ui.look import Look
from ui.rule_editor.editor import RuleEditor
from ui.widgets.command_palette import Command
from ui.widgets.dialogs import ShortcutGroup


class RuleActs(Protocol):
    """What the page can do with one rule by its id."""

    def edit(self, rule_id: str) -> None:
        """Edit it."""

    def copy(self, rule_id: str) -> None:
        """Begin a new one like it."""

    def switch(self, rule_id: str) -> None:
        """Pause or start it."""

    def open_about(self, about: str) -> None:
        """Choose it in the list."""


def rule_commands(look: Look, acts: RuleActs, rule: RuleMessage) -> list[Command]:
    """Return what can be done with the chosen rule."""
    say, name, rule_id = look.say, rule.name, rule.rule_id
    is_active = rule.status == "active"
    switch = "rules.pause_named" if is_active else "rules.start_named"
    icon = "pause" if is_active else "play"
    return [
        Command(say("rules.edit_named", name=name), partial(acts.edit, rule_id), "pencil", "E"),
        Command(say(switch, name=name), partial(acts.switch, rule_id), icon),
        Command(say("rules.duplicate_named", name=name), partial(acts.copy, rule_id), "copy"),
    ]


def go_commands(look: Look, acts: RuleActs, rules: Iterable[RuleMessage]) -> list[Command]:
    """Return the way to every rule."""
    return [
        Command(
            look.say("rules.go_to", name=rule.name),
            partial(acts.open_about, rule.rule_id),
            "workflow",
            words=f"{rule.words.en} {rule.words.uk}",
        )
        for rule in rules
    ]


def editor_commands(
    look: Look, editor: RuleEditor, save: Callable[[], None], discard: Callable[[], None]
) -> list[Command]:
    """Return what can be done while a rule is edited."""
    say = look.say
    return [
        Command(say("editor.save"), save, "save", "Ctrl+S", "save"),
        Command(say("editor.undo"), editor.undo, "undo-2", "Ctrl+Z"),
        Command(say("editor.redo"), editor.redo, "redo-2", "Ctrl+Shift+Z"),
        Command(say("editor.show_form"), partial(editor.show_view, "form"), "rows-3"),
        Command(say("editor.show_json"), partial(editor.show_view, "json"), "braces"),
        Command(say("editor.discard"), discard, "trash-2"),
    ]


def shortcut_groups(look: Look) -> list[ShortcutGroup]:
    """Return the keys of the list and of the editor."""
    say = look.say
    browse = [
        ("N", say("rules.new")),
        ("E", say("rules.edit")),
        ("Space", say("rules.key_switch")),
        ("/", say("rules.search")),
    ]
    edit = [
        ("Ctrl+S", say("editor.save")),
        ("Ctrl+Z", say("editor.undo")),
        ("Ctrl+Shift+Z", say("editor.redo")),
        ("Ctrl+J", say("editor.key_views")),
        ("Esc", say("editor.back")),
    ]
    return [ShortcutGroup(say("rules.list"), browse), ShortcutGroup(say("editor.title"), edit)]
