"""Reading executions: one, to whoever may see it, or pages of a person's or a team's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Select, Text, and_, case, select, type_coerce, union_all

from runcast.database import UnitOfWork
from runcast.database.octets import octets
from runcast.errors import NotFound
from runcast.ids import begin_of
from runcast.lifecycle import State
from runcast.models import Execution, Item, Member, Payload
from runcast.services import everyone, pages, permissions, teams
from runcast.services.event_log.row import MAX_INLINE_BYTES
from runcast.services.keysets import Column, Rows, Span, besides, in_order
from runcast.services.pages import Cursors
from runcast.services.permissions import AS_ADMINISTRATOR, OWN, Right, Standing, Thing
from runcast.services.principals import Principal, Viewer

_PLAIN = (
    Execution.id,
    Execution.item_id,
    Execution.handler,
    Execution.handler_version,
    Execution.state,
    Execution.progress,
    Execution.error,
    Execution.attempt,
    Execution.oldest_seq,
    Execution.last_seq,
    Execution.open_questions,
    Execution.owner_id,
    Execution.team_id,
    Execution.retry_of,
    Execution.parent_id,
    Execution.priority,
    Execution.run_at,
    Execution.created_at,
    Execution.started_at,
    Execution.finished_at,
)


# A large input stands in the payloads, and "" in the row.
_LARGE_INPUT = select(Payload.body).where(
    Payload.execution_id == Execution.id, Payload.ref == "input"
)
_DOCUMENTS: dict[str, ColumnElement[Any]] = {
    "input": case((Execution.input == "", _LARGE_INPUT.scalar_subquery()), else_=Execution.input),
    "result": type_coerce(Execution.result, Text()),
}


@dataclass(frozen=True, slots=True)
class ExecutionView:
    """An execution as someone sees it, who stands to it like that.

    `owner_id` is who started it, and None with `team_id` for whom it is only public or shared.
    """

    id: UUID
    item_id: UUID | None
    handler: str
    handler_version: str | None
    state: State
    input: Any
    result: Any
    error: Any
    progress: Any
    attempt: int
    oldest_seq: int
    last_seq: int
    open_questions: int
    owner_id: UUID | None
    team_id: UUID | None
    retry_of: UUID | None
    parent_id: UUID | None
    priority: int
    run_at: datetime
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class Filters:
    """Which executions to list: a team's, or one's own that are no team's; None means all of them.

    `states` are any of these, none for all; made at `since` or later, and before `until`, both by the
    millisecond in their ids.
    """

    team_id: UUID | None = None
    states: tuple[State, ...] = ()
    item_id: UUID | None = None
    handler: str | None = None
    parent_id: UUID | None = None
    retry_of: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    oldest_first: bool = False

    @property
    def span(self) -> Span:
        """Where to look."""
        since = None if self.since is None else begin_of(self.since)
        return Span(since, None if self.until is None else begin_of(self.until))


async def get(
    uow: UnitOfWork,
    execution_id: UUID,
    viewer: Viewer | None,
    *,
    right: Right = Right.SEE,
    whole: bool = True,
) -> ExecutionView:
    """Return one execution to whoever may do this to it.

    Args:
        whole: with input and result of any size; else those over 32 KiB are `{"$ref", "size"}`.

    Raises:
        NotFound: there is none that this viewer may see.
        Unauthenticated: nobody is signed in, and it is not public.
        Forbidden: they may see it, and not do this.
    """
    reader_id = viewer.user_id if isinstance(viewer, Principal) else None
    statement = (
        _statement(whole=whole)
        .add_columns(Item.visibility, Member.role)
        .outerjoin(Item, Item.id == Execution.item_id)
        .outerjoin(Member, and_(Member.team_id == Execution.team_id, Member.user_id == reader_id))
        .where(Execution.id == execution_id)
    )
    row = (await uow.session.execute(statement)).mappings().one_or_none()
    thing = None if row is None else _thing(row)
    standing = permissions.permit(viewer, thing, right, "execution")
    return _view(row, standing)


async def list_own(
    uow: UnitOfWork,
    cursors: Cursors,
    principal: Principal,
    filters: Filters,
    *,
    limit: int,
    cursor: str | None,
) -> tuple[list[ExecutionView], str | None]:
    """Return a page of a team's executions, or of the principal's own; and the cursor of the next.

    Raises:
        NotFound: there is no such team that this principal may see.
        Unprocessable: the cursor is of another list.
    """
    scope = f"executions {principal.user_id} {filters}"
    last = pages.before(cursors, scope, cursor)
    if filters.team_id is not None:
        await teams.get(uow, principal, filters.team_id)
    statement = _filtered(filters, principal, last, limit + 1).limit(limit + 1)
    rows = (await uow.session.execute(statement)).mappings()
    # How exactly they stand to each shows in nothing: whoever sees these sees all of them.
    views = [_view(row, OWN) for row in rows]
    return pages.newest_page(cursors, scope, views, limit)


async def list_everyones(
    uow: UnitOfWork,
    cursors: Cursors,
    principal: Principal,
    filters: Filters,
    *,
    limit: int,
    cursor: str | None,
) -> tuple[list[ExecutionView], str | None]:
    """Return a page of everybody's executions, newest first, to an administrator; and the next cursor.

    It may be shorter than its limit, and have a next one.

    Raises:
        Forbidden: the principal is no administrator.
        Unprocessable: the cursor is of another list.
    """
    everyone.check(principal)
    matching = _conditions(_asked(filters))
    statement = _statement(whole=False)
    rows, after = await everyone.page(
        uow,
        cursors,
        statement.where(besides(*matching)) if matching else statement,
        Execution.id,
        scope=f"everyone's executions {filters}",
        limit=limit,
        cursor=cursor,
        span=filters.span,
    )
    return [_view(row, AS_ADMINISTRATOR) for row in rows], after


async def payload(uow: UnitOfWork, execution_id: UUID, ref: str, viewer: Viewer | None) -> str:
    """Return the JSON text that stands behind a `$ref` of this execution.

    Raises:
        NotFound: there is none that this principal may see.
        Unauthenticated: nobody is signed in, and the execution is not public.
    """
    await get(uow, execution_id, viewer, whole=False)
    if ref in _DOCUMENTS:
        statement = select(_DOCUMENTS[ref]).where(Execution.id == execution_id)
    else:
        statement = select(Payload.body).where(
            Payload.execution_id == execution_id, Payload.ref == ref
        )
    text: str | None = (await uow.session.execute(statement)).scalar_one_or_none()
    if text is None:
        raise NotFound("no such payload")
    return text


def _thing(row: Any) -> Thing:
    return Thing(
        owner_id=row["owner_id"],
        team_id=row["team_id"],
        role=row["role"],
        is_public=row["visibility"] == "public",
        execution_id=row["id"],
    )


def _filtered(filters: Filters, principal: Principal, last: UUID | None, limit: int) -> Rows:
    """Return the statement of what comes after the last of the page before, of which so many will do."""
    whose, whole = _whose(filters, principal), _statement(whole=False)
    if len(filters.states) < 2 or Execution.state not in _index_for(filters, *whose):
        return _found(whole, filters, whose, last)
    # An index holds each state in order, and no two of them.
    of_each = [
        _found(select(Execution.id), replace(filters, states=(state,)), whose, last).limit(limit)
        for state in filters.states
    ]
    ids = union_all(*(select(one.subquery().c.id) for one in of_each))
    by = Execution.id.asc() if filters.oldest_first else Execution.id.desc()
    return whole.where(Execution.id.in_(ids)).order_by(by)


def _found(statement: Rows, filters: Filters, whose: dict[Column, Any], last: UUID | None) -> Rows:
    given = whose | _asked(filters)
    index = _index_for(filters, *whose)
    within = {column: given.pop(column)[0] for column in index}
    span, oldest_first = filters.span, filters.oldest_first
    if last is not None:
        span = replace(span, after=last) if oldest_first else replace(span, before=last)
    statement = in_order(statement, within, Execution.id, span, oldest_first=oldest_first)
    rest = _conditions(given)
    if filters.team_id is None:
        rest.append(Execution.team_id.is_(None))
    else:
        # Bounds on several columns do not tell the planners that the index, which is partial, serves.
        statement = statement.where(Execution.team_id.is_not(None))
    return statement.where(besides(*rest)) if rest else statement


def _asked(filters: Filters) -> dict[Column, Sequence[Any]]:
    """Return the columns that are asked for, each with the values of which it is to have one."""
    asked: dict[Column, Any] = {
        Execution.item_id: filters.item_id,
        Execution.parent_id: filters.parent_id,
        Execution.retry_of: filters.retry_of,
        Execution.handler: filters.handler,
    }
    found: dict[Column, Sequence[Any]] = {
        column: (value,) for column, value in asked.items() if value is not None
    }
    return {**found, Execution.state: filters.states} if filters.states else found


def _conditions(asked: Mapping[Column, Sequence[Any]]) -> list[ColumnElement[bool]]:
    return [
        column.in_(values) if len(values) > 1 else column == values[0]
        for column, values in asked.items()
    ]


def _whose(filters: Filters, principal: Principal) -> dict[Column, Any]:
    if filters.team_id is None:
        return {Execution.owner_id: (principal.user_id,)}
    return {Execution.team_id: (filters.team_id,)}


def _index_for(filters: Filters, whose: Column) -> tuple[Column, ...]:
    """Return the first columns of the index in which to look: the one that is expected to hold least."""
    if filters.item_id is not None:
        return (Execution.item_id,)
    if filters.parent_id is not None:
        return (Execution.parent_id,)
    if filters.retry_of is not None:
        return (Execution.retry_of,)
    # Few are not at their end, whatever their handler; of those that are, most are of a few handlers.
    ended = all(state.final for state in filters.states)
    if filters.states and not (ended and filters.handler is not None):
        return (whose, Execution.state)
    if filters.handler is not None:
        return (whose, Execution.handler)
    return (whose,)


def _statement(*, whole: bool) -> Select[Any]:
    columns: list[Any] = []
    for name, document in _DOCUMENTS.items():
        size = octets(document)
        shown = document if whole else case((size <= MAX_INLINE_BYTES, document))
        columns += [shown.label(name), size.label(f"{name}_size")]
    return select(*[*_PLAIN, *columns])


def _view(row: Any, standing: Standing) -> ExecutionView:
    plain = {column.key: row[column.key] for column in _PLAIN}
    plain["state"] = State(plain["state"])
    if not standing.is_insider:
        plain["owner_id"] = plain["team_id"] = None
    plain["open_questions"] = len(orjson.loads(plain["open_questions"]))
    for name in ("progress", "error"):
        plain[name] = None if plain[name] is None else orjson.loads(plain[name])
    documents = {name: _shown(row, name) for name in _DOCUMENTS}
    return ExecutionView(**plain, **documents, standing=standing)


def _shown(row: Any, name: str) -> Any:
    text: str | None = row[name]
    size: int | None = row[f"{name}_size"]
    if text is None:
        return None if size is None else {"$ref": name, "size": size}
    return orjson.loads(text)
