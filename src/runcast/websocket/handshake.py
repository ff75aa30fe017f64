"""The first words of a feed: which page, which log, from where, and who is speaking."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from starlette.websockets import WebSocket, WebSocketDisconnect

from runcast import frames, origins, rate_limits, strict_json
from runcast.database import UnitOfWork
from runcast.errors import CloseCode, InvalidToken, RuncastError, TooMany, Unauthenticated
from runcast.frames import MAX_FRAME_BYTES, SUBPROTOCOL, Auth, Command, RefusedFrame
from runcast.rates import network
from runcast.runtime import Runtime
from runcast.scopes import Scope, check
from runcast.services import random_tokens, tickets
from runcast.services.principals import Principal, Viewer
from runcast.websocket.pace import Pace

# A person's hand is slower, and a program that has more to say has HTTP for it.
FRAMES_PER_SECOND = 50
FRAMES_AT_ONCE = 100


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
    viewer: Viewer | None
    door: "Door"


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
    door = Door(websocket, runtime, Scope.EXECUTIONS_WATCH, _id(execution_id))
    viewer = await door.sign_in()
    if door.execution_id is None:
        raise Refused(CloseCode.NOT_FOUND, "no such execution")
    return Opened(door.execution_id, after, viewer, door)


def check_origin(websocket: WebSocket, runtime: Runtime) -> None:
    """Refuse a socket that a page from elsewhere has opened.

    Raises:
        Refused: the Origin is not allowed.
    """
    headers = websocket.headers
    others = runtime.settings.allowed_origins
    if not origins.allowed(headers.get("origin"), headers.get("host"), others):
        raise Refused(CloseCode.ORIGIN_REFUSED, "this Origin is not allowed")


@dataclass(frozen=True, slots=True)
class Door:
    """What a socket opens, and which credentials open it.

    Attributes:
        needed: the scope that an API key has to have.
        execution_id: whose feed it is, which a ticket and a share link name; None for other sockets.
    """

    websocket: WebSocket
    runtime: Runtime
    needed: Scope
    execution_id: UUID | None = None

    async def sign_in(self) -> Viewer | None:
        """Return who speaks: by the Authorization header, else by the first `auth` frame.

        Raises:
            Refused: the credential is not good, none came in time, or the server stops.
            WebSocketDisconnect: the client has left.
        """
        try:
            self.runtime.guard.check_open()
            with self._waiting():
                viewer = await self._shown()
            rate_limits.count_request(self.websocket, self.runtime, viewer)
        except RuncastError as error:
            raise Refused(error.close_code, error.detail) from error
        return viewer

    async def _shown(self) -> Viewer | None:
        header = self.websocket.headers.get("authorization")
        try:
            if header is not None:
                return await self._viewer(_bearer(header))
            return await self.viewer_of(await _auth_in_time(self.websocket, self.runtime))
        except InvalidToken:
            rate_limits.count_request(self.websocket, self.runtime, None)
            raise

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        """Be one of those that have not said who they are, of whom there are not too many."""
        whose = network(rate_limits.address_of(self.websocket))
        room, places = self.runtime.waiting_room, self.runtime.places
        with room.taken("all"), places.taken(("waiting", whose)):
            yield

    async def viewer_of(self, frame: Auth) -> Viewer | None:
        """Return who an `auth` frame speaks for; None for what is public.

        Raises:
            InvalidToken: the token is not, or no longer, good.
            InsufficientScope: it was not made for this.
        """
        return None if frame.token is None else await self._viewer(frame.token)

    async def _viewer(self, token: str) -> Viewer:
        if token.startswith(random_tokens.TICKET):
            viewer: Viewer = await self._holder(token)
        else:
            viewer = await self.runtime.credentials.viewer(token)
        if isinstance(viewer, Principal):
            check(viewer.scopes, [self.needed])
        return viewer

    async def _holder(self, ticket: str) -> Principal:
        origin = self.websocket.headers.get("origin")
        async with UnitOfWork(self.runtime.database) as uow:
            spent = await tickets.spend(uow, self.runtime.clock, ticket, self.execution_id, origin)
        return await self.runtime.credentials.holder(spent)


async def parse(text: str) -> frames.ClientFrame:
    """Return the frame that a text is; a large one is read in a thread.

    Raises:
        BadRequest, RefusedFrame: as `frames.parse`.
    """
    if len(text) <= strict_json.MAX_ON_THE_LOOP:
        return frames.parse(text)
    return await asyncio.to_thread(frames.parse, text)


async def in_time(text: str, pace: Pace) -> frames.ClientFrame:
    """Return the frame that a text is, unless it came too soon after others.

    Raises:
        BadRequest, RefusedFrame: as `frames.parse`; or it came too soon.
        TooMany: too many came too soon.
    """
    allowed = pace.allows(asyncio.get_running_loop().time())
    frame = await parse(text)
    if not allowed:
        about = frame.id if isinstance(frame, Command) else None
        raise RefusedFrame(about, TooMany.code, f"more than {FRAMES_PER_SECOND} frames a second")
    return frame


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


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


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
    pace = Pace(FRAMES_PER_SECOND, FRAMES_AT_ONCE, asyncio.get_running_loop().time())
    while True:
        try:
            if (auth := _auth(await in_time(await receive_text(websocket), pace))) is not None:
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
