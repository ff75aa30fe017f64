"""Answering a question that a handler asked: the first answer that fits its schema wins."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, literal_column, select

from runcast.database import UnitOfWork
from runcast.errors import Conflict, InvalidAnswer, NotFound, Unprocessable
from runcast.models import Event, Execution
from runcast.services import commands, json_schemas, signals
from runcast.services.commands import Sender
from runcast.services.event_log.units import Answer

# Spelt out, so that an index on questions alone serves.
_QUESTION: ColumnElement[str] = literal_column("'question'")
# Questions whose text names the id; all but one do so by chance.
_CANDIDATES = 100
# A name, and the number of its repeat. SQLite cannot look for a text of any length.
_LONGEST_ID = signals.MAX_NAME_LENGTH + 20


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as the log tells it, and whether it still can be answered."""

    schema: Any
    expires_at: datetime | None
    is_open: bool


async def give(uow: UnitOfWork, sender: Sender, question: str, value: Any) -> int:
    """Answer a question, and return the log's head after it; a repeat gets the first outcome.

    Raises:
        NotFound, Forbidden: as for every act on an execution, and where there is no such question.
        Conflict: it has been answered or has expired, or the execution has ended.
        InvalidAnswer: the value breaks the question's schema; the question stays open.
        TooLarge: the value is over 64 KiB.
        Unprocessable: the id was used before, for something else.
    """
    text = commands.document(value)
    await sender.check(uow, "answer")
    command = sender.command(commands.digest("answer", question, value))
    head: int | None = await commands.outcome(uow, command)
    if head is not None:
        return head
    asked = await _asked(uow, sender.execution_id, question)
    _check(asked, value)
    by = sender.principal.user_id
    unit = Answer(sender.execution_id, question, text, by, asked.expires_at, command)
    return await sender.write(uow, unit)


async def _asked(uow: UnitOfWork, execution_id: UUID, question: str) -> _Asked:
    """Return the question of this id.

    Raises:
        NotFound: it was never asked.
    """
    if len(question) > _LONGEST_ID:
        raise NotFound("no such question")
    named = f'"id":{orjson.dumps(question).decode()}'
    statement = (
        select(Event.payload, Execution.open_questions)
        .join(Execution, Execution.id == Event.execution_id)
        .where(
            Event.execution_id == execution_id,
            Event.kind == _QUESTION,
            Event.payload.contains(named, autoescape=True),
        )
        .order_by(Event.seq.desc())
        .limit(_CANDIDATES)
    )
    for payload, open_questions in await uow.session.execute(statement):
        data = orjson.loads(payload)["data"]
        if data["id"] == question:
            return _read(data, is_open=question in orjson.loads(open_questions))
    raise NotFound("no such question")


def _read(data: dict[str, Any], *, is_open: bool) -> _Asked:
    expires_at = data.get("expires_at")
    until = None if expires_at is None else datetime.fromisoformat(expires_at)
    return _Asked(data.get("schema"), until, is_open)


def _check(asked: _Asked, value: Any) -> None:
    if asked.schema is None:
        return
    try:
        problems = json_schemas.problems(asked.schema, value, ("body", "value"))
    except ValueError as error:
        raise Unprocessable(
            f"nothing can be checked against the question's schema: {error}"
        ) from error
    if problems and not asked.is_open:
        # Whether it fits is of no interest any more.
        raise Conflict("the question has been answered or has expired")
    if problems:
        raise InvalidAnswer(str(problems[0]["msg"]), problems)
