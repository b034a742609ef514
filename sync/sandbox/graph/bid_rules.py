"""Meta's rules for bid strategies, bids and returns."""

from __future__ import annotations

from sync.sandbox.graph.budget_rules import Values, has_budget
from sync.sandbox.graph.errors import bad_value
from sync.sandbox.graph.refusals import refused
from sync.sandbox.records import AdSetRecord, CampaignRecord

CAPPED = ("LOWEST_COST_WITH_BID_CAP", "COST_CAP")
UNCAPPED = "LOWEST_COST_WITHOUT_CAP"
MIN_ROAS = "LOWEST_COST_WITH_MIN_ROAS"


def strategy_of(campaign: CampaignRecord, adset: AdSetRecord | None, values: Values) -> str:
    """Return the strategy an ad set bids by, once `values` are in force."""
    if has_budget(campaign):
        return campaign.bid_strategy or UNCAPPED
    own = values.get("bid_strategy") or (adset.bid_strategy if adset is not None else None)
    return str(own or campaign.bid_strategy or UNCAPPED)


def check_bids(values: Values, adset: AdSetRecord | None, campaign: CampaignRecord) -> None:
    """Refuse bids that do not fit the strategy, and strategies without a bid.

    `adset` is None for a new one, which must fit whatever is given.
    """
    given = {"bid_amount", "bid_strategy", "bid_constraints"} & values.keys()
    if adset is not None and not given:
        return
    strategy = strategy_of(campaign, adset, values)
    wanted = values.get("bid_strategy")
    if has_budget(campaign) and wanted not in (None, strategy):
        raise refused("bid_strategy_of_campaign", blame=("bid_strategy",), strategy=strategy)
    bid = values.get("bid_amount", adset.bid_amount if adset is not None else None)
    if isinstance(bid, int) and bid < 0:
        raise bad_value("Param bid_amount must not be negative")
    if values.get("bid_amount") and strategy == UNCAPPED:
        raise refused("bid_not_allowed", 1885204, ("bid_amount",))
    if strategy in CAPPED and not bid:
        raise refused("bid_required", blame=("bid_amount",), strategy=strategy)
    limits = values.get("bid_constraints", adset.bid_constraints if adset is not None else None)
    floor = limits.get("roas_average_floor") if isinstance(limits, dict) else None
    if strategy == MIN_ROAS and not floor:
        raise refused("roas_required", blame=("bid_constraints",))


def bid_cap_of(values: Values, adset: AdSetRecord | None, campaign: CampaignRecord) -> int:
    """Return the bid cap that a budget must be able to pay, 0 for none."""
    if strategy_of(campaign, adset, values) != "LOWEST_COST_WITH_BID_CAP":
        return 0
    bid = values.get("bid_amount", adset.bid_amount if adset is not None else None)
    return bid if isinstance(bid, int) else 0
