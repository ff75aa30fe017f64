"""An execution's log over HTTP: as pages, as Server-Sent Events, and the large values behind it."""

import asyncio
from collections.abc import Hashable
from typing import Annotated, Any
from uuid import UUID

from fastapi import Header, Path, Query, Response
from starlette.status import HTTP_204_NO_CONTENT

from runcast import errors
from runcast.dependencies import PUBLIC, AnyWatcher, Parts, RequestClient, Unit
from runcast.errors import Unprocessable
from runcast.feeds import holder
from runcast.routes import event_stream
from runcast.routes.problems import responses
from runcast.routes.strict_route import router as strict_router
from runcast.schemas.events import EventsPage, ExecutionEvent
from runcast.schemas.executions import Execution
from runcast.schemas.pages import Page
from runcast.services import event_pages, executions, questions
from runcast.services.executions import ExecutionView

router = strict_router("", "events")

_SEEING = responses(errors.Unauthenticated, errors.NotFound, errors.Unprocessable)
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A page; with `Accept: text/event-stream`, the live feed",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    },
    204: {"description": "The log has ended, and there is nothing after the cursor (streams only)"},
}
# What `$ref` may say: the whole input or result, or the event whose value it is.
Ref = Annotated[str, Path(pattern=r"^(input|result|[1-9][0-9]{0,15})$")]
After = Annotated[int, Query(ge=0, le=2**53 - 1, description="Events after this `seq`.")]


@router.get(
    "/executions/{execution_id}/events",
    response_model=EventsPage,
    responses={**_SEEING, **responses(errors.TooMany), **_STREAM},
    openapi_extra=PUBLIC,
)
async def list_events(
    execution_id: UUID,
    user: AnyWatcher,
    runtime: Parts,
    uow: Unit,
    *,
    client: RequestClient,
    after: After = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    kind: Annotated[list[str] | None, Query(max_length=50)] = None,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
    last_event_id: Annotated[str | None, Header(max_length=20)] = None,
) -> Response:
    """Read a page of the log, or follow it live with `Accept: text/event-stream`."""
    view = await executions.get(uow, execution_id, user, whole=False)
    await uow.commit()
    if "text/event-stream" in accept:
        whose = holder(user, client.address)
        runtime.places.check(whose)
        return _stream(runtime, view, user, _resumed(view, after, last_event_id), whose)
    _check_cursor(view, after)
    page = await event_pages.read(
        runtime.reader, view, after=after, limit=limit, kinds=frozenset(kind or ())
    )
    # The events are JSON text already; parsing them into a model to write them out again costs more
    # than reading them did.
    return Response(page, media_type="application/json")


@router.get(
    "/executions/{execution_id}/questions",
    response_model=Page[ExecutionEvent],
    responses=_SEEING,
    openapi_extra=PUBLIC,
)
async def list_open_questions(execution_id: UUID, user: AnyWatcher, uow: Unit) -> Response:
    """List the `question` events that wait for an answer, in the order in which they were asked."""
    events = await questions.open_of(uow, execution_id, user)
    page = f'{{"items":[{",".join(events)}],"next_cursor":null}}'
    return Response(page, media_type="application/json")


@router.get(
    "/executions/{execution_id}/payloads/{ref}",
    response_class=Response,
    responses={
        200: {"description": "The value", "content": {"application/json": {"schema": {}}}},
        **_SEEING,
    },
    openapi_extra=PUBLIC,
)
async def get_payload(execution_id: UUID, ref: Ref, user: AnyWatcher, uow: Unit) -> Response:
    """Read the value that stands behind a `$ref`."""
    text = await executions.payload(uow, execution_id, ref, user)
    return Response(text, media_type="application/json")


def _resumed(view: ExecutionView, after: int, last_event_id: str | None) -> int:
    if last_event_id is not None:
        if not (last_event_id.isascii() and last_event_id.isdigit()):
            raise Unprocessable("Last-Event-ID is the seq of an event")
        after = int(last_event_id)
    _check_cursor(view, after)
    return after


def _check_cursor(view: ExecutionView, after: int) -> None:
    if after > view.last_seq:
        raise Unprocessable("the cursor is beyond the head")


def _stream(
    runtime: Parts, view: ExecutionView, user: AnyWatcher, after: int, whose: Hashable
) -> Response:
    if view.state.final and after == view.last_seq:
        return Response(status_code=HTTP_204_NO_CONTENT)
    execution = Execution.model_validate(view).model_dump_json().encode()
    ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    return event_stream.PatientStream(
        event_stream.follow(runtime, view, user, after, execution, whose, ended),
        patience=runtime.settings.stuck_seconds,
        ended=ended,
    )
