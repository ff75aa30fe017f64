"""Executions whose logs a test writes by itself, unit by unit, without a handler."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import orjson

from runcast.clock import rfc3339
from runcast.lifecycle import State
from runcast.runtime import Runtime
from runcast.services.event_log import NewEvent
from runcast.services.event_log.row import Draft
from runcast.services.event_log.units import Append, Claimed, Finish, Start, claim


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
        await self.runtime.log.write(Append(execution_id=self.id, claim=self.claim, events=events))

    async def end(self, state: State = State.SUCCEEDED) -> None:
        """Append the final event."""
        error = '{"code":"x","message":"y"}' if state is State.FAILED else None
        await self.runtime.log.write(
            Finish(execution_id=self.id, claim=self.claim, state=state, error=error)
        )

    async def head(self) -> int:
        """Return the last `seq`."""
        return (await self.runtime.reader.head(self.id)).last


@dataclass(frozen=True, slots=True)
class _Claim:
    """A claim of this execution and no other, as a worker that runs nothing."""

    execution_id: UUID
    command: None = None

    def apply(self, draft: Draft) -> Claimed:
        """Claim it."""
        return claim(draft, uuid4())


async def queued(
    runtime: Runtime,
    owner_id: UUID | str,
    item_id: UUID | str | None = None,
    team_id: UUID | str | None = None,
) -> UUID:
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
            team_id=None if team_id is None else UUID(str(team_id)),
        )
    )
    return execution_id


async def begin(
    runtime: Runtime,
    owner_id: UUID | str,
    item_id: UUID | str | None = None,
    team_id: UUID | str | None = None,
) -> Story:
    """Start an execution and claim it for the test."""
    claimed = await runtime.log.write(_Claim(await queued(runtime, owner_id, item_id, team_id)))
    return Story(runtime, claimed.execution_id, claimed.claim)
