"""What a person does to rules: switch, change the mode, put away, save."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from engine.api.messages import Fault, RuleMessage, RulePreview
from engine.domain.rule import Mode, RuleStatus
from ui.engine_client import Ask, EngineError
from ui.rule_editor.document import Json
from ui.rule_editor.draft import Draft
from ui.rule_editor.words import words_in
from ui.session import Session
from ui.widgets.dialogs import ConfirmDialog, Question

_RULES = "/api/v1/rules"
_CONFLICT = 409
_PREVIEW_SECONDS = 60.0


class RuleCommands(QObject):
    """Carries out changes of rules and says how they went.

    ``changed`` follows a rule that is kept now, ``saved`` a draft that was saved,
    ``refused`` faults of a draft, ``failed`` anything that did not happen.
    """

    changed = Signal(RuleMessage)
    saved = Signal(Draft, RuleMessage)
    refused = Signal(Draft, list)
    failed = Signal()

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._look = session.look
        self._window = window

    def switch(self, rule: RuleMessage) -> None:
        """Pause an active rule, start a paused one."""
        active = rule.status == RuleStatus.ACTIVE
        status = RuleStatus.PAUSED if active else RuleStatus.ACTIVE
        if status is RuleStatus.ACTIVE and rule.mode == Mode.AUTOMATIC and not rule.broken:
            start = partial(self._post_status, rule, status)
            self._confirm_automatic(rule.document, rule.name, start)
        else:
            self._post_status(rule, status)

    def change_mode(self, rule: RuleMessage, mode: str) -> None:
        """Change how far a rule may go; automatic asks first."""
        body = {"mode": mode}
        path = f"{_RULES}/{rule.rule_id}/mode"
        send = partial(self._post, path, body, "rules.said_mode")
        if mode == Mode.AUTOMATIC:
            self._confirm_automatic({**rule.document, "mode": mode}, rule.name, send)
        else:
            send()

    def archive(self, rule: RuleMessage) -> None:
        """Put a rule away after asking."""
        say = self._look.say
        title = say("rules.archive_title", name=rule.name)
        question = Question(title, say("rules.archive_text"), "rules.archive", danger=True)
        if ConfirmDialog(self._look, question, self._window).ask():
            ask = Ask(f"{_RULES}/{rule.rule_id}", RuleMessage)
            done = partial(self._done, "rules.said_archived")
            self._session.client.delete(ask, self, done, self._fail)

    def save(self, draft: Draft) -> None:
        """Save a draft as a new rule or as the next version."""
        was_automatic = (draft.saved or {}).get("mode") == Mode.AUTOMATIC
        if draft.document.get("mode") == Mode.AUTOMATIC and not was_automatic:
            self._confirm_automatic(draft.document, draft.name, partial(self._send, draft), draft)
        else:
            self._send(draft)

    def _send(self, draft: Draft, *, over_others: bool = False) -> None:
        client = self._session.client
        query: dict[str, str | int] = {"reason": draft.reason} if draft.reason.strip() else {}
        done = partial(self._kept, draft)
        failed = partial(self._not_kept, draft)
        if not draft.rule_id:
            client.post(Ask(_RULES, RuleMessage, query, draft.document), self, done, failed)
            return
        if not over_others:
            query["version"] = draft.version
        path = f"{_RULES}/{draft.rule_id}"
        client.put(Ask(path, RuleMessage, query, draft.document), self, done, failed)

    def _kept(self, draft: Draft, rule: RuleMessage) -> None:
        self.saved.emit(draft, rule)
        self._session.say(self._look.say("rules.said_saved", name=rule.name, number=rule.version))

    def _not_kept(self, draft: Draft, error: EngineError) -> None:
        if error.problem is not None and error.problem.faults:
            self.refused.emit(draft, list(error.problem.faults))
            return
        if error.status != _CONFLICT:
            self._fail(error)
        elif not draft.rule_id:
            self._taken_name(draft, error)
        else:
            ask = Ask(f"{_RULES}/{draft.rule_id}", RuleMessage)
            now = partial(self._tell_conflict, draft, error)
            self._session.client.get(ask, self, now, self._fail)

    def _tell_conflict(self, draft: Draft, error: EngineError, now: RuleMessage) -> None:
        """Tell a version saved by somebody else from a name that is taken."""
        if now.version != draft.version:
            self._settle_conflict(draft, error)
        else:
            self._taken_name(draft, error)

    def _taken_name(self, draft: Draft, error: EngineError) -> None:
        found = self._look.say("rules.name_taken", name=draft.name)
        self.refused.emit(
            draft, [Fault("name", found, error.problem.hint if error.problem else "")]
        )

    def _settle_conflict(self, draft: Draft, error: EngineError) -> None:
        """Somebody saved meanwhile: ask whether this version shall follow theirs."""
        say = self._look.say
        question = Question(
            say("rules.conflict_title"),
            say("rules.conflict_text"),
            "rules.conflict_save",
            danger=True,
            lines=(error.text,),
        )
        if ConfirmDialog(self._look, question, self._window).ask():
            self._send(draft, over_others=True)

    def _confirm_automatic(
        self,
        document: Json,
        name: str,
        go_on: Callable[[], None],
        draft: Draft | None = None,
    ) -> None:
        """Ask with the words of the rule and the number of objects it matches now."""
        ask = Ask(f"{_RULES}/preview", RulePreview, body=document, timeout=_PREVIEW_SECONDS)

        def refuse(error: EngineError) -> None:
            if draft is not None and error.problem is not None and error.problem.faults:
                self.refused.emit(draft, list(error.problem.faults))
            else:
                self._fail(error)

        self._session.client.post(
            ask, self, lambda preview: self._ask_automatic(preview, name, go_on), refuse
        )

    def _ask_automatic(self, preview: RulePreview, name: str, go_on: Callable[[], None]) -> None:
        say, number = self._look.say, self._look.formats.number
        matched = preview.answers.get("true", 0)
        acting = sum(row.outcome == "act" for row in preview.rows)
        lines = (
            words_in(self._look, preview.words),
            say("rules.automatic_matches", count=matched, shown=number(matched)),
            say("rules.automatic_acts", count=acting, shown=number(acting)),
        )
        title = say("rules.automatic_title", name=name)
        text = say("rules.automatic_text")
        question = Question(title, text, "rules.automatic_confirm", lines=lines)
        if ConfirmDialog(self._look, question, self._window).ask():
            go_on()
        else:
            self.failed.emit()

    def _post_status(self, rule: RuleMessage, status: RuleStatus) -> None:
        key = "rules.said_started" if status is RuleStatus.ACTIVE else "rules.said_paused"
        self._post(f"{_RULES}/{rule.rule_id}/status", {"status": status.value}, key)

    def _post(self, path: str, body: dict[str, str], key: str) -> None:
        ask = Ask(path, RuleMessage, body=body)
        self._session.client.post(ask, self, partial(self._done, key), self._fail)

    def _done(self, key: str, rule: RuleMessage) -> None:
        mode = self._look.say(f"rules.mode_{rule.mode}")
        self._session.say(self._look.say(key, name=rule.name, mode=mode))
        self.changed.emit(rule)

    def _fail(self, error: EngineError) -> None:
        self._session.fail(error)
        self.failed.emit()
