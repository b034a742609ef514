"""Settings: what a value may be, and what the guards make of them."""

from __future__ import annotations

import pytest

from engine.decide.from_settings import guard_settings
from engine.decide.settings import GuardSettings, MoneyLimit
from engine.domain.errors import UserError
from engine.setting import Setting
from engine.setting_table import TABLE
from engine.settings import Settings, find


def test_defaults_of_the_table_are_the_defaults_of_the_guards() -> None:
    assert guard_settings(Settings({})) == GuardSettings()


def test_what_people_set_reaches_the_guards() -> None:
    limits = guard_settings(
        Settings(
            {
                "safety.quiet_hours": "23:00-06:00",
                "safety.protected_objects": "12, 34",
                "money.budget_ceiling": "USD 1000, UAH 40000.50",
                "safety.blast_percent": 10.0,
            }
        )
    )
    assert limits.quiet_hours == ("23:00", "06:00")
    assert limits.protected == {"12", "34"}
    assert limits.budget_ceiling == MoneyLimit({"USD": 1000.0, "UAH": 40000.5})
    assert limits.blast_share == 0.1


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("sync.every_minutes", 0, "from 1 to 1440"),
        ("sync.every_minutes", True, "a whole number"),
        ("sync.every_minutes", "15", "a whole number"),
        ("money.max_step_percent", float("nan"), "a number"),
        ("safety.learning_phase", "perhaps", "one of allow"),
        ("money.max_step_percent", 10**400, "a number of more than 40 digits"),
        ("money.max_step_percent", -(10**4000), "a number of more than 40 digits"),
        ("sync.every_minutes", 10**4000, "a number of more than 40 digits"),
        ("safety.protected_labels", "half \ud800 a letter", "a plain text"),
        ("safety.protected_labels", "x" * 10_001, "at most 10,000 characters"),
        ("safety.quiet_hours", "23-6", "23:00-06:00"),
        ("safety.quiet_hours", "23:00-23:00", "23:00-06:00"),
        ("safety.protected_objects", "12, act_3", "separated by commas"),
        ("money.budget_ceiling", "1000", "USD 500"),
        ("money.budget_ceiling", "USD 5, USD 6", "each currency once"),
        ("money.budget_ceiling", "XXX 5", "XXX"),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_allowed(key: str, value: object, says: str) -> None:
    with pytest.raises(UserError, match=says):
        find(key).check(value)


def test_an_unknown_key_names_the_nearest() -> None:
    with pytest.raises(UserError, match=r"sync\.every_minutes"):
        find("sync.every_minute")


@pytest.mark.parametrize("setting", TABLE, ids=lambda setting: setting.key)
def test_every_setting_accepts_its_own_default_and_has_words(setting: Setting) -> None:
    assert setting.check(setting.default) == setting.default
    assert all((*setting.group, *setting.title, *setting.help))
