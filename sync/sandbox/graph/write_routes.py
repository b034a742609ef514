"""Which operation stands behind POST and DELETE of each node and edge."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sync.sandbox.graph.ad_rules.library import (
    create_rule,
    delete_rule,
    execute_rule,
    preview_rule,
    update_rule,
)
from sync.sandbox.graph.app_subscriptions import subscribe_app, unsubscribe_app
from sync.sandbox.graph.async_writes import (
    cancel_request,
    cancel_set,
    create_ad_set_of_requests,
    create_batch_set,
    update_set,
)
from sync.sandbox.graph.budget_schedules import create_schedule, delete_schedule, update_schedule
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.copies import copy_node
from sync.sandbox.graph.creates import create_ad, create_adset, create_campaign, create_creative
from sync.sandbox.graph.deletions import delete_campaigns
from sync.sandbox.graph.images import delete_image
from sync.sandbox.graph.label_writes import (
    add_labels,
    create_label,
    delete_label,
    remove_labels,
    update_label,
)
from sync.sandbox.graph.nodes import Node
from sync.sandbox.graph.updates import delete_node, update_node

Write = Callable[[GraphContext, Node, Mapping[str, str], str], dict[str, object]]
"""Carries out a write of one node or edge; the last argument is the request's id."""

WRITES: dict[tuple[str, str, str], Write] = {
    ("POST", "AdAccount", ""): update_node,
    ("POST", "Campaign", ""): update_node,
    ("POST", "AdSet", ""): update_node,
    ("POST", "Ad", ""): update_node,
    ("POST", "AdCreative", ""): update_node,
    ("POST", "AdLabel", ""): update_label,
    ("POST", "HighDemandPeriod", ""): update_schedule,
    ("POST", "AdRule", ""): update_rule,
    ("POST", "AdRule", "execute"): execute_rule,
    ("POST", "AdRule", "preview"): preview_rule,
    ("POST", "AdAccount", "adrules_library"): create_rule,
    ("DELETE", "AdRule", ""): delete_rule,
    ("POST", "AdAsyncRequestSet", ""): update_set,
    ("POST", "AdAccount", "async_batch_requests"): create_batch_set,
    ("POST", "AdAccount", "asyncadrequestsets"): create_ad_set_of_requests,
    ("DELETE", "AdAsyncRequestSet", ""): cancel_set,
    ("DELETE", "AdAsyncRequest", ""): cancel_request,
    ("POST", "AdAccount", "campaigns"): create_campaign,
    ("POST", "AdAccount", "adsets"): create_adset,
    ("POST", "AdAccount", "ads"): create_ad,
    ("POST", "AdAccount", "adcreatives"): create_creative,
    ("POST", "AdAccount", "adlabels"): create_label,
    ("POST", "Campaign", "copies"): copy_node,
    ("POST", "AdSet", "copies"): copy_node,
    ("POST", "Ad", "copies"): copy_node,
    ("POST", "Campaign", "adlabels"): add_labels,
    ("POST", "AdSet", "adlabels"): add_labels,
    ("POST", "Ad", "adlabels"): add_labels,
    ("POST", "AdCreative", "adlabels"): add_labels,
    ("POST", "Campaign", "budget_schedules"): create_schedule,
    ("POST", "AdSet", "budget_schedules"): create_schedule,
    ("DELETE", "Campaign", ""): delete_node,
    ("DELETE", "AdSet", ""): delete_node,
    ("DELETE", "Ad", ""): delete_node,
    ("DELETE", "AdCreative", ""): delete_node,
    ("DELETE", "AdLabel", ""): delete_label,
    ("DELETE", "HighDemandPeriod", ""): delete_schedule,
    ("POST", "AdAccount", "subscribed_apps"): subscribe_app,
    ("DELETE", "AdAccount", "subscribed_apps"): unsubscribe_app,
    ("DELETE", "AdAccount", "campaigns"): delete_campaigns,
    ("DELETE", "AdAccount", "adimages"): delete_image,
    ("DELETE", "Campaign", "adlabels"): remove_labels,
    ("DELETE", "AdSet", "adlabels"): remove_labels,
    ("DELETE", "Ad", "adlabels"): remove_labels,
    ("DELETE", "AdCreative", "adlabels"): remove_labels,
}
