"""Images of an ad account: uploaded, listed, deleted by hash."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import struct
import zipfile
from collections.abc import Mapping

import orjson

from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.creates import account_of, require
from sync.sandbox.graph.errors import GraphError, bad_value
from sync.sandbox.graph.nodes import Node
from sync.sandbox.graph.parameters import read_parameters
from sync.sandbox.graph.times import graph_time
from sync.sandbox.records import AccountRecord

Given = Mapping[str, str]
MOST_UNPACKED = 64 * 1024 * 1024
_ZIP = b"PK\x03\x04"
_PNG = b"\x89PNG\r\n\x1a\n"


def upload_images(
    context: GraphContext,
    node: Node,
    given: Given,
    files: Mapping[str, bytes],
    request_id: str,
) -> dict[str, object]:
    """Take in images sent as parts of a form, as base64, or from an account."""
    account = account_of(node)
    values = read_parameters("POST adimages", given, account.timezone_name)
    found = _unpacked(files)
    if "bytes" in values:
        found["bytes"] = _decoded(str(values["bytes"]))
    answer: dict[str, object] = {}
    if "copy_from" in values:
        copied = _copied(context, values["copy_from"])
        answer[str(copied["name"])] = _keep(context, account, copied, request_id)
    elif not found:
        raise bad_value("No image was given")
    for name, content in found.items():
        image = _image(context, account, str(values.get("name") or name), content)
        answer[name] = _keep(context, account, image, request_id)
    return {"images": answer}


def delete_image(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """Delete the account's image of a hash."""
    account = account_of(node)
    values = read_parameters("DELETE adimages", given, account.timezone_name)
    require(values, "hash")
    digest = str(values["hash"])
    gone = context.images.get(account.id, {}).pop(f"{account.id}:{digest}", None)
    if gone is None:
        raise bad_value(f"Param hash: there is no image '{digest}' in this ad account")
    now = context.now()
    context.ledger.add(now, f"act_{account.id}", "adimage", "deleted", digest, None, request_id)
    context.note_change(now, account.id, "images_deleted", digest, None)
    return {"success": True}


def _keep(
    context: GraphContext, account: AccountRecord, image: dict[str, object], request_id: str
) -> dict[str, object]:
    """Store an image once and return what an upload answers about it."""
    stored = context.images.setdefault(account.id, {})
    digest = image["hash"]
    image_id = f"{account.id}:{digest}"
    if image_id not in stored:
        now = context.now()
        written = graph_time(now, account.timezone_name)
        stored[image_id] = {
            **image,
            "id": image_id,
            "account_id": account.id,
            "status": "ACTIVE",
            "is_associated_creatives_in_adgroups": False,
            "created_time": written,
            "updated_time": written,
        }
        context.ledger.add(now, f"act_{account.id}", "adimage", "created", None, digest, request_id)
        context.note_change(now, account.id, "images", None, digest)
    return {"hash": digest, "url": image["url"]}


def _image(
    context: GraphContext, account: AccountRecord, name: str, content: bytes
) -> dict[str, object]:
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    url = f"https://scontent.sandbox.invalid/{digest}.png"
    image: dict[str, object] = {
        "hash": digest,
        "name": name,
        "url": url,
        "url_128": f"{url}?s=128",
        "permalink_url": url,
    }
    size = _size(content)
    if size is not None:
        image["width"], image["height"] = size
        image["original_width"], image["original_height"] = size
    return image


def _size(content: bytes) -> tuple[int, int] | None:
    """Return width and height of a PNG, None for what is not understood."""
    if not content.startswith(_PNG) or len(content) < 24:
        return None
    width, height = struct.unpack(">II", content[16:24])
    return int(width), int(height)


def _unpacked(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the uploads, with the images of an archive in its place."""
    found: dict[str, bytes] = {}
    for name, content in files.items():
        if not content.startswith(_ZIP):
            found[name] = content
            continue
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                inside = [one for one in archive.infolist() if not one.is_dir()]
                if sum(one.file_size for one in inside) > MOST_UNPACKED:
                    raise bad_value(f"The archive {name} is too large")
                found |= {one.filename.split("/")[-1]: archive.read(one) for one in inside}
        except zipfile.BadZipFile:
            raise bad_value(f"The archive {name} cannot be read") from None
    return found


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise bad_value("Param bytes must be base64") from None


def _copied(context: GraphContext, source: object) -> dict[str, object]:
    """Return the image that `copy_from` names in another account."""
    given = source if isinstance(source, dict) else {}
    account_id = str(given.get("source_account_id", "")).removeprefix("act_")
    image = context.images.get(account_id, {}).get(f"{account_id}:{given.get('hash')}")
    if image is None:
        raise GraphError(
            message=f"(#100) Param copy_from: no such image: {orjson.dumps(source).decode()}",
            code=100,
        )
    return image
