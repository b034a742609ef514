"""What the columns of an export are called, and which number each one is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.domain.errors import UserError

# Our name of a column and the headers it goes by, lower-case, without the currency
# in brackets. Ads Manager's own words in both languages, older ones too.
_HEADERS: Mapping[str, str] = {
    "account_id": "account id|ad account id|id облікового запису|ідентифікатор облікового запису"
    "|id рекламного акаунта|id акаунта",
    "campaign_id": "campaign id|id кампанії|ідентифікатор кампанії",
    "campaign_name": "campaign name|campaign|назва кампанії|кампанія",
    "adset_id": "ad set id|adset id|id групи оголошень|ідентифікатор групи оголошень"
    "|id групи реклам|id набору оголошень",
    "adset_name": "ad set name|adset name|ad set|назва групи оголошень|назва групи реклам"
    "|назва набору оголошень|група оголошень",
    "ad_id": "ad id|id оголошення|ідентифікатор оголошення|id реклами",
    "ad_name": "ad name|ad|назва оголошення|назва реклами|оголошення",
    "day": "day|date|день|дата",
    "since": "reporting starts|reporting start|date start|початок звітності"
    "|початок звітного періоду|дата початку звіту|початок звіту",
    "until": "reporting ends|reporting end|date stop|завершення звітності|кінець звітності"
    "|кінець звітного періоду|дата завершення звіту|кінець звіту",
    "hour": "time of day (ad account time zone)|час доби (часовий пояс рекламного акаунта)"
    "|час доби (часовий пояс облікового запису)|час доби (часовий пояс акаунта)|час доби",
    "impressions": "impressions|покази",
    "reach": "reach|охоплення",
    "clicks": "clicks (all)|clicks|кліки (усі)|кліки (всі)|кліки",
    "link_clicks": "link clicks|inline link clicks|кліки посилання|кліки за посиланням"
    "|кліки по посиланню|кліки на посилання",
    "spend": "amount spent|spend|cost|витрачена сума|сума витрат|витрачено|витрати",
    "video_plays": "video plays|відтворення відео",
    "thruplays": "thruplays|thruplay|відтворення thruplay",
    "omni_purchase": "purchases|meta purchases|покупки|купівлі",
    "offsite_conversion.fb_pixel_purchase": "website purchases|покупки на вебсайті"
    "|покупки на сайті|покупки через вебсайт",
    "lead": "leads|meta leads|ліди|потенційні клієнти",
    "omni_add_to_cart": "adds to cart|meta adds to cart|додавання в кошик|додавання до кошика",
    "omni_initiated_checkout": "checkouts initiated|meta checkouts initiated"
    "|початки оформлення замовлення|початок оформлення замовлення",
    "value:omni_purchase": "purchases conversion value|purchase conversion value"
    "|цінність конверсій покупок|цінність конверсії покупок|цінність конверсій-покупок"
    "|вартість конверсій покупок",
    "value:offsite_conversion.fb_pixel_purchase": "website purchases conversion value"
    "|website purchase conversion value|цінність конверсій покупок на вебсайті"
    "|цінність конверсій покупок на сайті",
    "value:lead": "leads conversion value|цінність конверсій лідів",
}
EVENTS = tuple(name for name in _HEADERS if re.search(r"purchase|lead|cart|checkout", name))
NUMBERS = ("impressions", "reach", "clicks", "link_clicks", "spend", "video_plays", "thruplays")
_BY_HEADER = {text: name for name, texts in _HEADERS.items() for text in texts.split("|")}
_CURRENCY = re.compile(r"\s*\(([a-z]{3})\)\s*$")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each of our columns stands, the money's currency, the rest.

    `currency` is an ISO code, empty where no header names one.
    """

    places: Mapping[str, int]
    currency: str = ""
    ignored: tuple[str, ...] = field(default=())


def find_columns(headers: Sequence[str]) -> Columns:
    """Return which column is which.

    Raises UserError for a file that is no export.
    """
    places: dict[str, int] = {}
    currencies: set[str] = set()
    ignored: list[str] = []
    for place, header in enumerate(headers):
        text, currency = _plain(header)
        name = _BY_HEADER.get(text)
        if name is None or name in places:
            ignored += [header] if header else []
            continue
        places[name] = place
        currencies |= {currency} if currency else set()
    _check(places, headers)
    if len(currencies) > 1:
        raise UserError(f"The export names several currencies: {', '.join(sorted(currencies))}.")
    return Columns(places, next(iter(currencies), ""), tuple(ignored))


def _plain(header: str) -> tuple[str, str]:
    """Return a header in its plain form and the currency in its brackets."""
    text = unicodedata.normalize("NFKC", header).strip().casefold().replace("’", "'")
    text = " ".join(text.split())
    # "Clicks (all)" is a header of its own, and ALL is a currency.
    found = None if text in _BY_HEADER else _CURRENCY.search(text)
    return (text[: found.start()], found[1].upper()) if found else (text, "")


def _check(places: Mapping[str, int], headers: Sequence[str]) -> None:
    objects = {"campaign_id", "campaign_name", "adset_id", "adset_name", "ad_id", "ad_name"}
    if not objects & places.keys():
        shown = ", ".join(header for header in headers[:6] if header) or "none"
        raise UserError(
            f"This is no export of Ads Manager: no column names a campaign, an ad set or an ad "
            f"(found: {shown}).",
            hint="Export the table of campaigns, ad sets or ads as CSV or XLSX.",
        )
    if not {"day", "since"} & places.keys():
        raise UserError(
            "The export says of no row which day it is.",
            hint="In Ads Manager choose Breakdown, By time, Day, then export again.",
        )
    if not set(NUMBERS) & places.keys():
        raise UserError(
            "The export has no numbers that are kept here.",
            hint=f"Add columns such as {', '.join(NUMBERS[:3])} or amount spent.",
        )
