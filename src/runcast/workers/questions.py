"""`run.ask`: a question to people, the JSON Schema of its answer, and the wait for it."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from runcast import strict_json
from runcast.clock import rfc3339
from runcast.errors import InvalidAnswer
from runcast.services import json_schemas
from runcast.services.event_log.units import ExpireQuestion, OpenQuestion
from runcast.workers.durable_waits import DurableWaits, failure, late
from runcast.workers.emitter import MAX_EVENT_BYTES
from runcast.workers.journal import question_digest, question_key
from runcast.workers.waits import Wait

_ANYTHING: TypeAdapter[Any] = TypeAdapter(Any)


@dataclass(frozen=True, slots=True)
class Form:
    """What an answer has to be: its JSON Schema, and how it is read."""

    schema: Any
    adapter: TypeAdapter[Any]

    @staticmethod
    def of(asked: Any) -> "Form":
        """Return the form of answers that are of a type, fit a schema, or are one of some choices.

        Args:
            asked: None for anything, a dict for a JSON Schema, a list or tuple for choices, else a
                type that Pydantic understands.

        Raises:
            ValueError: it is no schema, no JSON, or there is nothing to choose from.
            pydantic.errors.PydanticUserError: there is no JSON Schema of the type.
        """
        if isinstance(asked, dict | list | tuple):
            return _checked(_given(asked), _ANYTHING)
        return _of_type(Any if asked is None else asked)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, under which id."""

    id: str
    prompt: str
    form: Form

    def read(self, value: Any) -> Any:
        """Return an answer as the handler gets it.

        Raises:
            InvalidAnswer: it fits the schema, and yet is refused by a validator of the type's own.
        """
        try:
            return self.form.adapter.validate_json(orjson.dumps(value))
        except ValidationError as error:
            raise InvalidAnswer(f"the answer to {self.id} is refused: {error}", []) from error


async def ask(durable: DurableWaits, question: Question, seconds: float | None) -> Any:
    """Return the answer to a question.

    Raises:
        TimeoutError: nobody answered in time; or the log says so.
        InvalidAnswer: the answer is refused by a validator of the type's own.
    """
    mailbox = durable.waits.mailbox
    key = question_key(question.id)
    held = durable.journal.ask(key, question_digest(question.prompt, question.form.schema))
    if held is None:
        until = await _open(durable, question, seconds)
        known = partial(_is_known, mailbox.answers, mailbox.expired, question.id)
        wait = Wait(question.id, "question", question.id, until, known)
        if not await durable.waits.wait(wait):
            await _expire(durable, wait)
    if question.id in mailbox.answers:
        return question.read(mailbox.answers[question.id])
    raise TimeoutError(f"no question {question.id} in time")


async def _open(
    durable: DurableWaits, question: Question, seconds: float | None
) -> datetime | None:
    begun = durable.journal.begun.get(question_key(question.id))
    if begun is not None:
        return None if begun.until is None else datetime.fromisoformat(begun.until)
    until = None if seconds is None else durable.end_of(seconds)
    said = {
        "id": question.id,
        "prompt": question.prompt,
        "schema": question.form.schema,
        "expires_at": None if until is None else rfc3339(until),
    }
    text = strict_json.dumps(said)
    if len(text) > MAX_EVENT_BYTES:
        raise ValueError(f"a question takes at most {MAX_EVENT_BYTES // 1024} KiB")
    async with durable.waits.at_work():
        await durable.emitter.wait_for_room()
        now = durable.emitter.now()
        durable.emitter.add(OpenQuestion(question.id, text.decode(), now))
        await durable.emitter.flush()
    return until


async def _expire(durable: DurableWaits, wait: Wait) -> None:
    """Close the question, and see whether an answer came first: the log knows."""
    text = strict_json.dumps(failure(wait, late(wait))).decode()
    async with durable.waits.at_work():
        durable.emitter.add(ExpireQuestion(wait.target, text, durable.emitter.now()))
        await durable.emitter.flush()
    await durable.waits.look()


def _is_known(answers: dict[str, Any], expired: set[str], question_id: str) -> bool:
    return question_id in answers or question_id in expired


def _given(asked: Any) -> Any:
    if isinstance(asked, dict):
        return asked
    if not asked:
        raise ValueError("there is nothing to choose from")
    return {"enum": list(asked)}


def _of_type(asked: Any) -> Form:
    try:
        return _known(asked)
    except TypeError:
        # Annotations may carry what cannot be hashed.
        return _of_new_type(asked)


@lru_cache(maxsize=256)
def _known(asked: Any) -> Form:
    return _of_new_type(asked)


def _of_new_type(asked: Any) -> Form:
    adapter = TypeAdapter(asked)
    return _checked(adapter.json_schema(), adapter)


def _checked(schema: Any, adapter: TypeAdapter[Any]) -> Form:
    plain = orjson.loads(strict_json.dumps(schema))
    json_schemas.check(plain)
    return Form(plain, adapter)
