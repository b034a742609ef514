"""From an id to its node, and the nodes behind an edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import missing_object
from sync.sandbox.graph.reports import ReportRun
from sync.sandbox.graph.side_objects import SideObject
from sync.sandbox.graph.tokens import APP_NAME, Identity
from sync.sandbox.records import (
    AccountRecord,
    AdRecord,
    AdSetRecord,
    CampaignRecord,
    CreativeRecord,
)

LEVELS = {"AdAccount": "account", "Campaign": "campaign", "AdSet": "adset", "Ad": "ad"}


@dataclass(frozen=True, slots=True)
class PlainNode:
    """A node that is only a bag of ready values (user, business, label ...)."""

    id: str
    values: dict[str, object]


NodeRecord = (
    AccountRecord
    | CampaignRecord
    | AdSetRecord
    | AdRecord
    | CreativeRecord
    | ReportRun
    | SideObject
    | PlainNode
)


@dataclass(frozen=True, slots=True)
class Node:
    """A record with the name of its node type."""

    kind: str
    record: NodeRecord

    @property
    def id(self) -> str:
        """Id as Graph writes it (accounts with `act_`)."""
        return f"act_{self.record.id}" if self.kind == "AdAccount" else self.record.id

    @property
    def account_id(self) -> str | None:
        """Bare id of the ad account the node belongs to, if any."""
        if self.kind == "AdAccount":
            return self.record.id
        found = getattr(self.record, "account_id", None)
        return str(found) if found is not None else None


def find_node(context: GraphContext, object_id: str, verb: str = "get") -> Node:
    """Return the node of an id; raises 100/33 when there is none."""
    world = context.world
    if object_id.startswith("act_"):
        account = world.accounts.get(object_id[4:])
        if account is not None:
            return Node("AdAccount", account)
    elif object_id == context.tokens.app_id:
        values: dict[str, object] = {"id": object_id, "name": APP_NAME, "category": "Business"}
        return Node("Application", PlainNode(object_id, values))
    elif (identity := context.tokens.identities.get(object_id)) is not None:
        return identity_node(identity)
    elif (found := _stored(context, object_id)) is not None:
        return found
    raise missing_object(object_id, verb)


def _stored(context: GraphContext, object_id: str) -> Node | None:
    """Look an id up in every pool, the large and frequent ones first."""
    world = context.world
    pools: tuple[tuple[str, Mapping[str, NodeRecord]], ...] = (
        ("Campaign", world.campaigns),
        ("AdSet", world.adsets),
        ("Ad", world.ads),
        ("AdCreative", world.creatives),
        ("AdReportRun", context.reports.runs),
    )
    for kind, pool in pools:
        record = pool.get(object_id)
        if record is not None:
            return Node(kind, record)
    beside = context.side_objects.get(object_id)
    if beside is not None:
        return Node(beside.kind, beside)
    image = context.images.get(object_id.partition(":")[0], {}).get(object_id)
    if image is not None:
        return Node("AdImage", PlainNode(object_id, image))
    business = businesses(context).get(object_id)
    return None if business is None else Node("Business", business)


def identity_node(identity: Identity) -> Node:
    """Return the node of a person or of a system user."""
    values: dict[str, object] = {"id": identity.id, "name": identity.name}
    if identity.kind == "SYSTEM_USER":
        return Node("SystemUser", PlainNode(identity.id, {**values, "role": identity.role}))
    first, _, last = identity.name.partition(" ")
    address = f"{first}.{last}@example.com".lower()
    values |= {"first_name": first, "last_name": last, "email": address}
    return Node("User", PlainNode(identity.id, values))


def businesses(context: GraphContext) -> dict[str, PlainNode]:
    """Return the agency and one business per client, by id."""
    agency = context.tokens.agency_id
    found = {agency: PlainNode(agency, _business(agency, "Sandbox agency"))}
    for account in context.world.accounts.values():
        found.setdefault(
            account.business_id,
            PlainNode(account.business_id, _business(account.business_id, account.client)),
        )
    return found


def _business(business_id: str, name: str) -> dict[str, object]:
    return {"id": business_id, "name": name, "verification_status": "verified"}
