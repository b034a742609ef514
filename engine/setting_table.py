"""Every setting, from one table: name, kind, default, bounds, words.

The window's Settings page, the API and docs/settings.md are made from this
table; a setting that is not here does not exist.
"""

from __future__ import annotations

from engine.setting import Form, Setting
from engine.setting_table_sync import SYNC_SETTINGS

_SAFETY = ("Safety", "Безпека")
_RULES = ("Rules", "Правила")
_MONEY = ("Money limits", "Грошові обмеження")

TABLE: tuple[Setting, ...] = (
    *SYNC_SETTINGS,
    Setting(
        "safety.stale_after_minutes",
        _SAFETY,
        ("Data is too old after", "Дані застарівають через"),
        (
            "Rules do not act on today's numbers older than this.",
            "Правила не діють на сьогоднішніх числах, старших за цей час.",
        ),
        60,
        5,
        1440,
        unit="min",
    ),
    Setting(
        "safety.stale_stop_loss_minutes",
        _SAFETY,
        ("Too old for a stop-loss after", "Застарілі для зупинки збитків через"),
        (
            "Pausing and lowering budgets may use numbers of up to this age.",
            "Пауза і зменшення бюджету можуть спиратися на числа такого віку.",
        ),
        180,
        5,
        1440,
        unit="min",
    ),
    Setting(
        "safety.stale_days_hours",
        _SAFETY,
        ("Numbers of whole days are too old after", "Числа повних днів застарівають через"),
        (
            "Rules on complete days do not act on numbers older than this.",
            "Правила на повних днях не діють на числах, старших за цей час.",
        ),
        26,
        1,
        168,
        unit="h",
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
        "safety.learning_phase",
        _SAFETY,
        ("While Meta is still learning", "Поки Meta навчається"),
        (
            "Allow rules everything, no budget changes, or no changes; pausing stays allowed.",
            "Дозволити правилам усе, все крім змін бюджету, або нічого; пауза дозволена завжди.",
        ),
        "no_budget_edits",
        choices=("allow", "no_budget_edits", "no_edits"),
    ),
    Setting(
        "safety.edits_per_object_per_hour",
        _SAFETY,
        ("Budget edits per object an hour", "Змін бюджету об'єкта за годину"),
        (
            "Meta itself refuses more than four an hour.",
            "Meta сама відмовляє після чотирьох за годину.",
        ),
        3,
        1,
        4,
    ),
    Setting(
        "safety.edits_per_object_per_day",
        _SAFETY,
        ("Budget edits per object a day", "Змін бюджету об'єкта за добу"),
        (
            "All rules share this allowance for one object.",
            "Усі правила разом мають таку кількість змін одного об'єкта.",
        ),
        6,
        1,
        50,
    ),
    Setting(
        "safety.opposite_after_hours",
        _SAFETY,
        ("No turning back for", "Не повертати назад протягом"),
        (
            "A budget that went one way is not moved the other way within these hours.",
            "Бюджет, змінений в один бік, не змінюється в інший протягом цих годин.",
        ),
        6,
        0,
        168,
        unit="h",
    ),
    Setting(
        "safety.refusals_per_hour",
        _SAFETY,
        ("Rest after refusals an hour", "Пауза після відмов за годину"),
        (
            "After so many refusals by Meta the account's rules rest for an hour.",
            "Після стількох відмов Meta правила акаунта відпочивають годину.",
        ),
        5,
        1,
        100,
    ),
    Setting(
        "safety.unknowns_per_hour",
        _SAFETY,
        ("Rest after lost answers an hour", "Пауза після втрачених відповідей"),
        (
            "After so many actions without a known outcome the account's rules rest for an hour.",
            "Після стількох дій без відомого наслідку правила акаунта відпочивають годину.",
        ),
        3,
        1,
        100,
    ),
    Setting(
        "safety.blast_percent",
        _SAFETY,
        ("Campaigns touched at once", "Кампаній за один раз"),
        (
            "At most this share of an account's active campaigns is changed within minutes.",
            "Не більше цієї частки активних кампаній акаунта змінюється за кілька хвилин.",
        ),
        20.0,
        0.0,
        100.0,
        unit="%",
    ),
    Setting(
        "safety.blast_minimum",
        _SAFETY,
        ("Campaigns touched at once, at least", "Кампаній за один раз, щонайменше"),
        (
            "So many may always be changed, however few campaigns there are.",
            "Стільки можна змінити завжди, хоч би як мало було кампаній.",
        ),
        5,
        1,
        1000,
    ),
    Setting(
        "safety.blast_minutes",
        _SAFETY,
        ("Touched at once means within", "За один раз означає протягом"),
        (
            "The minutes over which changed campaigns are counted.",
            "Хвилини, за які рахуються змінені кампанії.",
        ),
        10,
        1,
        1440,
        unit="min",
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
            "Hours of the account's day in which only stop-losses go out, like 23:00-06:00.",
            "Години доби акаунта, коли діє лише зупинка збитків, як 23:00-06:00.",
        ),
        "",
        form=Form.HOURS,
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
        form=Form.IDS,
    ),
    Setting(
        "safety.protected_labels",
        _SAFETY,
        ("Protecting labels", "Захисні мітки"),
        (
            "Labels separated by commas; objects that carry one are protected.",
            "Мітки через кому; об'єкти з такою міткою захищені.",
        ),
        "protected",
    ),
    Setting(
        "money.max_step_percent",
        _MONEY,
        ("Largest single budget change", "Найбільша одна зміна бюджету"),
        (
            "A rule may not change a budget by more than this at once.",
            "Правило не може змінити бюджет за раз більш ніж на стільки.",
        ),
        100.0,
        1.0,
        400.0,
        unit="%",
    ),
    Setting(
        "money.median_factor",
        _MONEY,
        ("Unusual budget", "Незвичний бюджет"),
        (
            "Above so many times the median budget of 30 days a person must decide.",
            "Понад стільки медіан бюджету за 30 днів вирішує людина.",
        ),
        5.0,
        1.0,
        1000.0,
        unit="×",
    ),
    Setting(
        "money.account_change_percent_per_day",
        _MONEY,
        ("Budget changes per account a day", "Зміни бюджетів акаунта за добу"),
        (
            "All changes of a day, up and down, as a share of the account's daily spend.",
            "Усі зміни за добу, вгору і вниз, як частка денних витрат акаунта.",
        ),
        50.0,
        0.0,
        1000.0,
        unit="%",
    ),
    Setting(
        "money.account_increase_percent_per_day",
        _MONEY,
        ("Budget increases per account a day", "Збільшення бюджетів акаунта за добу"),
        (
            "All increases of a day together, as a share of the account's daily spend.",
            "Усі збільшення за добу разом, як частка денних витрат акаунта.",
        ),
        30.0,
        0.0,
        1000.0,
        unit="%",
    ),
    Setting(
        "money.account_change_amount",
        _MONEY,
        ("The same as amounts", "Те саме сумами"),
        (
            "Budget changes an account a day, like USD 500, UAH 20000; the smaller limit holds.",
            "Зміни бюджетів акаунта за добу, як USD 500, UAH 20000; діє менше обмеження.",
        ),
        "",
        form=Form.AMOUNTS,
    ),
    Setting(
        "money.client_change_amount",
        _MONEY,
        ("Budget changes per client a day", "Зміни бюджетів клієнта за добу"),
        (
            "Over all accounts of one client and currency, like USD 1000; empty: no limit.",
            "За всіма акаунтами клієнта в одній валюті, як USD 1000; порожньо: без обмеження.",
        ),
        "",
        form=Form.AMOUNTS,
    ),
    Setting(
        "money.exposure_percent",
        _MONEY,
        ("Sum of daily budgets", "Сума денних бюджетів"),
        (
            "Growth stops where an account's daily budgets would pass this share of its spend.",
            "Зростання спиняється, коли денні бюджети перевищили б цю частку витрат.",
        ),
        300.0,
        10.0,
        10000.0,
        unit="%",
    ),
    Setting(
        "money.exposure_amount",
        _MONEY,
        ("Sum of daily budgets as amounts", "Сума денних бюджетів сумами"),
        (
            "The same limit of an account, like USD 5000; the smaller one holds.",
            "Те саме обмеження акаунта, як USD 5000; діє менше.",
        ),
        "",
        form=Form.AMOUNTS,
    ),
    Setting(
        "money.budget_ceiling",
        _MONEY,
        ("Highest daily budget", "Найвищий денний бюджет"),
        (
            "No rule raises one daily budget above it, like USD 1000; empty: no limit.",
            "Жодне правило не підніме денний бюджет вище, як USD 1000; порожньо: без обмеження.",
        ),
        "",
        form=Form.AMOUNTS,
    ),
    Setting(
        "rules.default_mode",
        _RULES,
        ("Mode of a new rule", "Режим нового правила"),
        ("Used when a rule does not say its mode.", "Для правила, яке не називає свого режиму."),
        "dry_run",
        choices=("dry_run", "approval", "automatic"),
    ),
)
