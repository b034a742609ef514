"""The settings of how accounts are read; a part of the one table."""

from __future__ import annotations

from engine.setting import Form, Setting

_SYNC = ("Sync", "Синхронізація")

SYNC_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "sync.every_minutes",
        _SYNC,
        ("Sync and evaluate every", "Синхронізувати та оцінювати кожні"),
        (
            "How often an account that spends is read and its rules are looked at.",
            "Як часто зчитується акаунт, що витрачає, і переглядаються його правила.",
        ),
        5,
        1,
        1440,
        unit="min",
    ),
    Setting(
        "sync.quiet_minutes",
        _SYNC,
        ("Accounts without spend every", "Акаунти без витрат кожні"),
        (
            "Accounts that may deliver but have spent nothing since yesterday.",
            "Акаунти, що можуть показувати рекламу, але від учора нічого не витратили.",
        ),
        15,
        1,
        1440,
        unit="min",
    ),
    Setting(
        "sync.asleep_minutes",
        _SYNC,
        ("Sleeping accounts every", "Сплячі акаунти кожні"),
        (
            "Accounts in which nothing is on and nothing was spent since yesterday.",
            "Акаунти, де нічого не ввімкнено і від учора нічого не витрачено.",
        ),
        60,
        1,
        1440,
        unit="min",
    ),
    Setting(
        "sync.yesterday_minutes",
        _SYNC,
        ("Yesterday again every", "Вчорашній день знову кожні"),
        (
            "Yesterday's numbers still move, but slower than today's.",
            "Вчорашні числа ще змінюються, але повільніше за сьогоднішні.",
        ),
        60,
        5,
        1440,
        unit="min",
    ),
    Setting(
        "sync.restated_hours",
        _SYNC,
        ("The last 28 days again every", "Останні 28 днів знову кожні"),
        (
            "Meta corrects the numbers of 28 days; all of them are read anew this often.",
            "Meta виправляє числа 28 днів; стільки часу минає до повного їх перечитування.",
        ),
        24,
        1,
        168,
        unit="h",
    ),
    Setting(
        "sync.lifetime_minutes",
        _SYNC,
        ("Lifetime numbers every", "Числа за весь час кожні"),
        (
            "Sums since the beginning, for rules that look at a lifetime.",
            "Суми від початку — для правил, що дивляться на весь час.",
        ),
        60,
        5,
        1440,
        unit="min",
    ),
    Setting(
        "sync.calls_per_hour",
        _SYNC,
        ("Calls an hour for each account", "Викликів на годину для акаунта"),
        (
            "When the plan would need more, everything of the account is read less often.",
            "Якщо план потребує більше, усе в акаунті зчитується рідше.",
        ),
        600,
        10,
        190_000,
    ),
    Setting(
        "sync.attribution_windows",
        _SYNC,
        ("Attribution windows kept", "Вікна атрибуції, що зберігаються"),
        (
            "Besides Meta's default, like 7d_click, 1d_view; for rules with an attribution.",
            "Крім типового в Meta, як 7d_click, 1d_view; для правил з атрибуцією.",
        ),
        "",
        form=Form.ATTRIBUTIONS,
    ),
    Setting(
        "sync.whole_structure_hours",
        _SYNC,
        ("Read all objects every", "Зчитувати всі об’єкти кожні"),
        (
            "In between only what changed is read; 0 reads all objects every time.",
            "У проміжках зчитується лише змінене; 0 — усі об’єкти щоразу.",
        ),
        6,
        0,
        168,
        unit="h",
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
        "history.one_a_day_after",
        _SYNC,
        ("Keep every version of a number for", "Зберігати кожну версію числа протягом"),
        (
            "Older ones are thinned to one a day; 0 keeps all of them.",
            "Старіші прорідяться до однієї на добу; 0 — зберігати всі.",
        ),
        90,
        0,
        3650,
        unit="d",
    ),
    Setting(
        "history.final_after",
        _SYNC,
        ("Keep one version a day for", "Зберігати одну версію на добу протягом"),
        (
            "Then only the final number stays, and a backtest that far back sees it early.",
            "Потім лишається остаточне число, і бектест тих днів бачить його завчасно.",
        ),
        400,
        0,
        3650,
        unit="d",
    ),
)
