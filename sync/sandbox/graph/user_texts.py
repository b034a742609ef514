"""Titles and messages of refusals for people, in English and Ukrainian.

A message may hold names in braces, filled in by whoever refuses. Sentences are ours;
Meta's own change without notice, so clients decide by code and subcode.
"""

from __future__ import annotations

ENGLISH, UKRAINIAN = "en", "uk"
Text = tuple[str, str]

TEXTS: dict[str, dict[str, Text]] = {
    "one_budget": {
        "en": (
            "Only One Budget",
            "Give either a daily budget or a lifetime budget, not both.",
        ),
        "uk": (
            "Лише один бюджет",
            "Укажіть або денний бюджет, або бюджет на весь строк, але не обидва.",
        ),
    },
    "budget_too_low": {
        "en": ("Budget Is Too Low", "The budget must be at least {least}."),
        "uk": ("Замалий бюджет", "Бюджет має бути не меншим за {least}."),
    },
    "budget_too_high": {
        "en": ("Budget Is Too High", "The budget is above the highest allowed, {most}."),
        "uk": ("Завеликий бюджет", "Бюджет перевищує найбільший дозволений, {most}."),
    },
    "budget_below_spent": {
        "en": (
            "Budget Is Too Low",
            "The budget must be at least 110% of what has been spent already, {least}.",
        ),
        "uk": (
            "Замалий бюджет",
            "Бюджет має становити щонайменше 110% уже витраченого, тобто {least}.",
        ),
    },
    "budget_below_adsets": {
        "en": (
            "Campaign Budget Is Too Low",
            "The campaign budget must cover what its ad sets need, {least}.",
        ),
        "uk": (
            "Замалий бюджет кампанії",
            "Бюджет кампанії має покривати потреби її груп оголошень: {least}.",
        ),
    },
    "budget_kind": {
        "en": (
            "Budget Type Cannot Be Changed",
            "The object already has a {other}; the kind of budget cannot be changed.",
        ),
        "uk": (
            "Вид бюджету не змінюється",
            "Об'єкт уже має {other}; вид бюджету змінити не можна.",
        ),
    },
    "both_levels": {
        "en": (
            "Cannot Set Both Budgets",
            "You can only set an ad set budget or a campaign budget.",
        ),
        "uk": (
            "Два рівні бюджету",
            "Бюджет можна встановити або на групі оголошень, або на кампанії.",
        ),
    },
    "budget_required": {
        "en": (
            "Budget Required",
            "Give daily_budget or lifetime_budget: the campaign has no budget.",
        ),
        "uk": (
            "Потрібен бюджет",
            "Укажіть daily_budget або lifetime_budget: кампанія не має бюджету.",
        ),
    },
    "adset_budgets_required": {
        "en": ("Budget Missing", "Every ad set of the campaign needs a budget."),
        "uk": ("Бракує бюджету", "Кожній групі оголошень кампанії потрібен бюджет."),
    },
    "adset_budgets_not_shared": {
        "en": (
            "No Campaign Budget",
            "adset_budgets takes the budget from a campaign that has one.",
        ),
        "uk": (
            "Кампанія без бюджету",
            "adset_budgets забирає бюджет у кампанії, яка його має.",
        ),
    },
    "too_many_to_switch": {
        "en": (
            "Too Many Ad Sets",
            "With more than {most} ad sets the budget's level and the bid strategy are fixed.",
        ),
        "uk": (
            "Забагато груп оголошень",
            "Коли груп понад {most}, рівень бюджету і стратегія ставок незмінні.",
        ),
    },
    "budget_too_often": {
        "en": (
            "Budget Changed Too Often",
            "Wait an hour before you change this budget again.",
        ),
        "uk": (
            "Бюджет змінюють надто часто",
            "Зачекайте годину, перш ніж знову змінювати цей бюджет.",
        ),
    },
    "spend_cap_too_low": {
        "en": ("Spending Limit Is Too Low", "The spending limit must be at least {least}."),
        "uk": ("Замалий ліміт витрат", "Ліміт витрат має бути не меншим за {least}."),
    },
    "spend_target": {
        "en": (
            "Ad Set Limits Do Not Fit",
            "The least spend of an ad set must not be above its most.",
        ),
        "uk": (
            "Межі групи не узгоджені",
            "Найменші витрати групи не можуть перевищувати найбільші.",
        ),
    },
    "spend_target_needs_campaign_budget": {
        "en": (
            "Campaign Budget Required",
            "Spend limits of ad sets belong to campaigns with a campaign budget.",
        ),
        "uk": (
            "Потрібен бюджет кампанії",
            "Межі витрат груп діють лише в кампаніях із власним бюджетом.",
        ),
    },
    "bid_strategy_level": {
        "en": (
            "Bid Strategy Belongs To Ad Sets",
            "A campaign without a campaign budget has no bid strategy of its own.",
        ),
        "uk": (
            "Стратегія ставок належить групам",
            "Кампанія без власного бюджету не має стратегії ставок.",
        ),
    },
    "bid_strategy_of_campaign": {
        "en": (
            "Bid Strategy Belongs To The Campaign",
            "The campaign has the budget, so the bid strategy is set there: {strategy}.",
        ),
        "uk": (
            "Стратегія ставок належить кампанії",
            "Бюджет має кампанія, тож стратегію ставок задано там: {strategy}.",
        ),
    },
    "bid_not_allowed": {
        "en": (
            "Bid Not Allowed",
            "A bid amount cannot be set while the bid strategy bids automatically.",
        ),
        "uk": (
            "Ставка неможлива",
            "Ставку не можна встановити, доки стратегія призначає її сама.",
        ),
    },
    "bid_required": {
        "en": ("Bid Amount Required", "The bid strategy {strategy} needs a bid amount."),
        "uk": ("Потрібна ставка", "Стратегія {strategy} потребує ставки."),
    },
    "roas_required": {
        "en": (
            "Return Required",
            "LOWEST_COST_WITH_MIN_ROAS needs bid_constraints with roas_average_floor.",
        ),
        "uk": (
            "Потрібна окупність",
            "LOWEST_COST_WITH_MIN_ROAS потребує bid_constraints з roas_average_floor.",
        ),
    },
    "ended": {
        "en": ("End Date Is In The Past", "The end date must be in the future."),
        "uk": ("Дата завершення минула", "Дата завершення має бути в майбутньому."),
    },
    "ends_before_start": {
        "en": ("End Date Is Before The Start", "The end date must be after the start date."),
        "uk": ("Завершення раніше за початок", "Дата завершення має йти після початку."),
    },
    "end_required": {
        "en": ("End Time Required", "A lifetime budget needs an end time."),
        "uk": ("Потрібна дата завершення", "Бюджет на весь строк потребує дати завершення."),
    },
    "adset_ended": {
        "en": ("Ad Set Has Ended", "The ad's ad set has ended; extend it first."),
        "uk": ("Група завершилася", "Група оголошень завершилася; спершу подовжте її."),
    },
    "is_archived": {
        "en": (
            "Object Is Archived",
            "The object is archived; only its name can be changed, or it can be deleted.",
        ),
        "uk": (
            "Об'єкт в архіві",
            "Об'єкт в архіві: можна змінити лише назву або видалити його.",
        ),
    },
    "is_deleted": {
        "en": ("Object Is Deleted", "The object is deleted; only its name can be changed."),
        "uk": ("Об'єкт видалено", "Об'єкт видалено: можна змінити лише назву."),
    },
    "not_copied": {
        "en": ("Object Is Deleted", "A deleted object cannot be copied."),
        "uk": ("Об'єкт видалено", "Видалений об'єкт скопіювати не можна."),
    },
    "parent_missing": {
        "en": ("Parent Not Found", "The {parent} '{id}' does not exist in this ad account."),
        "uk": ("Батьківського об'єкта немає", "У цьому кабінеті немає {parent} '{id}'."),
    },
    "creative_missing": {
        "en": (
            "Creative Not Found",
            "The creative '{id}' does not exist in this ad account.",
        ),
        "uk": ("Креатив не знайдено", "Креатива '{id}' немає в цьому кабінеті."),
    },
    "creative_empty": {
        "en": (
            "Creative Has No Content",
            "Give object_story_spec, object_story_id or asset_feed_spec.",
        ),
        "uk": (
            "Креатив порожній",
            "Укажіть object_story_spec, object_story_id або asset_feed_spec.",
        ),
    },
    "new_status": {
        "en": ("Invalid Status", "A new object must be ACTIVE or PAUSED."),
        "uk": ("Неприпустимий стан", "Новий об'єкт має бути ACTIVE або PAUSED."),
    },
    "old_objective": {
        "en": ("Objective Not Supported", "Choose one of {choices}."),
        "uk": ("Ціль не підтримується", "Виберіть одну з: {choices}."),
    },
    "sharing_needs_strategy": {
        "en": (
            "Bid Strategy Required",
            "Sharing budget among ad sets needs a bid strategy on the campaign.",
        ),
        "uk": (
            "Потрібна стратегія ставок",
            "Обмін бюджетом між групами потребує стратегії ставок на кампанії.",
        ),
    },
    "sharing_while_running": {
        "en": (
            "Campaign Is Running",
            "Sharing budget among ad sets cannot be switched on while the campaign runs.",
        ),
        "uk": (
            "Кампанія працює",
            "Обмін бюджетом між групами не можна ввімкнути, доки кампанія працює.",
        ),
    },
    "no_payor": {
        "en": (
            "No payor provided in DSA regulated region",
            "Ads shown in the European Union must name who pays for them.",
        ),
        "uk": (
            "Не вказано платника для регіону DSA",
            "Реклама в Європейському Союзі має називати того, хто за неї платить.",
        ),
    },
    "no_beneficiary": {
        "en": (
            "No beneficiary provided in DSA regulated region",
            "Ads shown in the European Union must name whom they benefit.",
        ),
        "uk": (
            "Не вказано вигодонабувача для регіону DSA",
            "Реклама в Європейському Союзі має називати того, в чиїх інтересах її показують.",
        ),
    },
    "too_many_adsets": {
        "en": ("Too Many Ad Sets", "A campaign holds at most {most} ad sets."),
        "uk": ("Забагато груп оголошень", "Кампанія вміщує щонайбільше {most} груп."),
    },
    "too_many_ads": {
        "en": ("Too Many Ads", "The ad account holds at most {most} ads."),
        "uk": ("Забагато оголошень", "Кабінет уміщує щонайбільше {most} оголошень."),
    },
    "too_many_archived": {
        "en": ("Too Many Archived Ads", "The ad account holds at most {most} archived ads."),
        "uk": ("Забагато оголошень в архіві", "В архіві кабінету не більше {most} оголошень."),
    },
    "too_many_copies": {
        "en": (
            "Too Many Objects To Copy",
            "A copy takes at most {most} child objects here; this one has {found}.",
        ),
        "uk": (
            "Забагато об'єктів для копії",
            "Тут копія бере щонайбільше {most} дочірніх об'єктів, а їх {found}.",
        ),
    },
    "rejected": {
        "en": (
            "Ad Was Rejected",
            "The ad was rejected and cannot be switched on; change its creative first.",
        ),
        "uk": (
            "Оголошення відхилено",
            "Оголошення відхилено, увімкнути його не можна; спершу змініть креатив.",
        ),
    },
    "would_be_rejected": {
        "en": ("Ad Does Not Meet The Policies", "The text promises what ads must not: {words}."),
        "uk": ("Оголошення порушує правила", "Текст обіцяє те, чого реклама не може: {words}."),
    },
}


def text_in(key: str, locale: str, values: dict[str, object]) -> Text:
    """Return title and message in a locale's language, English otherwise."""
    texts = TEXTS[key]
    title, message = texts.get(locale[:2].lower(), texts[ENGLISH])
    return title, message.format(**values)
