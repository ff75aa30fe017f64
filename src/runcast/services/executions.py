"""Reading executions: one, or pages of one's own; and who may see what."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Select, Text, case, select, type_coerce

from runcast.database import UnitOfWork
from runcast.database.octets import octets
from runcast.errors import Forbidden, NotFound, Unauthenticated
from runcast.lifecycle import State
from runcast.models import Execution, Item, Payload
from runcast.services import pages
from runcast.services.event_log.row import MAX_INLINE_BYTES
from runcast.services.keysets import Column, Rows, besides, newest_first
from runcast.services.pages import Cursors
from runcast.services.principals import Principal, Shared, Viewer

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
    """An execution as someone may see it; `owner_id` is None for whom it only is public."""

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
    retry_of: UUID | None
    parent_id: UUID | None
    priority: int
    run_at: datetime
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which of one's executions to list; None means all."""

    state: State | None = None
    item_id: UUID | None = None
    handler: str | None = None
    parent_id: UUID | None = None


async def get(
    uow: UnitOfWork, execution_id: UUID, viewer: Viewer | None, *, whole: bool = True
) -> ExecutionView:
    """Return one execution that this viewer, or anyone, may see.

    Args:
        whole: with input and result of any size; else those over 32 KiB are `{"$ref", "size"}`.

    Raises:
        NotFound: there is none that this viewer may see.
        Unauthenticated: nobody is signed in, and it is not public.
    """
    statement = (
        _statement(whole=whole)
        .add_columns(Item.visibility)
        .outerjoin(Item, Item.id == Execution.item_id)
        .where(Execution.id == execution_id)
    )
    row = (await uow.session.execute(statement)).one_or_none()
    is_owner = row is not None and viewer is not None and row.owner_id == viewer.subject
    if row is None or not (is_owner or row.visibility == "public" or _is_shared(row.id, viewer)):
        if viewer is None:
            raise Unauthenticated
        raise NotFound("no such execution")
    return _view(row._mapping, owned=is_owner)  # noqa: SLF001 - SQLAlchemy's public name for it


async def get_own(uow: UnitOfWork, execution_id: UUID, principal: Principal) -> ExecutionView:
    """Return one execution on which the principal may act.

    Raises:
        NotFound: there is none that this principal may see.
        Forbidden: it is public, and somebody else's.
    """
    view = await get(uow, execution_id, principal, whole=False)
    if view.owner_id is None:
        raise Forbidden("a public execution can be watched, not acted on")
    return view


async def list_own(
    uow: UnitOfWork,
    cursors: Cursors,
    principal: Principal,
    filters: Filters,
    *,
    limit: int,
    cursor: str | None,
) -> tuple[list[ExecutionView], str | None]:
    """Return a page of the principal's executions, newest first, and the cursor of the next.

    Raises:
        Unprocessable: the cursor is of another list.
    """
    scope = f"executions {principal.user_id} {filters}"
    earlier = pages.before(cursors, scope, cursor)
    statement = _filtered(filters, principal, earlier).limit(limit + 1)
    rows = (await uow.session.execute(statement)).mappings()
    views = [_view(row, owned=True) for row in rows]
    return pages.newest_page(cursors, scope, views, limit)


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


def _is_shared(execution_id: UUID, viewer: Viewer | None) -> bool:
    return isinstance(viewer, Shared) and viewer.execution_id == execution_id


def _filtered(filters: Filters, principal: Principal, before: UUID | None) -> Rows:
    asked: dict[Column, Any] = {
        Execution.owner_id: principal.user_id,
        Execution.item_id: filters.item_id,
        Execution.parent_id: filters.parent_id,
        Execution.handler: filters.handler,
        Execution.state: filters.state,
    }
    given = {column: value for column, value in asked.items() if value is not None}
    within = {column: given.pop(column) for column in _index_for(filters)}
    statement = newest_first(_statement(whole=False), within, Execution.id, before)
    rest = [column == value for column, value in given.items()]
    return statement.where(besides(*rest)) if rest else statement


def _index_for(filters: Filters) -> tuple[Column, ...]:
    """Return the first columns of the index in which to look: the one that is expected to hold least."""
    if filters.item_id is not None:
        return (Execution.item_id,)
    if filters.parent_id is not None:
        return (Execution.parent_id,)
    # Few are not at their end, whatever their handler; of those that are, most are of a few handlers.
    if filters.state is not None and not (filters.state.final and filters.handler is not None):
        return (Execution.owner_id, Execution.state)
    if filters.handler is not None:
        return (Execution.owner_id, Execution.handler)
    return (Execution.owner_id,)


def _statement(*, whole: bool) -> Select[Any]:
    columns: list[Any] = []
    for name, document in _DOCUMENTS.items():
        size = octets(document)
        shown = document if whole else case((size <= MAX_INLINE_BYTES, document))
        columns += [shown.label(name), size.label(f"{name}_size")]
    return select(*[*_PLAIN, *columns])


def _view(row: Any, *, owned: bool) -> ExecutionView:
    plain = {column.key: row[column.key] for column in _PLAIN}
    plain["state"] = State(plain["state"])
    plain["owner_id"] = plain["owner_id"] if owned else None
    plain["open_questions"] = len(orjson.loads(plain["open_questions"]))
    for name in ("progress", "error"):
        plain[name] = None if plain[name] is None else orjson.loads(plain[name])
    return ExecutionView(**plain, input=_shown(row, "input"), result=_shown(row, "result"))


def _shown(row: Any, name: str) -> Any:
    text: str | None = row[name]
    size: int | None = row[f"{name}_size"]
    if text is None:
        return None if size is None else {"$ref": name, "size": size}
    return orjson.loads(text)
