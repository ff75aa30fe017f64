"""Items: create, list, read, change, delete."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any, Literal

from runcast_client.gateway import Gateway, segment
from runcast_client.pages import iterate
from runcast_client.records import Item, read

Visibility = Literal["private", "public"]


class Items:
    """The items of one server.

    `if_match` is the version that a change is meant for: with another one the server refuses and
    VersionMismatch is raised. Without it the change is unconditional.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def create(
        self,
        name: str,
        *,
        handler: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        visibility: Visibility = "private",
    ) -> Item:
        """Create an item and return it."""
        body = _whole(name, handler, metadata, visibility)
        return read(Item, await self._gateway.call("POST", "/api/items", body=body))

    def list(
        self,
        *,
        q: str | None = None,
        where: Mapping[str, Any] | None = None,
        sort: str | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[Item]:
        """Iterate over the items that one may see.

        `where` asks for equal values at paths of the metadata, `sort` is `id`, `name` or
        `updated_at` with an optional sign, `limit` (1 to 200) the size of the pages.
        """
        conditions = [f"{path}:{json.dumps(value)}" for path, value in (where or {}).items()]
        filters = {"q": q, "sort": sort, "limit": limit}
        return iterate(self._gateway, "/api/items", Item, filters, where=conditions)

    async def get(self, item_id: str) -> Item:
        """Return one item; raises NotFound."""
        return read(Item, await self._gateway.call("GET", _path(item_id)))

    async def replace(
        self,
        item_id: str,
        name: str,
        *,
        handler: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        visibility: Visibility = "private",
        if_match: int | None = None,
    ) -> Item:
        """Put another document in the item's place; what is not given falls back to its default."""
        body = _whole(name, handler, metadata, visibility)
        return await self._change("PUT", item_id, body, if_match)

    async def patch(
        self, item_id: str, patch: Mapping[str, Any], *, if_match: int | None = None
    ) -> Item:
        """Merge into the item (RFC 7396): None removes a member, `metadata` merges at any depth."""
        return await self._change("PATCH", item_id, patch, if_match)

    async def delete(self, item_id: str, *, if_match: int | None = None) -> None:
        """Delete the item; raises Conflict while executions of it are live."""
        await self._gateway.call("DELETE", _path(item_id), headers=_condition(if_match))

    async def _change(
        self, method: str, item_id: str, body: Mapping[str, Any], if_match: int | None
    ) -> Item:
        answer = await self._gateway.call(
            method, _path(item_id), body=body, headers=_condition(if_match)
        )
        return read(Item, answer)


def _path(item_id: str) -> str:
    return f"/api/items/{segment(item_id)}"


def _whole(
    name: str, handler: str | None, metadata: Mapping[str, Any] | None, visibility: Visibility
) -> dict[str, Any]:
    return {
        "name": name,
        "handler": handler,
        "metadata": metadata or {},
        "visibility": visibility,
    }


def _condition(version: int | None) -> dict[str, str]:
    """Return the If-Match header of a version (RFC 9110, 13.1.1)."""
    return {} if version is None else {"If-Match": f'"{version}"'}
