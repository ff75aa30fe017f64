"""Who speaks on a socket: from which page, and by the Authorization header or the first `auth` frame."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from starlette.websockets import WebSocket

from runcast import frames, origins, rate_limits
from runcast.database import UnitOfWork
from runcast.errors import CloseCode, InvalidToken, RuncastError, Unauthenticated
from runcast.frames import Auth, Command, RefusedFrame
from runcast.rates import network
from runcast.runtime import Runtime
from runcast.scopes import Scope, check
from runcast.services import random_tokens, tickets
from runcast.services.principals import Principal, Viewer
from runcast.websocket.incoming import (
    FRAMES_AT_ONCE,
    FRAMES_PER_SECOND,
    Refused,
    in_time,
    receive_text,
)
from runcast.websocket.pace import Pace


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
