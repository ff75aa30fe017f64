"""Lists of items: a person's or a team's, by any sort and filter, in keyset pages."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Select, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from runcast.clock import rfc3339
from runcast.database import UnitOfWork
from runcast.database.deadlines import within
from runcast.database.json_conditions import equals_at
from runcast.database.text_conditions import holds
from runcast.fair_turns import FairTurns, asking
from runcast.models import Item
from runcast.services import everyone, teams, where
from runcast.services.items import COLUMNS, StoredItem
from runcast.services.pages import Cursors
from runcast.services.principals import Principal

SEARCH_SECONDS = 3.0
_SORTS: dict[str, InstrumentedAttribute[Any]] = {
    "id": Item.id,
    "name": Item.name,
    "updated_at": Item.updated_at,
}


@dataclass(frozen=True, slots=True)
class ItemQuery:
    """Which items, in which order; every condition must hold.

    Those of a team, or one's own that are no team's. `words` are those of `search_text`.
    """

    team_id: UUID | None = None
    sort: str = "id"
    descending: bool = False
    where: Sequence[str] = ()
    handler: str | None = None
    visibility: str | None = None
    words: Sequence[str] = ()

    @property
    def is_search(self) -> bool:
        """Whether it asks for what no index knows: the items themselves are looked through."""
        return bool(self.words or self.where)

    def scope(self, user_id: UUID) -> str:
        """Return the name of this very list, for its cursors."""
        order = [self.sort, self.descending]
        filters = [sorted(self.where), self.handler, self.visibility, sorted(self.words)]
        whose = (
            ["items", str(user_id)] if self.team_id is None else ["team items", str(self.team_id)]
        )
        return orjson.dumps([*whose, order, filters]).decode()


@dataclass(frozen=True, slots=True)
class ItemPage:
    """One page; `next_cursor` is None on the last."""

    items: list[StoredItem]
    next_cursor: str | None


async def page(
    uow: UnitOfWork,
    principal: Principal,
    query: ItemQuery,
    *,
    limit: int,
    cursor: str | None,
    cursors: Cursors,
    turns: FairTurns,
) -> ItemPage:
    """Return the page of items that begins after the cursor, or the first.

    Items of equal sort key come in the order of their ids, so that an item that nobody touches
    between two pages is on exactly one of them, whatever happens to the others.

    Args:
        turns: at reads of thousands of rows, which a search may be.

    Raises:
        TookTooLong: a search was given up.
        Unavailable: too many searches are waiting.
        NotFound: there is no such team that the principal may see.
        Unprocessable: a condition cannot be read, or the cursor is of another list.
    """
    if query.team_id is not None:
        await teams.get(uow, principal, query.team_id)
    scope = query.scope(principal.user_id)
    statement = _matching(principal.user_id, query)
    if cursor is not None:
        statement = statement.where(_after(query, cursors.decode(scope, cursor)))
    async with _in_turn(uow, query, turns):
        rows = (await uow.session.execute(_ordered(statement, query).limit(limit + 1))).all()
    items = [StoredItem(*row) for row in rows[:limit]]
    more = len(rows) > limit
    return ItemPage(items, cursors.encode(scope, _key(query, items[-1])) if more else None)


async def everyones_page(
    uow: UnitOfWork,
    principal: Principal,
    query: ItemQuery,
    *,
    limit: int,
    cursor: str | None,
    cursors: Cursors,
    turns: FairTurns,
) -> ItemPage:
    """Return a page of everybody's items, newest first, to an administrator.

    It may be shorter than its limit, and have a next one.

    Raises:
        TookTooLong, Unavailable: as for `page`.
        Forbidden: the principal is no administrator.
        Unprocessable: a condition cannot be read, or the cursor is of another list.
    """
    everyone.check(principal)
    statement = _filtered(select(*COLUMNS), query)
    async with _in_turn(uow, query, turns):
        rows, after = await everyone.page(
            uow,
            cursors,
            statement,
            Item.id,
            scope=f"everyone's {query.scope(principal.user_id)}",
            limit=limit,
            cursor=cursor,
        )
    return ItemPage([StoredItem(*row.values()) for row in rows], after)


@asynccontextmanager
async def _in_turn(uow: UnitOfWork, query: ItemQuery, turns: FairTurns) -> AsyncIterator[None]:
    """Let a search wait for its turn, holding no connection, and take so many seconds at most."""
    if not query.is_search:
        yield
        return
    await uow.commit()
    async with turns.turn(asking()), within(uow.session, SEARCH_SECONDS):
        yield


def _matching(user_id: UUID, query: ItemQuery) -> Select[Any]:
    return _filtered(select(*COLUMNS).where(*_whose(user_id, query)), query)


def _filtered(statement: Select[Any], query: ItemQuery) -> Select[Any]:
    if query.handler is not None:
        statement = statement.where(Item.handler == query.handler)
    if query.visibility is not None:
        statement = statement.where(Item.visibility == query.visibility)
    # No index knows of parts of words: what else is asked for is read, and looked through.
    for word in query.words:
        statement = statement.where(holds(Item.search, word))
    for condition in map(where.parse, query.where):
        statement = statement.where(equals_at(Item.metadata_, condition.tokens, condition.value))
    return statement


def _whose(user_id: UUID, query: ItemQuery) -> Sequence[ColumnElement[bool]]:
    if query.team_id is None:
        return Item.owner_id == user_id, Item.team_id.is_(None)
    return (Item.team_id == query.team_id,)


def _ordered(statement: Select[Any], query: ItemQuery) -> Select[Any]:
    keys = (_SORTS[query.sort], Item.id)
    return statement.order_by(*(key.desc() if query.descending else key for key in keys))


def _after(query: ItemQuery, key: Sequence[str]) -> ColumnElement[bool]:
    column = _SORTS[query.sort]
    values = (_from_json(query.sort, key[0]), UUID(key[1]))
    last = tuple_(literal(values[0], column.type), literal(values[1], Item.id.type))
    here = tuple_(column, Item.id)
    return here < last if query.descending else here > last


def _key(query: ItemQuery, item: StoredItem) -> tuple[str, str]:
    return _to_json(getattr(item, query.sort)), str(item.id)


def _to_json(value: UUID | str | datetime) -> str:
    return rfc3339(value) if isinstance(value, datetime) else str(value)


def _from_json(sort: str, text: str) -> UUID | str | datetime:
    if sort == "id":
        return UUID(text)
    return datetime.fromisoformat(text) if sort == "updated_at" else text
