"""An item: what a person writes of it, how it is kept, created, and read by those who may."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import BindParameter, Select, and_, bindparam, insert, select

from runcast import search_text
from runcast.database import Database, UnitOfWork
from runcast.database.prepared_reads import PreparedRead
from runcast.errors import TooLarge
from runcast.models import Item, Member
from runcast.services import acting, teams
from runcast.services.audit import Action, Actor, Audit
from runcast.services.permissions import Right, Standing, Thing, permit
from runcast.services.principals import Client, Principal

MAX_BYTES = 2**20
COLUMNS = (
    Item.id,
    Item.owner_id,
    Item.team_id,
    Item.name,
    Item.handler,
    Item.metadata_,
    Item.visibility,
    Item.version,
    Item.created_at,
    Item.updated_at,
)


def _with_role(reader: BindParameter[Any] | UUID) -> Select[*tuple[Any, ...]]:
    """Return the query of items, each with what the reader is in its team."""
    theirs = and_(Member.team_id == Item.team_id, Member.user_id == reader)
    return select(*COLUMNS, Member.role).outerjoin(Member, theirs)


_BY_ID = PreparedRead(
    _with_role(bindparam("reader_id", type_=Member.user_id.type)).where(
        Item.id == bindparam("item_id", type_=Item.id.type)
    )
)


@dataclass(frozen=True, slots=True)
class ItemContent:
    """What a person writes of an item; all the rest is Runcast's."""

    name: str
    handler: str | None
    metadata: dict[str, Any]
    visibility: str

    def canonical(self) -> bytes:
        """Return JSON that is the same for the same content, and tells 1 from true as `==` does not."""
        content = [self.name, self.handler, self.visibility, self.metadata]
        return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item as it is kept. `owner_id` is who made it.

    That and `team_id` are None towards those for whom the item is only public.
    """

    id: UUID
    owner_id: UUID | None
    team_id: UUID | None
    name: str
    handler: str | None
    metadata: dict[str, Any]
    visibility: str
    version: int
    created_at: datetime
    updated_at: datetime

    @property
    def content(self) -> ItemContent:
        """What its owner wrote."""
        return ItemContent(self.name, self.handler, self.metadata, self.visibility)


async def create(
    uow: UnitOfWork,
    principal: Principal,
    content: ItemContent,
    *,
    team_id: UUID | None = None,
    audit: Audit,
    client: Client,
) -> StoredItem:
    """Keep a new item, one's own or a team's.

    Raises:
        NotFound: there is no such team that the principal may see.
        Forbidden: they may not write there, or not make public what is there.
        TooLarge: the content is over 1 MiB of JSON.
        InvalidToken: it is others' to see, and the credential has ended meanwhile.
    """
    check_size(content.canonical())
    if team_id is not None or content.visibility == "public":
        await acting.hold(uow, principal)
    await _check_team(uow, principal, team_id, content)
    now = audit.clock.now()
    values = columns_of(content) | {
        "id": audit.ids.new(),
        "owner_id": principal.user_id,
        "version": 1,
    }
    values |= {"team_id": team_id, "created_at": now, "updated_at": now}
    statement = insert(Item).values(**values).returning(*COLUMNS)
    item = StoredItem(*(await uow.session.execute(statement)).one())
    # Once more, now that the row keeps the team from being deleted: it may have been before that.
    await _check_team(uow, principal, team_id, content)
    if item.visibility == "public":
        await note_visibility(uow, audit, item, Actor(client, principal))
    return item


async def note_visibility(uow: UnitOfWork, audit: Audit, item: StoredItem, by: Actor) -> None:
    """Note who may see an item from now on, executions and their logs included."""
    await audit.note(
        uow,
        Action.VISIBILITY_CHANGED,
        by,
        subject=f"item {item.id}",
        visibility=item.visibility,
    )


async def read(database: Database, item_id: UUID, reader: Principal | None) -> StoredItem:
    """Return an item to whoever may see it; to whom it is only public, without owner and team.

    It goes by the hot path: of all requests, this one is the most frequent.

    Args:
        reader: who asks; None for nobody signed in.

    Raises:
        Unauthenticated: nobody is signed in, and there is no such public item.
        NotFound: there is none that the reader may see.
    """
    reader_id = None if reader is None else reader.user_id
    row = await database.fetch_one(_BY_ID, item_id=item_id, reader_id=reader_id)
    item, standing = _permitted(row, reader, Right.SEE)
    return item if standing.is_insider else replace(item, owner_id=None, team_id=None)


async def find(
    uow: UnitOfWork, item_id: UUID, principal: Principal, right: Right, *, lock: bool = False
) -> tuple[StoredItem, Standing]:
    """Return an item to whoever may do this to it, locked against others' changes on demand.

    Raises:
        NotFound: there is none that the principal may see.
        Forbidden: they may see it, and not do this.
    """
    statement = _with_role(principal.user_id).where(Item.id == item_id)
    locked = statement.with_for_update(of=Item) if lock else statement
    return _permitted((await uow.session.execute(locked)).first(), principal, right)


def _permitted(
    row: Sequence[Any] | None, reader: Principal | None, right: Right
) -> tuple[StoredItem, Standing]:
    if row is None:
        permit(reader, None, right, "item")
    assert row is not None
    item = StoredItem(*row[:-1])
    thing = Thing(item.owner_id, item.team_id, row[-1], item.visibility == "public")
    return item, permit(reader, thing, right, "item")


async def _check_team(
    uow: UnitOfWork, principal: Principal, team_id: UUID | None, content: ItemContent
) -> None:
    if team_id is not None:
        await teams.get(uow, principal, team_id, Right.WRITE)
        if content.visibility == "public":
            await teams.get(uow, principal, team_id, Right.PUBLISH)


def columns_of(content: ItemContent) -> dict[str, Any]:
    """Return the content as the columns that hold it, and in which it is found, by their attributes."""
    return {
        "name": content.name,
        "handler": content.handler,
        "metadata_": content.metadata,
        "visibility": content.visibility,
        "search": search_text.of_item(content.name, content.metadata),
    }


def check_size(canonical: bytes) -> None:
    """Refuse content that is over the bound.

    Raises:
        TooLarge: it is.
    """
    if len(canonical) > MAX_BYTES:
        raise TooLarge(f"an item holds at most {MAX_BYTES} bytes of JSON")
