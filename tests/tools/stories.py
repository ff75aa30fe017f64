"""Executions whose logs a test writes by itself, unit by unit, without a handler."""

from dataclasses import dataclass
from functools import partial
from uuid import UUID, uuid4

import orjson

from runcast.clock import rfc3339
from runcast.lifecycle import State
from runcast.runtime import Runtime
from runcast.services.event_log import NewEvent
from runcast.services.event_log.sqlite import Select
from runcast.services.event_log.units import Append, Finish, Start, claim


@dataclass(frozen=True, slots=True)
class Story:
    """A running execution; its log begins with `execution.queued` and `execution.started`."""

    runtime: Runtime
    id: UUID
    claim: int

    async def tell(self, count: int = 1, *, size: int = 0) -> None:
        """Append so many `log` events in one commit, each with a message of at least `size`."""
        at = rfc3339(self.runtime.clock.now())
        data = orjson.dumps({"level": "info", "message": "x" * size, "fields": {}}).decode()
        events = tuple(NewEvent("log", data, at) for _ in range(count))
        await self.runtime.log.write(Append(self.id, self.claim, events))

    async def end(self, state: State = State.SUCCEEDED) -> None:
        """Append the final event."""
        error = '{"code":"x","message":"y"}' if state is State.FAILED else None
        await self.runtime.log.write(Finish(self.id, self.claim, state, error=error))

    async def head(self) -> int:
        """Return the last `seq`."""
        return (await self.runtime.reader.head(self.id)).last


async def queued(runtime: Runtime, owner_id: UUID | str, item_id: UUID | str | None = None) -> UUID:
    """Keep an execution that waits for a worker, and return its id."""
    execution_id = runtime.ids.new()
    await runtime.log.write(
        Start(
            execution_id,
            UUID(str(owner_id)),
            "story",
            None,
            "{}",
            runtime.clock.now(),
            item_id=None if item_id is None else UUID(str(item_id)),
        )
    )
    return execution_id


async def begin(runtime: Runtime, owner_id: UUID | str, item_id: UUID | str | None = None) -> Story:
    """Start an execution and claim it for the test."""
    execution_id = await queued(runtime, owner_id, item_id)
    change = partial(claim, worker_id=uuid4())
    (claimed,) = await runtime.log.write(Select("id = ?", (execution_id.hex,), change))
    return Story(runtime, execution_id, claimed.claim)
