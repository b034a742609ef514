"""Meta's names for fields and statuses, from facebook-business.

Its classes are imported on first use: the import takes about a quarter of a
second, which a start without any call to Meta need not pay.
"""

from __future__ import annotations

from functools import cache

from engine.domain.objects import Level


@cache
def account_fields() -> tuple[str, ...]:
    """Return the fields read of an ad account."""
    from facebook_business.adobjects.adaccount import AdAccount

    names = AdAccount.Field
    return (
        names.account_id,
        names.name,
        names.account_status,
        names.currency,
        names.timezone_name,
        names.min_daily_budget,
        names.business,
        names.user_tasks,
    )


@cache
def object_fields(level: Level) -> tuple[str, ...]:
    """Return the fields read of a campaign, an ad set or an ad."""
    return {Level.CAMPAIGN: _campaign, Level.ADSET: _adset, Level.AD: _ad}[level]()


def _campaign() -> tuple[str, ...]:
    from facebook_business.adobjects.campaign import Campaign

    names = Campaign.Field
    return (
        names.id,
        names.account_id,
        names.name,
        names.status,
        names.effective_status,
        names.objective,
        names.daily_budget,
        names.lifetime_budget,
        names.bid_strategy,
        names.adlabels,
        names.issues_info,
        names.source_campaign_id,
        names.created_time,
        names.updated_time,
        names.start_time,
        names.stop_time,
    )


def _adset() -> tuple[str, ...]:
    from facebook_business.adobjects.adset import AdSet

    names = AdSet.Field
    return (
        names.id,
        names.account_id,
        names.campaign_id,
        names.name,
        names.status,
        names.effective_status,
        names.daily_budget,
        names.lifetime_budget,
        names.bid_amount,
        names.bid_strategy,
        names.bid_constraints,
        names.optimization_goal,
        names.billing_event,
        names.attribution_spec,
        names.learning_stage_info,
        names.adlabels,
        names.issues_info,
        names.source_adset_id,
        names.created_time,
        names.updated_time,
        names.start_time,
        names.end_time,
    )


def _ad() -> tuple[str, ...]:
    from facebook_business.adobjects.ad import Ad

    names = Ad.Field
    return (
        names.id,
        names.account_id,
        names.campaign_id,
        names.adset_id,
        names.name,
        names.status,
        names.effective_status,
        names.bid_amount,
        f"{names.creative}{{{','.join(creative_fields())}}}",
        names.adlabels,
        names.issues_info,
        names.source_ad_id,
        names.created_time,
        names.updated_time,
    )


@cache
def creative_fields() -> tuple[str, ...]:
    """Return the fields read of an ad's creative."""
    from facebook_business.adobjects.adcreative import AdCreative

    names = AdCreative.Field
    return (
        names.id,
        names.name,
        names.title,
        names.body,
        names.object_type,
        names.call_to_action_type,
        names.link_url,
        names.status,
        names.thumbnail_url,
    )


@cache
def target_fields(level: Level) -> tuple[str, ...]:
    """Return the fields of one object that is about to be changed.

    What is left of its budget tells what it has spent; it moves all the time and is
    read only then.
    """
    from facebook_business.adobjects.campaign import Campaign

    if level is Level.AD:
        return object_fields(level)
    return (*object_fields(level), Campaign.Field.budget_remaining)


@cache
def place_fields(level: Level) -> tuple[str, ...]:
    """Return the fields that say which campaign an object belongs to."""
    from facebook_business.adobjects.adset import AdSet

    names = AdSet.Field
    return (names.id,) if level is Level.CAMPAIGN else (names.id, names.campaign_id)


@cache
def effective_statuses(level: Level) -> tuple[str, ...]:
    """Return every effective status of a level, archived and deleted too."""
    from facebook_business.adobjects.ad import Ad
    from facebook_business.adobjects.adset import AdSet
    from facebook_business.adobjects.campaign import Campaign

    owner = {Level.CAMPAIGN: Campaign, Level.ADSET: AdSet, Level.AD: Ad}[level]
    listed = vars(owner.EffectiveStatus)
    return tuple(sorted(word for name, word in listed.items() if not name.startswith("_")))


@cache
def insight_fields(level: Level, *, hourly: bool) -> tuple[str, ...]:
    """Return the fields of an insights row.

    By the hour Meta reports no reach and no video numbers, and actions are kept
    by the day, so those are not asked for.
    """
    from facebook_business.adobjects.adsinsights import AdsInsights

    names = AdsInsights.Field
    own = {
        Level.CAMPAIGN: names.campaign_id,
        Level.ADSET: names.adset_id,
        Level.AD: names.ad_id,
    }[level]
    always = (own, names.impressions, names.clicks, names.inline_link_clicks, names.spend)
    if hourly:
        return always
    return (
        *always,
        names.reach,
        names.video_play_actions,
        names.video_thruplay_watched_actions,
        names.actions,
        names.action_values,
    )


@cache
def hourly_breakdown() -> str:
    """Return the breakdown by the hour of the account's own time zone."""
    from facebook_business.adobjects.adsinsights import AdsInsights

    return str(AdsInsights.Breakdowns.hourly_stats_aggregated_by_advertiser_time_zone)


@cache
def activity_fields() -> tuple[str, ...]:
    """Return the fields read of the change history."""
    from facebook_business.adobjects.adactivity import AdActivity

    names = AdActivity.Field
    return (
        names.event_time,
        names.event_type,
        names.extra_data,
        names.object_id,
        names.object_type,
        names.actor_id,
        names.actor_name,
        names.application_id,
        names.application_name,
        names.object_name,
        names.translated_event_type,
    )
