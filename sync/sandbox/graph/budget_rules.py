"""Meta's rules for budgets; each refusal with its own subcode.

Amounts are integer minor units of the account's currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import GraphError
from sync.sandbox.graph.numbers import major_text
from sync.sandbox.graph.refusals import explained, refused
from sync.sandbox.graph.statuses import GONE
from sync.sandbox.records import AccountRecord, AdSetRecord, CampaignRecord

BUDGETS = ("daily_budget", "lifetime_budget")
MAX_FACTOR = 1_000_000
EDITS_PER_HOUR = 4
HOUR = timedelta(hours=1)
CAP_EDITS_PER_DAY = 10
CAP_SPAN = timedelta(days=1)
NO_SPEND_CAP = 922337203685478
"""What Meta's clients send to take a campaign's spend cap away."""
_CAP_FACTOR = 100
_CLICKS_PER_BUDGET = 5
_MINIMUMS = {
    "min_daily_budget_imp": 1,
    "min_daily_budget_high_freq": 5,
    "min_daily_budget_low_freq": 40,
    "min_daily_budget_video_views": 5,
}
_KIND_BY_EVENT = {
    "CLICKS": "min_daily_budget_high_freq",
    "LINK_CLICKS": "min_daily_budget_high_freq",
    "PAGE_LIKES": "min_daily_budget_high_freq",
    "POST_ENGAGEMENT": "min_daily_budget_high_freq",
    "THRUPLAY": "min_daily_budget_video_views",
    "APP_INSTALLS": "min_daily_budget_low_freq",
    "LISTING_INTERACTION": "min_daily_budget_low_freq",
    "OFFER_CLAIMS": "min_daily_budget_low_freq",
    "PURCHASE": "min_daily_budget_low_freq",
}
Values = Mapping[str, object]
Budgeted = CampaignRecord | AdSetRecord


def minimum_budgets(account: AccountRecord, bid: int = 0) -> dict[str, object]:
    """Return the least daily budgets by what is paid for.

    A bid cap raises them: a budget must be able to pay it.
    """
    found: dict[str, object] = {"currency": account.currency}
    for name, factor in _MINIMUMS.items():
        clicks = _CLICKS_PER_BUDGET if name == "min_daily_budget_high_freq" else 1
        found[name] = max(factor * account.min_daily_budget, clicks * bid)
    return found


def least_daily(account: AccountRecord, billing_event: str, bid_cap: int = 0) -> int:
    """Return the least daily budget of an ad set that pays for an event."""
    name = _KIND_BY_EVENT.get(billing_event, "min_daily_budget_imp")
    least = minimum_budgets(account, bid_cap)[name]
    return least if isinstance(least, int) else 0


def has_budget(record: Budgeted) -> bool:
    """Tell whether an object has a budget of its own."""
    return bool(record.daily_budget or record.lifetime_budget)


def given_budget(values: Values) -> tuple[str, int] | None:
    """Return the one budget given; raises code 100 when both are."""
    given = [name for name in BUDGETS if name in values]
    if len(given) == 2:
        raise refused("one_budget", blame=BUDGETS)
    if not given:
        return None
    amount = values[given[0]]
    return given[0], amount if isinstance(amount, int) else 0


def check_amount(
    account: AccountRecord,
    budget: tuple[str, int],
    start: datetime,
    end: datetime | None,
    least_per_day: int,
) -> None:
    """Refuse a budget below the least or above the most.

    A lifetime budget needs the daily least for each of its days.
    """
    name, amount = budget
    days = 1
    if name == "lifetime_budget" and end is not None:
        days = max(-(-(end - start) // timedelta(days=1)), 1)
    least, most = least_per_day * days, account.min_daily_budget * MAX_FACTOR * days
    if amount < least:
        raise refused("budget_too_low", 1885272, (name,), least=_money(account, least))
    if amount > most:
        raise refused("budget_too_high", 1885261, (name,), most=_money(account, most))


def check_covers_adsets(
    context: GraphContext, campaign: CampaignRecord, budget: tuple[str, int]
) -> None:
    """Refuse a campaign budget below what its running ad sets need a day."""
    account = context.world.accounts[campaign.account_id]
    needs = [
        max(least_daily(account, one.billing_event), one.daily_min_spend_target or 0)
        for one in context.world.adsets_of(campaign.id)
        if one.status == "ACTIVE"
    ]
    if budget[1] < sum(needs):
        least = _money(account, sum(needs))
        raise refused("budget_below_adsets", 2238055, budget[:1], least=least)


def check_lowering(context: GraphContext, record: Budgeted, name: str, amount: int) -> None:
    """Refuse a lower budget below 110 % of what it has already spent."""
    before = getattr(record, name)
    if not before or amount >= before:
        return
    if name == "daily_budget":
        spent = context.world.amount_spent_today(record.id)
    else:
        spent = context.world.amount_spent(record.id)
    if amount * 10 < spent * 11:
        account = context.world.accounts[record.account_id]
        least = _money(account, -(-spent * 11 // 10))
        raise refused("budget_below_spent", 1885650, (name,), least=least)


def check_kind(record: Budgeted, name: str) -> None:
    """Refuse turning a daily budget into a lifetime budget or back."""
    other = BUDGETS[1 - BUDGETS.index(name)]
    if getattr(record, other):
        raise refused("budget_kind", blame=(name,), other=other.replace("_", " "))


def check_not_shared(campaign: CampaignRecord, name: str) -> None:
    """Refuse an ad set budget under a campaign that has a budget."""
    if has_budget(campaign):
        raise refused("both_levels", 1885621, (name,))


def check_spend_cap(account: AccountRecord, cap: int) -> None:
    """Refuse a campaign's spend cap below the account's minimum."""
    least = _CAP_FACTOR * account.min_daily_budget
    if cap < least:
        raise refused("spend_cap_too_low", 2446307, ("spend_cap",), least=_money(account, least))


def check_edit_rate(context: GraphContext, adset_id: str, count: bool) -> None:
    """Refuse a fifth budget change of an ad set within an hour.

    The refusal blocks the ad set for an hour. `count` records the change.
    """
    edits = context.budget_edits[adset_id]
    now = context.now()
    while edits.times and edits.times[0] <= now - HOUR:
        edits.times.popleft()
    if edits.blocked_until is not None and now >= edits.blocked_until:
        edits.blocked_until = None
        edits.times.clear()
    if edits.blocked_until is None and len(edits.times) >= EDITS_PER_HOUR:
        edits.blocked_until = now + HOUR
    if edits.blocked_until is not None:
        error = GraphError(
            message=(
                "(#613) You have changed the budget of this ad set too many times; "
                "an ad set's budget can change 4 times per hour."
            ),
            code=613,
            subcode=1487632,
            transient=False,
        )
        raise explained(error, "budget_too_often")
    if count:
        edits.times.append(now)


def check_cap_rate(context: GraphContext, account_id: str) -> None:
    """Refuse an eleventh change of an account's spend cap within a day."""
    edits = context.cap_edits[account_id]
    while edits and edits[0] <= context.now() - CAP_SPAN:
        edits.popleft()
    if len(edits) >= CAP_EDITS_PER_DAY:
        raise GraphError(
            message="(#17) The account's spend cap was changed too many times today",
            code=17,
            subcode=1885172,
            transient=True,
        )


def live_adsets(context: GraphContext, campaign_id: str) -> list[AdSetRecord]:
    """Return a campaign's ad sets that are neither archived nor deleted."""
    return [one for one in context.world.adsets_of(campaign_id) if one.status not in GONE]


def _money(account: AccountRecord, amount: int) -> str:
    return f"{major_text(amount, account.offset)} {account.currency}"
