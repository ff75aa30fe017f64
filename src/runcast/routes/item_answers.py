"""Items as answers: straight from the row to bytes, with the headers that tell one version from another."""

from typing import Any

import orjson
from fastapi import Response

from runcast.clock import rfc3339
from runcast.routes.etags import etag
from runcast.services.item_lists import ItemPage
from runcast.services.items import StoredItem

_ETAG = {"ETag": {"description": 'The version in quotes: `"3"`.', "schema": {"type": "string"}}}
TAGGED: dict[int | str, dict[str, Any]] = {200: {"headers": _ETAG}}
CREATED: dict[int | str, dict[str, Any]] = {
    201: {
        "headers": _ETAG
        | {"Location": {"description": "The item's address.", "schema": {"type": "string"}}}
    }
}
UNCHANGED: dict[int | str, dict[str, Any]] = {
    304: {"description": "Unchanged since the version that If-None-Match names", "headers": _ETAG}
}


def one(item: StoredItem, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Answer with one item and its tag."""
    return _json(_document(item), status, _headers(item) | (headers or {}))


def unchanged(item: StoredItem) -> Response:
    """Answer that the version which the client holds is the current one."""
    return Response(status_code=304, headers=_headers(item))


def many(page: ItemPage) -> Response:
    """Answer with a page."""
    found = [_document(item) for item in page.items]
    return _json({"items": found, "next_cursor": page.next_cursor})


def _headers(item: StoredItem) -> dict[str, str]:
    # The owner sees more than others do, so a shared cache must not hand one's answer to another.
    return {
        "ETag": etag(item.version),
        "Cache-Control": "private, no-cache",
        "Vary": "Authorization",
    }


def _json(document: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(document), status, headers, media_type="application/json")


def _document(item: StoredItem) -> dict[str, Any]:
    document = {
        "id": item.id,
        "team_id": item.team_id,
        "name": item.name,
        "handler": item.handler,
        "metadata": item.metadata,
        "visibility": item.visibility,
        "version": item.version,
        "created_at": rfc3339(item.created_at),
        "updated_at": rfc3339(item.updated_at),
    }
    return document if item.owner_id is None else document | {"owner_id": item.owner_id}
