"""The questions of an execution that wait for an answer, found without a walk through its log."""

from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, literal_column, select

from runcast.database import UnitOfWork
from runcast.models import Event, Execution
from runcast.services import executions
from runcast.services.principals import Viewer

# Spelt out, so that an index on questions alone serves.
_QUESTION: ColumnElement[str] = literal_column("'question'")
_AT_ONCE = 100
_BEYOND_ANY_LOG = 2**31 - 1


async def open_of(uow: UnitOfWork, execution_id: UUID, viewer: Viewer | None) -> list[str]:
    """Return the events that ask what is open, as JSON text, in the order in which they were asked.

    Raises:
        NotFound: there is no execution that this viewer may see.
        Unauthenticated: nobody is signed in, and it is not public.
    """
    await executions.get(uow, execution_id, viewer, whole=False)
    statement = select(Execution.open_questions).where(Execution.id == execution_id)
    missing = set(orjson.loads(await uow.session.scalar(statement) or "[]"))
    found: list[str] = []
    before = _BEYOND_ANY_LOG
    # What is open was asked of late, as a rule: nobody goes on asking while a thousand are.
    while missing:
        asked = await _asked_before(uow, execution_id, before)
        for _, payload in asked:
            question = orjson.loads(payload)["data"]["id"]
            if question in missing:
                missing.discard(question)
                found.append(payload)
        if len(asked) < _AT_ONCE:
            break
        before = asked[-1][0]
    return found[::-1]


async def _asked_before(uow: UnitOfWork, execution_id: UUID, before: int) -> list[tuple[int, str]]:
    statement = (
        select(Event.seq, Event.payload)
        .where(Event.execution_id == execution_id, Event.kind == _QUESTION, Event.seq < before)
        .order_by(Event.seq.desc())
        .limit(_AT_ONCE)
    )
    return [(seq, payload) for seq, payload in await uow.session.execute(statement)]
