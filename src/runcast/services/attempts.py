"""What a worker needs to run an execution: its input, whose it is, and what its log remembers."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Integer, Text, and_, bindparam, case, cast, literal, select

from runcast.database import Database
from runcast.database.any_of import any_of
from runcast.database.prepared_reads import PreparedRead
from runcast.errors import NotFound
from runcast.lifecycle import State
from runcast.models import Event, Execution, Item, Payload, User

JOURNAL_KINDS = (
    "step.started",
    "step.succeeded",
    "step.failed",
    "question",
    "answer",
    "signal",
    "child.started",
    "execution.waiting",
    "execution.retrying",
    "execution.superseded",
)
_ADDRESSED = ("question", "answer", "signal")

# What an attempt that runs has to be told: the rest of its log it has written itself.
_MAIL_KINDS = ("answer", "signal", "step.failed")

_execution_id = bindparam("execution_id", type_=Execution.id.type)
_WORK = PreparedRead(
    select(
        Execution.id,
        Execution.handler,
        case((Execution.input == "", Payload.body), else_=Execution.input),
        User.id,
        User.email,
        User.name,
        Item.id,
        Item.name,
        Item.metadata_,
        Execution.retries,
        Execution.team_id,
    )
    .join(User, User.id == Execution.owner_id)
    .outerjoin(Item, Item.id == Execution.item_id)
    .outerjoin(Payload, and_(Payload.execution_id == Execution.id, Payload.ref == "input"))
    .where(any_of(Execution.id, "ids"))
)
_JOURNAL = PreparedRead(
    select(Event.execution_id, Event.seq, Event.kind, Event.payload, Payload.body)
    .outerjoin(
        Payload,
        and_(
            Payload.execution_id == Event.execution_id,
            Payload.ref == cast(Event.seq, Text),
        ),
    )
    .where(any_of(Event.execution_id, "ids"), Event.kind.in_(JOURNAL_KINDS))
    .order_by(Event.execution_id, Event.seq)
)
_EMITTED = PreparedRead(
    select(Event.seq, Event.payload)
    .where(
        Event.execution_id == _execution_id,
        Event.seq > bindparam("after", type_=Integer()),
        Event.kind.not_like("%.%"),
        Event.kind.not_in(_ADDRESSED),
    )
    .order_by(Event.seq)
)
_STANDINGS = PreparedRead(
    select(Execution.id, Execution.claim, Execution.cancel_requested, Execution.inbox).where(
        any_of(Execution.id, "ids")
    )
)
_INBOX = PreparedRead(select(Execution.inbox).where(Execution.id == _execution_id))
_MAIL = PreparedRead(
    select(Event.seq, Event.kind, Event.payload, literal(None))
    .where(
        Event.execution_id == _execution_id,
        Event.seq > bindparam("after", type_=Integer()),
        Event.kind.in_(_MAIL_KINDS),
    )
    .order_by(Event.seq)
)
_CHILDREN = PreparedRead(
    select(Execution.id, Execution.state, Execution.result, Execution.error).where(
        any_of(Execution.id, "ids")
    )
)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who started it."""

    id: UUID
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class StartedItem:
    """The item that was started."""

    id: UUID
    name: str
    metadata: dict[str, Any]


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A journal event of the log; a large result is in its place in `data` again."""

    seq: int
    kind: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Work:
    """All that one attempt begins with."""

    handler: str
    input: Any
    owner: Owner
    item: StartedItem | None
    retries: int
    team_id: UUID | None
    journal: tuple[JournalEntry, ...]


async def load(
    database: Database, ids: Collection[UUID], remembered: Collection[UUID]
) -> dict[UUID, Work]:
    """Return what attempts at these executions begin with; what is gone is left out.

    Args:
        database: where they are.
        ids: which executions.
        remembered: those of them whose log may hold more than their beginning.
    """
    rows = await database.fetch(_WORK, ids=ids)
    journals: defaultdict[UUID, list[JournalEntry]] = defaultdict(list)
    if remembered:
        for execution_id, *entry in await database.fetch(_JOURNAL, ids=remembered):
            journals[execution_id].append(_entry(*entry))
    return {id_: _work(columns, journals[id_]) for id_, *columns in rows}


def _work(columns: Sequence[Any], journal: Iterable[JournalEntry]) -> Work:
    handler, given, owner_id, email, name, item_id, item_name, metadata, *rest = columns
    retries, team_id = rest
    return Work(
        handler=handler,
        input=orjson.loads(given),
        owner=Owner(owner_id, email, name),
        item=None if item_id is None else StartedItem(item_id, item_name, metadata),
        retries=retries,
        team_id=team_id,
        journal=tuple(journal),
    )


async def emitted(
    database: Database, execution_id: UUID, after: int
) -> list[tuple[int, int, str | None]]:
    """Return (seq, attempt, step) of what handlers emitted after this event, in order."""
    found = await database.fetch(_EMITTED, execution_id=execution_id, after=after)
    events = [(seq, orjson.loads(payload)) for seq, payload in found]
    return [(seq, event["attempt"], event["step"]) for seq, event in events]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a running execution stands in the database."""

    claim: int
    cancel_requested: bool
    inbox: int


async def standings(database: Database, ids: Collection[UUID]) -> dict[UUID, Standing]:
    """Return how these executions stand, in one statement."""
    found = await database.fetch(_STANDINGS, ids=ids)
    return {id_: Standing(*rest) for id_, *rest in found}


@dataclass(frozen=True, slots=True)
class Mail:
    """What was addressed to an execution: everything that the row's `inbox` had counted is there."""

    inbox: int
    entries: tuple[JournalEntry, ...]


async def mail(database: Database, execution_id: UUID, after: int) -> Mail:
    """Return what came after this event: answers, signals, and questions that have expired.

    Raises:
        NotFound: the execution is gone.
    """
    # The count first: what comes in between is in the entries, and will be counted next time.
    row = await database.fetch_one(_INBOX, execution_id=execution_id)
    if row is None:
        raise NotFound("no such execution")
    found = await database.fetch(_MAIL, execution_id=execution_id, after=after)
    return Mail(row[0], tuple(_entry(*each) for each in found))


@dataclass(frozen=True, slots=True)
class ChildEnd:
    """How an execution has ended, for the one that started it."""

    state: State
    result: Any
    error: dict[str, str] | None


async def children(database: Database, ids: Collection[UUID]) -> dict[UUID, ChildEnd]:
    """Return how those of these executions have ended that have; one that was deleted has failed."""
    found = {row[0]: row[1:] for row in await database.fetch(_CHILDREN, ids=ids)}
    ended = {id_: _child_end(*row) for id_, row in found.items() if State(row[0]).final}
    return ended | {id_: _GONE for id_ in ids if id_ not in found}


_GONE = ChildEnd(State.FAILED, None, {"code": "not_found", "message": "the child was deleted"})


def _child_end(state: str, result: str | None, error: str | None) -> ChildEnd:
    return ChildEnd(
        State(state),
        None if result is None else orjson.loads(result),
        None if error is None else orjson.loads(error),
    )


def _entry(seq: int, kind: str, payload: str, body: str | None) -> JournalEntry:
    data = orjson.loads(payload)["data"]
    if body is not None:
        data["result"] = orjson.loads(body)
    return JournalEntry(seq, kind, data)
