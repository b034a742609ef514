"""Every setting, from one table: name, kind, default, bounds, words.

The window's Settings page, the API and docs/settings.md are made from this
table; a setting that is not here does not exist. Values are kept in State as
JSON and checked here on the way in and on the way out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from engine.domain.errors import UserError

Value = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting with its bounds and its words in English and Ukrainian."""

    key: str
    group: tuple[str, str]
    title: tuple[str, str]
    help: tuple[str, str]
    default: Value
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""

    @property
    def kind(self) -> str:
        """bool, int, float, text or choice."""
        if self.choices:
            return "choice"
        names = {bool: "bool", int: "int", float: "float", str: "text"}
        return names[type(self.default)]

    def check(self, value: object) -> Value:
        """Return `value` as this setting's type; UserError says what is allowed."""
        if self.kind == "float" and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, bool | int | float | str) or type(value) is not type(self.default):
            raise UserError(f"{self.key} must be {self._allowed()}, not {value!r}.")
        if self.choices and value not in self.choices:
            raise UserError(f"{self.key} must be {self._allowed()}, not {value!r}.")
        if isinstance(value, int | float) and not isinstance(value, bool):
            low, high = self.minimum, self.maximum
            outside = (low is not None and value < low) or (high is not None and value > high)
            if outside or value != value:
                raise UserError(f"{self.key} must be {self._allowed()}, not {value!r}.")
        return value

    def _allowed(self) -> str:
        if self.choices:
            return "one of " + ", ".join(self.choices)
        words = {"bool": "true or false", "int": "a whole number", "float": "a number"}
        text = words.get(self.kind, "a text")
        if self.minimum is not None and self.maximum is not None:
            return f"{text} from {self.minimum:g} to {self.maximum:g}"
        return text


_SYNC = ("Sync", "Синхронізація")
_SAFETY = ("Safety", "Безпека")
_RULES = ("Rules", "Правила")
_MONEY = ("Money limits", "Грошові обмеження")

TABLE: tuple[Setting, ...] = (
    Setting(
        "sync.every_minutes",
        _SYNC,
        ("Sync and evaluate every", "Синхронізувати та оцінювати кожні"),
        (
            "How often each account is read and its rules are looked at.",
            "Як часто зчитується кожен акаунт і переглядаються його правила.",
        ),
        15,
        1,
        1440,
        unit="min",
    ),
    Setting(
        "sync.accounts_at_once",
        _SYNC,
        ("Accounts read at once", "Акаунтів одночасно"),
        (
            "More is faster and uses Meta's limits sooner.",
            "Більше — швидше, але ліміти Meta вичерпуються раніше.",
        ),
        4,
        1,
        32,
    ),
    Setting(
        "safety.stale_after_minutes",
        _SAFETY,
        ("Data is too old after", "Дані застарівають через"),
        (
            "Rules do not act on numbers older than this.",
            "Правила не діють на числах, старших за цей час.",
        ),
        60,
        5,
        1440,
        unit="min",
    ),
    Setting(
        "safety.human_edit_hours",
        _SAFETY,
        ("Leave people's edits alone for", "Не чіпати зміни людей протягом"),
        (
            "After a person changed an object, no rule changes the same field for this long.",
            "Після зміни об'єкта людиною жодне правило не змінює те саме поле цей час.",
        ),
        24,
        0,
        720,
        unit="h",
    ),
    Setting(
        "safety.protect_learning",
        _SAFETY,
        ("Protect the learning phase", "Берегти етап навчання"),
        (
            "Rules do not change budgets while Meta is still learning; pausing stays allowed.",
            "Правила не змінюють бюджет, доки Meta навчається; призупиняти дозволено.",
        ),
        True,
    ),
    Setting(
        "safety.edits_per_object_per_day",
        _SAFETY,
        ("Edits per object a day", "Змін об'єкта за добу"),
        (
            "All rules share this allowance for one object.",
            "Усі правила разом мають таку кількість змін одного об'єкта.",
        ),
        4,
        1,
        50,
    ),
    Setting(
        "safety.settle_seconds",
        _SAFETY,
        ("Wait before judging a lost answer", "Чекати перед розбором втраченої відповіді"),
        (
            "A write whose answer was lost is looked up only after this time, twice.",
            "Запис, відповідь на який загублено, перевіряється лише після цього часу, двічі.",
        ),
        150,
        1,
        3600,
        unit="s",
    ),
    Setting(
        "safety.quiet_hours",
        _SAFETY,
        ("Quiet hours", "Тихі години"),
        (
            "Hours of the account's day without automatic changes, like 23:00-06:00; empty: none.",
            "Години доби акаунта без автоматичних змін, як 23:00-06:00; порожньо: немає.",
        ),
        "",
    ),
    Setting(
        "safety.protected_objects",
        _SAFETY,
        ("Protected objects", "Захищені об'єкти"),
        (
            "Ids separated by commas; no rule ever changes them or what is inside them.",
            "Ідентифікатори через кому; жодне правило не змінює їх і того, що всередині.",
        ),
        "",
    ),
    Setting(
        "money.max_step_percent",
        _MONEY,
        ("Largest single budget change", "Найбільша одна зміна бюджету"),
        (
            "A rule may not change a budget by more than this at once.",
            "Правило не може змінити бюджет за раз більш ніж на стільки.",
        ),
        50.0,
        1.0,
        400.0,
        unit="%",
    ),
    Setting(
        "money.account_change_percent_per_day",
        _MONEY,
        ("Budget changes per account a day", "Зміни бюджетів акаунта за добу"),
        (
            "All increases of a day together, as a share of the account's active daily budgets.",
            "Усі збільшення за добу разом, як частка активних денних бюджетів акаунта.",
        ),
        30.0,
        0.0,
        400.0,
        unit="%",
    ),
    Setting(
        "rules.default_mode",
        _RULES,
        ("Mode of a new rule", "Режим нового правила"),
        (
            "Used when a rule does not say its mode.",
            "Для правила, яке не називає свого режиму.",
        ),
        "dry_run",
        choices=("dry_run", "approval", "automatic"),
    ),
)
BY_KEY: dict[str, Setting] = {setting.key: setting for setting in TABLE}


def find(key: str) -> Setting:
    """Return the setting called `key`; UserError names the nearest one."""
    setting = BY_KEY.get(key)
    if setting is None:
        near = get_close_matches(key, BY_KEY, 1)
        hint = f"Did you mean {near[0]}?" if near else "See the list of settings."
        raise UserError(f"There is no setting {key!r}.", hint=hint)
    return setting


@dataclass(frozen=True, slots=True)
class Settings:
    """The values in force: what was stored, defaults for the rest."""

    stored: Mapping[str, Value]

    def value(self, key: str) -> Value:
        """Return the value of `key`."""
        setting = find(key)
        return setting.check(self.stored[key]) if key in self.stored else setting.default

    def number(self, key: str) -> float:
        """Return a numeric value."""
        value = self.value(key)
        if isinstance(value, str):
            raise TypeError(f"{key} is not a number")
        return float(value)

    def flag(self, key: str) -> bool:
        """Return a yes-or-no value."""
        return self.value(key) is True

    def text(self, key: str) -> str:
        """Return a text value."""
        return str(self.value(key))
