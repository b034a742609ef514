"""Copies of campaigns, ad sets and ads, each known by its unique name.

Meta makes small copies at once and refuses larger ones, which it makes in the
background; either way the copy is there when the source's list of copies names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import replace
from urllib.parse import quote, urlencode

import msgspec

from engine.domain.decision import COPY_FIELD
from engine.domain.errors import PlatformError, Refused
from engine.domain.objects import AdObject, Level, ObjectRef
from engine.ports import Write
from sync.batch import Item
from sync.graph_client import GraphClient
from sync.graph_fields import effective_statuses
from sync.paging import Listing, PageStream
from sync.reading import split_rows

# "More children than a copy made at once may have": nothing was copied.
TOO_MANY_CHILDREN = 1885194
_ROWS = 100


class _Named(msgspec.Struct, gc=False):
    name: str = ""


_NAMED = msgspec.json.Decoder(_Named)


def is_copy(write: Write) -> bool:
    """Whether a change makes a copy."""
    return write.field == COPY_FIELD


def copy_form(write: Write, names: Mapping[str, str]) -> dict[str, str]:
    """Return the form that asks for a paused copy of a unique name.

    `names` are those of the sources, by id. Raises Refused where the name can't be
    given: a copy is called as its source with something added.
    """
    source = names.get(write.target.object_id, "")
    wanted = write.value if isinstance(write.value, str) else ""
    suffix = wanted.removeprefix(source)
    if not source or not suffix.strip() or suffix == wanted:
        raise Refused(
            f"{write.target.level} {write.target.object_id} can't be copied as {wanted!r}: "
            "a copy is called as its source with something added. Nothing was sent."
        )
    options = {"rename_strategy": "ONLY_TOP_LEVEL_RENAME", "rename_suffix": suffix}
    form = {"status_option": "PAUSED", "rename_options": msgspec.json.encode(options).decode()}
    if write.target.level is not Level.AD:
        form["deep_copy"] = "true"
    return form


def path_of(write: Write) -> str:
    """Return where a change is sent."""
    return f"{write.target.object_id}/copies" if is_copy(write) else write.target.object_id


def is_too_large(write: Write, outcome: PlatformError | None) -> bool:
    """Whether a copy was refused because it must be made in the background."""
    return is_copy(write) and outcome is not None and outcome.subcode == TOO_MANY_CHILDREN


def background_item(write: Write, form: Mapping[str, str]) -> Item:
    """Return the call that has Meta make the copy in the background."""
    call = {
        "name": "copy",
        "relative_url": path_of(write),
        "body": urlencode(form, quote_via=quote),
    }
    task = {"name": f"copy of {write.target.object_id}"}
    task["adbatch"] = msgspec.json.encode([call]).decode()
    return Item("POST", f"act_{write.target.account_id}/async_batch_requests", form=task)


async def with_copy(client: GraphClient, target: ObjectRef, one: AdObject) -> AdObject:
    """Return the object, saying whether the copy asked about is there.

    Raises PlatformError.
    """
    statuses = msgspec.json.encode(effective_statuses(target.level)).decode()
    listing = Listing(
        path=f"{target.object_id}/copies",
        params={"fields": "name", "effective_status": statuses},
        account_id=target.account_id,
        limit=_ROWS,
    )
    async with aclosing(PageStream(client, listing).pages()) as pages:
        async for page in pages:
            for raw in split_rows(page.rows):
                if _NAMED.decode(raw).name == target.copy_name:
                    return replace(one, copied_as=target.copy_name)
    return one
