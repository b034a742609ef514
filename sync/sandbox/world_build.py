"""Building of a scenario's objects: campaigns, ad sets, ads and creatives."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from sync.sandbox import names
from sync.sandbox.currencies import OFFSETS, price_level
from sync.sandbox.draws import Floats, Keys, key, normal, scramble, uniform
from sync.sandbox.market.edits import Addition, Edit
from sync.sandbox.market.layout import VIDEOS_IN_HUNDRED
from sync.sandbox.records import (
    AccountRecord,
    AdRecord,
    AdSetRecord,
    CampaignRecord,
    CreativeRecord,
    JsonObject,
)
from sync.sandbox.scenarios import HOURLY_DAYS, AccountPlan

NewId = Callable[[str], str]
_GOALS = {
    "OUTCOME_SALES": ("OFFSITE_CONVERSIONS", "PURCHASE"),
    "OUTCOME_LEADS": ("OFFSITE_CONVERSIONS", "LEAD"),
    "OUTCOME_TRAFFIC": ("LINK_CLICKS", ""),
    "OUTCOME_AWARENESS": ("REACH", ""),
    "OUTCOME_ENGAGEMENT": ("POST_ENGAGEMENT", ""),
    "OUTCOME_APP_PROMOTION": ("APP_INSTALLS", ""),
}
_STRATEGIES = (
    ("LOWEST_COST_WITHOUT_CAP", 0.86),
    ("COST_CAP", 0.93),
    ("LOWEST_COST_WITH_BID_CAP", 1.0),
)
_LATE_CAMPAIGNS, _LATE_ADSETS, _LATE_ADS = 0.2, 0.12, 0.3
_PAUSED_ADSETS, _PAUSED_ADS, _ARCHIVED_ADS = 0.05, 0.08, 0.02


@dataclass(frozen=True, slots=True)
class BuiltAccount:
    """An account's objects, and what happened to them before the start.

    ``first`` holds the records as they were when the history began; ``past`` the pauses
    since then, which the caller applies to the records in order.
    """

    account: AccountRecord
    first: Addition
    past: list[Edit]
    creatives: list[CreativeRecord]


def build_account(
    plan: AccountPlan, index: int, seed: int, start: datetime, history_days: int, new_id: NewId
) -> BuiltAccount:
    """Build one account; the same arguments give the same objects."""
    return _Builder(plan, index, seed, start, history_days, new_id).build()


class _Builder:
    """Draws one account's objects; draws are addressed by account and ordinal."""

    def __init__(
        self,
        plan: AccountPlan,
        index: int,
        seed: int,
        start: datetime,
        history_days: int,
        new_id: NewId,
    ) -> None:
        self.plan, self.index, self.seed, self.new_id = plan, index, seed, new_id
        zone = self.zone = ZoneInfo(plan.timezone)
        first = start.astimezone(zone).date() - timedelta(days=history_days)
        self.start = start.astimezone(UTC)
        self.begin = datetime.combine(first, datetime.min.time(), zone).astimezone(UTC)
        self.days = history_days
        self.offset = OFFSETS[plan.currency]
        self.market = names.country(plan.currency, plan.timezone)
        self.account = self._account()

    def build(self) -> BuiltAccount:
        campaigns, languages = self._campaigns()
        adsets, adset_languages = self._adsets(campaigns, languages)
        ads, creatives = self._ads(adsets, adset_languages)
        past = self._pauses(campaigns, adsets, ads)
        first = Addition(self.begin.timestamp(), tuple(campaigns), tuple(adsets), tuple(ads))
        return BuiltAccount(self.account, first, past, creatives)

    def _keys(self, kind: int, count: int) -> Keys:
        base = np.uint64(key(self.seed, self.index, kind))
        return scramble(np.arange(1, count + 1, dtype=np.uint64) + base)

    def _uniform(self, kind: int, purpose: int, count: int) -> Floats:
        return uniform(scramble(self._keys(kind, count) + np.uint64(key(purpose))))

    def _account(self) -> AccountRecord:
        plan = self.plan
        return AccountRecord(
            id=self.new_id("account"),
            index=self.index,
            name=plan.name,
            client=plan.client,
            business_id=str(10**17 + key(self.seed, *plan.client.encode()) % 10**17),
            currency=plan.currency,
            offset=self.offset,
            timezone_name=plan.timezone,
            created_time=self.begin - timedelta(days=500),
            min_daily_budget=max(1, round(price_level(plan.currency) * self.offset)),
        )

    def _created(self, kind: int, count: int, late: float) -> list[datetime]:
        """Draw creation times: most before the history, some inside it, at midnight."""
        inside, when = self._uniform(kind, 1, count), self._uniform(kind, 2, count)
        if self.days < 14:
            late = 0.0
        return [
            self.begin + timedelta(days=1 + int((self.days - 5) * float(w)))
            if u < late
            else self.begin - timedelta(days=8 + int(400 * float(w)), hours=3.5)
            for u, w in zip(inside, when, strict=True)
        ]

    def _budgets(self, count: int) -> list[int]:
        low, high = self.plan.daily_budget
        drawn = low + (high - low) * self._uniform(1, 3, count)
        unit = self.offset if high - low >= 10 else 1
        amounts = np.round(drawn * self.offset / unit) * unit
        bounds = np.ceil(low * self.offset), np.floor(high * self.offset)
        return [max(1, int(a)) for a in np.clip(amounts, bounds[0], max(bounds))]

    def _campaigns(self) -> tuple[list[CampaignRecord], list[str]]:
        plan, count = self.plan, self.plan.campaigns
        keys = self._keys(1, count)
        created = self._created(1, count, _LATE_CAMPAIGNS)
        objective = self._uniform(1, 4, count)
        strategy = self._uniform(1, 5, count)
        shared = _chosen(self._uniform(1, 6, count), plan.campaign_budget_share)
        budgets = self._budgets(count)
        made, languages = [], []
        for i in range(count):
            lang = names.language(plan.currency, int(keys[i]))
            goal = plan.objectives[int(objective[i] * len(plan.objectives))]
            record = CampaignRecord(
                id=self.new_id("campaign"),
                account_id=self.account.id,
                name=names.campaign_name(lang, self.market, i),
                objective=goal,
                status="ACTIVE",
                created_time=created[i],
                updated_time=created[i],
                start_time=created[i],
                daily_budget=budgets[i],
            )
            record.bid_strategy = _strategy(float(strategy[i]))
            record.budget_rebalance_flag = bool(shared[i])
            made.append(record)
            languages.append(lang)
        return made, languages

    def _adsets(
        self, campaigns: list[CampaignRecord], languages: list[str]
    ) -> tuple[list[AdSetRecord], list[str]]:
        """Build ad sets; without a campaign budget they divide the campaign's among them."""
        low, high = self.plan.adsets_per_campaign
        sizes = low + (self._uniform(1, 7, len(campaigns)) * (high - low + 1)).astype(int)
        count = int(sizes.sum())
        keys = self._keys(2, count)
        created = self._created(2, count, _LATE_ADSETS)
        weights = np.exp(0.5 * normal(keys, 3))
        cap = 1.0 + 0.8 * self._uniform(2, 4, count)
        pixel = str(10**17 + key(self.seed, self.index, 99) % 10**17)
        made, adset_languages, at = [], [], 0
        for campaign, lang, size in zip(campaigns, languages, sizes.tolist(), strict=True):
            mine = range(at, at + size)
            share = weights[at : at + size] / max(weights[at : at + size].sum(), 1e-9)
            for ordinal, i in enumerate(mine):
                born = campaign.created_time if ordinal == 0 else created[i]
                record = self._adset(campaign, lang, int(keys[i]), ordinal, pixel)
                born = max(born, campaign.created_time)
                record.created_time = record.updated_time = record.start_time = born
                if not campaign.budget_rebalance_flag:
                    whole = campaign.daily_budget or 1
                    record.daily_budget = max(1, round(whole * float(share[ordinal])))
                    record.bid_strategy = campaign.bid_strategy
                record.bid_amount = self._bid(campaign.bid_strategy, float(cap[i]))
                made.append(record)
                adset_languages.append(lang)
            if not campaign.budget_rebalance_flag:
                campaign.daily_budget = campaign.bid_strategy = None
            at += size
        return made, adset_languages

    def _adset(
        self, campaign: CampaignRecord, lang: str, draw: int, ordinal: int, pixel: str
    ) -> AdSetRecord:
        goal, event = _GOALS[campaign.objective]
        youngest = 18 + 7 * (draw >> 20 & 1)
        targeting: JsonObject = {
            "age_min": youngest,
            "age_max": 65 if draw >> 21 & 1 else 54,
            "geo_locations": {"countries": ["DE" if self.market == "EU" else self.market]},
        }
        return AdSetRecord(
            id=self.new_id("adset"),
            account_id=campaign.account_id,
            campaign_id=campaign.id,
            name=names.adset_name(lang, draw, ordinal),
            status="ACTIVE",
            created_time=campaign.created_time,
            updated_time=campaign.created_time,
            start_time=campaign.created_time,
            optimization_goal=goal,
            destination_type="APP" if goal == "APP_INSTALLS" else "WEBSITE",
            promoted_object={"pixel_id": pixel, "custom_event_type": event} if event else None,
            attribution_spec=[{"event_type": "CLICK_THROUGH", "window_days": 7}],
            targeting=targeting,
        )

    def _bid(self, strategy: str | None, cap: float) -> int | None:
        market = self.plan.market
        cpm = sum(market.cpm) / 2
        if strategy == "LOWEST_COST_WITH_BID_CAP":
            return max(1, round(cpm * cap * self.offset))
        if strategy == "COST_CAP":
            cost = cpm / max(1000 * sum(market.ctr) / 2 * sum(market.cvr) / 2, 1e-9)
            return max(1, round(cost * cap * self.offset))
        return None

    def _ads(
        self, adsets: list[AdSetRecord], languages: list[str]
    ) -> tuple[list[AdRecord], list[CreativeRecord]]:
        low, high = self.plan.ads_per_adset
        sizes = low + (self._uniform(2, 5, len(adsets)) * (high - low + 1)).astype(int)
        keys = self._keys(3, int(sizes.sum()))
        created = self._created(3, int(sizes.sum()), _LATE_ADS)
        ads, creatives, at = [], [], 0
        for adset, lang, size in zip(adsets, languages, sizes.tolist(), strict=True):
            for ordinal in range(size):
                draw, born = int(keys[at]), max(adset.created_time, created[at])
                if ordinal == 0:
                    born = adset.created_time
                creative = self._creative(lang, draw, born)
                creatives.append(creative)
                ads.append(
                    AdRecord(
                        id=self.new_id("ad"),
                        account_id=adset.account_id,
                        campaign_id=adset.campaign_id,
                        adset_id=adset.id,
                        creative_id=creative.id,
                        name=names.ad_name(lang, draw, ordinal),
                        status="ACTIVE",
                        created_time=born,
                        updated_time=born,
                    )
                )
                at += 1
        return ads, creatives

    def _creative(self, lang: str, draw: int, born: datetime) -> CreativeRecord:
        id_ = self.new_id("creative")
        title, body = names.creative_texts(lang, draw)
        video = key(self.seed, int(id_)) % 100 < VIDEOS_IN_HUNDRED
        mark = f"{draw:016x}"
        return CreativeRecord(
            id=id_,
            account_id=self.account.id,
            name=f"{title} {born:%Y-%m-%d}",
            title=title,
            body=body,
            object_type="VIDEO" if video else "SHARE",
            image_hash=mark + mark,
            created_time=born,
        )

    def _pauses(
        self, campaigns: list[CampaignRecord], adsets: list[AdSetRecord], ads: list[AdRecord]
    ) -> list[Edit]:
        """Pause some objects: half of them before the history, half inside it.

        The first ad set of a campaign and the first ad of an ad set stay on, and nothing is
        archived where that would leave fewer objects than the scenario asks for.
        """
        moves: list[Edit] = []
        rank = self._uniform(1, 8, len(campaigns))
        chosen = _chosen(rank, self.plan.paused_share)
        self._pause(moves, campaigns, [i for i, c in enumerate(chosen) if c], 1, "PAUSED")
        later_sets = [i for i, s in enumerate(adsets) if i and adsets[i - 1].campaign_id
                      == s.campaign_id]  # fmt: skip
        luck = self._uniform(2, 8, len(adsets))
        off = [i for i in later_sets if luck[i] < _PAUSED_ADSETS]
        self._pause(moves, adsets, off, 2, "PAUSED")
        least = max(1, self.plan.ads_per_adset[0])
        place: list[int] = []
        seen = ""
        for ad in ads:
            place.append(place[-1] + 1 if ad.adset_id == seen else 0)
            seen = ad.adset_id
        luck = self._uniform(3, 8, len(ads))
        old = [i for i, p in enumerate(place) if p >= least and luck[i] < _ARCHIVED_ADS]
        self._pause(moves, ads, old, 3, "ARCHIVED")
        off = [i for i, p in enumerate(place)
               if p and _ARCHIVED_ADS <= luck[i] < _ARCHIVED_ADS + _PAUSED_ADS]  # fmt: skip
        self._pause(moves, ads, off, 3, "PAUSED")
        return sorted(moves, key=lambda edit: edit.time)

    def _pause(
        self,
        moves: list[Edit],
        records: list[CampaignRecord] | list[AdSetRecord] | list[AdRecord],
        which: list[int],
        kind: int,
        status: str,
    ) -> None:
        when = self._uniform(kind, 9, len(records))
        for i in which:
            record, share = records[i], 2 * float(when[i]) - 1
            first = max(record.created_time, self.begin)
            days = (self.start - first).days
            if share < 0 or days < 3:
                record.status = status
                continue
            # Ads stop at midnight: thousands of stops inside days would cost a plan each.
            time = first + timedelta(days=1 + int((days - 1) * share))
            recent = (self.start - time).days < HOURLY_DAYS
            hours = int(1009 * share) % 24 if kind < 3 and recent else 0
            midnight = datetime.combine(
                time.astimezone(self.zone).date(), datetime.min.time(), self.zone
            )
            time = min(midnight + timedelta(hours=hours), self.start - timedelta(hours=2))
            moves.append(Edit(time.timestamp(), record.id, "status", "ACTIVE", status))


def _chosen(rank: Floats, share: float) -> list[bool]:
    """Choose exactly the share of objects, those with the lowest draws."""
    count = round(share * len(rank))
    best = set(np.argsort(rank, kind="stable")[:count].tolist())
    return [i in best for i in range(len(rank))]


def _strategy(draw: float) -> str:
    return next((name for name, below in _STRATEGIES if draw < below), _STRATEGIES[0][0])
