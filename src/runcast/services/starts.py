"""Starting executions: from a handler, from an item, or again from one that has ended."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select

from runcast import strict_json
from runcast.clock import Clock
from runcast.database import UnitOfWork
from runcast.errors import Conflict, TooLarge, Unprocessable
from runcast.ids import Ids
from runcast.models import Event, Payload
from runcast.services import commands, executions, handlers, items, teams
from runcast.services.event_log import EventLog
from runcast.services.event_log.jobs import Repeat
from runcast.services.event_log.units import CommandKey, CopiedStep, Start
from runcast.services.executions import ExecutionView
from runcast.services.items import StoredItem
from runcast.services.permissions import Right
from runcast.services.principals import Principal

NOT_GIVEN: Any = object()
MAX_INPUT_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class StartRequest:
    """What someone asks for.

    Attributes:
        input: NOT_GIVEN where the item's own is meant.
        team_id: the team to which an execution without an item is to belong; None for one's own.
    """

    input: Any = NOT_GIVEN
    run_at: datetime | None = None
    priority: int | None = None
    idempotency_key: str | None = None
    team_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class GivenInput:
    """An input, and where whoever wrote it finds it again."""

    value: Any
    where: Sequence[str]


_IN_BODY = ("body", "input")
_IN_ITEM = ("item", "metadata", "input")
_IN_EXECUTION = ("execution", "input")


@dataclass(frozen=True, slots=True)
class Starter:
    """The parts that a start needs."""

    log: EventLog
    clock: Clock
    ids: Ids


@dataclass(frozen=True, slots=True)
class Started:
    """The execution, and whether this request made it (or a repeat found it)."""

    execution: ExecutionView
    created: bool


async def from_handler(
    uow: UnitOfWork, starter: Starter, principal: Principal, handler: str, request: StartRequest
) -> Started:
    """Start a handler on an input.

    Raises:
        NotFound: there is no such team that this principal may see.
        Forbidden: they may start nothing there.
        UnknownHandler, InvalidInput, TooLarge: nothing was queued.
        Unprocessable: the Idempotency-Key was used for another request.
    """
    command = _command(principal, request, _handler_target(handler, request.team_id))
    if (known := await _known(uow, principal, command)) is not None:
        return known
    if request.team_id is not None:
        await teams.get(uow, principal, request.team_id, Right.START)
    given = GivenInput({} if request.input is NOT_GIVEN else request.input, _IN_BODY)
    unit = await _unit(
        uow, starter, principal.user_id, handler=handler, given=given, request=request
    )
    unit = replace(unit, team_id=request.team_id, command=command)
    return await _write(uow, starter, principal, unit)


async def from_item(
    uow: UnitOfWork, starter: Starter, principal: Principal, item_id: UUID, request: StartRequest
) -> Started:
    """Start an item's handler, on the request's input, else the item's `metadata.input`, else {}.

    Raises:
        NotFound: there is no such item that this principal may see.
        Forbidden: they may see it, and not start it.
        Unprocessable: it names no handler, or the Idempotency-Key was used for another request.
        UnknownHandler, InvalidInput, TooLarge: nothing was queued.
    """
    command = _command(principal, request, ("item", str(item_id)))
    if (known := await _known(uow, principal, command)) is not None:
        return known
    item, _ = await items.find(uow, item_id, principal, Right.START)
    handler, given = _runnable(item, request)
    unit = await _unit(
        uow, starter, principal.user_id, handler=handler, given=given, request=request
    )
    unit = replace(unit, item_id=item.id, team_id=item.team_id, command=command)
    return await _write(uow, starter, principal, unit)


async def again(
    uow: UnitOfWork, starter: Starter, principal: Principal, execution_id: UUID, key: str | None
) -> Started:
    """Start anew what has ended; its finished steps are copied, so that they are not run again.

    Raises:
        NotFound: there is none that this principal may see.
        Forbidden: they may see it, and not start it.
        Conflict: it has not ended.
        Unprocessable: the Idempotency-Key was used for another request.
        UnknownHandler, InvalidInput: the handler takes this input no more; nothing was queued.
    """
    request = StartRequest(idempotency_key=key)
    command = _command(principal, request, ("retry", str(execution_id)))
    if (known := await _known(uow, principal, command)) is not None:
        return known
    old = await executions.get(uow, execution_id, principal, right=Right.START, whole=False)
    if not old.state.final:
        raise Conflict(f"the execution is {old.state}")
    whole = await executions.get(uow, execution_id, principal)
    given = GivenInput(whole.input, _IN_EXECUTION)
    unit = await _unit(
        uow, starter, principal.user_id, handler=old.handler, given=given, request=request
    )
    unit = replace(
        unit,
        priority=old.priority,
        item_id=old.item_id,
        team_id=old.team_id,
        retry_of=old.id,
        copied=tuple(await _finished_steps(uow, execution_id)),
        command=command,
    )
    return await _write(uow, starter, principal, unit)


async def child(
    uow: UnitOfWork,
    starter: Starter,
    *,
    parent_id: UUID,
    owner_id: UUID,
    team_id: UUID | None,
    handler: str,
    value: Any,
) -> Start:
    """Return the unit that starts a handler on behalf of an execution; its holder writes it.

    Raises:
        UnknownHandler, InvalidInput, TooLarge: nothing can be started so.
    """
    given = GivenInput(value, ("input",))
    request = StartRequest()
    unit = await _unit(uow, starter, owner_id, handler=handler, given=given, request=request)
    return replace(unit, parent_id=parent_id, team_id=team_id)


async def _known(
    uow: UnitOfWork, principal: Principal, command: CommandKey | None
) -> Started | None:
    """Return what this request began before, whatever has become of item and handler since.

    Two that come at once are told apart by the log's writer.
    """
    if command is None:
        return None
    execution_id = await commands.outcome(uow, command)
    if execution_id is None:
        return None
    return Started(await executions.get(uow, UUID(execution_id), principal), created=False)


def _handler_target(handler: str, team_id: UUID | None) -> tuple[str, ...]:
    # Without a team as it was before there were any: what was sent then is known for a day.
    return ("handler", handler) if team_id is None else ("handler", handler, str(team_id))


def _runnable(item: StoredItem, request: StartRequest) -> tuple[str, GivenInput]:
    if item.handler is None:
        raise Unprocessable("the item names no handler")
    if request.input is not NOT_GIVEN:
        return item.handler, GivenInput(request.input, _IN_BODY)
    return item.handler, GivenInput(item.metadata.get("input", {}), _IN_ITEM)


async def _unit(
    uow: UnitOfWork,
    starter: Starter,
    owner_id: UUID,
    *,
    handler: str,
    given: GivenInput,
    request: StartRequest,
) -> Start:
    text = strict_json.dumps(given.value)
    if len(text) > MAX_INPUT_BYTES:
        raise TooLarge(f"an input holds at most {MAX_INPUT_BYTES} bytes of JSON")
    accepted = await handlers.accept_input(uow, handler, given.value, where=given.where)
    return Start(
        execution_id=starter.ids.new(),
        owner_id=owner_id,
        handler=handler,
        handler_version=accepted.version,
        input=text.decode(),
        run_at=request.run_at or starter.clock.now(),
        priority=accepted.priority if request.priority is None else request.priority,
    )


def _command(
    principal: Principal, request: StartRequest, target: tuple[str, ...]
) -> CommandKey | None:
    if request.idempotency_key is None:
        return None
    given = None if request.input is NOT_GIVEN else [request.input]
    digest = commands.digest(target, given, request.run_at, request.priority)
    return CommandKey(f"start {principal.user_id}", request.idempotency_key, digest)


async def _write(uow: UnitOfWork, starter: Starter, principal: Principal, unit: Start) -> Started:
    await uow.commit()
    outcome = await starter.log.write(unit)
    created = not isinstance(outcome, Repeat)
    execution_id = UUID(outcome if created else outcome.outcome)
    return Started(await executions.get(uow, execution_id, principal), created)


async def _finished_steps(uow: UnitOfWork, execution_id: UUID) -> Iterable[CopiedStep]:
    statement = (
        select(Event.payload, Payload.body)
        .outerjoin(
            Payload,
            (Payload.execution_id == Event.execution_id)
            & (Payload.ref == Event.seq.cast(Payload.ref.type)),
        )
        .where(Event.execution_id == execution_id, Event.kind == "step.succeeded")
        .order_by(Event.seq)
    )
    found = (await uow.session.execute(statement)).all()
    events = [(orjson.loads(text), body) for text, body in found]
    # Timers, signals and children of the old execution are not the new one's.
    return [_copied(event, body, execution_id) for event, body in events if _is_step(event)]


def _is_step(event: dict[str, Any]) -> bool:
    return "of" not in event["data"]


def _copied(event: dict[str, Any], body: str | None, origin: UUID) -> CopiedStep:
    data = event["data"]
    return CopiedStep({**data, "copied_from": str(origin)}, body)
