"""`/ws/{execution_id}`: accept, learn who is there, say hello, and listen while the feed flows."""

import asyncio
import logging
from contextlib import ExitStack
from typing import Any

from fastapi import APIRouter
from starlette.websockets import WebSocket

from runcast import frames
from runcast.database import UnitOfWork
from runcast.dependencies import Parts, get_client
from runcast.errors import BadRequest, CloseCode, RuncastError, TooMany
from runcast.feeds import Feed, Follower, Guarded, holder
from runcast.frames import Auth, Command, Message, Ping, RefusedFrame
from runcast.runtime import Runtime
from runcast.schemas.executions import Execution
from runcast.services import executions, visibility
from runcast.services.executions import ExecutionView
from runcast.services.principals import Principal, Viewer
from runcast.services.visibility import Ground
from runcast.websocket import closing, commands, handshake, incoming
from runcast.websocket.endings import patience
from runcast.websocket.feed_socket import CUT_OFF, INTERNAL_ERROR, FeedSocket
from runcast.websocket.heartbeat import Beating, Heartbeat
from runcast.websocket.pace import Pace
from runcast.websocket.protocol import REFUSED_LINGER_SECONDS
from runcast.websocket.wires import GONE, signed_in, wire_of

logger = logging.getLogger(__name__)
router = APIRouter()


@router.websocket("/ws/{execution_id}")
async def watch(websocket: WebSocket, execution_id: str, runtime: Parts) -> None:
    """Follow an execution's log from any point, live."""
    within = runtime.settings.stuck_seconds
    await websocket.accept(subprotocol=handshake.subprotocol(websocket))
    try:
        opened = await handshake.open_feed(websocket, execution_id, runtime)
        await _Connection(websocket, runtime, opened).serve()
    except incoming.Refused as refused:
        soon = min(REFUSED_LINGER_SECONDS, within)
        await closing.close(websocket, refused.close_code, refused.reason, within=soon)
    except GONE:
        # They have left; the execution does not notice.
        return
    except Exception:
        # A client that is told 1011 comes back; uvicorn would drop it without a word.
        logger.exception("a feed of %s failed", execution_id)
        await closing.close(websocket, INTERNAL_ERROR, "the feed failed", within=within)


class _Connection:
    """An open feed: what the client says is answered, what happens elsewhere may end it."""

    def __init__(self, websocket: WebSocket, runtime: Runtime, opened: handshake.Opened) -> None:
        self._websocket = websocket
        self._runtime = runtime
        self._id = opened.execution_id
        self._after = opened.after
        self._door = opened.door
        self._viewer = opened.viewer
        self._ending: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()
        self._heartbeat: Heartbeat = websocket.app.state.heartbeat
        self._guarded: Guarded | None = None
        self._ground: Ground | None = None
        self._patience = runtime.settings.stuck_seconds

    async def serve(self) -> None:
        """Serve until either side ends it."""
        with ExitStack() as stack:
            self._take_place(stack)
            feed = stack.enter_context(self._runtime.feeds.subscribed(self._id))
            view = await self._snapshot()
            self._ground = visibility.ground(view, self._viewer)
            follower = Follower(feed, self._cursor(view))
            wire = wire_of(self._websocket, self._runtime.settings.socket_buffer_bytes)
            await wire.write(Message(self._hello(view)))
            feed.look_at(view.last_seq, view.state)
            socket = FeedSocket(wire, follower, self._end, public=not view.standing.is_insider)
            self._keep(stack, feed, socket)
            socket.notify()
            await self._listen_until_the_end()

    def _take_place(self, stack: ExitStack) -> None:
        client = self._websocket.client
        whose = holder(self._viewer, client.host if client else None)
        try:
            stack.enter_context(self._runtime.places.taken(whose))
        except TooMany as error:
            raise incoming.Refused(error.close_code, error.detail) from error
        if self._viewer is not None:
            signed_in(self._websocket)

    def _keep(self, stack: ExitStack, feed: Feed, socket: FeedSocket) -> None:
        """Follow, beat and be guarded until the stack is unwound."""
        self._socket = socket
        feed.follow(socket.notify)
        stack.callback(feed.leave, socket.notify)
        stack.callback(socket.stop)
        now = asyncio.get_running_loop().time()
        self._beating = Beating(socket, self._end, pinged_at=now)
        self._heartbeat.add(self._beating)
        stack.callback(self._heartbeat.remove, self._beating)
        self._stand_for(self._viewer)
        stack.callback(self._stand_down)

    async def _snapshot(self) -> ExecutionView:
        async with UnitOfWork(self._runtime.database) as uow:
            try:
                return await executions.get(uow, self._id, self._viewer, whole=False)
            except RuncastError as error:
                raise incoming.Refused(error.close_code, error.detail) from error

    def _cursor(self, view: ExecutionView) -> int:
        after = view.last_seq if self._after is None else self._after
        if after > view.last_seq:
            raise incoming.Refused(CloseCode.BAD_REQUEST, "the cursor is beyond the head")
        return after

    def _hello(self, view: ExecutionView) -> bytes:
        execution = Execution.model_validate(view).model_dump_json().encode()
        seconds = self._runtime.settings.heartbeat_seconds
        return frames.hello(execution, view.oldest_seq, view.last_seq, seconds)

    def _end(self, code: int, reason: str) -> None:
        if not self._ending.done():
            self._ending.set_result((code, reason))

    async def _listen_until_the_end(self) -> None:
        listening = asyncio.get_running_loop().create_task(self._listen())
        try:
            ends: set[asyncio.Future[Any]] = {listening, self._ending}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._socket.stop()
            listening.cancel()
            (heard,) = await asyncio.gather(listening, return_exceptions=True)
        if self._ending.done():
            await self._part(*self._ending.result())
        elif isinstance(heard, BaseException):
            raise heard

    async def _part(self, code: int, reason: str) -> None:
        if code == CUT_OFF:
            self._socket.wire.abort()
        else:
            await closing.close(self._websocket, code, reason, within=self._patience)

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        pace = Pace(incoming.FRAMES_PER_SECOND, incoming.FRAMES_AT_ONCE, loop.time())
        while True:
            text = await incoming.receive_text(self._websocket)
            with self._socket.answering():
                await self._answer_or_refuse(text, pace)

    async def _answer_or_refuse(self, text: str, pace: Pace) -> None:
        try:
            await self._answer(await incoming.in_time(text, pace))
        except RefusedFrame as refused:
            self._socket.say(frames.error(refused.id, refused.code, refused.detail))
        except (BadRequest, TooMany) as error:
            raise incoming.Refused(error.close_code, error.detail) from error

    async def _answer(self, frame: frames.ClientFrame) -> None:
        if isinstance(frame, Ping):
            self._socket.say(frames.PONG)
        elif isinstance(frame, Auth):
            await self._renew(frame)
        elif isinstance(frame, Command):
            ack = await self._carry_out(frame)
            self._socket.say(ack)

    async def _carry_out(self, command: Command) -> bytes:
        client = await get_client(self._websocket)
        return await commands.carry_out(self._runtime, self._viewer, client, self._id, command)

    async def _renew(self, frame: Auth) -> None:
        try:
            viewer = await self._door.viewer_of(frame)
        except RuncastError as error:
            raise RefusedFrame(None, error.code, error.detail) from error
        if not _goes_on(self._viewer, viewer):
            raise RefusedFrame(
                None, "wrong_principal", "a socket keeps the principal it began with"
            )
        self._stand_for(viewer)

    def _stand_down(self) -> None:
        if self._guarded is not None:
            self._runtime.guard.remove(self._guarded)

    def _stand_for(self, viewer: Viewer | None) -> None:
        """Be guarded as this viewer, no longer as the one before."""
        self._stand_down()
        self._viewer = viewer
        self._beating.expires_at = None if viewer is None else viewer.expires_at
        self._beating.expiry_told = False
        self._guarded = Guarded(viewer, self._end_with, self._ground)
        self._runtime.guard.add(self._guarded)

    def _end_with(self, error: RuncastError) -> None:
        # Not in the loop's next turn: nothing more is written from this word on.
        self._socket.stop()
        self._patience = patience(error, self._runtime.settings.stuck_seconds)
        self._end(error.close_code, error.detail)


def _goes_on(before: Viewer | None, after: Viewer | None) -> bool:
    """Tell whether it is the same one, with no fewer rights: no key holds open what an administrator opened."""
    if before is None or after is None:
        return before is after
    return before.subject == after.subject and _is_admin(before) <= _is_admin(after)


def _is_admin(viewer: Viewer) -> bool:
    return isinstance(viewer, Principal) and viewer.is_admin
