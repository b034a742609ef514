"""Labels of an ad account: named, renamed, put on objects by id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import ClassVar

from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import bad_value, missing_object
from sync.sandbox.graph.local_times import local_time
from sync.sandbox.graph.side_objects import SideObject, Writing


@dataclass(slots=True)
class Label(SideObject):
    """A label; objects carry its id, so a new name shows everywhere."""

    kind: ClassVar[str] = "AdLabel"
    name: str
    created_time: datetime
    updated_time: datetime

    def shown(self, written: Writing) -> dict[str, object]:
        """Return its fields as Graph writes them."""
        return {
            "id": self.id,
            "name": self.name,
            "account": {"account_id": self.account_id, "id": f"act_{self.account_id}"},
            "created_time": written(self.created_time),
            "updated_time": written(self.updated_time),
        }


def label_named(context: GraphContext, account_id: str, name: str, request_id: str) -> Label:
    """Return the account's label of that name, made when there is none."""
    for label in context.side_objects.of(Label, account_id):
        if label.name == name:
            return label
    now = context.now()
    label = Label(context.world.new_id("adlabel"), account_id, name, now, now)
    context.side_objects.add(label)
    context.ledger.add(now, label.id, "adlabel", "created", None, name, request_id)
    return label


def read_labels(
    context: GraphContext, account_id: str, given: object, request_id: str | None
) -> list[str]:
    """Return label ids for `[{"name"} | {"id"}]`; unknown ids are 100/33.

    A name without a label makes one; without a request's id it stands for itself.
    """
    found: list[str] = []
    for item in given if isinstance(given, list) else []:
        if isinstance(item, dict) and item.get("id"):
            label = context.side_objects.find(Label, str(item["id"]))
            if label is None or label.account_id != account_id:
                raise missing_object(str(item["id"]))
            found.append(label.id)
        elif isinstance(item, dict) and item.get("name"):
            name = str(item["name"])
            found.append(
                name
                if request_id is None
                else label_named(context, account_id, name, request_id).id
            )
        else:
            raise bad_value("Param adlabels must hold objects with id or name")
    return list(dict.fromkeys(found))


def shown_labels(context: GraphContext, account_id: str, ids: Iterable[object]) -> list[object]:
    """Return the labels behind ids as an object's `adlabels` field."""
    written = partial(local_time, context, account_id)
    labels = (context.side_objects.find(Label, str(one)) for one in ids)
    return [label.shown(written) for label in labels if label is not None]


def shown_names(context: GraphContext, ids: Iterable[object]) -> list[str]:
    """Return the names of the labels behind ids."""
    labels = (context.side_objects.find(Label, str(one)) for one in ids)
    return [label.name for label in labels if label is not None]
