"""Start, list, read, retry; and what people send to an execution: answers, signals, cancels."""

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import Header, Query, Response, status

from runcast import errors
from runcast.dependencies import (
    PUBLIC,
    AnyExecutionReader,
    ExecutionActor,
    ExecutionReader,
    ExecutionStarter,
    Parts,
    RequestClient,
    Unit,
)
from runcast.routes.problems import responses
from runcast.routes.strict_route import router as strict_router
from runcast.runtime import Runtime
from runcast.schemas.executions import (
    AnswerBody,
    Execution,
    ExecutionFilters,
    SignalBody,
    StartBody,
    StartHandlerBody,
)
from runcast.schemas.pages import Page
from runcast.services import answers, cancels, executions, signals, starts
from runcast.services.audit import Actor
from runcast.services.commands import Sender
from runcast.services.executions import Filters
from runcast.services.starts import NOT_GIVEN, Started, Starter, StartRequest

router = strict_router("", "executions")

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[!-~]([ -~]*[!-~])?$",
        description="One's own id of this request: a repeat answers 200 with the first outcome.",
    ),
]
_ACTING = responses(errors.Unauthenticated, errors.Forbidden, errors.NotFound, errors.Unprocessable)
_REPEAT: dict[int | str, dict[str, Any]] = {
    200: {"model": Execution, "description": "A repeat: the execution made before"}
}
_TOO_LARGE = responses(errors.TooLarge)
_CONFLICT = responses(errors.Conflict)


@router.post(
    "/executions",
    status_code=status.HTTP_201_CREATED,
    responses={**_ACTING, **_REPEAT, **_TOO_LARGE},
)
async def start_handler(
    body: StartHandlerBody,
    user: ExecutionStarter,
    runtime: Parts,
    uow: Unit,
    response: Response,
    key: Key = None,
) -> Execution:
    """Start a handler on an input."""
    request = replace(_request(body, key), team_id=body.team_id)
    started = await starts.from_handler(uow, _starter(runtime), user, body.handler, request)
    return _answer(started, response)


@router.post(
    "/items/{item_id}/executions",
    status_code=status.HTTP_201_CREATED,
    responses={**_ACTING, **_REPEAT, **_TOO_LARGE},
)
async def start_item(
    item_id: UUID,
    user: ExecutionStarter,
    runtime: Parts,
    uow: Unit,
    response: Response,
    body: StartBody | None = None,
    key: Key = None,
) -> Execution:
    """Start an item's handler, on the input given or the item's own."""
    request = _request(body or StartBody(), key)
    started = await starts.from_item(uow, _starter(runtime), user, item_id, request)
    return _answer(started, response)


@router.get("/executions", responses=_ACTING)
async def list_executions(
    user: ExecutionReader,
    runtime: Parts,
    uow: Unit,
    query: Annotated[ExecutionFilters, Query()],
) -> Page[Execution]:
    """List one's own executions, or a team's, or for administrators everybody's, newest first."""
    read = executions.list_everyones if query.everyone else executions.list_own
    views, after = await read(
        uow,
        runtime.cursors,
        user,
        _filters(query),
        limit=query.limit,
        cursor=query.cursor,
    )
    return Page(items=[Execution.model_validate(view) for view in views], next_cursor=after)


@router.get(
    "/executions/{execution_id}",
    responses=responses(errors.Unauthenticated, errors.NotFound, errors.Unprocessable),
    openapi_extra=PUBLIC,
)
async def get_execution(execution_id: UUID, user: AnyExecutionReader, uow: Unit) -> Execution:
    """Read one execution, with its input and result whole."""
    return Execution.model_validate(await executions.get(uow, execution_id, user))


@router.post(
    "/executions/{execution_id}/answers/{question}",
    responses={**_ACTING, **_CONFLICT, **_TOO_LARGE},
)
async def answer_question(
    execution_id: UUID,
    question: str,
    body: AnswerBody,
    user: ExecutionActor,
    client: RequestClient,
    runtime: Parts,
    uow: Unit,
    key: Key = None,
) -> Execution:
    """Answer an open question. The first answer that fits its schema wins."""
    sender = _sender(runtime, Actor(client, user), execution_id, key)
    await answers.give(uow, sender, question, body.value)
    return Execution.model_validate(await executions.get(uow, execution_id, user))


@router.post(
    "/executions/{execution_id}/signals/{name}",
    responses={**_ACTING, **_CONFLICT, **_TOO_LARGE, **responses(errors.TooMany)},
)
async def send_signal(
    execution_id: UUID,
    name: str,
    user: ExecutionActor,
    client: RequestClient,
    runtime: Parts,
    uow: Unit,
    body: SignalBody | None = None,
    key: Key = None,
) -> Execution:
    """Tell a handler something. It is kept until the handler asks for it."""
    sender = _sender(runtime, Actor(client, user), execution_id, key)
    await signals.send(uow, sender, name, None if body is None else body.data)
    return Execution.model_validate(await executions.get(uow, execution_id, user))


@router.post("/executions/{execution_id}/cancel", responses={**_ACTING, **_CONFLICT})
async def cancel_execution(
    execution_id: UUID,
    user: ExecutionActor,
    client: RequestClient,
    runtime: Parts,
    uow: Unit,
    key: Key = None,
) -> Execution:
    """Cancel what is queued or waits, tell what runs, and its children. Twice is as good as once."""
    await cancels.request(uow, _sender(runtime, Actor(client, user), execution_id, key))
    return Execution.model_validate(await executions.get(uow, execution_id, user))


@router.post(
    "/executions/{execution_id}/retry",
    status_code=status.HTTP_201_CREATED,
    responses={**_ACTING, **_REPEAT, **_CONFLICT},
)
async def retry_execution(
    execution_id: UUID,
    user: ExecutionStarter,
    runtime: Parts,
    uow: Unit,
    response: Response,
    key: Key = None,
) -> Execution:
    """Start anew what has ended; its finished steps are copied and not run again."""
    started = await starts.again(uow, _starter(runtime), user, execution_id, key)
    return _answer(started, response)


def _filters(query: ExecutionFilters) -> Filters:
    return Filters(
        team_id=query.team_id,
        states=tuple(sorted(set(query.state))),
        item_id=query.item_id,
        handler=query.handler,
        parent_id=query.parent_id,
        retry_of=query.retry_of,
        since=query.since,
        until=query.until,
        oldest_first=not query.sort.startswith("-"),
    )


def _starter(runtime: Runtime) -> Starter:
    return Starter(runtime.log, runtime.clock, runtime.ids)


def _sender(runtime: Runtime, actor: Actor, execution_id: UUID, key: str | None) -> Sender:
    return Sender(runtime.log, runtime.audit, actor, execution_id, key)


def _request(body: StartBody, key: str | None) -> StartRequest:
    given = body.input if "input" in body.model_fields_set else NOT_GIVEN
    return StartRequest(given, body.run_at, body.priority, key)


def _answer(started: Started, response: Response) -> Execution:
    if not started.created:
        response.status_code = status.HTTP_200_OK
    return Execution.model_validate(started.execution)
