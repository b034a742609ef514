"""One object as last read from Meta, with what its ad shows."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from engine.api.details import CreativeMessage, ObjectDetail
from engine.domain.objects import Account, AdObject, Creative
from engine.ports import Warehouse


def build(warehouse: Warehouse, account: Account, one: AdObject) -> ObjectDetail:
    """Return all that is known of an object; blocking."""
    above = warehouse.find([one.parent_id]) if one.parent_id else {}
    parent = above.get(one.parent_id or "")
    creative_id = one.creative_id or ""
    creative = warehouse.history.creatives([creative_id]).get(creative_id)
    return ObjectDetail(
        id=one.object_id,
        level=one.level.value,
        account_id=one.account_id,
        name=one.name,
        status=one.status.value,
        effective_status=one.effective_status,
        raw_status=one.raw_status,
        parent=parent.name if parent is not None else "",
        objective=one.objective,
        currency=account.currency,
        offset=account.offset,
        daily_budget=one.daily_budget,
        lifetime_budget=one.lifetime_budget,
        bid_amount=one.bid_amount,
        bid_strategy=one.bid_strategy,
        roas_floor=one.roas_floor,
        optimization_goal=one.optimization_goal,
        learning_stage=one.learning_stage,
        attribution=one.attribution,
        issues=one.issues,
        labels=one.labels,
        source_id=one.source_id,
        created_time=_text(one.created_time),
        start_time=_text(one.start_time),
        end_time=_text(one.end_time),
        creative=_creative(creative) if creative is not None else None,
    )


def _creative(creative: Creative) -> CreativeMessage:
    values = asdict(creative)
    del values["account_id"]
    return CreativeMessage(id=values.pop("creative_id"), **values)


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
