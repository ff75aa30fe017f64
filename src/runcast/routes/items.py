"""`/api/items`: one's own documents, and everyone's public ones."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Header, Query, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from runcast import search_text
from runcast.dependencies import (
    PUBLIC,
    AnyItemReader,
    ItemReader,
    ItemWriter,
    Parts,
    RequestClient,
    Unit,
)
from runcast.errors import (
    Forbidden,
    NotFound,
    StillLive,
    TooLarge,
    Unauthenticated,
    Unprocessable,
    VersionMismatch,
)
from runcast.routes import strict_route
from runcast.routes.etags import none_match, versions_of_if_match
from runcast.routes.item_answers import CREATED, TAGGED, UNCHANGED, many, one, unchanged
from runcast.routes.problems import responses
from runcast.schemas.items import Item, ItemBody, ItemFilters, ItemPatch, NewItem
from runcast.schemas.pages import Page
from runcast.services import item_changes, item_lists, items
from runcast.services.item_lists import ItemQuery
from runcast.services.items import ItemContent
from runcast.services.merge_patch import merge

router = strict_route.router("/items", "items")

_LIST = responses(Unauthenticated, Forbidden, NotFound, Unprocessable)
_WRITE = responses(Unauthenticated, Forbidden, NotFound, VersionMismatch, TooLarge, Unprocessable)
_DELETE = responses(Unauthenticated, Forbidden, NotFound, StillLive, VersionMismatch, Unprocessable)
_MERGE_PATCH = {
    "requestBody": {
        "content": {
            "application/merge-patch+json": {"schema": {"$ref": "#/components/schemas/ItemPatch"}}
        }
    }
}
IfMatch = Annotated[
    str | None, Header(description="Change only this version; any other is refused with 412.")
]
IfNoneMatch = Annotated[
    str | None, Header(description="Send nothing (304) if the version is still this one.")
]


@router.post(
    "",
    status_code=201,
    response_model=Item,
    responses=CREATED | responses(Unauthenticated, Forbidden, NotFound, TooLarge, Unprocessable),
)
async def create_item(
    body: NewItem, user: ItemWriter, client: RequestClient, uow: Unit, parts: Parts
) -> Response:
    """Keep a new item, one's own or a team's."""
    content, team_id = _content(body), body.team_id
    item = await items.create(uow, user, content, team_id=team_id, audit=parts.audit, client=client)
    return one(item, 201, {"Location": f"/api/items/{item.id}"})


@router.get("", response_model=Page[Item], responses=_LIST)
async def list_items(
    filters: Annotated[ItemFilters, Query()], user: ItemReader, uow: Unit, parts: Parts
) -> Response:
    """Return a page of one's own items, or of a team's, or for administrators of everybody's."""
    read = item_lists.everyones_page if filters.everyone else item_lists.page
    page = await read(
        uow,
        user,
        _query(filters),
        limit=filters.limit,
        cursor=filters.cursor,
        cursors=parts.cursors,
        turns=parts.heavy_reads,
    )
    return many(page)


@router.get(
    "/{item_id}",
    response_model=Item,
    responses=TAGGED | UNCHANGED | responses(Unauthenticated, NotFound, Unprocessable),
    openapi_extra=PUBLIC,
)
async def get_item(
    item_id: UUID, user: AnyItemReader, parts: Parts, if_none_match: IfNoneMatch = None
) -> Response:
    """Return an item that one may see: one's own, a team's, anyone's public one."""
    item = await items.read(parts.database, item_id, user)
    if none_match(if_none_match, item.version):
        return one(item)
    return unchanged(item)


@router.put("/{item_id}", response_model=Item, responses=TAGGED | _WRITE)
async def replace_item(
    item_id: UUID,
    *,
    body: ItemBody,
    user: ItemWriter,
    client: RequestClient,
    uow: Unit,
    parts: Parts,
    if_match: IfMatch = None,
) -> Response:
    """Replace the whole content of an item; what is absent is as in a new one."""
    versions = versions_of_if_match(if_match)
    item = await item_changes.change(
        uow,
        item_id,
        user,
        lambda _: _content(body),
        versions=versions,
        audit=parts.audit,
        client=client,
    )
    return one(item)


@router.patch(
    "/{item_id}", response_model=Item, responses=TAGGED | _WRITE, openapi_extra=_MERGE_PATCH
)
async def patch_item(
    item_id: UUID,
    *,
    body: ItemPatch,
    user: ItemWriter,
    client: RequestClient,
    uow: Unit,
    parts: Parts,
    if_match: IfMatch = None,
) -> Response:
    """Change an item by a JSON Merge Patch (RFC 7396), `metadata` included."""
    patch = {name: getattr(body, name) for name in body.model_fields_set}
    versions = versions_of_if_match(if_match)
    item = await item_changes.change(
        uow,
        item_id,
        user,
        lambda content: _patched(content, patch),
        versions=versions,
        audit=parts.audit,
        client=client,
    )
    return one(item)


@router.delete("/{item_id}", status_code=204, responses=_DELETE)
async def delete_item(item_id: UUID, user: ItemWriter, uow: Unit, if_match: IfMatch = None) -> None:
    """Delete an item whose executions have all ended; they stay, without an item."""
    await item_changes.delete(uow, item_id, user, versions=versions_of_if_match(if_match))


def _content(body: ItemBody) -> ItemContent:
    return ItemContent(body.name, body.handler, body.metadata, body.visibility)


def _patched(content: ItemContent, patch: dict[str, Any]) -> ItemContent:
    before = {
        "name": content.name,
        "handler": content.handler,
        "metadata": content.metadata,
        "visibility": content.visibility,
    }
    try:
        return _content(ItemBody.model_validate(merge(before, patch)))
    except ValidationError as error:
        problems = [part | {"loc": ("body", *part["loc"])} for part in error.errors()]
        raise RequestValidationError(problems) from None


def _query(filters: ItemFilters) -> ItemQuery:
    return ItemQuery(
        team_id=filters.team_id,
        sort=filters.sort.lstrip("-+ "),
        descending=filters.sort.startswith("-"),
        where=filters.where,
        handler=filters.handler,
        visibility=filters.visibility,
        words=() if filters.q is None else search_text.words(filters.q),
    )
