"""What a WebSocket route of one's own may ask for: who speaks on it, and what they say."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from starlette.exceptions import WebSocketException
from starlette.websockets import WebSocket, WebSocketDisconnect

from runcast.dependencies import Parts, get_runtime
from runcast.errors import CloseCode, RuncastError, TooMany, Unauthenticated
from runcast.feeds import Guarded
from runcast.runtime import Runtime
from runcast.scopes import Scope
from runcast.services.principals import Principal
from runcast.websocket import closing, door, incoming
from runcast.websocket.endings import ending_of, patience
from runcast.websocket.pace import Pace
from runcast.websocket.wires import signed_in

# Enough for a cursor that others see moving.
TEXTS_PER_SECOND = 200
TEXTS_AT_ONCE = 1000


async def get_socket_user(websocket: WebSocket, runtime: Parts) -> AsyncIterator[Principal]:
    """Accept a socket, yield who speaks on it, and close it when their credential ends.

    From that moment `texts` yields nothing and a `ConnectionManager` has forgotten the socket; a client
    that does not take the close within a second is dropped.

    They sign in as on a feed: by `Authorization: Bearer`, or by a first frame
    `{"type": "auth", "token": …}` within `RUNCAST_AUTH_SECONDS`; the Origin is checked. No database
    connection is held.

    Raises:
        WebSocketException: they do not; the socket is closed with 4401, 4403, 4408, 4400 or 4529.
        WebSocketDisconnect: they have left.
    """
    await websocket.accept()
    principal = await _signed_in(websocket, runtime)
    _check_place(runtime, principal)
    ends: list[asyncio.Task[None]] = []

    def end(reason: RuncastError) -> None:
        if not ends:
            ending_of(websocket).begin()
            ends.append(asyncio.create_task(_end(websocket, runtime, reason)))

    guarded = Guarded(principal, end)
    runtime.guard.add(guarded)
    try:
        with runtime.places.taken(principal.subject):
            signed_in(websocket)
            yield principal
    finally:
        runtime.guard.remove(guarded)
        # The route may be over before its socket is.
        await asyncio.gather(*ends)


SocketUser = Annotated[Principal, Depends(get_socket_user)]


async def texts(websocket: WebSocket) -> AsyncIterator[str]:
    """Yield the text messages of a client until it leaves, or may no longer speak.

    One that sends binary is closed (4400), and one that sends more than 200 a second for long (4529).
    """
    loop = asyncio.get_running_loop()
    pace = Pace(TEXTS_PER_SECOND, TEXTS_AT_ONCE, loop.time())
    while True:
        try:
            text = await _next_text(websocket)
            if text is None:
                return
            _check_pace(pace, loop.time())
            yield text
        except incoming.Refused as refused:
            await _close(websocket, refused.close_code, refused.reason)
            return
        except WebSocketDisconnect:
            return


def install(app: FastAPI) -> None:
    """Let a route end quietly when its client leaves, though it does not catch WebSocketDisconnect."""
    app.add_exception_handler(WebSocketDisconnect, _nobody_is_there)


async def _signed_in(websocket: WebSocket, runtime: Runtime) -> Principal:
    try:
        door.check_origin(websocket, runtime)
        viewer = await door.Door(websocket, runtime, Scope.APP).sign_in()
    except incoming.Refused as refused:
        raise WebSocketException(refused.close_code, refused.reason) from None
    if not isinstance(viewer, Principal):
        raise WebSocketException(Unauthenticated.close_code, "sign in first")
    return viewer


async def _next_text(websocket: WebSocket) -> str | None:
    """Return the next text; None once the socket has to end, whatever has come by then."""
    ending, loop = ending_of(websocket), asyncio.get_running_loop()
    try:
        async with asyncio.timeout(None) as waiting:
            with ending.telling(lambda: waiting.reschedule(loop.time())):
                text = await incoming.receive_text(websocket)
    except TimeoutError:
        return None
    return None if ending.begun else text


def _check_pace(pace: Pace, now: float) -> None:
    if not pace.allows(now):
        raise incoming.Refused(CloseCode.TOO_MANY, "too many messages")


def _check_place(runtime: Runtime, principal: Principal) -> None:
    try:
        runtime.places.check(principal.subject)
    except TooMany as error:
        raise WebSocketException(error.close_code, error.detail) from None


async def _end(websocket: WebSocket, runtime: Runtime, reason: RuncastError) -> None:
    within = patience(reason, runtime.settings.stuck_seconds)
    await closing.close(websocket, reason.close_code, reason.detail, within=within)


async def _close(websocket: WebSocket, code: int, reason: str) -> None:
    within = (await get_runtime(websocket)).settings.stuck_seconds
    await closing.close(websocket, code, reason, within=within)


async def _nobody_is_there(_websocket: Any, _error: Exception) -> None:
    """Answer nothing."""
