"""Rules: the list, one rule in full, and the editor."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from engine.api.messages import Fault, RuleMessage, RulePage
from engine.domain.changes import Area
from ui.engine_client import Ask, Call, EngineError, ErrorKind
from ui.page import Page
from ui.pages.rule_decisions import decision_line
from ui.rule_editor import palette
from ui.rule_editor.browser import RuleBrowser
from ui.rule_editor.commands import RuleCommands
from ui.rule_editor.draft import Draft
from ui.rule_editor.editor import RuleEditor
from ui.rule_editor.gallery import Gallery, free_name
from ui.session import Session
from ui.widgets.command_palette import Command
from ui.widgets.dialogs import ConfirmDialog, Question, ShortcutGroup
from ui.widgets.state_panels import PanelKind

_RULES = "/api/v1/rules"
_NEW = "new"
_PANELS = {
    ErrorKind.OFFLINE: PanelKind.OFFLINE,
    ErrorKind.NO_PERMISSION: PanelKind.NO_PERMISSION,
}


class RulesPage(Page):
    """Reads, switches and edits rules; edits stay until saved or discarded."""

    areas = frozenset({Area.RULES, Area.DECISIONS, Area.JOURNAL})
    follows_scope = False

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("page")
        self.rules: dict[str, RuleMessage] = {}
        self.drafts: dict[str, Draft] = {}
        self._wanted = ""
        self._call: Call | None = None
        self.rule_commands = RuleCommands(session, self)
        self.browser = RuleBrowser(session, decision_line)
        self.editor = RuleEditor(session)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.browser)
        self._stack.addWidget(self.editor)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.addWidget(self._stack)
        self._connect()
        self._bind_keys()

    @property
    def editing(self) -> bool:
        """Whether the editor is shown."""
        return self._stack.currentWidget() is self.editor

    def reload(self) -> None:
        """Read all rules; what is being edited stays as it is."""
        if self._call is not None:
            self._call.cancel()
        if not self.rules:
            self.browser.states.show_loading()
        self.editor.refresh_accounts()
        query = {"status": "all"} if self.browser.wants_archived else None
        ask = Ask(_RULES, RulePage, query)
        self._call = self.session.client.get(ask, self, self._show, self._failed)

    def open_about(self, about: str) -> None:
        """Choose a rule by its id; ``new`` begins one.

        ``rule=`` may stand before the id.
        """
        wanted = about.removeprefix("rule=")
        if wanted == _NEW:
            self.begin()
            return
        self._browse()
        self._wanted = wanted
        self.browser.clear_search()
        self._fill()

    def may_close(self) -> bool:
        """Ask once when drafts would be lost."""
        names = self._unsaved()
        if not names:
            return True
        say = self.look.say
        title, text = say("rules.close_title", count=len(names)), say("rules.close_text")
        lines = [f"· {name}" for name in names]
        question = Question(title, text, "rules.close_discard", danger=True, lines=lines)
        return ConfirmDialog(self.look, question, self).ask()

    def commands(self) -> Sequence[Command]:
        """Return what can be done with rules."""
        new = Command(self.look.say("rules.new"), self.begin, "plus", "N", "create")
        if self.editing:
            own = palette.editor_commands(self.look, self.editor, self.save, self.discard)
            return [*own, new]
        rule = self.browser.rule
        own = palette.rule_commands(self.look, self, rule) if rule is not None else []
        return [new, *own, *palette.go_commands(self.look, self, self.rules.values())]

    def shortcuts(self) -> Sequence[ShortcutGroup]:
        """Return the keys of the list and of the editor."""
        return palette.shortcut_groups(self.look)

    def begin(self) -> None:
        """Begin a new rule, or go on with the one begun before."""
        if "" in self.drafts:
            self._open(self.drafts[""])
            return
        gallery = Gallery(self.session, [rule.name for rule in self.rules.values()], self)
        if gallery.exec() and gallery.document is not None:
            self._open(Draft(gallery.document, self))

    def edit(self, rule_id: str) -> None:
        """Edit a rule, with the unsaved edits it may have."""
        rule = self.rules.get(rule_id)
        if rule is not None:
            draft = self.drafts.get(rule_id)
            kept = draft if draft is not None and draft.is_dirty else None
            self._open(kept or Draft.of(rule, self))

    def copy(self, rule_id: str) -> None:
        """Begin a new rule like another, in dry run and under a free name."""
        rule = self.rules.get(rule_id)
        if rule is None or ("" in self.drafts and not self._may_discard(self.drafts[""])):
            return
        name = self.look.say("rules.copy_name", name=rule.name)
        free = free_name(name, [one.name for one in self.rules.values()])
        document = {**rule.document, "name": free, "status": "active", "mode": "dry_run"}
        self._open(Draft(document, self))

    def switch(self, rule_id: str) -> None:
        """Pause or start a rule."""
        rule = self.rules.get(rule_id)
        if rule is not None:
            self.rule_commands.switch(rule)

    def save(self) -> None:
        """Save what is being edited, if it differs from what is saved."""
        draft = self.editor.draft
        if self.editing and draft.is_dirty and draft.text_fault is None:
            self.rule_commands.save(draft)

    def discard(self) -> None:
        """Forget the edits of the shown draft after asking, and go back."""
        draft = self.editor.draft
        if not draft.is_dirty or self._may_discard(draft):
            self.drafts.pop(draft.rule_id, None)
            self._browse()

    def _connect(self) -> None:
        browser, detail = self.browser, self.browser.detail
        browser.new_wanted.connect(self.begin)
        browser.resume_wanted.connect(self._resume)
        browser.archived_wanted.connect(self.reload)
        browser.states.action.connect(self.reload)
        browser.list.opened.connect(self.edit)
        browser.list.switched.connect(self.switch)
        detail.edit_wanted.connect(self.edit)
        detail.copy_wanted.connect(self.copy)
        detail.switch_wanted.connect(self.switch)
        detail.archive_wanted.connect(self._archive)
        detail.mode_wanted.connect(self._change_mode)
        self.editor.left.connect(self._browse)
        self.editor.save_wanted.connect(self.save)
        self.rule_commands.changed.connect(self._adopt)
        self.rule_commands.saved.connect(self._saved)
        self.rule_commands.refused.connect(self._refused)
        self.rule_commands.failed.connect(self._fill)
        self.session.scopes_changed.connect(self.editor.refresh_accounts)

    def _bind_keys(self) -> None:
        self._key("Ctrl+S", self.save, self)
        self._key("Ctrl+Z", self.editor.undo, self.editor)
        self._key("Ctrl+Shift+Z", self.editor.redo, self.editor)
        self._key("Ctrl+Y", self.editor.redo, self.editor)
        self._key("Ctrl+J", self.editor.toggle_view, self.editor)
        self._key("Escape", self._browse, self.editor)
        self._key("N", self.begin, self.browser)
        self._key("E", lambda: self.edit(self.browser.list.rule_id), self.browser)
        self._key("/", self.browser.focus_search, self.browser)

    def _key(self, keys: str, run: Callable[[], None], owner: QWidget) -> None:
        """Bind keys while the keyboard is anywhere within a part of the page."""
        shortcut = QShortcut(QKeySequence(keys), owner)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(run)

    def _show(self, page: RulePage) -> None:
        self.rules = {rule.rule_id: rule for rule in page.items}
        self._fill()

    def _failed(self, error: EngineError) -> None:
        if self.rules:
            self.session.fail(error)
            return
        kind = _PANELS.get(error.kind, PanelKind.ERROR)
        self.browser.states.show_message(
            kind, error.title, error.text, "panel.retry", error.details
        )

    def _fill(self) -> None:
        if not self.rules and self._stale:
            return
        wanted = self._wanted if self._wanted in self.rules else ""
        self.browser.show_rules(list(self.rules.values()), wanted)
        self._wanted = "" if wanted else self._wanted
        self.browser.tell_unsaved(self._unsaved())

    def _open(self, draft: Draft) -> None:
        self.drafts[draft.rule_id] = draft
        self.editor.edit(draft)
        self._stack.setCurrentWidget(self.editor)
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _browse(self) -> None:
        """Go back to the list; drafts without edits are forgotten."""
        self.drafts = {key: draft for key, draft in self.drafts.items() if draft.is_dirty}
        if self.editing:
            self._wanted = self.editor.draft.rule_id
            self._stack.setCurrentWidget(self.browser)
            self._fill()
            self.browser.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _resume(self) -> None:
        draft = next(iter(self.drafts.values()), None)
        if draft is not None:
            self._open(draft)

    def _unsaved(self) -> list[str]:
        new = self.look.say("editor.new")
        return [draft.name or new for draft in self.drafts.values() if draft.is_dirty]

    def _may_discard(self, draft: Draft) -> bool:
        say = self.look.say
        title = say("rules.discard_title", name=draft.name or say("editor.new"))
        question = Question(title, say("rules.discard_text"), "rules.close_discard", danger=True)
        return ConfirmDialog(self.look, question, self).ask()

    def _archive(self, rule_id: str) -> None:
        if rule_id in self.rules:
            self.rule_commands.archive(self.rules[rule_id])

    def _change_mode(self, rule_id: str, mode: str) -> None:
        if rule_id in self.rules:
            self.rule_commands.change_mode(self.rules[rule_id], mode)

    def _adopt(self, rule: RuleMessage) -> None:
        """Take over a rule that was switched; a draft without edits follows it."""
        self.rules[rule.rule_id] = rule
        draft = self.drafts.get(rule.rule_id)
        if draft is not None and not draft.is_dirty:
            del self.drafts[rule.rule_id]
        self._fill()

    def _saved(self, draft: Draft, rule: RuleMessage) -> None:
        self.drafts = {key: one for key, one in self.drafts.items() if one is not draft}
        draft.keep(rule)
        self.drafts[rule.rule_id] = draft
        self.rules[rule.rule_id] = rule
        if self.editor.draft is draft:
            self.editor.edit(draft)
        self._fill()

    def _refused(self, draft: Draft, faults: Sequence[Fault]) -> None:
        if self.editor.draft is draft:
            self.editor.take_faults(faults)
