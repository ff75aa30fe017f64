"""Reading logs: pages after a cursor, and the heads of many logs in one statement."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Integer, Select, and_, bindparam, func, select, true

from runcast.database import Database
from runcast.database.any_of import any_of
from runcast.database.octets import octets
from runcast.database.prepared_reads import PreparedRead
from runcast.errors import NotFound
from runcast.lifecycle import State
from runcast.models import Event, Execution
from runcast.services.event_log.row import LoggedEvent

NO_BOUND = 2**62

_head = (Execution.oldest_seq, Execution.last_seq, Execution.state)
_execution_id = bindparam("execution_id", type_=Execution.id.type)

_HEAD = PreparedRead(select(*_head).where(Execution.id == _execution_id))
_HEADS = PreparedRead(select(Execution.id, *_head).where(any_of(Execution.id, "ids")))


# Head and events are read in one statement, so that both are of one moment.
_after = and_(Event.seq > bindparam("after", type_=Integer()), Event.seq <= Execution.last_seq)
_limit = bindparam("limit", type_=Integer())


def _page() -> Select[*tuple[Any, ...]]:
    """Return the page as SQLite reads it, row by row, until there are bytes enough."""
    return (
        select(*_head, Event.seq, Event.kind, Event.payload)
        .outerjoin(Event, and_(Event.execution_id == Execution.id, _after))
        .where(Execution.id == _execution_id)
        .order_by(Event.seq)
        .limit(_limit)
    )


def _page_within() -> Select[*tuple[Any, ...]]:
    """Return the page as a server sends it that must not send all of it: the sizes are summed there."""
    # Lateral, because PostgreSQL would sort all that is joined, to the end of the log.
    events = (
        select(Event.seq, Event.kind, Event.payload)
        .where(Event.execution_id == _execution_id, _after)
        .order_by(Event.seq)
        .limit(_limit)
        .correlate(Execution)
        .lateral()
    )
    before = func.sum(octets(events.c.payload)).over(order_by=events.c.seq, rows=(None, -1))
    sized = (
        select(*_head, events, func.coalesce(before, 0).label("before"))
        .outerjoin(events, true())
        .where(Execution.id == _execution_id)
        .subquery()
    )
    columns = [column for column in sized.c if column.name != "before"]
    within = sized.c.before < bindparam("max_bytes", type_=BigInteger())
    return select(*columns).where(within).order_by(sized.c.seq)


_PAGE = PreparedRead(_page(), postgresql=_page_within(), sized=5)


@dataclass(frozen=True, slots=True)
class Head:
    """Where a log begins and ends, and in which state its execution is."""

    oldest: int
    last: int
    state: State


@dataclass(frozen=True, slots=True)
class LogPage:
    """Events after a cursor, in order, without a gap but the one before `head.oldest`."""

    events: tuple[LoggedEvent, ...]
    head: Head


class LogReader:
    """Reads from the database, by the hot path; holds no connection between two calls."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, execution_id: UUID, after: int, limit: int, *, max_bytes: int = NO_BOUND
    ) -> LogPage:
        """Return at most `limit` events with a `seq` above `after`, and not many after `max_bytes`.

        Raises:
            NotFound: there is no such execution.
        """
        found = await self._database.fetch(
            _PAGE, execution_id=execution_id, after=after, limit=limit, max_bytes=max_bytes
        )
        head = _head_of(found[0] if found else None)
        # A log without such an event is one row, of the head alone.
        events = tuple(LoggedEvent(*row[3:]) for row in found if row[3] is not None)
        return LogPage(events, head)

    async def head(self, execution_id: UUID) -> Head:
        """Return where the log begins and ends.

        Raises:
            NotFound: there is no such execution.
        """
        return _head_of(await self._database.fetch_one(_HEAD, execution_id=execution_id))

    async def heads(self, execution_ids: Collection[UUID]) -> dict[UUID, Head]:
        """Return the heads of these logs; one that does not exist is left out."""
        if not execution_ids:
            return {}
        found = await self._database.fetch(_HEADS, ids=execution_ids)
        return {id_: Head(oldest, last, State(state)) for id_, oldest, last, state in found}


def _head_of(row: Sequence[Any] | None) -> Head:
    if row is None:
        raise NotFound("no such execution")
    oldest, last, state, *_ = row
    return Head(oldest, last, State(state))
