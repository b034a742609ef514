"""Meta's rules for budgets and bids; each refusal with its own subcode."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import GraphError, bad_value, invalid_parameter
from sync.sandbox.graph.numbers import major_text
from sync.sandbox.records import AccountRecord, AdSetRecord, CampaignRecord

BUDGETS = ("daily_budget", "lifetime_budget")
CAPPED = ("LOWEST_COST_WITH_BID_CAP", "COST_CAP")
UNCAPPED = "LOWEST_COST_WITHOUT_CAP"
MAX_FACTOR = 1_000_000
EDITS_PER_HOUR = 4
HOUR = timedelta(hours=1)
CAP_EDITS_PER_DAY = 10
CAP_SPAN = timedelta(days=1)
Values = Mapping[str, object]
Budgeted = CampaignRecord | AdSetRecord


def given_budget(values: Values) -> tuple[str, int] | None:
    """Return the one budget given; raises code 100 when both are."""
    given = [name for name in BUDGETS if name in values]
    if len(given) == 2:
        raise invalid_parameter(
            "Only One Budget",
            "Give either a daily budget or a lifetime budget, not both.",
            blame=BUDGETS,
        )
    if not given:
        return None
    amount = values[given[0]]
    return given[0], amount if isinstance(amount, int) else 0


def check_amount(
    account: AccountRecord, name: str, amount: int, start: datetime, end: datetime | None
) -> None:
    """Refuse a budget below the account's minimum or above the maximum.

    A lifetime budget needs the daily minimum for each of its days.
    """
    days = 1
    if name == "lifetime_budget" and end is not None:
        days = max(-(-(end - start) // timedelta(days=1)), 1)
    least = account.min_daily_budget * days
    if amount < least:
        text = f"{major_text(least, account.offset)} {account.currency}"
        raise invalid_parameter(
            "Budget Is Too Low",
            f"The budget must be at least {text}.",
            subcode=1885272,
            blame=(name,),
        )
    if amount > account.min_daily_budget * MAX_FACTOR * days:
        raise invalid_parameter(
            "Budget Is Too High",
            "The budget is above the highest that is allowed.",
            subcode=1885261,
            blame=(name,),
        )


def check_lowering(context: GraphContext, record: Budgeted, name: str, amount: int) -> None:
    """Refuse a lower budget below 110 % of what it has already spent."""
    before = getattr(record, name)
    if not before or amount >= before:
        return
    if name == "daily_budget":
        spent = context.world.amount_spent_today(record.id)
    else:
        spent = before - context.world.budget_remaining(record.id)
    if amount * 10 < spent * 11:
        raise invalid_parameter(
            "Budget Is Too Low",
            "The budget must be at least 110% of what has been spent already.",
            subcode=1885650,
            blame=(name,),
        )


def check_kind(record: Budgeted, name: str) -> None:
    """Refuse turning a daily budget into a lifetime budget or back."""
    other = BUDGETS[1 - BUDGETS.index(name)]
    if getattr(record, other):
        raise invalid_parameter(
            "Budget Type Cannot Be Changed",
            f"The object already has a {other.replace('_', ' ')}; the kind cannot be changed.",
            blame=(name,),
        )


def check_not_shared(campaign: CampaignRecord, name: str) -> None:
    """Refuse an ad set budget under a campaign that has a budget."""
    if campaign.daily_budget or campaign.lifetime_budget:
        raise invalid_parameter(
            "Cannot Set Both Budgets",
            "You can only set an ad set budget or a campaign budget.",
            subcode=1885621,
            blame=(name,),
        )


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
        raise GraphError(
            message=(
                "(#613) You have changed the budget of this ad set too many times; "
                "an ad set's budget can change 4 times per hour."
            ),
            code=613,
            subcode=1487632,
            transient=False,
            title="Budget Changed Too Often",
            user_message="Wait an hour before you change this budget again.",
        )
    if count:
        edits.times.append(now)


def check_cap_rate(context: GraphContext, account_id: str) -> None:
    """Refuse an eleventh change of an account's spend cap within a day."""
    since = context.now() - CAP_SPAN
    edits = [
        row
        for row in context.ledger.after(0)
        if row.object_id == account_id and row.field == "spend_cap" and row.time > since
    ]
    if len(edits) >= CAP_EDITS_PER_DAY:
        raise GraphError(
            message="(#17) The account's spend cap was changed too many times today",
            code=17,
            subcode=1885172,
            transient=True,
        )


def check_bid(values: Values, record: Budgeted | None, campaign: CampaignRecord | None) -> None:
    """Refuse a bid without a capped strategy, and a cap without a bid."""
    if not {"bid_amount", "bid_strategy"} & values.keys():
        return
    strategy = values.get("bid_strategy") or getattr(record, "bid_strategy", None)
    if strategy is None and campaign is not None:
        strategy = campaign.bid_strategy
    bid = values.get("bid_amount", getattr(record, "bid_amount", None))
    if values.get("bid_amount") and (strategy or UNCAPPED) == UNCAPPED:
        raise invalid_parameter(
            "Bid Not Allowed",
            "A bid amount cannot be set while the bid strategy bids automatically.",
            subcode=1885204,
            blame=("bid_amount",),
        )
    if strategy in CAPPED and not bid and not isinstance(record, CampaignRecord):
        raise invalid_parameter(
            "Bid Amount Required",
            f"The bid strategy {strategy} needs a bid amount.",
            blame=("bid_amount",),
        )
    if isinstance(bid, int) and bid < 0:
        raise bad_value("Param bid_amount must not be negative")
