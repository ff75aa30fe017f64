"""`run.start` and `run.wait`: executions that an execution starts, and what becomes of them."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import orjson

from runcast.database import Database, UnitOfWork
from runcast.database.patience import patiently
from runcast.lifecycle import State
from runcast.services import starts
from runcast.services.attempts import ChildEnd
from runcast.services.event_log.units import Start, StartChild
from runcast.services.starts import Starter
from runcast.workers.digests import digest
from runcast.workers.durable_waits import DurableWaits, raise_timeout
from runcast.workers.steps import digest_of
from runcast.workers.waits import Wait


@dataclass(frozen=True, slots=True)
class Child:
    """An execution that this one has started. `key` is that of the call that did."""

    execution_id: UUID
    key: str

    @property
    def call_name(self) -> str:
        """The name of the calls that wait for it."""
        return f"wait {self.key}"


class ChildFailed(Exception):
    """A child has failed, or was cancelled: `code` is "cancelled" then."""

    def __init__(self, code: str, message: str, execution_id: UUID) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.execution_id = execution_id


@dataclass(frozen=True, slots=True)
class Parent:
    """The execution that starts children, and what that takes. `claim` is the fence of its writes."""

    execution_id: UUID
    owner_id: UUID
    team_id: UUID | None
    claim: int
    database: Database
    starter: Starter


async def start(durable: DurableWaits, parent: Parent, key: str, handler: str, given: Any) -> Child:
    """Start a handler on an input, once.

    Raises:
        UnknownHandler, InvalidInput, TooLarge: nothing was started.
        strict_json.InvalidDocument: the input is no JSON.
    """
    told = await digest_of((handler, given))
    held = durable.journal.ask(key, told)
    if held is not None:
        return Child(UUID(held.result), key)
    async with durable.waits.at_work():
        unit = await patiently(partial(_draw_up, parent, handler, given))
        write = StartChild(parent.execution_id, parent.claim, key=key, digest=told, child=unit)
        await durable.emitter.write(write)
    return Child(unit.execution_id, key)


async def wait(durable: DurableWaits, key: str, child: Child, seconds: float | None) -> Any:
    """Return the result of a child.

    Raises:
        ChildFailed: it has failed or was cancelled.
        TimeoutError: it did not end in time; or the log says so.
    """
    told = digest((child.execution_id, seconds))
    held = durable.journal.ask(key, told)
    if held is not None:
        raise_timeout(held)
        if held.error is not None:
            raise ChildFailed(held.error["code"], held.error["message"], child.execution_id)
        return held.result
    until = await durable.begin(key, "child", f"wait {child.key}", told, seconds)
    ended = durable.waits.ended
    waiting = Wait(
        key,
        "child",
        str(child.execution_id),
        until,
        partial(ended.__contains__, child.execution_id),
    )
    if not await durable.came(waiting):
        await durable.time_is_up(waiting, told)
    return _end(durable, waiting, told, ended[child.execution_id], child)


async def _draw_up(parent: Parent, handler: str, given: Any) -> Start:
    async with UnitOfWork(parent.database) as uow:
        return await starts.child(
            uow,
            parent.starter,
            parent_id=parent.execution_id,
            owner_id=parent.owner_id,
            team_id=parent.team_id,
            handler=handler,
            value=given,
        )


def _end(durable: DurableWaits, waiting: Wait, told: str, end: ChildEnd, child: Child) -> Any:
    if end.state is State.SUCCEEDED:
        durable.succeeded(waiting, told, orjson.dumps(end.result).decode())
        return end.result
    error = end.error or {"code": "cancelled", "message": "the child was cancelled"}
    # The child's id tells its own timeout from that of this wait.
    durable.failed(waiting, told, {**error, "execution_id": str(child.execution_id)})
    raise ChildFailed(error["code"], error["message"], child.execution_id)
