"""Pages of the audit log, the newest entries first: all of it, or what concerns one person."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, literal, select, tuple_, union

from runcast.clock import rfc3339
from runcast.database import UnitOfWork
from runcast.models import AuditEntry
from runcast.services import audit_entries
from runcast.services.audit_entries import Entry
from runcast.services.keysets import Column, besides
from runcast.services.pages import Cursors

_EVER = datetime.min.replace(tzinfo=UTC)
_NEVER = datetime.max.replace(tzinfo=UTC)
_COLUMNS = (
    AuditEntry.id,
    AuditEntry.at,
    AuditEntry.action,
    AuditEntry.user_id,
    AuditEntry.session_id,
    AuditEntry.key_id,
    AuditEntry.address,
    AuditEntry.user_agent,
    AuditEntry.subject,
    AuditEntry.details,
)


@dataclass(frozen=True, slots=True)
class AuditFilters:
    """Which entries; None means all. `since` counts itself, `until` does not."""

    action: str | None = None
    user_id: UUID | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def page(
    uow: UnitOfWork,
    cursors: Cursors,
    filters: AuditFilters,
    *,
    limit: int,
    cursor: str | None,
) -> tuple[list[Entry], str | None]:
    """Return a page of the entries that pass all filters, with names, and the cursor of the next.

    Raises:
        Unprocessable: the cursor is of another list.
    """
    scope = f"audit {filters}"
    end = _end(cursors, scope, cursor) or (filters.until or _NEVER, UUID(int=0))
    entries, after = await _page(uow, cursors, scope, _filtered(filters, end), limit)
    return await audit_entries.named(uow, entries), after


async def of_one(
    uow: UnitOfWork, cursors: Cursors, user_id: UUID, *, limit: int, cursor: str | None
) -> tuple[list[Entry], str | None]:
    """Return a page of what this person did, and of what was done to their account, and the next cursor.

    Raises:
        Unprocessable: the cursor is of another list.
    """
    scope = f"activity {user_id}"
    end = _end(cursors, scope, cursor) or (_NEVER, UUID(int=0))
    # Two walks, each in an index of its own; the newest of both are among the newest of each.
    walks = [
        _within(columns, _EVER, end).limit(limit + 1).subquery()
        for columns in ({AuditEntry.user_id: user_id}, {AuditEntry.subject: f"user {user_id}"})
    ]
    either = AuditEntry.id.in_(union(*(select(walk.c.id) for walk in walks)))
    newest = select(*_COLUMNS).where(either).order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    entries, after = await _page(uow, cursors, scope, newest, limit)
    return [_as_seen_by(user_id, entry) for entry in entries], after


def _as_seen_by(user_id: UUID, entry: Entry) -> Entry:
    """Return the entry without from where somebody else acted, as an administrator did."""
    if entry.user_id in {None, user_id}:
        return entry
    return replace(entry, session_id=None, key_id=None, address="", user_agent="")


async def _page(
    uow: UnitOfWork, cursors: Cursors, scope: str, statement: Select[Any], limit: int
) -> tuple[list[Entry], str | None]:
    rows = (await uow.session.execute(statement.limit(limit + 1))).all()
    entries = [Entry(*row) for row in rows[:limit]]
    if len(rows) <= limit:
        return entries, None
    last = entries[-1]
    return entries, cursors.encode(scope, [rfc3339(last.at), str(last.id)])


def _filtered(filters: AuditFilters, end: tuple[datetime, UUID]) -> Select[Any]:
    """Return the statement that walks the index of the narrowest filter."""
    asked: dict[Column, Any] = {
        AuditEntry.subject: filters.subject,
        AuditEntry.user_id: filters.user_id,
        AuditEntry.action: filters.action,
    }
    given = [(column, value) for column, value in asked.items() if value is not None]
    statement = _within(dict(given[:1]), filters.since or _EVER, end)
    rest = [column == value for column, value in given[1:]]
    return statement.where(besides(*rest)) if rest else statement


def _within(columns: dict[Column, Any], since: datetime, end: tuple[datetime, UUID]) -> Select[Any]:
    """Return the entries with these values from `since` on and before `end`, by bounds on one index."""
    keys = (*columns, AuditEntry.at, AuditEntry.id)
    first = _bound(columns, (since, UUID(int=0)))
    return (
        select(*_COLUMNS)
        .where(tuple_(*keys) >= first, tuple_(*keys) < _bound(columns, end))
        .order_by(*(key.desc() for key in keys))
    )


def _bound(columns: dict[Column, Any], place: tuple[datetime, UUID]) -> Any:
    at, id_ = place
    values = [literal(value, column.type) for column, value in columns.items()]
    return tuple_(*values, literal(at, AuditEntry.at.type), literal(id_, AuditEntry.id.type))


def _end(cursors: Cursors, scope: str, cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    at, id_ = cursors.decode(scope, cursor)
    return datetime.fromisoformat(at), UUID(id_)
