"""Believable names of ads and all above, in two languages."""

from sync.sandbox.draws import key

_THEMES: dict[str, tuple[str, ...]] = {
    "uk": (
        "Осінній розпродаж", "Нова колекція", "Ретаргетинг · кошик", "Подарунки до свят",
        "Схожа аудиторія 1%", "Бестселери", "Безкоштовна доставка", "Каталог · усі товари",
        "Запис на консультацію", "Чорна п'ятниця", "Літні знижки", "Постійні клієнти",
        "Сезонне оновлення", "Відео · відгуки", "Холодна аудиторія", "Промокод −10%",
    ),
    "en": (
        "Retargeting", "Autumn sale", "New arrivals", "Catalog · all products",
        "Lookalike 1%", "Bestsellers", "Free shipping", "Prospecting · broad",
        "Lead form · consultation", "Black Friday", "Summer clearance", "Loyal customers",
        "Evergreen", "Video · reviews", "Brand awareness", "Promo code −10%",
    ),
}  # fmt: skip
_AUDIENCES: dict[str, tuple[str, ...]] = {
    "uk": (
        "Жінки 25–44", "Чоловіки 25–44", "Широка 18–65", "Схожа 1% · покупці",
        "Схожа 3% · ліди", "Відвідувачі 30 днів", "Кошик 14 днів", "Інтереси · дім",
        "Інтереси · спорт", "Великі міста",
    ),
    "en": (
        "Women 25–44", "Men 25–44", "Broad 18–65", "LAL 1% · purchasers", "LAL 3% · leads",
        "Visitors 30d", "Add to cart 14d", "Interests · home", "Interests · outdoor",
        "Big cities",
    ),
}  # fmt: skip
_FORMATS: dict[str, tuple[str, ...]] = {
    "uk": ("Відео 15 с", "Карусель", "Статичне фото", "Відгук клієнта", "Огляд", "Історія"),
    "en": ("Video 15s", "Carousel", "Static image", "Customer review", "Unboxing", "Story"),
}
_TITLES: dict[str, tuple[str, ...]] = {
    "uk": ("Знижка тільки цього тижня", "Усе для дому", "Легко обрати", "Доставка за день"),
    "en": ("This week only", "Made for outdoors", "Easy to choose", "Delivered tomorrow"),
}
_BODIES: dict[str, tuple[str, ...]] = {
    "uk": (
        "Оберіть своє та замовте в кілька кліків.",
        "Понад 2000 товарів у наявності.",
        "Повернення протягом 30 днів без запитань.",
    ),
    "en": (
        "Pick yours and order in a few clicks.",
        "More than 2,000 items in stock.",
        "Free returns within 30 days.",
    ),
}
_COUNTRIES = {
    "UAH": "UA", "PLN": "PL", "USD": "US", "GBP": "UK", "CZK": "CZ", "RON": "RO", "TRY": "TR",
    "CAD": "CA", "AUD": "AU", "JPY": "JP", "HUF": "HU", "SEK": "SE", "BRL": "BR", "MXN": "MX",
}  # fmt: skip
_CITY_COUNTRIES = {
    "Berlin": "DE", "Paris": "FR", "Madrid": "ES", "Rome": "IT", "Vienna": "AT",
    "Amsterdam": "NL", "Kyiv": "UA", "Warsaw": "PL", "London": "UK", "Dublin": "IE",
}  # fmt: skip


def country(currency: str, timezone: str) -> str:
    """Guess a market's two letters from where the account lives."""
    city = timezone.rsplit("/", 1)[-1]
    return _CITY_COUNTRIES.get(city) or _COUNTRIES.get(currency, "EU")


def language(currency: str, ordinal: int) -> str:
    """Pick uk or en: Ukrainian accounts mostly uk, others now and then."""
    in_four = key(ordinal, 11) % 4
    ukrainian = in_four > 0 if currency == "UAH" else in_four == 0 and currency == "PLN"
    return "uk" if ukrainian else "en"


def campaign_name(lang: str, market: str, ordinal: int) -> str:
    """Name a campaign, such as "Осінній розпродаж · UA"."""
    themes = _THEMES[lang]
    lap = ordinal // len(themes)
    name = f"{themes[ordinal % len(themes)]} · {market}"
    return name if lap == 0 else f"{name} · {lap + 1}"


def adset_name(lang: str, draw: int, ordinal: int) -> str:
    """Name an ad set by its audience."""
    return f"{_pick(_AUDIENCES, lang, draw)} #{ordinal + 1}"


def ad_name(lang: str, draw: int, ordinal: int) -> str:
    """Name an ad by its format and version."""
    return f"{_pick(_FORMATS, lang, draw)} v{ordinal + 1}"


def creative_texts(lang: str, draw: int) -> tuple[str, str]:
    """Return a creative's title and body."""
    return _pick(_TITLES, lang, draw), _pick(_BODIES, lang, draw >> 8)


def _pick(table: dict[str, tuple[str, ...]], lang: str, draw: int) -> str:
    words = table[lang]
    return words[draw % len(words)]
