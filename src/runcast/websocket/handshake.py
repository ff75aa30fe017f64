"""The first words of a feed: which page, which log, from where, and who is speaking."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from starlette.websockets import WebSocket, WebSocketDisconnect

from runcast import frames, strict_json
from runcast.errors import CloseCode, InvalidToken, RuncastError, Unauthenticated
from runcast.frames import MAX_FRAME_BYTES, SUBPROTOCOL, Auth, Command, RefusedFrame
from runcast.runtime import Runtime
from runcast.scopes import Scope, check
from runcast.services.credentials import Principal
from runcast.websocket import origins


class Refused(Exception):
    """The connection ends with this close code."""

    def __init__(self, close_code: int, reason: str) -> None:
        super().__init__(reason)
        self.close_code = close_code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Opened:
    """Who wants which log from where; `after` is None for what comes after the head."""

    execution_id: UUID
    after: int | None
    principal: Principal | None


def subprotocol(websocket: WebSocket) -> str | None:
    """Return the subprotocol to accept, if the client offers it."""
    return SUBPROTOCOL if SUBPROTOCOL in websocket.scope["subprotocols"] else None


async def open_feed(websocket: WebSocket, execution_id: str, runtime: Runtime) -> Opened:
    """Return what the client wants and who it is.

    Raises:
        Refused: with the close code that says why.
        WebSocketDisconnect: it has left.
    """
    check_origin(websocket, runtime)
    after = _cursor(websocket.query_params.get("after", "0"))
    principal = await sign_in(websocket, runtime, Scope.EXECUTIONS_WATCH)
    try:
        return Opened(UUID(execution_id), after, principal)
    except ValueError:
        raise Refused(CloseCode.NOT_FOUND, "no such execution") from None


def check_origin(websocket: WebSocket, runtime: Runtime) -> None:
    """Refuse a socket that a page from elsewhere has opened.

    Raises:
        Refused: the Origin is not allowed.
    """
    headers = websocket.headers
    others = runtime.settings.allowed_origins
    if not origins.allowed(headers.get("origin"), headers.get("host"), others):
        raise Refused(CloseCode.ORIGIN_REFUSED, "this Origin is not allowed")


async def sign_in(websocket: WebSocket, runtime: Runtime, needed: Scope) -> Principal | None:
    """Return who speaks: by the Authorization header, else by the first `auth` frame.

    Args:
        needed: the scope that their credential has to have.

    Raises:
        Refused: the credential is not good, none came in time, or the server stops.
        WebSocketDisconnect: the client has left.
    """
    try:
        runtime.guard.check_open()
        header = websocket.headers.get("authorization")
        if header is not None:
            return await _good_for(needed, runtime, _bearer(header))
        return await principal_of(runtime, await _auth_in_time(websocket, runtime), needed)
    except RuncastError as error:
        raise Refused(error.close_code, error.detail) from error


async def parse(text: str) -> frames.ClientFrame:
    """Return the frame that a text is; a large one is read in a thread.

    Raises:
        BadRequest, RefusedFrame: as `frames.parse`.
    """
    if len(text) <= strict_json.MAX_ON_THE_LOOP:
        return frames.parse(text)
    return await asyncio.to_thread(frames.parse, text)


async def receive_text(websocket: WebSocket) -> str:
    """Return the next text message.

    Raises:
        Refused: it was binary, or too large.
        WebSocketDisconnect: the client has left.
    """
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005), message.get("reason"))
    text: str | None = message.get("text")
    if text is None:
        raise Refused(CloseCode.BAD_REQUEST, "frames are JSON text")
    if len(text.encode("utf-8", "surrogatepass")) > MAX_FRAME_BYTES:
        raise Refused(CloseCode.FRAME_TOO_LARGE, "the frame is over 1 MiB")
    return text


async def principal_of(runtime: Runtime, frame: Auth, needed: Scope) -> Principal | None:
    """Return who an `auth` frame speaks for; None for what is public.

    Raises:
        InvalidToken: the token is not, or no longer, good.
        InsufficientScope: it was not made for this.
    """
    return None if frame.token is None else await _good_for(needed, runtime, frame.token)


async def _good_for(needed: Scope, runtime: Runtime, token: str) -> Principal:
    principal = await runtime.credentials.principal(token)
    check(principal.scopes, [needed])
    return principal


def _cursor(after: str) -> int | None:
    if after == "latest":
        return None
    if not (after.isascii() and after.isdigit()) or len(after) > 15:
        raise Refused(CloseCode.BAD_REQUEST, "after is a number, or latest")
    return int(after)


async def _auth_in_time(websocket: WebSocket, runtime: Runtime) -> Auth:
    try:
        async with asyncio.timeout(runtime.settings.auth_seconds):
            return await _first_auth(websocket)
    except TimeoutError:
        raise Refused(CloseCode.AUTH_TIMEOUT, "nobody signed in in time") from None


async def _first_auth(websocket: WebSocket) -> Auth:
    """Return the first `auth` frame; others before it are refused, and the connection stays."""
    while True:
        try:
            if (auth := _auth(await parse(await receive_text(websocket)))) is not None:
                return auth
        except RefusedFrame as refused:
            refusal = frames.error(refused.id, refused.code, refused.detail)
            await websocket.send_text(refusal.decode())


def _auth(frame: frames.ClientFrame) -> Auth | None:
    if isinstance(frame, Command):
        raise RefusedFrame(frame.id, Unauthenticated.code, "sign in first")
    return frame if isinstance(frame, Auth) else None


def _bearer(header: str) -> str:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise InvalidToken("only Bearer credentials are taken here")
    return token.strip()
