"""Starting executions: from a handler, from an item, or again from one that has ended."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select

from runcast import strict_json
from runcast.clock import Clock
from runcast.database import UnitOfWork
from runcast.errors import Conflict, Forbidden, NotFound, Unprocessable
from runcast.ids import Ids
from runcast.models import Event, Item, Payload
from runcast.services import executions, handlers
from runcast.services.credentials import Principal
from runcast.services.event_log import EventLog
from runcast.services.event_log.sqlite import Repeat
from runcast.services.event_log.units import CommandKey, CopiedStep, Start
from runcast.services.executions import ExecutionView

NOT_GIVEN: Any = object()


@dataclass(frozen=True, slots=True)
class StartRequest:
    """What someone asks for. `input` is NOT_GIVEN where the item's own is meant."""

    input: Any = NOT_GIVEN
    run_at: datetime | None = None
    priority: int | None = None
    idempotency_key: str | None = None


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
        UnknownHandler, InvalidInput: nothing was queued.
        Unprocessable: the Idempotency-Key was used for another request.
    """
    value = {} if request.input is NOT_GIVEN else request.input
    unit = await _unit(uow, starter, principal, handler=handler, value=value, request=request)
    return await _write(uow, starter, principal, _with_command(unit, principal, request, handler))


async def from_item(
    uow: UnitOfWork, starter: Starter, principal: Principal, item_id: UUID, request: StartRequest
) -> Started:
    """Start an item's handler, on the request's input, else the item's `metadata.input`, else {}.

    Raises:
        NotFound: there is no such item that this principal may see.
        Forbidden: it is public, and somebody else's.
        Unprocessable: it names no handler, or the Idempotency-Key was used for another request.
        UnknownHandler, InvalidInput: nothing was queued.
    """
    handler, own_input = await _runnable_item(uow, principal, item_id)
    value = own_input if request.input is NOT_GIVEN else request.input
    unit = await _unit(uow, starter, principal, handler=handler, value=value, request=request)
    unit = _with_command(replace(unit, item_id=item_id), principal, request, str(item_id))
    return await _write(uow, starter, principal, unit)


async def again(
    uow: UnitOfWork, starter: Starter, principal: Principal, execution_id: UUID, key: str | None
) -> Started:
    """Start anew what has ended; its finished steps are copied, so that they are not run again.

    Raises:
        NotFound, Forbidden: as for every act on an execution.
        Conflict: it has not ended.
        Unprocessable: the Idempotency-Key was used for another request.
    """
    old = await executions.get_own(uow, execution_id, principal)
    if not old.state.final:
        raise Conflict(f"the execution is {old.state}")
    whole = await executions.get(uow, execution_id, principal)
    request = StartRequest(priority=old.priority, idempotency_key=key)
    unit = await _unit(
        uow, starter, principal, handler=old.handler, value=whole.input, request=request
    )
    unit = replace(
        unit,
        item_id=old.item_id,
        retry_of=old.id,
        copied=tuple(await _finished_steps(uow, execution_id)),
    )
    unit = _with_command(unit, principal, request, f"retry {execution_id}")
    return await _write(uow, starter, principal, unit)


async def _runnable_item(uow: UnitOfWork, principal: Principal, item_id: UUID) -> tuple[str, Any]:
    statement = select(Item.owner_id, Item.visibility, Item.handler, Item.metadata_)
    found = (await uow.session.execute(statement.where(Item.id == item_id))).one_or_none()
    if found is None or (found.owner_id != principal.user_id and found.visibility != "public"):
        raise NotFound("no such item")
    if found.owner_id != principal.user_id:
        raise Forbidden("only its owner may start a public item")
    if found.handler is None:
        raise Unprocessable("the item names no handler")
    return found.handler, found.metadata_.get("input", {})


async def _unit(
    uow: UnitOfWork,
    starter: Starter,
    principal: Principal,
    *,
    handler: str,
    value: Any,
    request: StartRequest,
) -> Start:
    accepted = await handlers.accept_input(uow, handler, value)
    return Start(
        execution_id=starter.ids.new(),
        owner_id=principal.user_id,
        handler=handler,
        handler_version=accepted.version,
        input=strict_json.dumps(value).decode(),
        run_at=request.run_at or starter.clock.now(),
        priority=accepted.priority if request.priority is None else request.priority,
    )


def _with_command(unit: Start, principal: Principal, request: StartRequest, target: str) -> Start:
    if request.idempotency_key is None:
        return unit
    given = None if request.input is NOT_GIVEN else [request.input]
    asked = [target, given, request.run_at, request.priority]
    digest = hashlib.sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).digest()
    scope = f"start {principal.user_id}"
    return replace(unit, command=CommandKey(scope, request.idempotency_key, digest))


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
    found = (await uow.session.execute(statement)).tuples()
    return [_copied(orjson.loads(text), body, execution_id) for text, body in found]


def _copied(event: dict[str, Any], body: str | None, origin: UUID) -> CopiedStep:
    data = event["data"]
    return CopiedStep({**data, "copied_from": str(origin)}, body)
